import { PRECISIONS, type Precision } from '../types/precision.ts'
import { blockByteLength, decodeBlock, encodeBlockInto } from './block.ts'
import { ByteReader, ByteWriter, utf8, utf8Text } from './bytes.ts'
import type { Block } from './column.ts'
import { jsonEntries } from './tmq-json.ts'
import { readVarint, readZigzag } from './varint.ts'
import { WireError } from './wire-error.ts'

/** A place in the log, or in a snapshot; any other kind only marks a start (`reset`). */
export type TmqOffset =
  | { readonly kind: 'log'; readonly version: bigint }
  | {
      readonly kind: 'snapshot-data' | 'snapshot-meta'
      readonly uid: bigint
      readonly timestamp: bigint
      readonly keyType: number
      readonly key: bigint | Uint8Array
    }
  | { readonly kind: 'reset'; readonly tag: number }

/** A column of a message's schema; `bytes` is the schema size (VARCHAR n+2, NCHAR 4n+2). */
export interface TmqColumn {
  readonly name: string
  readonly type: number
  /** Bits: 1 SMA, 2 indexed, 4 further primary key. */
  readonly flags: number
  readonly bytes: number
  readonly id: number
}

/** The rows of one table (or of a query topic) in a message. */
export interface TmqBlock {
  readonly block: Block
  readonly precision: Precision
  readonly table?: string
  readonly schema?: { readonly version: number; readonly columns: readonly TmqColumn[] }
}

/** The payload of a data message (meta type 2), or of one that also creates tables (4). */
export interface TmqData {
  readonly requestOffset: TmqOffset
  readonly responseOffset: TmqOffset
  readonly blocks: readonly TmqBlock[]
  /** Milliseconds to wait, of replaying consumers (meta type 2). */
  readonly sleepTime: bigint
  /** Create-table requests as the server wrote them (meta type 4). */
  readonly createTables: readonly Uint8Array[]
}

export const TMQ_DATA = 2
export const TMQ_METADATA = 4

/** First byte of the payload; older servers start with an offset's kind, which is smaller. */
const VERSION_MARK = 100
/** u64 version, big-endian row count, compressed, precision: what precedes each raw block. */
const BLOCK_HEAD = 18

/** Reads the payload of `fetch_raw` or `fetch_raw_data` with meta type 2 or 4. `owned` as in `decodeBlock`. Throws a WireError. */
export function decodeTmqData(bytes: Uint8Array, metaType: number = TMQ_DATA, owned = false): TmqData {
  const reader = new ByteReader(bytes)
  const first = reader.i8()
  let requestOffset: TmqOffset
  let responseOffset: TmqOffset
  if (first >= VERSION_MARK) {
    const size = reader.i32()
    const end = reader.at + size
    if (size < 0 || end > reader.end) throw new WireError(`offsets of ${size} bytes run past the message`, 1)
    requestOffset = readOffset(reader)
    responseOffset = readOffset(reader)
    if (reader.at > end) throw new WireError('offsets are longer than they say', end)
    reader.at = end
  } else {
    requestOffset = readOldOffset(reader, first)
    responseOffset = readOldOffset(reader, reader.i8())
  }
  const count = reader.i32()
  if (count < 0 || count > reader.left) throw new WireError(`${count} blocks do not fit the message`, reader.at - 4)
  const blocks: TmqBlock[] = []
  if (count > 0) {
    const withTable = reader.u8() !== 0
    const withSchema = reader.u8() !== 0
    for (let i = 0; i < count; i++) blocks.push(readBlock(reader, withTable, withSchema, owned))
  }
  const createTables: Uint8Array[] = []
  let sleepTime = 0n
  if (metaType === TMQ_METADATA) {
    const tables = reader.left >= 4 ? reader.i32() : 0
    if (tables < 0 || tables > reader.left) throw new WireError(`${tables} tables do not fit the message`, reader.at - 4)
    for (let i = 0; i < tables; i++) createTables.push(reader.take(readVarint(reader)))
  } else if (reader.left >= 8) sleepTime = reader.i64()
  return { requestOffset, responseOffset, blocks, sleepTime, createTables }
}

/** The kind in the low bits of an offset's tag: 1 log, 2 snapshot of data, 3 snapshot of metas. */
const KINDS = { 1: 'log', 2: 'snapshot-data', 3: 'snapshot-meta' } as const

function readOffset(reader: ByteReader): TmqOffset {
  const tag = reader.i8()
  if (tag < 0) return { kind: 'reset', tag }
  const kind = KINDS[(tag & 0x0f) as 1 | 2 | 3]
  if (kind === undefined) throw new WireError(`unknown kind of offset ${tag}`, reader.at - 1)
  if (kind === 'log') return { kind, version: reader.i64() }
  const uid = reader.i64()
  const timestamp = reader.i64()
  // Since the tag's upper bits are set, a primary key follows.
  if (tag >> 4 === 0) return { kind, uid, timestamp, keyType: 0, key: 0n }
  const keyType = reader.i8()
  const variable = keyType === 8 || keyType === 10 || keyType === 15 || keyType === 16 || keyType === 20
  return { kind, uid, timestamp, keyType, key: variable ? reader.take(readVarint(reader)) : reader.i64() }
}

function readOldOffset(reader: ByteReader, kind: number): TmqOffset {
  if (kind === 1) return { kind: 'log', version: reader.i64() }
  if (kind !== 2 && kind !== 3) return { kind: 'reset', tag: kind }
  return { kind: KINDS[kind], uid: reader.i64(), timestamp: reader.i64(), keyType: 0, key: 0n }
}

function readBlock(reader: ByteReader, withTable: boolean, withSchema: boolean, owned: boolean): TmqBlock {
  const length = readVarint(reader)
  const at = reader.skip(length)
  if (length < BLOCK_HEAD) throw new WireError(`a block record of ${length} bytes is too short`, at)
  const precision = PRECISIONS[reader.bytes[at + 17]!]
  if (precision === undefined) throw new WireError(`unknown precision ${reader.bytes[at + 17]}`, at + 17)
  if (reader.bytes[at + 16] !== 0) throw new WireError('the block is compressed', at + 16)
  const block = decodeBlock(reader.bytes, { offset: at + BLOCK_HEAD, end: at + length, owned, json: jsonEntries })
  const schema = withSchema ? readSchema(reader) : undefined
  const table = withTable ? readText(reader) : undefined
  return { block, precision, ...(schema && { schema }), ...(table !== undefined && { table }) }
}

function readSchema(reader: ByteReader): { version: number; columns: TmqColumn[] } {
  const start = reader.at
  const count = readZigzag(reader)
  const version = readZigzag(reader)
  if (count < 0 || count > reader.left) throw new WireError(`${count} columns do not fit the message`, start)
  const columns: TmqColumn[] = []
  for (let i = 0; i < count; i++) {
    const type = reader.i8()
    const flags = reader.u8()
    const bytes = readZigzag(reader)
    const id = readZigzag(reader)
    columns.push({ type, flags, bytes, id, name: readText(reader) })
  }
  return { version, columns }
}

/** A text with its NUL, both counted. */
function readText(reader: ByteReader): string {
  const start = reader.at
  const bytes = reader.take(readVarint(reader))
  if (bytes.length === 0 || bytes[bytes.length - 1] !== 0) throw new WireError('a text does not end with a NUL', start)
  return utf8Text(bytes.subarray(0, bytes.length - 1))
}

/** Writes the payload as servers do; whether tables' names and schemas are in it follows from the first block. */
export function encodeTmqData(data: TmqData, metaType: number = TMQ_DATA): Uint8Array {
  const out = new ByteWriter(256)
  out.u8(VERSION_MARK)
  const size = out.reserve(4)
  writeOffset(out, data.requestOffset)
  writeOffset(out, data.responseOffset)
  out.view.setInt32(size, out.at - size - 4, true)
  out.i32(data.blocks.length)
  const [first] = data.blocks
  if (first) {
    const withTable = first.table !== undefined
    const withSchema = first.schema !== undefined
    out.u8(withTable ? 1 : 0)
    out.u8(withSchema ? 1 : 0)
    for (const block of data.blocks) {
      writeBlock(out, block)
      if (withSchema) writeSchema(out, block)
      if (withTable) writeText(out, block.table ?? '')
    }
  }
  if (metaType === TMQ_METADATA) {
    out.i32(data.createTables.length)
    for (const request of data.createTables) {
      writeVarint(out, request.length)
      out.raw(request)
    }
  } else out.i64(data.sleepTime)
  return out.done()
}

function writeOffset(out: ByteWriter, offset: TmqOffset): void {
  switch (offset.kind) {
    case 'reset':
      out.u8(offset.tag)
      break
    case 'log':
      out.u8(0x11)
      out.i64(offset.version)
      break
    default:
      out.u8(offset.kind === 'snapshot-data' ? 0x12 : 0x13)
      out.i64(offset.uid)
      out.i64(offset.timestamp)
      out.u8(offset.keyType)
      if (typeof offset.key === 'bigint') out.i64(offset.key)
      else {
        writeVarint(out, offset.key.length)
        out.raw(offset.key)
      }
  }
}

function writeBlock(out: ByteWriter, { block, precision }: TmqBlock): void {
  const form = { version: 2, server: true } as const
  const length = blockByteLength(block, form)
  writeVarint(out, BLOCK_HEAD + length)
  out.i64(1n)
  const rows = out.reserve(8)
  // The one big-endian number of the protocol.
  out.view.setBigInt64(rows, BigInt(block.rows), false)
  out.u8(0)
  out.u8(PRECISIONS.indexOf(precision))
  const at = out.reserve(length)
  encodeBlockInto(out.bytes, at, block, form)
}

function writeSchema(out: ByteWriter, { schema }: TmqBlock): void {
  const columns = schema?.columns ?? []
  writeZigzag(out, columns.length)
  writeZigzag(out, schema?.version ?? 0)
  for (const column of columns) {
    out.u8(column.type)
    out.u8(column.flags)
    writeZigzag(out, column.bytes)
    writeZigzag(out, column.id)
    writeText(out, column.name)
  }
}

function writeVarint(out: ByteWriter, value: number): void {
  let rest = value
  while (rest >= 0x80) {
    out.u8((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  out.u8(rest)
}

function writeZigzag(out: ByteWriter, value: number): void {
  writeVarint(out, value < 0 ? -value * 2 - 1 : value * 2)
}

function writeText(out: ByteWriter, text: string): void {
  const bytes = utf8(text)
  writeVarint(out, bytes.length + 1)
  out.raw(bytes)
  out.u8(0)
}
