import fc from 'fast-check'
import { type ColumnSpec, formatDecimal, TypeCode } from 'taosts/wire'

/** A column's type with values that it holds, as the readers give them (bigint ticks, exact text). */
export interface TypedValues {
  readonly spec: ColumnSpec
  readonly values: readonly unknown[]
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const text = (maxLength: number) => fc.oneof(fc.string({ maxLength }), fc.string({ unit: 'grapheme', maxLength: maxLength / 2 }))
const bytes = fc.uint8Array({ maxLength: 40 })

function decimal(precision: number, scale: number): fc.Arbitrary<string> {
  const limit = 10n ** BigInt(precision) - 1n
  return fc.bigInt({ min: -limit, max: limit }).map((unscaled) => formatDecimal(unscaled, scale))
}

const simple = (type: TypeCode, bytesOfType: number, value: fc.Arbitrary<unknown>) =>
  fc.constant({ spec: { type, bytes: bytesOfType }, value })

/** Every type of the protocol that holds values, with an arbitrary for them. */
const column: fc.Arbitrary<{ spec: ColumnSpec; value: fc.Arbitrary<unknown> }> = fc.oneof(
  simple(TypeCode.BOOL, 1, fc.boolean()),
  simple(TypeCode.TINYINT, 1, fc.integer({ min: -128, max: 127 })),
  simple(TypeCode.SMALLINT, 2, fc.integer({ min: -32768, max: 32767 })),
  simple(TypeCode.INT, 4, fc.integer()),
  simple(TypeCode.BIGINT, 8, int64),
  simple(TypeCode.UTINYINT, 1, fc.integer({ min: 0, max: 255 })),
  simple(TypeCode.USMALLINT, 2, fc.integer({ min: 0, max: 65535 })),
  simple(TypeCode.UINT, 4, fc.integer({ min: 0, max: 4294967295 })),
  simple(TypeCode.UBIGINT, 8, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  simple(TypeCode.FLOAT, 4, fc.float({ noNaN: true, noDefaultInfinity: true })),
  simple(TypeCode.DOUBLE, 8, fc.double({ noNaN: true, noDefaultInfinity: true })),
  simple(TypeCode.TIMESTAMP, 8, int64),
  simple(TypeCode.VARCHAR, 402, text(100)),
  simple(TypeCode.NCHAR, 402, text(100)),
  simple(TypeCode.JSON, 16384, fc.json({ maxDepth: 2 })),
  simple(TypeCode.VARBINARY, 42, bytes),
  simple(TypeCode.GEOMETRY, 42, bytes),
  simple(TypeCode.BLOB, 5, bytes),
  simple(TypeCode.MEDIUMBLOB, 5, bytes),
  fc.tuple(fc.integer({ min: 1, max: 38 }), fc.nat()).map(([precision, scaleSeed]) => {
    const scale = scaleSeed % (precision + 1)
    const type = precision <= 18 ? TypeCode.DECIMAL64 : TypeCode.DECIMAL
    return { spec: { type, bytes: precision <= 18 ? 8 : 16, precision, scale }, value: decimal(precision, scale) as fc.Arbitrary<unknown> }
  }),
)

/** Columns of random types and equal length, with NULLs. */
export const typedColumns: fc.Arbitrary<TypedValues[]> = fc
  .tuple(fc.array(column, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 40 }))
  .chain(([columns, rows]) =>
    fc.tuple(
      ...columns.map(({ spec, value }) =>
        fc.array(fc.option(value, { freq: 4 }), { minLength: rows, maxLength: rows }).map((values): TypedValues => ({ spec, values })),
      ),
    ),
  )
