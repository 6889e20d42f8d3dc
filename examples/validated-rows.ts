import { connect, type Result } from 'taosts'

/** Standard Schema (standardschema.dev): what Zod, Valibot and ArkType all are. `z.object({ … })` can stand wherever one is asked for. */
interface StandardSchema<Output> {
  readonly '~standard': {
    readonly validate: (value: unknown) => Checked<Output> | Promise<Checked<Output>>
  }
}

type Checked<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }

/** The rows of a result, each one checked; throws at the first that is not as the schema says. */
async function* validated<Output>(result: Result, schema: StandardSchema<Output>): AsyncGenerator<Output> {
  let row = 0
  for await (const each of result) {
    const checked = await schema['~standard'].validate(each)
    if (checked.issues) throw new TypeError(`row ${row}: ${checked.issues.map(({ message }) => message).join('; ')}`)
    yield checked.value
    row++
  }
}

/** With Zod: `z.object({ ts: z.date(), current: z.number().min(0) })`. */
const reading: StandardSchema<{ ts: Date; current: number }> = {
  '~standard': {
    validate: (value) => {
      const { ts, current } = value as { ts: unknown; current: unknown }
      if (!(ts instanceof Date)) return { issues: [{ message: 'ts is no date' }] }
      if (typeof current !== 'number' || current < 0) return { issues: [{ message: 'current is no number of at least 0' }] }
      return { value: { ts, current } }
    },
  },
}

await using connection = await connect()
await connection.execute('CREATE DATABASE IF NOT EXISTS validated_example KEEP 36500')
await connection.selectDb('validated_example')
await connection.execute('CREATE TABLE IF NOT EXISTS d1 (ts TIMESTAMP, current FLOAT)')
await connection.execute('INSERT INTO d1 VALUES (1700000000000, 1.5) (1700000001000, -1)')

try {
  for await (const { ts, current } of validated(await connection.query('SELECT ts, current FROM d1 ORDER BY ts'), reading)) {
    console.log('valid:', ts.toISOString(), current)
  }
} catch (error) {
  console.log('refused:', (error as Error).message)
}
