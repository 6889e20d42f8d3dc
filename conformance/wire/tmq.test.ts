import { decodeBlock, decodeFetchRawReply, decodeTmqData, parseTmqMeta, type TmqBlock } from 'taosts/wire'
import { describe, expect, it } from 'vitest'
import { exactRows, sameValue } from './client-values.ts'
import { expectedFile, messages, recordings } from './transcripts.ts'

/** The blocks of every data message that a client fetched, in order. */
function fetched(name: string): Pick<TmqBlock, 'block' | 'precision' | 'table' | 'schema'>[] {
  // Rust reads rows by fetch and fetch_block; what it fetches raw it only writes back.
  const byBlock = name.startsWith('rust')
  const blocks: TmqBlock[] = []
  for (const message of messages(name)) {
    if (!('reply' in message)) continue
    const { reply, bytes } = message
    if (reply.kind === 'fetch_raw_data' && reply.code === 0) blocks.push(...decode(reply.data, reply.metaType))
    else if (reply.kind === 'old' && isFetchRaw(bytes) && !byBlock) {
      const { data, metaType } = decodeFetchRawReply(bytes)
      blocks.push(...decode(data, metaType))
    } else if (reply.kind === 'old' && !isFetchRaw(bytes) && byBlock)
      blocks.push({ block: decodeBlock(bytes, { offset: 24 }), precision: 'us' })
  }
  return blocks
}

function isFetchRaw(bytes: Uint8Array): boolean {
  return bytes.length >= 38 && new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(24, true) === 3n
}

function decode(data: Uint8Array, metaType: number): readonly TmqBlock[] {
  return metaType === 2 || metaType === 4 ? decodeTmqData(data, metaType).blocks : []
}

interface Reported {
  readonly table: string | undefined
  readonly cells: readonly unknown[] | Readonly<Record<string, unknown>>
}

/** The rows that a client reported of its messages, whatever form it gave them. */
function reported(name: string): Reported[] {
  return expectedFile(name).flatMap((entry): Reported[] => {
    const tables = (entry['blocks'] ?? entry['data']) as { table?: string; rows: unknown[][] }[] | undefined
    if (entry['op'] !== 'message') return []
    if (Array.isArray(tables)) return tables.flatMap(({ table, rows }) => rows.map((cells) => ({ table, cells })))
    if (Array.isArray(entry['rows'])) return (entry['rows'] as unknown[][]).map((cells) => ({ table: undefined, cells }))
    const records = entry['records'] as { table: string; row: Record<string, unknown> }[] | undefined
    return (records ?? []).map(({ table, row }) => ({ table, cells: row }))
  })
}

describe('rows that official consumers fetched decode to what they reported', () => {
  it.each(recordings(/-tmq-/).filter((name) => !name.startsWith('raw') && reported(name).length > 0))('%s', (name) => {
    const client = name.startsWith('node') ? 'node' : name.split('-').slice(0, 2).join('-')
    const rows = fetched(name).flatMap((part) => exactRows([part.block], part.precision).map((cells) => ({ part, cells })))
    const theirs = reported(name)
    expect(rows.length).toBe(theirs.length)
    const different: string[] = []
    rows.forEach(({ part, cells }, r) => {
      const row = theirs[r]!
      if (row.table && part.schema && row.table !== part.table) different.push(`[${r}] is of ${part.table}, not of ${row.table}`)
      part.block.columns.forEach((column, c) => {
        const name = part.schema?.columns[c]?.name ?? ''
        const cell = Array.isArray(row.cells) ? row.cells[c] : (row.cells as Record<string, unknown>)[name]
        if (!sameValue(column.type, cells[c], cell, part.precision, client))
          different.push(`[${r}] ${name || c}: ${String(cells[c])} is not ${JSON.stringify(cell)}`)
      })
    })
    expect(different).toEqual([])
  })
})

describe('changes of tables that official consumers fetched', () => {
  it.each(recordings(/-tmq-.*meta/))('%s', (name) => {
    let metas = 0
    for (const message of messages(name)) {
      if (!('json' in message) || message.from !== 'server' || message.json['action'] !== 'fetch_json_meta' || message.json['code'] !== 0)
        continue
      for (const meta of parseTmqMeta(message.json['data'])) {
        metas++
        if (meta.type === 'create' || meta.type === 'alter') expect(meta.tableName ?? meta.tableType).toBeTypeOf('string')
      }
    }
    expect(metas).toBeGreaterThanOrEqual(/^(py|jdbc)/.test(name) ? 0 : 1)
  })
})
