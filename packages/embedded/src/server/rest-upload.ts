import { type CsvError, parseCsv } from '../csv.ts'
import { SqlError } from '../errors.ts'
import type { Session } from '../session/session.ts'
import { adapterError } from './failure.ts'
import type { HttpAnswer } from './http-answer.ts'
import { HttpError } from './http-error.ts'
import { boundaryOf, parseMultipart } from './multipart.ts'
import { integerArgument } from './query-arguments.ts'
import { readBody } from './request-body.ts'
import { callerOf, withSession } from './rest-session.ts'
import { readRows } from './result-rows.ts'
import type { ServerContext } from './server-context.ts'

/** Characters of SQL in one INSERT, as taosAdapter batches. */
const BATCH = 1024 * 1024
const QUOTED = new Set(['TIMESTAMP', 'VARCHAR', 'NCHAR', 'VARBINARY', 'GEOMETRY', 'BLOB', 'JSON'])

/** `POST /rest/upload?db=&table=`: rows of a CSV file without header, columns in the order of DESCRIBE, into a table. */
export async function upload(server: ServerContext, answer: HttpAnswer): Promise<void> {
  integerArgument('req_id', answer.argument('req_id'))
  const caller = callerOf(server, answer)
  const database = answer.argument('db')
  const table = answer.argument('table')
  if (!database) throw new HttpError(400, 0xffff, 'db required')
  if (!table) throw new HttpError(400, 0xffff, 'table required')
  const body = await readBody(answer.request, server.limits.messageBytes)
  const affected = await withSession(server, answer, caller, {}, async (session) => {
    const target = `${backquote(database)}.${backquote(table)}`
    const columns = await describe(server, session, target)
    const boundary = boundaryOf(answer.request.headers['content-type'])
    if (boundary === undefined) throw adapterError("request Content-Type isn't multipart/form-data")
    let rows = 0
    for (const part of parseMultipart(body, boundary)) {
      if (part.name === 'data') rows += await insert(server, session, target, columns, part.content.toString('utf8'))
    }
    return rows
  })
  answer.text(200, `{"code":0,"column_meta":[["affected_rows","INT",4]],"data":[[${affected}]],"rows":1}`, 'text/plain; charset=utf-8')
}

function backquote(name: string): string {
  return `\`${name.replaceAll('`', '')}\``
}

/** The types of the columns before the first tag. */
async function describe(server: ServerContext, session: Session, target: string): Promise<string[]> {
  const rows = await readRows(await server.execute(session, `describe ${target}`))
  const types: string[] = []
  for (const [, type, , note] of rows) {
    if (note === 'TAG') break
    types.push(String(type))
  }
  return types
}

async function insert(server: ServerContext, session: Session, target: string, types: readonly string[], csv: string): Promise<number> {
  let affected = 0
  let batch = ''
  const flush = async () => {
    if (batch === '') return
    const answer = await server.execute(session, `insert into ${target} values${batch}`)
    if (answer.kind === 'update') affected += answer.affectedRows
    batch = ''
  }
  try {
    for (const record of parseCsv(csv)) {
      if (record.length < types.length) throw adapterError('column count not enough')
      const values = record.slice(0, types.length).map((field, i) => literal(field, types[i]!))
      batch += `(${values.join(',')})`
      if (batch.length >= BATCH) await flush()
    }
  } catch (error) {
    if (error instanceof SqlError || (error as CsvError).name !== 'CsvError') throw error
    throw adapterError((error as CsvError).message)
  }
  await flush()
  return affected
}

function literal(field: string | null, type: string): string {
  if (field === null) return 'null'
  return QUOTED.has(type) ? `'${field.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'` : field
}
