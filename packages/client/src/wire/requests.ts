import { blockByteLength, encodeBlockInto } from './block.ts'
import { utf8, utf8Text } from './bytes.ts'
import type { Block } from './column.ts'

/** Actions of binary requests: u64 request id @0, u64 resource id @8, u64 action @16. */
export const BinaryAction = {
  SET_TAGS: 1,
  BIND: 2,
  WRITE_RAW: 3,
  WRITE_RAW_BLOCK: 4,
  WRITE_RAW_BLOCK_WITH_FIELDS: 5,
  QUERY: 6,
  FETCH_RAW_BLOCK: 7,
  FETCH_RAW_DATA: 8,
  STMT2_BIND: 9,
  VALIDATE_SQL: 10,
  STMT2_BIND_EXEC: 11,
} as const

/** One field record of a raw block written with fields (action 5). `bytes` is the schema size. */
export interface RawField {
  readonly name: string
  readonly type: number
  readonly bytes: number
}

const HEADER = 24

function request(size: number, reqId: bigint, resource: bigint, action: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, reqId, true)
  view.setBigUint64(8, resource, true)
  view.setBigUint64(16, BigInt(action), true)
  return { bytes, view }
}

/** Action 6 (run a statement) or 10 (only check it): u16 version @24, u32 length @26, SQL @30. */
export function encodeSqlRequest(reqId: bigint, sql: string, action: 6 | 10 = 6, resource = 0n): Uint8Array {
  const text = utf8(sql)
  const { bytes, view } = request(30 + text.length, reqId, resource, action)
  view.setUint16(24, 1, true)
  view.setUint32(26, text.length, true)
  bytes.set(text, 30)
  return bytes
}

/** Action 7: asks for the next block of a result; u16 version @24. */
export function encodeFetchRequest(reqId: bigint, resultId: bigint): Uint8Array {
  const { bytes, view } = request(26, reqId, resultId, BinaryAction.FETCH_RAW_BLOCK)
  view.setUint16(24, 1, true)
  return bytes
}

/** Actions 1 and 2: a block of tags (one row) or of values for a version 1 statement; raw block @24. */
export function encodeStmtBlockRequest(reqId: bigint, stmtId: bigint, action: 1 | 2, block: Block): Uint8Array {
  const { bytes } = request(HEADER + blockByteLength(block), reqId, stmtId, action)
  encodeBlockInto(bytes, HEADER, block)
  return bytes
}

/** Action 3: a TMQ message as it was fetched; u32 length @24, u16 meta type @28, data @30. */
export function encodeWriteRawRequest(reqId: bigint, metaType: number, data: Uint8Array, resource = 0n): Uint8Array {
  const { bytes, view } = request(30 + data.length, reqId, resource, BinaryAction.WRITE_RAW)
  view.setUint32(24, data.length, true)
  view.setUint16(28, metaType, true)
  bytes.set(data, 30)
  return bytes
}

/** Action 4, or 5 when fields are given: i32 rows @24, u16 name length @28, table name @30, the raw block, 72 bytes a field. */
export function encodeWriteBlockRequest(
  reqId: bigint,
  table: string,
  rows: number,
  block: Uint8Array,
  fields?: readonly RawField[],
  resource = 0n,
): Uint8Array {
  const name = utf8(table)
  const action = fields ? BinaryAction.WRITE_RAW_BLOCK_WITH_FIELDS : BinaryAction.WRITE_RAW_BLOCK
  const start = 30 + name.length + block.length
  const { bytes, view } = request(start + 72 * (fields?.length ?? 0), reqId, resource, action)
  view.setInt32(24, rows, true)
  view.setUint16(28, name.length, true)
  bytes.set(name, 30)
  bytes.set(block, 30 + name.length)
  fields?.forEach((field, i) => {
    const at = start + 72 * i
    bytes.set(utf8(field.name).subarray(0, 64), at)
    bytes[at + 65] = field.type
    view.setInt32(at + 68, field.bytes, true)
  })
  return bytes
}

/** Bytes of a bind request before its payload. */
export const BIND_HEAD = 30

/**
 * Action 9: u16 version @24, i32 column index @26 (−1 = all), payload @30. With `inPlace` the payload lies behind room for its head, which is
 * filled in: the message is then its memory, not a copy.
 */
export function encodeBindRequest(reqId: bigint, stmtId: bigint, payload: Uint8Array, columnIndex = -1, inPlace = false): Uint8Array {
  const bytes = inPlace
    ? new Uint8Array(payload.buffer, payload.byteOffset - BIND_HEAD, BIND_HEAD + payload.length)
    : new Uint8Array(BIND_HEAD + payload.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  view.setBigUint64(0, reqId, true)
  view.setBigUint64(8, stmtId, true)
  view.setBigUint64(16, BigInt(BinaryAction.STMT2_BIND), true)
  view.setUint16(24, 1, true)
  view.setInt32(26, columnIndex, true)
  if (!inPlace) bytes.set(payload, BIND_HEAD)
  return bytes
}

/** Action 11 (servers from 3.4.1.13): u16 version @24, payload in column layout @26. */
export function encodeBindExecRequest(reqId: bigint, stmtId: bigint, payload: Uint8Array): Uint8Array {
  const { bytes, view } = request(26 + payload.length, reqId, stmtId, BinaryAction.STMT2_BIND_EXEC)
  view.setUint16(24, 1, true)
  bytes.set(payload, 26)
  return bytes
}

interface RequestHead {
  readonly reqId: bigint
  /** Statement id, result id or whatever the client put at @8. */
  readonly resource: bigint
}

/** A binary request as a server reads it. Byte fields are views of the message. */
export type BinaryRequest = RequestHead &
  (
    | { readonly action: 'set_tags' | 'bind'; readonly block: Uint8Array }
    | { readonly action: 'write_raw'; readonly metaType: number; readonly data: Uint8Array }
    | { readonly action: 'write_raw_block'; readonly table: string; readonly rows: number; readonly block: Uint8Array }
    | {
        readonly action: 'write_raw_block_with_fields'
        readonly table: string
        readonly rows: number
        readonly block: Uint8Array
        /** One a column, or none. */
        readonly fields: readonly RawField[]
      }
    | { readonly action: 'binary_query' | 'validate_sql'; readonly sql: string }
    | { readonly action: 'fetch_raw_block' }
    | { readonly action: 'stmt2_bind'; readonly columnIndex: number; readonly payload: Uint8Array }
    | { readonly action: 'stmt2_bind_exec'; readonly payload: Uint8Array }
    /** The message is refused: answer with this action name (in fetch_raw_block's own binary form) and text. */
    | { readonly action: 'refused'; readonly of: BinaryActionName | 'unknown'; readonly message: string }
  )

/** The `action` of the reply to each binary request. */
export type BinaryActionName =
  | 'set_tags'
  | 'bind'
  | 'write_raw'
  | 'write_raw_block'
  | 'write_raw_block_with_fields'
  | 'binary_query'
  | 'fetch_raw_block'
  | 'stmt2_bind'
  | 'validate_sql'
  | 'stmt2_bind_exec'

const NAMES: readonly (BinaryActionName | 'unknown')[] = [
  'unknown',
  'set_tags',
  'bind',
  'write_raw',
  'write_raw_block',
  'write_raw_block_with_fields',
  'binary_query',
  'fetch_raw_block',
  'unknown',
  'stmt2_bind',
  'validate_sql',
  'stmt2_bind_exec',
]

const TOO_SHORT = 'message length is too short'

/** Reads a binary request with all the checks of the adapter and the bounds that it forgets; never throws. */
export function decodeRequest(bytes: Uint8Array): BinaryRequest {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = bytes.length
  const reqId = size >= 8 ? view.getBigUint64(0, true) : 0n
  const resource = size >= 16 ? view.getBigUint64(8, true) : 0n
  const number = size >= HEADER ? view.getBigUint64(16, true) : 0n
  const name = NAMES[number > 11n ? 0 : Number(number)]!
  const refuse = (message: string): BinaryRequest => ({ action: 'refused', of: name, message, reqId, resource })
  if (size < HEADER) return refuse(TOO_SHORT)
  switch (name) {
    case 'set_tags':
    case 'bind':
      return { action: name, reqId, resource, block: bytes.subarray(HEADER) }
    case 'write_raw': {
      if (size < 30) return refuse(TOO_SHORT)
      const length = view.getUint32(24, true)
      if (length > size - 30) return refuse(`uncompleted message, raw length:${length}, remainMessageLength:${size - 30}`)
      return { action: name, reqId, resource, metaType: view.getUint16(28, true), data: bytes.subarray(30, 30 + length) }
    }
    case 'write_raw_block':
    case 'write_raw_block_with_fields':
      return writeBlock(bytes, view, name, { reqId, resource }) ?? refuse(TOO_SHORT)
    case 'binary_query':
    case 'validate_sql': {
      if (size < 31) return refuse(TOO_SHORT)
      const version = view.getUint16(24, true)
      if (version !== 1) return refuse(`unknown binary query version:${version}`)
      const length = view.getUint32(26, true)
      if (length > size - 30) return refuse(`uncompleted message, sql length:${length}, remainMessageLength:${size - 30}`)
      return { action: name, reqId, resource, sql: utf8Text(bytes.subarray(30, 30 + length)) }
    }
    case 'fetch_raw_block':
      if (size < 26) return refuse(TOO_SHORT)
      if (view.getUint16(24, true) !== 1) return refuse('unknown fetch raw block version')
      return { action: name, reqId, resource }
    case 'stmt2_bind':
      if (size < 30) return refuse(TOO_SHORT)
      if (view.getUint16(24, true) !== 1) return refuse('unknown stmt2 bind version')
      return { action: name, reqId, resource, columnIndex: view.getInt32(26, true), payload: bytes.subarray(30) }
    case 'stmt2_bind_exec':
      if (size < 26) return refuse(TOO_SHORT)
      if (view.getUint16(24, true) !== 1) return refuse('unknown stmt2 bind exec version')
      return { action: name, reqId, resource, payload: bytes.subarray(26) }
    default:
      return refuse(`unknown binary action ${number}`)
  }
}

function writeBlock(
  bytes: Uint8Array,
  view: DataView,
  action: 'write_raw_block' | 'write_raw_block_with_fields',
  head: RequestHead,
): BinaryRequest | null {
  if (bytes.length < 30) return null
  const rows = view.getInt32(24, true)
  const start = 30 + view.getUint16(28, true)
  if (start + 28 > bytes.length) return null
  const table = utf8Text(bytes.subarray(30, start))
  const length = view.getInt32(start + 4, true)
  const columns = view.getInt32(start + 12, true)
  if (length < 28 || start + length > bytes.length || columns < 1 || columns > length / 9) return null
  const block = bytes.subarray(start, start + length)
  if (action === 'write_raw_block') return { ...head, action, table, rows, block }
  let at = start + length
  const fields: RawField[] = []
  // Rust may send none of them, which the server answers with 0x0118.
  if (at === bytes.length) return { ...head, action, table, rows, block, fields }
  if (at + 72 * columns > bytes.length) return null
  for (let i = 0; i < columns; i++, at += 72) {
    const name = bytes.subarray(at, at + 65)
    const nul = name.indexOf(0)
    fields.push({
      name: utf8Text(nul < 0 ? name : name.subarray(0, nul)),
      type: view.getInt8(at + 65),
      bytes: view.getInt32(at + 68, true),
    })
  }
  return { ...head, action, table, rows, block, fields }
}
