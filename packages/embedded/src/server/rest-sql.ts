import { type Block, parseJson, TYPES, TypeCode } from 'taosts/wire'
import { vgroupOf } from '../catalog/vgroup.ts'
import { SqlError } from '../errors.ts'
import type { OutputColumn, Rows } from '../session/answer.ts'
import { HttpCode } from './authorization.ts'
import type { BodyWriter, HttpAnswer } from './http-answer.ts'
import { HttpError } from './http-error.ts'
import { booleanArgument, integerArgument, zoneArgument } from './query-arguments.ts'
import { timingSince } from './reply.ts'
import { readBody } from './request-body.ts'
import { type RowForm, restRowWriter } from './rest-rows.ts'
import { callerOf, withSession } from './rest-session.ts'
import type { ServerContext } from './server-context.ts'

const WRITTEN = '{"code":0,"column_meta":[["affected_rows","INT",4]],"data":['

/** `POST /rest/sql` and `/rest/sql/{db}`: one statement, its answer streamed as JSON. */
export async function sql(server: ServerContext, answer: HttpAnswer, { database }: { readonly [name: string]: string }): Promise<void> {
  const caller = callerOf(server, answer)
  integerArgument('req_id', answer.argument('req_id'))
  const asObjects = booleanArgument('row_with_meta', answer.argument('row_with_meta'))
  const body = await readBody(answer.request, server.limits.messageBytes)
  if (body.length === 0) throw new HttpError(400, HttpCode.EMPTY_REQUEST, 'request is empty')
  const statement = body.toString('utf8').trim()
  if (statement === '') throw new HttpError(400, HttpCode.NO_SQL, 'no sql input')
  const shown = zoneArgument(answer.argument('tz'))
  const timezone = zoneArgument(answer.argument('conn_tz'))
  const timing = answer.argument('timing') === 'true'
  await withSession(server, caller, { database, timezone }, async (session) => {
    const result = await server.execute(session, statement)
    if (result.kind === 'update') {
      const row = asObjects ? `{"affected_rows":${result.affectedRows}}` : `[${result.affectedRows}]`
      const writer = answer.stream()
      await writer.write(`${WRITTEN}${row}],"rows":1${end(answer, timing)}`)
      writer.end()
      return
    }
    try {
      // A failure at the first block can still be told; a later one ends the array, as taosAdapter does.
      const first = await result.next()
      const form = { precision: result.precision, asObjects, zone: timezone ?? shown ?? server.timezone }
      await streamRows(answer, result, first, form, timing)
    } finally {
      await result.close()
    }
  })
}

function end(answer: HttpAnswer, timing: boolean): string {
  return timing ? `,"timing":${timingSince(answer.started)}}` : '}'
}

async function streamRows(answer: HttpAnswer, result: Rows, first: Block | null, form: RowForm, timing: boolean): Promise<void> {
  const writer = answer.stream()
  await writer.write(`{"code":0,"column_meta":[${result.columns.map(columnMeta).join(',')}],"data":[`)
  const rows = await writeBlocks(writer, result, first, form)
  await writer.write(`],"rows":${rows}${end(answer, timing)}`)
  writer.end()
}

/** Writes all blocks and returns how many rows they had. Stops early when the client is gone. */
async function writeBlocks(writer: BodyWriter, result: Rows, first: Block | null, form: RowForm): Promise<number> {
  const rowsOf = restRowWriter(result.columns, form)
  let rows = 0
  for (let block = first; block !== null && !writer.gone; block = await nextOrEnd(result)) {
    if (block.rows === 0) continue
    if (rows > 0) await writer.write(',')
    rows += block.rows
    await writer.write(rowsOf(block))
  }
  return rows
}

async function nextOrEnd(result: Rows): Promise<Block | null> {
  try {
    return await result.next()
  } catch {
    return null
  }
}

/** `[name, type name, length]` of `column_meta`. */
function columnMeta({ name, type }: OutputColumn): string {
  const decimal = type.code === TypeCode.DECIMAL || type.code === TypeCode.DECIMAL64
  const typeName = decimal ? `DECIMAL(${type.precision},${type.scale})` : TYPES[type.code]!.name
  return `[${JSON.stringify(name)},"${typeName}",${type.length}]`
}

/** `POST /rest/sql/{db}/vgid`: the vgroups of tables, which need not exist. */
export async function vgroupIds(server: ServerContext, answer: HttpAnswer, { database = '' }): Promise<void> {
  const caller = callerOf(server, answer)
  const body = (await readBody(answer.request, server.limits.messageBytes)).toString('utf8')
  const names = tableNames(body)
  await withSession(server, caller, {}, async () => {
    const found = server.engine.database(database)
    if (!found) throw new SqlError(0x0388, 'Database not exist')
    answer.json(200, { code: 0, vgIDs: names.map((name) => found.tables.get(name)?.vgroup ?? vgroupOf(found, name)) })
  })
}

function tableNames(body: string): string[] {
  try {
    const names = parseJson(body)
    if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names
  } catch {
    // Worded below.
  }
  const character = JSON.stringify(body.trim()[0] ?? '').slice(1, -1)
  throw new HttpError(
    400,
    0xffff,
    body.trim() === '' ? 'unexpected end of JSON input' : `invalid character '${character}' looking for beginning of value`,
  )
}
