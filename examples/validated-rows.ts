import { connect, type Result } from 'taosts'
import { z } from 'zod'

/** Standard Schema (standardschema.dev): what Zod, Valibot and ArkType all are, so that this file depends on none of them. */
interface StandardSchema<Output> {
  readonly '~standard': {
    readonly validate: (value: unknown) => Checked<Output> | Promise<Checked<Output>>
  }
}

type Checked<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] }

/** The rows of a result, each one checked and of the schema's type; throws at the first that is not as the schema says, which frees the result. */
async function* validated<Output>(result: Result, schema: StandardSchema<Output>): AsyncGenerator<Output> {
  let row = 0
  for await (const each of result) {
    const checked = await schema['~standard'].validate(each)
    if (checked.issues) throw new TypeError(`row ${row}: ${checked.issues.map(({ message }) => message).join('; ')}`)
    yield checked.value
    row++
  }
}

const Reading = z.object({ ts: z.date(), current: z.number().min(0), note: z.string().nullable() })

await using connection = await connect()
await connection.execute('CREATE DATABASE IF NOT EXISTS validated_example KEEP 36500')
await connection.selectDb('validated_example')
await connection.execute('CREATE TABLE IF NOT EXISTS d1 (ts TIMESTAMP, current FLOAT, note VARCHAR(20))')
await connection.execute("INSERT INTO d1 VALUES (1700000000000, 1.5, 'first') (1700000001000, -1, NULL)")
const sql = 'SELECT ts, current, note FROM d1 ORDER BY ts'

// Row by row, as they arrive, with any Standard Schema.
try {
  for await (const { ts, current, note } of validated(await connection.query(sql), Reading)) {
    console.log('valid:', ts.toISOString(), current, note?.toUpperCase())
  }
} catch (error) {
  console.log('refused:', (error as Error).message)
}

// All at once, with what Zod itself offers.
const checked = z.array(Reading).safeParse(await (await connection.query(sql)).rows())
console.log('at:', checked.error?.issues[0]?.path.join('.'))
