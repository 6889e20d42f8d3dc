import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { connect } from '../connect.ts'
import { InterfaceError } from '../errors.ts'
import { generateTypes, type TypesFor } from './generate-types.ts'

const USAGE = `Usage: taosts generate-types [url] [--database name] [--for queries|kysely|drizzle] [--tables a,b] [--out file.ts]

Writes TypeScript for the supertables and normal tables of a database. The URL is that of connect(), such as ws://root:taosdata@localhost:6041/power;
without one it is TAOS_URL, then ws://localhost:6041.`

/** The command `taosts generate-types` with the arguments after its name; resolves to its exit code. */
export async function generateTypesCommand(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        database: { type: 'string' },
        for: { type: 'string', default: 'queries' },
        tables: { type: 'string' },
        out: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      console.log(USAGE)
      return 0
    }
    if (positionals.length > 1) throw new InterfaceError('give one URL')
    if (!['queries', 'kysely', 'drizzle'].includes(values.for))
      throw new InterfaceError(`--for is queries, kysely or drizzle, not ${values.for}`)
    await using connection = await connect(positionals[0] === undefined ? {} : { url: positionals[0] })
    const text = await generateTypes(connection.schema, {
      for: values.for as TypesFor,
      ...(values.database === undefined ? {} : { database: values.database }),
      ...(values.tables === undefined ? {} : { tables: values.tables.split(',').map((name) => name.trim()) }),
    })
    if (values.out === undefined) process.stdout.write(text)
    else await writeFile(values.out, text)
    return 0
  } catch (error) {
    console.error(`taosts: ${error instanceof Error ? error.message : String(error)}`)
    if ((error as { code?: unknown }).code !== undefined && String((error as { code: unknown }).code).startsWith('ERR_PARSE_ARGS'))
      console.error(USAGE)
    return 1
  }
}
