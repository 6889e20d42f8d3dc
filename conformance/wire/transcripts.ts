import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import {
  type BinaryReply,
  type BinaryRequest,
  type Block,
  decodeReply,
  decodeRequest,
  type JsonValue,
  type Precision,
  parseJson,
  precisionOf,
} from 'taosts/wire'

const DIRECTORY = new URL('../golden/wire/', import.meta.url)

/** One line of a recording, as golden/wire/README.md describes it. */
interface Line {
  readonly conn: number
  readonly ws?: string
  readonly http?: string
  readonly url?: string
  readonly status?: number
  readonly text?: string
  readonly base64?: string
  readonly body?: string
}

/** Names of the recordings that match, without their endings. */
export function recordings(pattern: RegExp): string[] {
  return readdirSync(DIRECTORY)
    .filter((file) => file.endsWith('.jsonl') && !file.endsWith('setup.jsonl'))
    .map((file) => file.slice(0, -'.jsonl'.length))
    .filter((name) => pattern.test(name))
}

function lines(name: string): Line[] {
  return readFileSync(new URL(`${name}.jsonl`, DIRECTORY), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

/** A statement's result as the frames of a recording carry it. */
export interface RecordedResult {
  readonly sql: string
  readonly types: readonly number[]
  readonly precision: Precision
  readonly blocks: Block[]
}

/** A WebSocket message of a recording, decoded. */
export type Message =
  | { readonly from: 'client' | 'server'; readonly conn: number; readonly json: { readonly [key: string]: JsonValue } }
  | { readonly from: 'client'; readonly conn: number; readonly bytes: Uint8Array; readonly request: BinaryRequest }
  | { readonly from: 'server'; readonly conn: number; readonly bytes: Uint8Array; readonly reply: BinaryReply }

/** The WebSocket messages of a recording, in order. */
export function* messages(name: string): Generator<Message> {
  for (const line of lines(name)) {
    const from = line.ws
    if (from !== 'client' && from !== 'server') continue
    const { conn } = line
    if (line.text !== undefined) {
      let json: JsonValue
      try {
        json = parseJson(line.text)
      } catch {
        continue
      }
      if (typeof json === 'object' && json !== null && !Array.isArray(json))
        yield { from, conn, json: json as { [key: string]: JsonValue } }
    } else if (line.base64 !== undefined) {
      const bytes = new Uint8Array(Buffer.from(line.base64, 'base64'))
      if (from === 'client') yield { from, conn, bytes, request: decodeRequest(bytes) }
      else yield { from, conn, bytes, reply: decodeReply(bytes) }
    }
  }
}

/** The results of every query of a recording, by WebSocket (binary fetches) or REST. */
export function results(name: string): RecordedResult[] {
  const found: RecordedResult[] = []
  const asked = new Map<string, string>()
  const prepared = new Map<string, string>()
  const open = new Map<string, RecordedResult>()
  for (const message of messages(name)) {
    const { conn } = message
    if ('request' in message) {
      if (message.request.action === 'binary_query') asked.set(`${conn} ${message.request.reqId}`, message.request.sql)
    } else if ('reply' in message) {
      if (message.reply.kind === 'fetch_raw_block' && message.reply.block)
        open.get(`${conn} ${message.reply.resultId}`)?.blocks.push(message.reply.block)
    } else if (message.from === 'client') {
      const args = (message.json['args'] ?? {}) as { req_id?: unknown; sql?: string; stmt_id?: unknown }
      if (message.json['action'] === 'query') asked.set(`${conn} ${args.req_id}`, args.sql ?? '')
      if (message.json['action'] === 'stmt2_prepare' || message.json['action'] === 'prepare')
        prepared.set(`${conn} ${args.stmt_id}`, args.sql ?? '')
    } else {
      const { json } = message
      const types = json['fields_types']
      if (!Array.isArray(types) || json['code'] !== 0) continue
      const sql = json['stmt_id'] === undefined ? asked.get(`${conn} ${json['req_id']}`) : prepared.get(`${conn} ${json['stmt_id']}`)
      const result = { sql: sql ?? '', types: types as number[], precision: precisionOf(Number(json['precision'])), blocks: [] }
      open.set(`${conn} ${json['id'] ?? json['result_id']}`, result)
      found.push(result)
    }
  }
  return found
}

/** The answers to `/rest/sql` in a recording with status 200: the URL and the body. */
export function restBodies(name: string): { readonly url: string; readonly sql: string; readonly body: Uint8Array }[] {
  const asked = new Map<number, Line>()
  const found: { url: string; sql: string; body: Uint8Array }[] = []
  for (const line of lines(name)) {
    if (line.http === 'request') asked.set(line.conn, line)
    const request = asked.get(line.conn)
    if (line.http !== 'response' || line.status !== 200 || !request?.url?.startsWith('/rest/sql') || request.url.includes('vgid')) continue
    found.push({ url: request.url, sql: contents(request).toString('utf8').trim(), body: new Uint8Array(contents(line)) })
  }
  return found
}

function contents(line: Line): Buffer {
  const bytes = line.base64 === undefined ? Buffer.from(line.body ?? '') : Buffer.from(line.base64, 'base64')
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
}

/** What a client reported of one query: its statement and rows (or the first and last of them). */
export interface ExpectedResult {
  readonly sql: string
  readonly rows?: readonly (readonly unknown[])[]
  readonly rows_first?: readonly (readonly unknown[])[]
  readonly rows_last?: readonly (readonly unknown[])[]
  readonly row_count?: number
}

/** What a recording's client told its user, one entry an operation. */
export function expectedFile(name: string): readonly Readonly<Record<string, unknown>>[] {
  const file = JSON.parse(readFileSync(new URL(`${name}.expected.json`, DIRECTORY), 'utf8')) as { results: Record<string, unknown>[] }
  return file.results
}

/** The queries in a recording's expected file, whatever form its client gave them. */
export function expectedResults(name: string): ExpectedResult[] {
  return expectedFile(name).flatMap((entry) => {
    const value = entry['value'] as { sql?: string; rows?: unknown } | undefined
    if (Array.isArray(entry['rows']) || Array.isArray(entry['rows_first']))
      return [{ ...entry, sql: (entry['sql'] ?? entry['op']) as string } as ExpectedResult]
    if (value && Array.isArray(value.rows)) return [{ sql: value.sql ?? (entry['op'] as string), rows: value.rows as unknown[][] }]
    return []
  })
}
