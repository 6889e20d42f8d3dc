import { type Block, encodeRestUpdate, type JsonValue, parseJson, type RestColumn, RestEncoder, timeZone } from 'taosts/wire'
import { vgroupOf } from '../catalog/vgroup.ts'
import { SqlError } from '../errors.ts'
import type { OutputColumn } from '../session/answer.ts'
import { HttpCode } from './authorization.ts'
import type { BodyWriter, HttpAnswer } from './http-answer.ts'
import { HttpError } from './http-error.ts'
import { OpenResult } from './open-result.ts'
import { booleanArgument, integerArgument, zoneArgument } from './query-arguments.ts'
import { timingSince } from './reply.ts'
import { readBody } from './request-body.ts'
import { callerOf, withSession } from './rest-session.ts'
import type { ServerContext } from './server-context.ts'

/** `POST /rest/sql` and `/rest/sql/{db}`: one statement, its answer streamed as JSON. */
export async function sql(server: ServerContext, answer: HttpAnswer, { database }: { readonly [name: string]: string }): Promise<void> {
  integerArgument('req_id', answer.argument('req_id'))
  const caller = callerOf(server, answer)
  const timezone = zoneArgument(answer.argument('conn_tz'))
  // The connection's zone wins; what else is given is not looked at.
  const shown = answer.argument('conn_tz') === undefined ? zoneArgument(answer.argument('tz')) : undefined
  const rowWithMeta = booleanArgument('row_with_meta', answer.argument('row_with_meta'))
  const body = await readBody(answer.request, server.limits.messageBytes)
  if (body.length === 0) throw new HttpError(400, HttpCode.EMPTY_REQUEST, 'request is empty')
  const statement = body.toString('utf8').trim()
  if (statement === '') throw new HttpError(400, HttpCode.NO_SQL, 'no sql input')
  const timing = answer.argument('timing') === 'true'
  await withSession(server, answer, caller, { database, timezone }, async (session) => {
    const result = await server.execute(session, statement)
    if (result.kind === 'update') {
      const writer = answer.stream()
      const options = { rowWithMeta, ...(timing && { timing: timingSince(answer.started) }) }
      await writer.write(encodeRestUpdate(result.affectedRows, options))
      writer.end()
      return
    }
    const open = new OpenResult(result)
    try {
      // A failure at the first block can still be told; a later one ends the array, as taosAdapter does.
      const first = await open.next()
      const zone = timeZone(timezone ?? shown ?? server.timezone)
      const encoder = new RestEncoder({ columns: result.columns.map(restColumn), precision: result.precision, zone, rowWithMeta })
      const writer = answer.stream()
      await writer.write(encoder.head())
      await writeBlocks(writer, encoder, open, first)
      await writer.write(encoder.tail(timing ? timingSince(answer.started) : undefined))
      writer.end()
    } finally {
      await open.close()
    }
  })
}

/** Writes all blocks; stops early when the client is gone. */
async function writeBlocks(writer: BodyWriter, encoder: RestEncoder, result: OpenResult, first: Block | null): Promise<void> {
  for (let block = first; block !== null && !writer.gone; block = await nextOrEnd(result)) {
    if (block.rows > 0) await writer.write(encoder.block(block))
  }
}

async function nextOrEnd(result: OpenResult): Promise<Block | null> {
  try {
    return await result.next()
  } catch {
    return null
  }
}

function restColumn({ name, type }: OutputColumn): RestColumn {
  return { name, type: type.code, length: type.length, precision: type.precision, scale: type.scale }
}

/** `POST /rest/sql/{db}/vgid`: the vgroups of tables, which need not exist. */
export async function vgroupIds(server: ServerContext, answer: HttpAnswer, { database = '' }): Promise<void> {
  integerArgument('req_id', answer.argument('req_id'))
  const caller = callerOf(server, answer)
  const body = (await readBody(answer.request, server.limits.messageBytes)).toString('utf8')
  const names = tableNames(body)
  await withSession(server, answer, caller, {}, async () => {
    const found = server.engine.catalog.databases.get(database)
    if (!found) throw new SqlError(0x0388, 'Database not exist')
    answer.json(200, { code: 0, vgIDs: names.map((name) => found.tables.get(name)?.vgroup ?? vgroupOf(found, name)) })
  })
}

function tableNames(body: string): readonly string[] {
  const names = namesOf(body)
  if (names === null || names.length === 0) throw new HttpError(400, 0xffff, 'illegal params')
  return names
}

/** A JSON array of texts. Throws a 400 in the words of taosAdapter. */
function namesOf(body: string): readonly string[] | null {
  const wrong = (words: string) => new HttpError(400, 0xffff, words)
  const start = body.trim()
  let names: JsonValue
  try {
    names = parseJson(body)
  } catch {
    if (start === '') throw wrong('EOF')
    if (/^[[{"]/.test(start)) throw wrong('unexpected EOF')
    throw wrong(`invalid character ${start.startsWith("'") ? "'\\''" : `'${start[0]}'`} looking for beginning of value`)
  }
  if (names === null) return null
  if (!Array.isArray(names)) throw wrong(`json: cannot unmarshal ${kindOf(names)} into Go value of type []string`)
  for (const name of names as readonly JsonValue[]) {
    if (typeof name !== 'string' && name !== null) throw wrong(`json: cannot unmarshal ${kindOf(name)} into Go value of type string`)
  }
  return (names as readonly (string | null)[]).map((name) => name ?? '')
}

function kindOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'number' : typeof value
}
