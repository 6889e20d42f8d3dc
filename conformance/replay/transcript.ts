import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../golden/wire/', import.meta.url))

/** A line of a transcript, as the recordings' README describes it. */
export type Event = { readonly conn: number; readonly at: number } & (
  | {
      readonly http: 'request'
      readonly method: string
      readonly url: string
      readonly headers: Headers
      readonly body?: string
      readonly base64?: string
    }
  | { readonly http: 'response'; readonly status: number; readonly headers: Headers; readonly body?: string; readonly base64?: string }
  | { readonly ws: 'open'; readonly url: string; readonly headers: Headers }
  | { readonly ws: 'handshake'; readonly status: number; readonly headers: Headers; readonly body?: string }
  | { readonly ws: 'end'; readonly by: string }
  | (Frame & { readonly ws: 'client' | 'server' })
)

type Headers = { readonly [name: string]: string }

export interface Frame {
  readonly text?: string
  readonly base64?: string
  readonly ping?: string
  readonly pong?: string
  readonly close?: number | null
  readonly reason?: string
  readonly fragments?: number
}

/** The names of the recorded scenarios, subscriptions left out. */
export function transcriptNames(): string[] {
  return recordings().filter((name) => !name.includes('-tmq'))
}

/** The names of the recorded subscriptions. */
export function tmqTranscriptNames(): string[] {
  return recordings().filter((name) => name.includes('-tmq'))
}

function recordings(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.jsonl') && !file.endsWith('setup.jsonl'))
    .map((file) => file.slice(0, -'.jsonl'.length))
    .sort()
}

export function readTranscript(name: string): Event[] {
  return readLines(`${name}.jsonl`) as Event[]
}

/** The statements that must have run before a scenario: the common ones, and those that stand beside it. */
export function setupStatements(name: string): string[] {
  const own = `${name}.setup.jsonl`
  const lines = [...readLines('setup.jsonl'), ...(existsSync(FOLDER + own) ? readLines(own) : [])] as { sql?: string; generate?: string }[]
  return lines.map((line) => line.sql ?? bigRows(line.generate!))
}

/** The rule of the recordings for the table of 9000 rows. */
function bigRows(rule: string): string {
  if (!rule.includes('wire_ms.big')) throw new Error(`unknown rule: ${rule}`)
  const rows = Array.from({ length: 9000 }, (_, i) => `(${1700000000000 + i * 10},${i % 10 === 9 ? 'null' : ((i * 7) % 1000) - 500})`)
  return `insert into wire_ms.big values${rows.join('')}`
}

function readLines(file: string): unknown[] {
  return readFileSync(FOLDER + file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown)
}
