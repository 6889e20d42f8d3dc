import { describe, expect, it } from 'vitest'
import { schemaBytes, TYPES, TypeCode, typeOfName, userLength } from './types.ts'

describe('the table of types', () => {
  it('has every type at its code', () => {
    expect(TYPES.map(({ code }) => code)).toEqual(Object.values(TypeCode))
  })

  it('knows the names of REST and of SQL', () => {
    expect(typeOfName('INT UNSIGNED')?.code).toBe(TypeCode.UINT)
    expect(typeOfName('binary(20)')?.code).toBe(TypeCode.VARCHAR)
    expect(typeOfName('DECIMAL(18,4)')).toEqual({ code: TypeCode.DECIMAL64, precision: 18, scale: 4 })
    expect(typeOfName('DECIMAL(19,0)')).toEqual({ code: TypeCode.DECIMAL, precision: 19, scale: 0 })
    expect(typeOfName('DECIMAL64')).toBeUndefined()
    expect(typeOfName('INT; DROP')).toBeUndefined()
  })

  it("converts between a schema's sizes and what the user declared", () => {
    expect(schemaBytes(TypeCode.VARCHAR, 20)).toBe(22)
    expect(schemaBytes(TypeCode.NCHAR, 32)).toBe(130)
    expect(schemaBytes(TypeCode.JSON, 4095)).toBe(16384)
    expect(schemaBytes(TypeCode.BLOB, 4194304)).toBe(4194308)
    expect(userLength(TypeCode.JSON, 16382)).toBe(4095)
    for (const { code, width } of TYPES) {
      const length =
        { [TypeCode.BLOB]: 4194304, [TypeCode.MEDIUMBLOB]: 4194304, [TypeCode.JSON]: 4095 }[code as number] ?? (width > 2 ? width : 9)
      if (TYPES[code]!.layout === 'variable') expect(userLength(code, schemaBytes(code, length))).toBe(length)
      else expect(schemaBytes(code, 99)).toBe(width)
    }
  })
})
