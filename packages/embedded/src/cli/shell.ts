import { createInterface } from 'node:readline'
import { type Connection, TaosError } from 'taosts'
import { CliError } from './cli-error.ts'
import { CONNECTION_OPTIONS, openConnection } from './connection-options.ts'
import { readOptions } from './read-options.ts'
import { splitStatements } from './split-statements.ts'
import { textTable } from './text-table.ts'

/** `taosts shell`: runs the SQL of its arguments, else of standard input; at a terminal it asks. Throws a CliError when a statement given beforehand fails. */
export async function shell(args: string[]): Promise<void> {
  const { values, positionals } = readOptions(args, CONNECTION_OPTIONS)
  const connection = await openConnection(values)
  try {
    if (positionals.length > 0) await runScript(connection, positionals.join(' '))
    else if (process.stdin.isTTY) await converse(connection)
    else await runScript(connection, await readAll(process.stdin))
  } finally {
    await connection.close()
  }
}

async function readAll(stream: AsyncIterable<Buffer | string>): Promise<string> {
  let text = ''
  for await (const piece of stream) text += piece.toString()
  return text
}

async function runScript(connection: Connection, text: string): Promise<void> {
  const { statements, rest } = splitStatements(`${text}\n;`)
  if (rest.trim() !== '') throw new CliError('the SQL ends inside a quote or a comment', false)
  for (const sql of statements) console.log(await answerText(connection, sql))
}

async function converse(connection: Connection): Promise<void> {
  console.log('SQL, ended by a semicolon; exit or Ctrl-D to leave.')
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: 'taosts> ' })
  let text = ''
  lines.prompt()
  for await (const line of lines) {
    if (text === '' && /^\s*(exit|quit|\\q)\s*;?\s*$/i.test(line)) break
    const { statements, rest } = splitStatements(`${text}${line}\n`)
    text = rest.trim() === '' ? '' : rest
    for (const sql of statements) {
      try {
        console.log(await answerText(connection, sql))
      } catch (error) {
        if (!(error instanceof TaosError)) throw error
        console.error(error.message)
      }
    }
    lines.setPrompt(text === '' ? 'taosts> ' : '     -> ')
    lines.prompt()
  }
  lines.close()
}

const NUMBERS = /INT|FLOAT|DOUBLE|DECIMAL/

async function answerText(connection: Connection, sql: string): Promise<string> {
  const started = performance.now()
  const result = await connection.query(sql)
  const rows = await result.values()
  const took = `${(performance.now() - started).toFixed(1)} ms`
  if (result.fields.length === 0) return `${count(result.affectedRows)} written (${took})`
  const cells = rows.map((row) => row.map(cellText))
  const table = textTable(
    result.fields.map(({ name }) => name),
    cells,
    result.fields.map(({ type }) => NUMBERS.test(type)),
  )
  return `${table}\n${count(rows.length)} (${took})`
}

function count(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`
}

/** A value as the shell and CSV show it. */
export function cellText(value: unknown): string {
  if (value === null) return 'NULL'
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
