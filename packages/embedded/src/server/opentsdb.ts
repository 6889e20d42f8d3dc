import { SqlError } from '../errors.ts'
import { decodeBasic } from './authorization.ts'
import { cloudLogin } from './cloud.ts'
import type { HttpAnswer } from './http-answer.ts'
import { numbered } from './influx.ts'
import { parseInteger, parseUint } from './query-arguments.ts'
import { readBody } from './request-body.ts'
import { withSession } from './rest-session.ts'
import { writeSchemaless } from './schemaless-action.ts'
import type { ServerContext } from './server-context.ts'

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
    return lines.map((line) => line.trim().replace(/^put /, '')).join('\n')
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
  const header = answer.request.headers.authorization?.trim() ?? ''
  const isCloud = cloudLogin(server, answer.url)
  if (header === '' && !isCloud) return refuse(401, 'auth needed')
  const isBasic = header.startsWith('Basic') && header.length > 6
  const caller = isCloud ? 'cloud' : isBasic ? decodeBasic(header.slice(6)) : undefined
  if (isBasic && !caller) return refuse(401, 'wrong basic auth')
  const reqId = answer.argument('req_id')
  const wrongId = reqId ? parseUint(reqId) : undefined
  if (wrongId !== undefined) return refuse(400, `illegal param, req_id must be numeric ${wrongId}`)
  const ttl = answer.argument('ttl')
  const wrongTtl = ttl ? parseInteger(ttl) : undefined
  if (wrongTtl !== undefined) return refuse(400, `illegal param, ttl must be numeric ${wrongTtl}`)
  const data = clean((await readBody(answer.request, server.limits.messageBytes)).toString('utf8'))
  if (!caller) return refuse(400, 'get auth error')
  try {
    await withSession(server, answer, caller, {}, async (session) => {
      // Nothing to write is written.
      if (data === '') return
      await writeSchemaless(server, session, {
        database,
        protocol,
        precision: '',
        ttl: Number(ttl ?? 0),
        tableNameKey: answer.argument('table_name_key') ?? '',
        data,
      })
    })
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return refuse(500, numbered(error))
  }
  answer.empty(204)
}
