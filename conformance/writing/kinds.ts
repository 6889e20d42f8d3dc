import fc from 'fast-check'
import { geoJsonToWkb } from 'taosts/wire'

/** A type of column, what may be written into it, and what is read back. */
export interface Kind {
  readonly column: string
  readonly sql: string
  readonly values: fc.Arbitrary<unknown>
  /** What reading gives for a value; the value itself if absent. */
  read?(value: unknown): unknown
}

const whole = (bits: number, signed: boolean): fc.Arbitrary<number> => {
  const [min, max] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1]
  return fc.oneof(fc.constantFrom(min, max, 0), fc.integer({ min, max }))
}

const TEXTS = [
  '',
  ' ',
  "'",
  '"',
  '\\',
  "\\'",
  '\n\r\t',
  '%_',
  'é',
  '巴黎',
  '🍒👩‍👩‍👧',
  '\u00a0\u2028',
  '?',
  'NULL',
  '-- x',
  '0x1f',
  '\\x41',
]
/** Text of whole characters without NUL, which no SQL text can hold. */
const text = (most: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...TEXTS),
    fc.string({ unit: 'binary', maxLength: most }).map((each) => each.replaceAll('\0', '')),
  )

const bytes = (most: number): fc.Arbitrary<Uint8Array> =>
  fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ minLength: 1, maxLength: most }))

/** `precision` digits, `scale` of them after the point, in the form that reading gives. */
const decimal = (precision: number, scale: number): fc.Arbitrary<string> => {
  const most = 10n ** BigInt(precision) - 1n
  return fc.oneof(fc.constantFrom(most, -most, 0n, 1n, -1n), fc.bigInt(-most, most)).map((unscaled) => {
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
    return `${unscaled < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}.${digits.slice(digits.length - scale)}`
  })
}

const coordinate = fc.integer({ min: -180_000, max: 180_000 }).map((each) => each / 1000)
const point = fc.tuple(coordinate, coordinate).map((coordinates) => ({ type: 'Point' as const, coordinates }))

/** Every type of a column, with its extremes. */
export const KINDS: readonly Kind[] = [
  { column: 'bo', sql: 'BOOL', values: fc.boolean() },
  { column: 'i8', sql: 'TINYINT', values: whole(8, true) },
  { column: 'u8', sql: 'TINYINT UNSIGNED', values: whole(8, false) },
  { column: 'i16', sql: 'SMALLINT', values: whole(16, true) },
  { column: 'u16', sql: 'SMALLINT UNSIGNED', values: whole(16, false) },
  { column: 'i32', sql: 'INT', values: whole(32, true) },
  { column: 'u32', sql: 'INT UNSIGNED', values: whole(32, false) },
  {
    column: 'i64',
    sql: 'BIGINT',
    values: fc.oneof(fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  },
  { column: 'u64', sql: 'BIGINT UNSIGNED', values: fc.oneof(fc.constant(2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n)) },
  {
    column: 'f32',
    sql: 'FLOAT',
    values: fc.oneof(
      fc.constantFrom(3.4028234663852886e38, -3.4028234663852886e38, 1.401298464324817e-45, 0.1),
      fc.float({ noNaN: true, noDefaultInfinity: true }),
    ),
  },
  {
    column: 'f64',
    sql: 'DOUBLE',
    values: fc.oneof(
      fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 2 ** -1022, 0.1),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
  },
  { column: 'vc', sql: 'VARCHAR(400)', values: text(80) },
  { column: 'nc', sql: 'NCHAR(100)', values: text(90) },
  { column: 'vb', sql: 'VARBINARY(100)', values: bytes(100) },
  { column: 'ge', sql: 'GEOMETRY(100)', values: point, read: (value) => geoJsonToWkb(value as never) },
  { column: 'd18', sql: 'DECIMAL(18, 4)', values: decimal(18, 4) },
  { column: 'd38', sql: 'DECIMAL(38, 10)', values: decimal(38, 10) },
]

/** The latest of `times`. */
export function latest(precision: 'ms' | 'us' | 'ns'): bigint {
  return 3_155_760_000_000n * { ms: 1n, us: 1000n, ns: 1_000_000n }[precision]
}

/** Times of a precision, some long before 1970. TDengine keeps no rows older than its KEEP, so not of all centuries. */
export function times(precision: 'ms' | 'us' | 'ns'): fc.Arbitrary<bigint> {
  const unit = { ms: 1n, us: 1000n, ns: 1_000_000n }[precision]
  const century = latest(precision)
  return fc.oneof(fc.constantFrom(-1n, 0n, 1n, -unit, unit - 1n), fc.bigInt((-century * 2n) / 5n, century))
}
