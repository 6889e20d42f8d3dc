import { describe, expect, it } from 'vitest'
import { TypeCode } from '../types/types.ts'
import { columnReader } from './reader.ts'
import { decodeTmqData, encodeTmqData, type TmqBlock } from './tmq-data.ts'
import { readJsonTag } from './tmq-json.ts'
import { WireError } from './wire-error.ts'

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'))

/** A tag of TDengine's: flags, length, count, version, offsets, then members. */
function tag(members: readonly string[], large = false): Uint8Array {
  const parts = members.map(bytes)
  const size = 9 + members.length * (large ? 2 : 1)
  const out = Buffer.alloc(size + parts.reduce((sum, { length }) => sum + length, 0))
  out.writeUInt8(large ? 0x60 : 0x40, 0)
  out.writeUInt16LE(out.length, 1)
  out.writeUInt16LE(members.length, 3)
  out.writeInt32LE(1, 5)
  let at = 0
  parts.forEach((part, i) => {
    if (large) out.writeUInt16LE(at, 9 + i * 2)
    else out.writeUInt8(at, 9 + i)
    out.set(part, size + at)
    at += part.length
  })
  return out
}

const A = '02 6100 07 000000000000f03f'
const B = '02 6200 0a 08 e9000000 00f60100'
const C = '02 6300 00 00'
const D = '02 6400 01 01'

/** What a message with a JSON column of these entries gives. */
function read(entries: readonly (Uint8Array | null)[]): unknown[] {
  const present = entries.filter((entry) => entry !== null)
  let at = 0
  const offsets = Int32Array.from(entries, (entry) => (entry === null ? -1 : (at += entry.length) - entry.length))
  const data = new Uint8Array(Buffer.concat(present))
  const column = { layout: 'variable', type: TypeCode.JSON, bytes: 4098, precision: 0, scale: 0, offsets, data } as const
  const blocks: TmqBlock[] = [{ block: { rows: entries.length, columns: [column] }, precision: 'ms' }]
  const offset = { kind: 'log', version: 1n } as const
  const encoded = encodeTmqData({ requestOffset: offset, responseOffset: offset, blocks, sleepTime: 0n, createTables: [] })
  const found = decodeTmqData(encoded).blocks[0]!.block.columns[0]!
  return columnReader(TypeCode.JSON, 'ms', { json: 'text' })(found, entries.length)
}

describe('JSON in messages', () => {
  it('of TDengine is its own encoding of tags', () => {
    expect(read([tag([A, B, C, D]), null, tag([], false), tag([A], true)])).toEqual([
      '{"a":1,"b":"é😀","c":null,"d":true}',
      null,
      'null',
      '{"a":1}',
    ])
  })

  it('may be single values', () => {
    expect(read([bytes('07 000000000000f03f'), bytes('0a 0400 e9000000'), bytes('01 00'), bytes('00'), null])).toEqual([
      '1.000000000',
      '"é"',
      'false',
      'null',
      null,
    ])
  })

  it('that is text already stays as it is', () => {
    const text = (value: string) => Buffer.concat([Uint8Array.of(Buffer.byteLength(value), 0), Buffer.from(value)])
    expect(read([text('{"a":1}'), null, text('"é"'), text('1.000000000')])).toEqual(['{"a":1}', null, '"é"', '1.000000000'])
  })

  it('that is neither is refused', () => {
    const whole = tag([A, B, C, D])
    for (let length = 1; length < whole.length; length++) expect(() => read([whole.subarray(0, length)]), `${length}`).toThrow(WireError)
    expect(() => read([bytes('63 01 02')])).toThrow(WireError)
    expect(() => readJsonTag(bytes('00 0900 0000 01000000'), 0)).toThrow('unknown kind')
  })
})
