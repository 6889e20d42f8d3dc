// Prints a span for everything that it does: `TAOS_URL=embedded: npx tsx examples/opentelemetry.ts` runs it without a server.
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { connect } from 'taosts'
import { traceTaosts } from './opentelemetry-spans.ts'

const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] })
const stop = traceTaosts(provider.getTracer('taosts'))

{
  await using connection = await connect()
  await connection.execute('CREATE DATABASE IF NOT EXISTS traced KEEP 36500')
  await connection.execute('CREATE TABLE IF NOT EXISTS traced.readings (ts TIMESTAMP, voltage INT)')
  await connection.execute('INSERT INTO traced.readings VALUES (?, ?)', [new Date(), 219])
  await (await connection.query('SELECT last(voltage) FROM traced.readings')).rows()
  // A statement that fails is a span with its error.
  await connection.query('SELECT voltage FROM traced.nothing').catch(() => {})
}

stop()
await provider.shutdown()
