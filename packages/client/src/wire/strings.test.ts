import { describe, expect, it } from 'vitest'
import { TypeCode } from '../types/types.ts'
import { buildColumn, VariableBuilder } from './builder.ts'
import type { VariableColumn } from './column.ts'
import { readStrings } from './strings.ts'

const texts = [
  '',
  'a',
  'California.SanFrancisco',
  'é',
  '中文',
  '😀👩‍👩‍👧',
  null,
  'x'.repeat(300),
  '\ufeffbom',
  'nul\0inside',
  '\u0080',
  null,
]

function column(type: TypeCode, values: readonly (string | null)[]): VariableColumn {
  return buildColumn({ type, bytes: 0 }, values) as VariableColumn
}

describe('readStrings', () => {
  it('gives back ASCII, anything else, and both together', () => {
    for (const type of [TypeCode.VARCHAR, TypeCode.NCHAR, TypeCode.JSON]) {
      for (const some of [texts, texts.slice(0, 3), ['é'], [null], []]) expect(readStrings(column(type, some), some.length)).toEqual(some)
    }
  })

  it('reads entries that share bytes or lie in any order', () => {
    for (const words of [
      ['one', 'two'],
      ['één', '二'],
    ]) {
      const { data, offsets, ...head } = column(TypeCode.VARCHAR, words)
      const [a, b] = offsets as unknown as [number, number]
      const order = Int32Array.of(b, a, -1, a, b, b, a)
      const [x, y] = words
      expect(readStrings({ ...head, data, offsets: order }, 7)).toEqual([y, x, null, x, y, y, x])
    }
  })

  it('turns what is not UTF-8 into U+FFFD, value by value', () => {
    const builder = new VariableBuilder({ type: TypeCode.VARCHAR, bytes: 0 })
    // A value that ends inside a character, and a length after it that looks like the rest of one.
    builder.bytes(Uint8Array.of(0xe2))
    builder.bytes(new Uint8Array(0x82).fill(97))
    builder.bytes(Uint8Array.of(0xc3, 0x28))
    builder.bytes(Uint8Array.of(0xed, 0xa0, 0x80))
    const column = builder.finish()
    expect(readStrings(column, 4)).toEqual(['\ufffd', 'a'.repeat(0x82), '\ufffd(', '\ufffd\ufffd\ufffd'])
  })

  it('turns code points that there are none into U+FFFD', () => {
    const builder = new VariableBuilder({ type: TypeCode.NCHAR, bytes: 0 })
    builder.bytes(new Uint8Array(Uint32Array.of(0x110000, 0xd800, 0x41, 0x1f600, 0xffffffff).buffer))
    expect(readStrings(builder.finish(), 1)).toEqual(['\ufffd\ufffdA😀\ufffd'])
  })
})
