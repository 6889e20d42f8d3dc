import { blockByteLength, decodeBlock, encodeBlockInto } from './block.ts'
import { ByteReader, utf8 } from './bytes.ts'
import type { Block } from './column.ts'
import { WireError } from './wire-error.ts'

/** u64 marker of the newer binary replies; the older ones start with a timing. */
const MARKER = 0xffffffffffffffffn

interface ReplyHead {
  readonly reqId: bigint
  /** Nanoseconds that the server spent. */
  readonly timing: bigint
}

/** The answer to binary action 7: a block, the end, or an error (`code` not 0). */
export interface FetchReply extends ReplyHead {
  readonly code: number
  readonly message: string
  readonly resultId: bigint
  /** No block follows; the server has freed the result. */
  readonly finished: boolean
  readonly block: Block | null
}

/** A binary message from the server, told apart by its first bytes. */
export type BinaryReply =
  | ({ readonly kind: 'fetch_raw_block' } & FetchReply)
  | ({ readonly kind: 'fetch_raw_data' } & FetchRawDataReply)
  /** `fetch_block`: the u64 at @8 is a result id (in `/ws`) or a request id (in `/rest/tmq`); what follows is in `rest`. */
  | { readonly kind: 'old'; readonly timing: bigint; readonly id: bigint; readonly rest: Uint8Array }

/** The answer to `fetch_raw_data`. */
export interface FetchRawDataReply extends ReplyHead {
  readonly code: number
  readonly message: string
  readonly messageId: bigint
  /** 2 data, 4 data with table creation, 5 batch of metas; else the number of a single meta. 0 on error. */
  readonly metaType: number
  readonly data: Uint8Array
}

/** The request id of a binary reply of the newer form (u64 @26), read without decoding the rest; undefined for the older form. */
export function replyRequestId(bytes: Uint8Array): bigint | undefined {
  if (bytes.length < 34) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return view.getBigUint64(0, true) === MARKER ? view.getBigUint64(26, true) : undefined
}

/**
 * Reads any binary reply of `/ws` or `/rest/tmq`. `owned` says that the bytes are nobody else's, so that a block's columns may be aligned in place.
 * Throws a WireError.
 */
export function decodeReply(bytes: Uint8Array, owned = false): BinaryReply {
  const reader = new ByteReader(bytes)
  const first = reader.u64()
  if (first !== MARKER) {
    const id = reader.u64()
    return { kind: 'old', timing: first, id, rest: bytes.subarray(16) }
  }
  const action = reader.u64()
  const version = reader.u16()
  if (version !== 1) throw new WireError(`unknown reply version ${version}`, 16)
  const timing = reader.u64()
  const reqId = reader.u64()
  const code = reader.u32() & 0xffff
  const message = reader.text(reader.u32())
  const id = reader.u64()
  if (action === 7n) {
    const finished = reader.u8() !== 0
    let block: Block | null = null
    if (!finished) {
      const length = reader.u32()
      const at = reader.skip(length)
      block = decodeBlock(bytes, { offset: at, end: at + length, owned })
    }
    return { kind: 'fetch_raw_block', reqId, timing, code, message, resultId: id, finished, block }
  }
  if (action === 8n) {
    // An error frame may end after the message id.
    const empty = code !== 0 || reader.left === 0
    const metaType = empty ? 0 : reader.u16()
    const data = empty ? new Uint8Array(0) : reader.take(reader.u32())
    return { kind: 'fetch_raw_data', reqId, timing, code, message, messageId: id, metaType, data }
  }
  throw new WireError(`unknown reply action ${action}`, 8)
}

function head(
  size: number,
  action: number,
  reply: ReplyHead,
  code: number,
  text: Uint8Array,
  id: bigint,
): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, MARKER, true)
  view.setBigUint64(8, BigInt(action), true)
  view.setUint16(16, 1, true)
  view.setBigUint64(18, reply.timing, true)
  view.setBigUint64(26, reply.reqId, true)
  view.setUint32(34, code, true)
  view.setUint32(38, text.length, true)
  bytes.set(text, 42)
  view.setBigUint64(42 + text.length, id, true)
  return { bytes, view }
}

/** The reply to binary action 7: with a block; finished without; or an error. */
export function encodeFetchReply(reply: Omit<FetchReply, 'finished'>): Uint8Array {
  const text = utf8(reply.message)
  const at = 50 + text.length
  if (!reply.block) {
    const { bytes } = head(at + 1, 7, reply, reply.code, text, reply.resultId)
    bytes[at] = 1
    return bytes
  }
  const length = blockByteLength(reply.block, { server: true })
  const { bytes, view } = head(at + 5 + length, 7, reply, reply.code, text, reply.resultId)
  view.setUint32(at + 1, length, true)
  encodeBlockInto(bytes, at + 5, reply.block, { server: true })
  return bytes
}

/** The reply to `fetch_raw_data`. An error gets six zero bytes at its end, which the JDBC driver reads unasked. */
export function encodeFetchRawDataReply(reply: FetchRawDataReply): Uint8Array {
  const text = utf8(reply.message)
  const at = 50 + text.length
  const { bytes, view } = head(at + 6 + reply.data.length, 8, reply, reply.code, text, reply.messageId)
  view.setUint16(at, reply.metaType, true)
  view.setUint32(at + 2, reply.data.length, true)
  bytes.set(reply.data, at + 6)
  return bytes
}

/** The reply to `fetch_block` of `/ws`: u64 timing, u64 result id, raw block. */
export function encodeFetchBlockReply(timing: bigint, resultId: bigint, block: Block): Uint8Array {
  const bytes = new Uint8Array(16 + blockByteLength(block, { server: true }))
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, timing, true)
  view.setBigUint64(8, resultId, true)
  encodeBlockInto(bytes, 16, block, { server: true })
  return bytes
}

/** The reply to `fetch_block` of `/rest/tmq`: u64 timing, u64 request id, u64 message id, raw block. */
export function encodeTmqFetchBlockReply(timing: bigint, reqId: bigint, messageId: bigint, block: Block, version: 1 | 2 = 2): Uint8Array {
  const form = { server: true, version } as const
  const bytes = new Uint8Array(24 + blockByteLength(block, form))
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, timing, true)
  view.setBigUint64(8, reqId, true)
  view.setBigUint64(16, messageId, true)
  encodeBlockInto(bytes, 24, block, form)
  return bytes
}

/** The reply to `fetch_raw`: u64 timing, u64 request id, u64 message id, u64 3, u32 length, u16 meta type, data. */
export function encodeFetchRawReply(reply: Omit<FetchRawDataReply, 'code' | 'message'>): Uint8Array {
  const bytes = new Uint8Array(38 + reply.data.length)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, reply.timing, true)
  view.setBigUint64(8, reply.reqId, true)
  view.setBigUint64(16, reply.messageId, true)
  view.setBigUint64(24, 3n, true)
  view.setUint32(32, reply.data.length, true)
  view.setUint16(36, reply.metaType, true)
  bytes.set(reply.data, 38)
  return bytes
}

/** Reads the older reply of `fetch_raw`. Throws a WireError. */
export function decodeFetchRawReply(bytes: Uint8Array): Omit<FetchRawDataReply, 'code' | 'message'> {
  const reader = new ByteReader(bytes)
  const timing = reader.u64()
  const reqId = reader.u64()
  const messageId = reader.u64()
  if (reader.u64() !== 3n) throw new WireError('not a reply to fetch_raw', 24)
  const length = reader.u32()
  const metaType = reader.u16()
  return { timing, reqId, messageId, metaType, data: reader.take(length) }
}
