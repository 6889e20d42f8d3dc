import {
  type Block,
  type BoundColumn,
  boundToColumn,
  buildBlock,
  columnReader,
  decodeBind,
  decodeBlock,
  decodeFetchRawReply,
  decodeTmqData,
  encodeBind,
  encodeBlock,
  encodeFetchRawDataReply,
  encodeFetchRawReply,
  encodeFetchReply,
  encodeTmqData,
  RestDecoder,
  RestEncoder,
  TypeCode,
  timeZone,
  utf8Text,
} from 'taosts/wire'
import { describe, expect, it } from 'vitest'
import { messages, recordings, restBodies } from './transcripts.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The block again, made from its values as JavaScript holds them: what stands under a NULL is zero. */
function rebuilt(block: Block): Block {
  // Without a limit: Python states the size of one value rather than the column's.
  const specs = block.columns.map(({ type, precision, scale }) => ({ type, bytes: 0, precision, scale }))
  const values = block.columns.map((column) => columnReader(column.type, 'ns', { json: 'text' })(column, block.rows))
  const again = buildBlock(specs, values, 'ns')
  return { rows: again.rows, columns: again.columns.map((column, i) => ({ ...column, bytes: block.columns[i]!.bytes })) }
}

describe('frames that a server sent are encoded again to the same bytes', () => {
  it.each(recordings(/-ws-|^node/))('%s', (name) => {
    for (const message of messages(name)) {
      if (!('reply' in message)) continue
      const { reply, bytes } = message
      if (reply.kind === 'fetch_raw_block') {
        expect(hex(encodeFetchReply(reply))).toBe(hex(bytes))
      } else if (reply.kind === 'fetch_raw_data' && reply.code === 0) {
        expect(hex(encodeFetchRawDataReply(reply))).toBe(hex(bytes))
      }
    }
  })
})

describe('blocks built from JavaScript values have the bytes of the recording, with zeros under NULLs', () => {
  it.each(recordings(/-ws-query-|^node-query-/))('%s', (name) => {
    for (const message of messages(name)) {
      if (!('reply' in message) || message.reply.kind !== 'fetch_raw_block' || !message.reply.block) continue
      const { block } = message.reply
      expect(hex(encodeBlock(rebuilt(block), { server: true }))).toBe(hex(encodeBlock(zeroed(block), { server: true })))
    }
  })
})

/** The block with zeros under its NULLs. */
function zeroed(block: Block): Block {
  return {
    rows: block.rows,
    columns: block.columns.map((column) => {
      if (column.layout === 'variable') return column
      const values = column.values.slice() as BigInt64Array
      const per = values.length / block.rows
      const zero = values.BYTES_PER_ELEMENT === 8 && !(column.values instanceof Float64Array) ? 0n : (0 as unknown as bigint)
      for (let row = 0; row < block.rows; row++) {
        if ((column.nulls[row >> 3]! & (0x80 >> (row & 7))) !== 0) values.fill(zero, row * per, (row + 1) * per)
      }
      return { ...column, values }
    }),
  }
}

describe('bound parameters that clients sent are encoded again to the same bytes', () => {
  it.each(recordings(/-stmt/))('%s', (name) => {
    let blocks = 0
    for (const message of messages(name)) {
      if (!('request' in message)) continue
      const { request } = message
      if (request.action === 'bind' || request.action === 'set_tags') {
        const block = decodeBlock(request.block, { anyLength: true })
        expect(hex(encodeBlock(rebuilt(block)))).toBe(hex(honest(request.block, encodeBlock(block).length)))
        blocks++
      } else if (request.action === 'stmt2_bind' && !/^raw/.test(name)) {
        const tables = decodeBind(request.payload)
        if (tables.length === 0) continue
        expect(hex(encodeAgain(tables))).toBe(hex(node(name, tables) ?? request.payload))
        blocks++
      }
    }
    expect(blocks).toBeGreaterThan(/errors|raw|sqlstmt|refused/.test(name) ? -1 : 0)
  })
})

/** The bytes of a client's block without its oddities: a wrong length (Node), another flag (Python), bytes after the block (Go). */
function honest(block: Uint8Array, length: number): Uint8Array {
  const copy = block.slice(0, length)
  new DataView(copy.buffer).setInt32(4, length, true)
  copy.fill(0, 16, 20)
  return copy
}

type Tables = ReturnType<typeof decodeBind>

const field = ({ type }: BoundColumn) => ({ type, precision: 'ns' as const, bytes: 0 })

function values(column: BoundColumn): { values: unknown[] } {
  if (column.type === TypeCode.DECIMAL || column.type === TypeCode.DECIMAL64) {
    let at = 0
    return {
      values: Array.from(column.nulls, (isNull, row) =>
        isNull ? null : utf8Text(column.data.subarray(at, (at += column.lengths![row]!))),
      ),
    }
  }
  const spec = { type: column.type, bytes: 0 }
  return { values: columnReader(column.type, 'ns', { json: 'text' })(boundToColumn(column, spec), column.rows) }
}

function encodeAgain(tables: Tables): Uint8Array {
  const [first] = tables
  return encodeBind(
    { names: first!.name !== undefined, tags: first!.tags.map(field), columns: first!.columns.map(field) },
    tables.map((table) => ({
      ...(table.name !== undefined && { name: table.name }),
      tags: table.tags.map(values),
      columns: table.columns.map(values),
      rows: table.columns[0]?.rows ?? 0,
    })),
  )
}

/** Node writes zeros for the NULLs of a tag and binds a tag once a row: there the values are compared, by encoding both again. */
function node(name: string, tables: Tables): Uint8Array | undefined {
  const odd = tables.some(({ tags }) =>
    tags.some((tag) => tag.rows !== 1 || (tag.lengths === null && tag.nulls[0] !== 0 && tag.data.length > 0)),
  )
  return name.startsWith('node') && odd ? encodeAgain(decodeBind(encodeAgain(tables))) : undefined
}

describe('subscription messages are encoded again to the same bytes', () => {
  it.each(recordings(/-tmq-/))('%s', (name) => {
    for (const message of messages(name)) {
      if ('request' in message && message.request.action === 'write_raw') again(message.request.data, message.request.metaType)
      if (!('reply' in message)) continue
      const { reply, bytes } = message
      if (reply.kind === 'fetch_raw_data' && reply.code === 0) again(reply.data, reply.metaType)
      else if (reply.kind === 'old' && isFetchRaw(bytes)) {
        const raw = decodeFetchRawReply(bytes)
        expect(hex(encodeFetchRawReply(raw))).toBe(hex(bytes))
        again(raw.data, raw.metaType)
      }
    }
  })
})

function isFetchRaw(bytes: Uint8Array): boolean {
  return bytes.length >= 38 && new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(24, true) === 3n
}

function again(data: Uint8Array, metaType: number): void {
  if (metaType !== 2 && metaType !== 4) return
  expect(hex(encodeTmqData(decodeTmqData(data.slice(), metaType, true), metaType))).toBe(hex(data))
}

describe('REST answers are written again to the same bytes, however they arrive', () => {
  it.each(recordings(/rest|-rs-/))('%s', (name) => {
    for (const { url, body } of restBodies(name)) {
      const args = new URL(url, 'http://localhost').searchParams
      // Rows as objects are for people and other clients; taosts never asks for them.
      if (args.has('row_with_meta')) continue
      for (const step of [1 << 30, 1000, 7]) {
        const decoder = new RestDecoder()
        const blocks: Block[] = []
        for (let at = 0; at < body.length; at += step) blocks.push(...decoder.push(body.subarray(at, at + step)))
        blocks.push(...decoder.end())
        const { code, columns } = decoder.header!
        if (code !== 0) continue
        const zone = timeZone(args.get('conn_tz') ?? args.get('tz') ?? 'UTC')
        const encoder = new RestEncoder({ columns, precision: decoder.precision ?? 'ms', zone })
        const text = Buffer.concat([encoder.head(), ...blocks.map((block) => encoder.block(block)), encoder.tail(decoder.timing)])
        expect(text.toString()).toBe(Buffer.from(body).toString())
      }
    }
  })
})
