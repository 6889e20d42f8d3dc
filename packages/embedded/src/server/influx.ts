import { SqlError } from '../errors.ts'
import { decodeBasic } from './authorization.ts'
import { cloudLogin } from './cloud.ts'
import type { HttpAnswer } from './http-answer.ts'
import { parseInteger, parseUint } from './query-arguments.ts'
import { readBody } from './request-body.ts'
import { withSession } from './rest-session.ts'
import { writeSchemaless } from './schemaless-action.ts'
import type { ServerContext } from './server-context.ts'
import type { NameAndPassword } from './taosd-token.ts'

/** `POST /influxdb/v1/write`: line protocol into the database that `db` names, made if it is missing. */
export async function influxWrite(server: ServerContext, answer: HttpAnswer): Promise<void> {
  const illegal = (name: string) => {
    const message = `${name} must be numeric`
    answer.json(400, { code: 'illegal param', message, op: `parse ${name}`, err: message, line: 0 })
  }
  const reqId = answer.argument('req_id')
  if (reqId && parseUint(reqId) !== undefined) return illegal('req_id')
  const caller = influxCaller(server, answer)
  if (!caller) return answer.json(401, { code: 'forbidden', message: 'get auth error' })
  const database = answer.argument('db')
  if (!database) return answer.json(400, { code: 'not found', message: 'db required', op: 'get db query', err: 'db required', line: 0 })
  const ttl = answer.argument('ttl')
  if (ttl && parseInteger(ttl) !== undefined) return illegal('ttl')
  const data = (await readBody(answer.request, server.limits.messageBytes)).toString('utf8')
  try {
    await withSession(server, answer, caller, {}, (session) =>
      writeSchemaless(server, session, {
        database,
        protocol: 1,
        precision: answer.argument('precision') ?? 'ns',
        ttl: Number(ttl ?? 0),
        tableNameKey: answer.argument('table_name_key') ?? '',
        data,
      }),
    )
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return answer.json(500, { code: 'internal error', message: numbered(error) })
  }
  answer.empty(204)
}

/** An error's text with its number in front, as the write endpoints give it. */
export function numbered(error: SqlError): string {
  return `[0x${(error.code & 0xffff).toString(16)}] ${error.message}`
}

/** The `Authorization` header (Basic alone), each half overridden by the arguments `u` and `p`; undefined where that says not who calls. */
function influxCaller(server: ServerContext, answer: HttpAnswer): NameAndPassword | 'cloud' | undefined {
  if (cloudLogin(server, answer.url)) return 'cloud'
  const header = answer.request.headers.authorization?.trim() ?? ''
  const given = header.startsWith('Basic') && header.length > 6 ? decodeBasic(header.slice(6)) : undefined
  const user = answer.argument('u') || given?.user
  const password = answer.argument('p') || given?.password
  return user === undefined || password === undefined ? undefined : { user, password }
}
