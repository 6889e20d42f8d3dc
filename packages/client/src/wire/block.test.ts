import { describe, expect, it } from 'vitest'
import { TypeCode } from '../types/types.ts'
import { decodeBlock, encodeBlock } from './block.ts'
import { buildBlock } from './builder.ts'
import { isNull, payloadAt, type VariableColumn } from './column.ts'
import { WireError } from './wire-error.ts'

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'))
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex')

/** Two rows of (TIMESTAMP, BOOL, INT, VARCHAR, NCHAR) as driver-go writes them, sizes of variable types left out. */
const CLIENT = bytes(`
  01000000 84000000 02000000 05000000 00000000 0000000000000000
  09 08000000  01 01000000  04 04000000  08 00000000  0a 00000000
  10000000 02000000 08000000 04000000 0a000000
  00 0068e5cf8b010000 e86be5cf8b010000
  40 01 00
  00 feffffff 07000000
  00000000 ffffffff 0200 6162
  ffffffff 00000000 0800 e9000000 00f60100`)

/** One row of one BIGINT as a server sends it: the flag, and a blank byte at the end. */
const SERVER = bytes('01000000 2f000000 01000000 01000000 00000080 0000000000000000 05 08000000 08000000 00 0100000000000000 00')

function offsetOf(run: () => unknown): number {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(WireError)
    return (error as WireError).offset
  }
  throw new Error('it was taken')
}

/** A copy of the block with an i32 changed. */
function changed(block: Uint8Array, at: number, value: number): Uint8Array {
  const copy = block.slice()
  new DataView(copy.buffer).setInt32(at, value, true)
  return copy
}

describe('decodeBlock', () => {
  it('gives typed arrays, the null bitmap and untouched entries', () => {
    const { rows, columns } = decodeBlock(CLIENT)
    expect(rows).toBe(2)
    const [ts, bool, int, varchar, nchar] = columns
    expect(ts).toMatchObject({ layout: 'fixed', values: BigInt64Array.of(1700000000000n, 1700000001000n) })
    expect(bool).toMatchObject({ nulls: Uint8Array.of(0x40), values: Uint8Array.of(1, 0) })
    expect(isNull(bool!, 1)).toBe(true)
    expect(int).toMatchObject({ values: Int32Array.of(-2, 7) })
    expect(payloadAt(varchar as VariableColumn, 0)).toEqual(Uint8Array.of(97, 98))
    expect(payloadAt(varchar as VariableColumn, 1)).toBeNull()
    expect(isNull(nchar!, 0)).toBe(true)
    expect(payloadAt(nchar as VariableColumn, 1)).toHaveLength(8)
  })

  it('copies nothing that is aligned, and leaves foreign bytes alone', () => {
    for (let shift = 0; shift < 9; shift++) {
      const message = new Uint8Array(CLIENT.length + shift)
      message.set(CLIENT, shift)
      const before = hex(message)
      const values = decodeBlock(message, { offset: shift }).columns[0]!
      expect(values).toMatchObject({ values: BigInt64Array.of(1700000000000n, 1700000001000n) })
      expect(hex(message)).toBe(before)
    }
  })

  it('aligns the columns of its own bytes in place', () => {
    for (let shift = 0; shift < 9; shift++) {
      const message = new Uint8Array(CLIENT.length + shift)
      message.set(CLIENT, shift)
      const block = decodeBlock(message, { offset: shift, owned: true })
      expect(encodeBlock(block)).toEqual(CLIENT)
      for (const column of block.columns) {
        expect((column.layout === 'fixed' ? column.values : column.offsets).buffer).toBe(message.buffer)
      }
    }
  })

  it('says where a block is wrong', () => {
    expect(offsetOf(() => decodeBlock(SERVER.subarray(0, 20)))).toBe(0)
    expect(offsetOf(() => decodeBlock(changed(SERVER, 0, 3)))).toBe(0)
    expect(offsetOf(() => decodeBlock(SERVER.subarray(0, -1)))).toBe(4)
    expect(offsetOf(() => decodeBlock(changed(SERVER, 8, -1)))).toBe(8)
    // Two rows of a BIGINT are not eight bytes.
    expect(offsetOf(() => decodeBlock(changed(SERVER, 8, 2)))).toBe(33)
    expect(offsetOf(() => decodeBlock(changed(SERVER, 12, 0)))).toBe(12)
    expect(offsetOf(() => decodeBlock(changed(SERVER, 12, 1 << 30)))).toBe(12)
    expect(offsetOf(() => decodeBlock(changed(SERVER, 28, 99)))).toBe(28)
    expect(offsetOf(() => decodeBlock(changed(CLIENT, 65, 1000)))).toBeGreaterThan(65)
    // The one entry of the VARCHAR column claims 0x6200 bytes, and then to start outside.
    const varchar = CLIENT.length - 10 - 8 - 4
    expect(offsetOf(() => decodeBlock(changed(CLIENT, varchar - 1, 0x20000)))).toBeGreaterThan(70)
    expect(offsetOf(() => decodeBlock(changed(CLIENT, varchar - 8, 100)))).toBeGreaterThan(70)
    expect(offsetOf(() => decodeBlock(changed(CLIENT, varchar - 8, -2)))).toBeGreaterThan(70)
  })

  it('reads as far as the columns go where the length is not to be believed', () => {
    const wrong = changed(CLIENT, 4, CLIENT.length + 24)
    expect(() => decodeBlock(wrong)).toThrow(WireError)
    expect(encodeBlock(decodeBlock(wrong, { anyLength: true }))).toEqual(CLIENT)
  })
})

describe('encodeBlock', () => {
  it('writes the bytes of a client and of a server', () => {
    expect(hex(encodeBlock(decodeBlock(CLIENT)))).toBe(hex(CLIENT))
    expect(hex(encodeBlock(decodeBlock(SERVER), { server: true }))).toBe(hex(SERVER))
    expect(encodeBlock(decodeBlock(SERVER), { server: true, version: 2 })[0]).toBe(2)
  })

  it('writes the same from JavaScript values', () => {
    const block = buildBlock(
      [TypeCode.TIMESTAMP, TypeCode.BOOL, TypeCode.INT, TypeCode.VARCHAR, TypeCode.NCHAR].map((type) => ({ type, bytes: 0 })),
      [
        [new Date(1700000000000), 1700000001000n],
        [true, null],
        [-2, 7],
        ['ab', undefined],
        [null, 'é😀'],
      ],
    )
    expect(hex(encodeBlock(block))).toBe(hex(CLIENT))
  })

  it('puts the digits of a decimal in the place of its size', () => {
    const [spec] = [{ type: TypeCode.DECIMAL, bytes: 16, precision: 38, scale: 10 }]
    const encoded = encodeBlock(buildBlock([spec!], [['-0.0000000001']]), { server: true })
    expect(hex(encoded.subarray(28, 33))).toBe('110a260010')
    expect(hex(encoded.subarray(38, 54))).toBe('ff'.repeat(16))
    expect(decodeBlock(encoded).columns[0]).toMatchObject({ bytes: 16, precision: 38, scale: 10 })
  })
})
