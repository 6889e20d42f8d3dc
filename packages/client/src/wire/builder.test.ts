import { describe, expect, it } from 'vitest'
import { TypeCode } from '../types/types.ts'
import { buildBlock, buildColumn, VariableBuilder } from './builder.ts'
import { readStrings } from './strings.ts'
import { ValueError } from './value-error.ts'

function refusal(type: TypeCode, bytes: number, ...values: unknown[]): ValueError {
  try {
    buildColumn({ type, bytes }, values)
  } catch (error) {
    expect(error).toBeInstanceOf(ValueError)
    return error as ValueError
  }
  throw new Error('it was taken')
}

describe('buildColumn', () => {
  it('names the row that does not fit', () => {
    expect(refusal(TypeCode.TINYINT, 1, 1, null, 128)).toMatchObject({
      row: 2,
      message: 'row 2: 128 is not a whole number from -128 to 127',
    })
    expect(refusal(TypeCode.VARCHAR, 5, 'abc', 'äö').message).toBe('row 1: 4 bytes do not fit a column of 3')
    expect(refusal(TypeCode.NCHAR, 10, '😀😀', '😀😀😀').message).toBe('row 1: 3 characters do not fit NCHAR(2)')
    expect(refusal(TypeCode.VARBINARY, 4, new Uint8Array(3)).row).toBe(0)
    expect(refusal(TypeCode.VARCHAR, 0, 'x'.repeat(65536)).message).toContain('65536 bytes do not fit a VARCHAR')
    expect(refusal(TypeCode.TIMESTAMP, 8, '2024-01-01T00:00:00.0001Z').message).toContain('more digits than ms can keep')
    expect(refusal(TypeCode.NULL, 0, null, 1).row).toBe(1)
  })

  it('takes what just fits', () => {
    expect(buildColumn({ type: TypeCode.VARCHAR, bytes: 6 }, ['äö', 'abcd', new Uint8Array(4)])).toMatchObject({ layout: 'variable' })
    expect(() => buildColumn({ type: TypeCode.BLOB, bytes: 5 }, [new Uint8Array(70_000)])).not.toThrow()
  })
})

describe('buildBlock', () => {
  it('wants columns of equal length', () => {
    const specs = [
      { type: TypeCode.INT, bytes: 4 },
      { type: TypeCode.INT, bytes: 4 },
    ]
    expect(() => buildBlock(specs, [[1, 2], [1]])).toThrow('column 1 has 1 values, not 2')
    expect(buildBlock([], [])).toEqual({ rows: 0, columns: [] })
  })
})

describe('VariableBuilder', () => {
  it('grows, and shares the entry of a repeated value', () => {
    const builder = new VariableBuilder({ type: TypeCode.VARCHAR, bytes: 2002 }, 1)
    builder.text('a'.repeat(1000))
    builder.repeat()
    builder.null()
    builder.text('é')
    const column = builder.finish()
    expect(column.data).toHaveLength(1006)
    expect(readStrings(column, 4)).toEqual(['a'.repeat(1000), 'a'.repeat(1000), null, 'é'])
  })
})
