import { SqlError } from '../errors.ts'
import { parseAuthorization } from './authorization.ts'
import { cloudLogin } from './cloud.ts'
import type { HttpAnswer } from './http-answer.ts'
import { numbered } from './influx.ts'
import { readBody } from './request-body.ts'
import { withSession } from './rest-session.ts'
import { writeSchemaless } from './schemaless-action.ts'
import type { ServerContext } from './server-context.ts'
import type { NameAndPassword } from './taosd-token.ts'

const INTEGER = /^[+-]?\d{1,18}$/
const TELNET = 2
const JSON_PROTOCOL = 3

/** `POST /opentsdb/v1/put/json/{db}`: one OpenTSDB object or an array of them. */
export function opentsdbJson(server: ServerContext, answer: HttpAnswer, { database = '' }): Promise<void> {
  return write(server, answer, database, JSON_PROTOCOL, (body) => body)
}

/** `POST /opentsdb/v1/put/telnet/{db}`: one record a line, with or without `put `. */
export function opentsdbTelnet(server: ServerContext, answer: HttpAnswer, { database = '' }): Promise<void> {
  return write(server, answer, database, TELNET, (body) => {
    const lines = body.split(/\r?\n/).filter((line) => line !== '')
    return lines.map((line) => line.replace(/^put /, '')).join('\n')
  })
}

async function write(
  server: ServerContext,
  answer: HttpAnswer,
  database: string,
  protocol: number,
  clean: (body: string) => string,
): Promise<void> {
  const refuse = (status: number, message: string) => answer.json(status, { code: status, message })
  const caller = callerOf(server, answer)
  if (!caller) return refuse(401, 'auth needed')
  const ttl = answer.argument('ttl')
  if (ttl && !INTEGER.test(ttl)) return refuse(400, 'illegal param, ttl must be numeric')
  const reqId = answer.argument('req_id')
  if (reqId && !INTEGER.test(reqId)) return refuse(400, 'illegal param, req_id must be numeric')
  const data = clean((await readBody(answer.request, server.limits.messageBytes)).toString('utf8'))
  try {
    await withSession(server, answer, caller, {}, (session) =>
      writeSchemaless(server, session, {
        database,
        protocol,
        precision: '',
        ttl: Number(ttl ?? 0),
        tableNameKey: answer.argument('table_name_key') ?? '',
        data,
      }),
    )
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return refuse(500, numbered(error))
  }
  answer.empty(204)
}

function callerOf(server: ServerContext, answer: HttpAnswer): NameAndPassword | 'cloud' | undefined {
  if (cloudLogin(server, answer.url)) return 'cloud'
  try {
    return parseAuthorization(answer.request.headers.authorization)
  } catch {
    return undefined
  }
}
