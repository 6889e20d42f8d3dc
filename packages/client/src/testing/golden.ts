import { readdirSync, readFileSync } from 'node:fs'

/** Where the recordings of a real server are. */
const WIRE = new URL('../../../../conformance/golden/wire/', import.meta.url)

interface Line {
  readonly conn: number
  readonly ws?: string
  readonly http?: string
  readonly method?: string
  readonly url?: string
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string
  readonly base64?: string
  readonly body?: string
}

/** A recorded answer to a statement: the reply to binary query 6, and the fetch replies after it. */
export interface GoldenAnswer {
  readonly reply: string
  readonly fetches: readonly Uint8Array[]
}

/** The lines of one recording. */
export function readTranscript(name: string): Line[] {
  return readFileSync(new URL(`${name}.jsonl`, WIRE), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)
}

/** What the recorded client told its user. */
export function readExpected(name: string): {
  readonly results: readonly { readonly op?: string; readonly sql?: string; readonly value?: unknown }[]
} {
  return JSON.parse(readFileSync(new URL(`${name}.expected.json`, WIRE), 'utf8'))
}

/** Names of recordings that match. */
export function transcripts(pattern: RegExp): string[] {
  return readdirSync(WIRE)
    .filter((name) => name.endsWith('.jsonl') && !name.endsWith('setup.jsonl') && pattern.test(name))
    .map((name) => name.slice(0, -'.jsonl'.length))
}

/** Every statement of a WebSocket recording whose result was read by binary fetches, with its answer. */
export function goldenAnswers(name: string): Map<string, GoldenAnswer> {
  const answers = new Map<string, GoldenAnswer>()
  const open = new Map<string, Uint8Array[]>()
  let sql: string | undefined
  for (const { conn, ws, text, base64 } of readTranscript(name)) {
    const bytes = base64 === undefined ? undefined : new Uint8Array(Buffer.from(base64, 'base64'))
    if (ws === 'client' && bytes && Buffer.from(bytes).readUInt8(16) === 6) sql = Buffer.from(bytes.subarray(30)).toString('utf8')
    if (ws !== 'server') continue
    if (text !== undefined && sql !== undefined && text.includes('"binary_query"')) {
      const fetches: Uint8Array[] = []
      answers.set(sql, { reply: text, fetches })
      const id = /"id":(\d+)/.exec(text)?.[1]
      if (id !== undefined) open.set(`${conn}/${id}`, fetches)
      sql = undefined
    } else if (bytes && bytes.length >= 51 && Buffer.from(bytes).readUInt8(8) === 7) {
      const at = 42 + Buffer.from(bytes).readUInt32LE(38)
      open.get(`${conn}/${Buffer.from(bytes).readBigUInt64LE(at)}`)?.push(bytes)
    }
  }
  return answers
}
