import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import process from 'node:process'
import { encodeBlock } from 'taosts/wire'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { messages } from '../../../conformance/wire/transcripts.ts'
import { buildJudge, type Scripted, seen, type Verdict, verdict, writeMessages } from './judge.ts'

/** The statements of a recorded WebSocket client with the blocks that a real server sent. */
export function recorded(name: string): Scripted[] {
  const asked = new Map<string, string>()
  const open = new Map<string, { -readonly [K in keyof Scripted]: Scripted[K] } & { blocks: Uint8Array[] }>()
  for (const message of messages(name)) {
    if ('request' in message) {
      if (message.request.action === 'binary_query') asked.set(String(message.request.reqId), message.request.sql)
    } else if ('reply' in message) {
      const { reply } = message
      if (reply.kind === 'fetch_raw_block' && reply.block)
        open.get(String(reply.resultId))?.blocks.push(encodeBlock(reply.block, { server: true }))
    } else if (
      message.from === 'server' &&
      message.json['action'] === 'binary_query' &&
      message.json['code'] === 0 &&
      message.json['is_update'] === false
    ) {
      const json = message.json as unknown as Record<string, number[]> & { fields_names: string[] }
      open.set(String(json['id']), {
        sql: asked.get(String(json['req_id']))!,
        precision: Number(json['precision']),
        fields: json.fields_names.map((field, i) => ({
          name: field,
          type: json['fields_types']![i]!,
          bytes: json['fields_lengths']![i]!,
          precision: json['fields_precisions']![i]!,
          scale: json['fields_scales']![i]!,
        })),
        blocks: [],
      })
    }
  }
  return [...open.values()]
}

/** What the judge must have seen when a test is over. */
export const INNOCENT = {
  freedBusy: 0,
  atOnce: 0,
  confs: 0,
  lists: 0,
  doubleFrees: 0,
  useAfterFree: 0,
  wrongHandle: 0,
  nullHandle: 0,
  connections: 0,
  results: 0,
  statements: 0,
  consumers: 0,
}

export function misdeeds(found: Verdict): typeof INNOCENT {
  return Object.fromEntries(Object.keys(INNOCENT).map((name) => [name, found[name as keyof Verdict]])) as typeof INNOCENT
}

/** Points TAOS_LIBRARY at a judge for the tests of a file, and after each of them lets it say whether anything was misused or left open. */
export function useJudge(
  script: readonly Scripted[],
  data: readonly { readonly metaType: number; readonly data: Uint8Array | null | undefined }[] = [],
): { seen(): string[]; verdict(): Verdict; path(): string } {
  let path = ''
  beforeAll(() => {
    const judge = buildJudge(script)
    path = judge.path
    process.env['TAOS_JUDGE_SCRIPT'] = judge.scriptPath
    process.env['TAOS_LIBRARY'] = path
    process.env['TAOS_JUDGE_MESSAGES'] = writeMessages(data.map(({ metaType, data: bytes }) => ({ type: 1, metaType, data: bytes! })))
  })
  afterEach(() => {
    expect(misdeeds(verdict(path))).toEqual(INNOCENT)
  })
  afterAll(() => {
    for (const each of [path, process.env['TAOS_JUDGE_MESSAGES']!]) rmSync(dirname(each), { recursive: true, force: true })
  })
  return { seen: () => seen(path), verdict: () => verdict(path), path: () => path }
}
