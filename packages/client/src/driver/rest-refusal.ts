import { codeInfo, type ErrorKind } from '../codes.ts'
import { ConnectionError, errorOfCode, InternalError, OperationalError, type TaosError } from '../errors.ts'
import { type JsonValue, parseJson, utf8Text, WireError } from '../wire/index.ts'
import type { ShownStatement } from './driver.ts'
import type { HttpResponse } from './http.ts'

/** What errors about a REST answer show of its request. */
export interface BodyContext {
  readonly sql?: string | undefined
  /** Stands for a statement that has values in it. */
  readonly shown?: ShownStatement | undefined
  readonly reqId?: bigint | undefined
  readonly where: string
  /** Running it again does no harm. */
  readonly harmless: boolean
}

/** Bytes of a refusal that are worth reading. */
const MOST = 65_536

/** The error that an answer without rows means: by its JSON where it has some, else by its status and what it is instead. */
export function refusalOf(response: HttpResponse, text: string, context: BodyContext): TaosError {
  const json = /^\s*[{"]/.test(text) ? parse(text) : undefined
  if (typeof json === 'object' && json !== null && 'code' in json && typeof json.code === 'number' && json.code !== 0) {
    const desc = 'desc' in json && typeof json.desc === 'string' ? json.desc : ''
    return serverError({ code: json.code, message: desc }, response.status, context)
  }
  return notAnAnswer(response, text, json, context)
}

/** What is left of a body, as text; only its start when it is longer than `most` bytes. */
export async function readText({ chunks }: HttpResponse, begun?: Uint8Array, most = MOST): Promise<string> {
  const parts: Uint8Array[] = begun ? [begun] : []
  let size = begun?.length ?? 0
  while (size < most) {
    const { done, value } = await chunks.next()
    if (done) break
    parts.push(value)
    size += value.length
  }
  await chunks.return?.()
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return utf8Text(whole)
}

function parse(text: string): JsonValue | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

function details({ sql: full, shown, reqId }: BodyContext): { sql?: string; reqId?: bigint } {
  const sql = shown?.sql ?? full
  return { ...(sql === undefined ? {} : { sql }), ...(reqId === undefined ? {} : { reqId }) }
}

/** The error that the server reports in its JSON. */
export function serverError(
  { code, message }: { readonly code: number; readonly message: string },
  status: number,
  context: BodyContext,
): TaosError {
  const reason = context.shown ? context.shown.redact(message) : message
  // 503 says that the adapter is at a limit and has run nothing.
  const busy = status === 503
  const info = { ...details(context), ...(status === 200 ? {} : { status }), ...(busy ? { retryable: true } : {}) }
  return errorOfCode(code, reason || `HTTP ${status}`, info, busy ? 'operational' : kindOfRefusal(code, message, status))
}

/** 401 and 403 refuse who calls, but for a statement that the adapter's configuration forbids. */
function kindOfRefusal(code: number, message: string, status: number): ErrorKind | undefined {
  if (status !== 401 && status !== 403) return undefined
  if (message === 'sql rejected') return 'programming'
  return codeInfo(code & 0xffff).kind === 'programming' ? undefined : 'connection'
}

/** What answered is no taosAdapter, or could not do it. */
function notAnAnswer({ status, header }: HttpResponse, text: string, json: JsonValue | undefined, context: BodyContext): TaosError {
  const { where } = context
  const info = { ...details(context), status }
  const words = typeof json === 'string' ? json : ''
  if (status >= 300 && status < 400) {
    const target = (header('location') ?? '').replace(/^(https?:\/\/)[^/?#]*@/i, '$1').match(/^https?:\/\/[^/?#]+/i)?.[0]
    return new ConnectionError(`${where} redirects${target ? ` to ${target}` : ''}; give the URL that it redirects to`, info)
  }
  if (status === 401 || status === 403) {
    return new ConnectionError(`${where} refused the login (HTTP ${status}); check the token, or user and password`, info)
  }
  if (status === 404) return new ConnectionError(`${where} has no REST interface of TDengine (HTTP 404); is it taosAdapter?`, info)
  if (status >= 500 || words !== '') {
    // 503 comes from the adapter's limits or from a proxy without a server: nothing ran.
    const executed = !context.harmless && status !== 503
    const reason = words || `a proxy or the server could not do it${executed ? '; the statement may have run' : ''}`
    return new OperationalError(`${where} answered HTTP ${status}: ${reason}`, { ...info, retryable: !executed, maybeExecuted: executed })
  }
  if (/^\s*\{/.test(text) && json === undefined) return damaged(new WireError('its JSON breaks off', text.length), context)
  const start = text.slice(0, 60).replaceAll(/\s+/g, ' ')
  const what = /^\s*</.test(text) ? 'a web page' : start === '' ? 'nothing' : JSON.stringify(start)
  return new ConnectionError(`${where} answered HTTP ${status} with ${what} where TDengine answers with JSON; is it taosAdapter?`, info)
}

/** The error for a body that begins as an answer and does not go on as one. */
export function damaged(error: unknown, context: BodyContext): TaosError {
  if (!(error instanceof WireError)) throw error
  return new InternalError(`${context.where} sent a damaged answer: ${error.message}`, { ...details(context), cause: error })
}
