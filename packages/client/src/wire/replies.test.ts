import { describe, expect, it } from 'vitest'
import { decodeBlock } from './block.ts'
import { buildBlock } from './builder.ts'
import {
  decodeFetchRawReply,
  decodeReply,
  encodeFetchBlockReply,
  encodeFetchRawDataReply,
  encodeFetchRawReply,
  encodeFetchReply,
  encodeTmqFetchBlockReply,
  replyRequestId,
} from './replies.ts'
import { WireError } from './wire-error.ts'

const block = buildBlock([{ type: 5, bytes: 8 }], [[1n]])
const head = { reqId: 2n ** 63n, timing: 7n, code: 0, message: '', resultId: 3n }

describe('fetch_raw_block replies', () => {
  it('carry a block, the end or an error', () => {
    expect(decodeReply(encodeFetchReply({ ...head, block }))).toMatchObject({
      ...head,
      kind: 'fetch_raw_block',
      finished: false,
      block: { rows: 1 },
    })
    const end = encodeFetchReply({ ...head, block: null })
    expect(end).toHaveLength(51)
    expect(decodeReply(end)).toMatchObject({ ...head, finished: true, block: null })
    const failed = { ...head, code: 0xffff, message: 'result is nil', block: null }
    expect(decodeReply(encodeFetchReply(failed))).toMatchObject({ ...failed, finished: true })
    expect(replyRequestId(end)).toBe(2n ** 63n)
  })

  it('say where they are cut off', () => {
    const whole = encodeFetchReply({ ...head, block })
    for (let length = 0; length < whole.length; length++) {
      if (length < 16 || length > 16) expect(() => decodeReply(whole.slice(0, length)), `${length} bytes`).toThrow(WireError)
    }
  })
})

describe('replies about subscriptions', () => {
  const data = new Uint8Array([1, 2, 3])
  it('come back', () => {
    const reply = { reqId: 1n, timing: 2n, code: 0, message: '', messageId: 9n, metaType: 531, data }
    expect(decodeReply(encodeFetchRawDataReply(reply))).toEqual({ kind: 'fetch_raw_data', ...reply })
    const { code: _, message: __, ...old } = reply
    expect(decodeFetchRawReply(encodeFetchRawReply(old))).toEqual(old)
    expect(() => decodeFetchRawReply(encodeFetchRawReply(old).subarray(0, 40))).toThrow(WireError)
  })

  it('end an error with six zeros, which JDBC reads, and may do without them', () => {
    const error = { reqId: 1n, timing: 2n, code: 0xffff, message: 'message is nil', messageId: 9n, metaType: 0, data: new Uint8Array(0) }
    const bytes = encodeFetchRawDataReply(error)
    expect([...bytes.subarray(-6)]).toEqual([0, 0, 0, 0, 0, 0])
    expect(decodeReply(bytes)).toMatchObject(error)
    expect(decodeReply(bytes.slice(0, -6))).toMatchObject(error)
  })
})

describe('the older replies', () => {
  it('start with a timing, by which they are known', () => {
    const bytes = encodeFetchBlockReply(5n, 4n, block)
    const reply = decodeReply(bytes)
    expect(reply).toMatchObject({ kind: 'old', timing: 5n, id: 4n })
    if (reply.kind === 'old') expect(decodeBlock(reply.rest)).toEqual(block)
    expect(replyRequestId(bytes)).toBeUndefined()
    expect(decodeBlock(encodeTmqFetchBlockReply(5n, 1n, 2n, block), { offset: 24 })).toEqual(block)
  })
})
