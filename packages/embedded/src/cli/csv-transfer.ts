import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Connection } from 'taosts'
import { csvField, parseCsv } from '../csv.ts'
import { CliError } from './cli-error.ts'
import { CONNECTION_OPTIONS, openConnection } from './connection-options.ts'
import { readOptions } from './read-options.ts'
import { cellText } from './shell.ts'

/** Characters of SQL in one INSERT. */
const BATCH = 512 * 1024
/** Characters that are printed at once. */
const PIECE = 64 * 1024

/** `taosts import table file.csv`: writes the rows of a CSV file, whose first line names the columns, into a table. */
export async function importTable(args: string[]): Promise<void> {
  const { values, positionals } = readOptions(args, CONNECTION_OPTIONS)
  const [table, file] = positionals
  if (table === undefined || file === undefined || positionals.length > 2) throw new CliError('import takes a table and a file')
  const connection = await openConnection(values)
  try {
    console.log(`${await importCsv(connection, table, readFileSync(file, 'utf8'))} rows written`)
  } finally {
    await connection.close()
  }
}

async function importCsv(connection: Connection, table: string, text: string): Promise<number> {
  let head: string | undefined
  let batch = ''
  let written = 0
  const flush = async () => {
    if (batch !== '') written += await connection.execute(`insert into ${table} (${head}) values${batch}`)
    batch = ''
  }
  for (const record of parseCsv(text, ['', 'NULL'])) {
    if (head === undefined) {
      head = record.map((name) => `\`${(name ?? '').replaceAll('`', '``')}\``).join(',')
      continue
    }
    batch += `(${record.map(literal).join(',')})`
    if (batch.length >= BATCH) await flush()
  }
  await flush()
  return written
}

/** A field as a literal: TDengine reads numbers and times out of strings too. */
function literal(field: string | null): string {
  return field === null ? 'null' : `'${field.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** Prints, and waits for who reads where that is slower. */
async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

/** `taosts export`: prints a table or the answer to a SELECT as CSV with a line of names. */
export async function exportTable(args: string[]): Promise<void> {
  const { values, positionals } = readOptions(args, CONNECTION_OPTIONS)
  if (positionals.length === 0) throw new CliError('export takes a table or a SELECT')
  const words = positionals.join(' ')
  const connection = await openConnection(values)
  try {
    const result = await connection.query(/\s/.test(words) ? words : `select * from ${words}`)
    let text = `${result.fields.map(({ name }) => csvField(name)).join(',')}\n`
    for await (const row of result.eachValues()) {
      text += `${row.map((value) => (value === null ? '' : csvField(cellText(value)))).join(',')}\n`
      if (text.length < PIECE) continue
      await print(text)
      text = ''
    }
    await print(text)
  } finally {
    await connection.close()
  }
}
