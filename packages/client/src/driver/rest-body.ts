import { codeInfo } from '../codes.ts'
import { ConnectionError, errorOfCode, InternalError, OperationalError, type TaosError } from '../errors.ts'
import { type JsonValue, parseJson, utf8Text } from '../wire/index.ts'
import type { ShownStatement } from './driver.ts'
import type { HttpResponse } from './http.ts'

/** The JSON of a successful answer. */
export interface RestBody {
  readonly code: number
  readonly column_meta: readonly (readonly JsonValue[])[]
  readonly data: readonly JsonValue[]
  readonly rows: number
  readonly [key: string]: unknown
}

export interface BodyContext {
  readonly sql?: string | undefined
  readonly reqId?: bigint | undefined
  readonly shown?: ShownStatement | undefined
  readonly where: string
  readonly harmless: boolean
}

/** Reads an HTTP answer; throws the error that its status, its code or its lack of sense means. */
export function readBody(response: HttpResponse, context: BodyContext): RestBody {
  const text = utf8Text(response.body)
  const json = /^\s*[{"[]/.test(text) ? parse(text) : undefined
  if (isObject(json)) {
    const { code, desc } = json
    if (typeof code === 'number' && (code !== 0 || response.status !== 200))
      throw serverError(code, typeof desc === 'string' ? desc : '', response, context)
    if (typeof code === 'number' && response.status === 200 && wellFormed(json)) return json as unknown as RestBody
  }
  throw notAnAnswer(response, text, json, context)
}

function wellFormed(json: { readonly [key: string]: JsonValue }): boolean {
  return (Array.isArray(json['column_meta']) && Array.isArray(json['data'])) || typeof json['desc'] === 'string'
}

function parse(text: string): JsonValue | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function isObject(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function details({ sql: full, shown, reqId }: BodyContext): { sql?: string; reqId?: bigint } {
  const sql = shown?.sql ?? full
  return { ...(sql === undefined ? {} : { sql }), ...(reqId === undefined ? {} : { reqId }) }
}

function serverError(code: number, desc: string, { status }: HttpResponse, context: BodyContext): TaosError {
  const reason = context.shown ? context.shown.redact(desc) : desc
  const refused = status === 401 || status === 403
  const info = { ...details(context), ...(status === 200 ? {} : { status }) }
  return errorOfCode(
    code,
    reason || `HTTP ${status}`,
    info,
    refused && codeInfo(code & 0xffff).kind !== 'programming' ? 'connection' : undefined,
  )
}

/** What answered is no taosAdapter, or could not do it. */
function notAnAnswer({ status, header }: HttpResponse, text: string, json: JsonValue | undefined, context: BodyContext): TaosError {
  const { where } = context
  const info = { ...details(context), status }
  const words = typeof json === 'string' ? json : ''
  if (status >= 300 && status < 400) {
    const target = /^https?:\/\/[^/?#]+/i.exec(header('location') ?? '')?.[0]
    return new ConnectionError(`${where} redirects${target ? ` to ${target}` : ''}; give the URL that it redirects to`, info)
  }
  if (status === 401 || status === 403) {
    return new ConnectionError(`${where} refused the login (HTTP ${status}); check the token, or user and password`, info)
  }
  if (status === 404) return new ConnectionError(`${where} has no REST interface of TDengine (HTTP 404); is it taosAdapter?`, info)
  if (status >= 500 || words !== '') {
    const executed = !context.harmless && status !== 503
    const reason = words || `a proxy or the server could not do it${executed ? '; the statement may have run' : ''}`
    return new OperationalError(`${where} answered HTTP ${status}: ${reason}`, { ...info, retryable: !executed, maybeExecuted: executed })
  }
  const start = text.slice(0, 60).replaceAll(/\s+/g, ' ')
  if (/^\s*[{[]/.test(text) && json === undefined) {
    return new InternalError(`${where} sent a damaged answer: its JSON ends or breaks off in character ${text.length}`, info)
  }
  const what = /^\s*</.test(text) ? 'a web page' : start === '' ? 'nothing' : `"${start}"`
  return new ConnectionError(`${where} answered HTTP ${status} with ${what} where TDengine answers with JSON; is it taosAdapter?`, info)
}
