import { describe, expect, it } from 'vitest'
import {
  decodeRequest,
  encodeBindExecRequest,
  encodeBindRequest,
  encodeFetchRequest,
  encodeSqlRequest,
  encodeWriteBlockRequest,
  encodeWriteRawRequest,
} from './requests.ts'

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'))
const block = bytes('01000000 2e000000 01000000 01000000 00000000 0000000000000000 05 08000000 08000000 00 0100000000000000')

describe('binary requests', () => {
  it('are what official clients send', () => {
    const query = '0300000000000000 0000000000000000 0600000000000000 0100 08000000 73656c6563742031'
    expect(encodeSqlRequest(3n, 'select 1')).toEqual(bytes(query))
    expect(encodeFetchRequest(4n, 1n)).toEqual(bytes('0400000000000000 0100000000000000 0700000000000000 0100'))
  })

  it('come back as they were', () => {
    const id = 2n ** 64n - 1n
    expect(decodeRequest(encodeSqlRequest(id, 'select "é"', 10))).toEqual({
      action: 'validate_sql',
      reqId: id,
      resource: 0n,
      sql: 'select "é"',
    })
    expect(decodeRequest(encodeFetchRequest(1n, 7n))).toEqual({ action: 'fetch_raw_block', reqId: 1n, resource: 7n })
    expect(decodeRequest(encodeBindRequest(1n, 2n, bytes('0102')))).toMatchObject({
      action: 'stmt2_bind',
      resource: 2n,
      columnIndex: -1,
      payload: bytes('0102'),
    })
    expect(decodeRequest(encodeBindExecRequest(1n, 2n, bytes('0102')))).toMatchObject({ action: 'stmt2_bind_exec', payload: bytes('0102') })
    expect(decodeRequest(encodeWriteRawRequest(1n, 531, bytes('0a0b')))).toMatchObject({
      action: 'write_raw',
      metaType: 531,
      data: bytes('0a0b'),
    })
    const fields = [{ name: 'ts', type: 9, bytes: 8 }]
    expect(decodeRequest(encodeWriteBlockRequest(1n, 'tä', 1, block, fields))).toMatchObject({
      action: 'write_raw_block_with_fields',
      table: 'tä',
      rows: 1,
      block,
      fields,
    })
    expect(decodeRequest(encodeWriteBlockRequest(1n, 't', 1, block))).toMatchObject({ action: 'write_raw_block', block })
  })

  it('are refused in the words of the adapter', () => {
    const refused = (message: Uint8Array): unknown[] => {
      const request = decodeRequest(message)
      return request.action === 'refused' ? [request.of, request.message, request.reqId] : [request.action]
    }
    const changed = (message: Uint8Array, at: number, value: number): Uint8Array => {
      const copy = message.slice()
      copy[at] = value
      return copy
    }
    const query = encodeSqlRequest(10n, 'select 1')
    expect(refused(changed(query, 24, 2))).toEqual(['binary_query', 'unknown binary query version:2', 10n])
    expect(refused(changed(query, 26, 100))).toEqual(['binary_query', 'uncompleted message, sql length:100, remainMessageLength:8', 10n])
    expect(refused(encodeSqlRequest(13n, ''))).toEqual(['binary_query', 'message length is too short', 13n])
    expect(refused(changed(encodeFetchRequest(11n, 1n), 24, 2))).toEqual(['fetch_raw_block', 'unknown fetch raw block version', 11n])
    expect(refused(encodeFetchRequest(16n, 1n).subarray(0, 24))).toEqual(['fetch_raw_block', 'message length is too short', 16n])
    expect(refused(changed(encodeBindRequest(17n, 1n, block), 24, 2))).toEqual(['stmt2_bind', 'unknown stmt2 bind version', 17n])
    expect(refused(changed(query, 16, 77))).toEqual(['unknown', 'unknown binary action 77', 10n])
    expect(refused(changed(query, 23, 255))[0]).toBe('unknown')
    expect(refused(new Uint8Array(5))).toEqual(['unknown', 'message length is too short', 0n])
    // What the adapter itself does not check: lengths of actions 3 to 5.
    expect(refused(changed(encodeWriteRawRequest(1n, 2, block), 26, 1))[0]).toBe('write_raw')
    const write = encodeWriteBlockRequest(1n, 't', 1, block, [{ name: 'ts', type: 9, bytes: 8 }])
    expect(refused(write.subarray(0, -1))[0]).toBe('write_raw_block_with_fields')
    expect(refused(changed(write, 29, 255))[0]).toBe('write_raw_block_with_fields')
  })
})
