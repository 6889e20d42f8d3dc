import { type Data, DataType, type Decimal, type Timestamp, type TimeUnit, Type, Vector } from 'apache-arrow'
import { DataError } from '../errors.ts'
import { formatDecimal } from '../types/decimal.ts'
import type { Precision } from '../types/precision.ts'

/** A column of an Arrow table as values that TDengine's types are made of. */
export interface ArrowColumn {
  readonly name: string
  readonly values: ArrayLike<unknown>
  /** One byte a row, 1 for NULL; absent without NULLs. */
  readonly nulls?: Uint8Array
  /** Whether the values are of the target's own type, so that none needs a look. */
  readonly fits: boolean
}

/** Arrow types whose memory is that of a TDengine type. */
const NATIVE: Readonly<Record<string, new (length: number) => ArrayLike<unknown>>> = {
  TINYINT: Int8Array,
  SMALLINT: Int16Array,
  INT: Int32Array,
  BIGINT: BigInt64Array,
  'TINYINT UNSIGNED': Uint8Array,
  'SMALLINT UNSIGNED': Uint16Array,
  'INT UNSIGNED': Uint32Array,
  'BIGINT UNSIGNED': BigUint64Array,
  FLOAT: Float32Array,
  DOUBLE: Float64Array,
}

/** Nanoseconds in one tick, by Arrow's unit: seconds, ms, us, ns. */
const UNIT_NS = [1_000_000_000n, 1_000_000n, 1_000n, 1n] as const
const PRECISION_NS: Readonly<Record<Precision, bigint>> = { ms: 1_000_000n, us: 1_000n, ns: 1n }

/** Reads a column whole. Throws a DataError for a type that TDengine has nothing like, and for timestamps finer than the database's. */
export function readArrowColumn(name: string, vector: Vector, target: string | undefined, precision: Precision): ArrowColumn {
  const chunks = vector.data as readonly Data[]
  const rows = vector.length
  const nulls = nullsOf(chunks, rows)
  const head = { name, ...(nulls === undefined ? {} : { nulls }) }
  const type = vector.type as DataType
  // Of other types the memory holds something else: a dictionary's numbers, the bytes of texts, halves of floats.
  const plain = DataType.isInt(type) || DataType.isFloat(type)
  const Native = target === undefined || !plain ? undefined : NATIVE[target]
  if (Native !== undefined && chunks.every(({ values }) => (values as unknown) instanceof Native)) {
    return { ...head, values: joined(Native, chunks, rows), fits: true }
  }
  if (DataType.isTimestamp(type)) {
    const ticks = joined(BigInt64Array, chunks, rows) as BigInt64Array
    if (target === 'TIMESTAMP') return { ...head, values: inUnit(name, ticks, (type as Timestamp).unit, precision, nulls), fits: true }
    if (target === 'BIGINT') return { ...head, values: ticks, fits: true }
  }
  const values: unknown[] = new Array(rows)
  let at = 0
  for (const chunk of chunks) {
    const read = reader(name, chunk)
    for (let i = 0; i < chunk.length; i++, at++) values[at] = nulls !== undefined && nulls[at] !== 0 ? null : read(i)
  }
  return { ...head, values, fits: false }
}

function nullsOf(chunks: readonly Data[], rows: number): Uint8Array | undefined {
  if (chunks.every((chunk) => chunk.nullCount === 0 && chunk.typeId !== Type.Null)) return undefined
  const nulls = new Uint8Array(rows)
  let at = 0
  for (const chunk of chunks) {
    if (chunk.typeId === Type.Null) nulls.fill(1, at, at + chunk.length)
    else if (chunk.nullCount > 0) {
      const { nullBitmap, offset } = chunk
      for (let i = 0; i < chunk.length; i++) {
        const bit = offset + i
        if ((nullBitmap![bit >> 3]! & (1 << (bit & 7))) === 0) nulls[at + i] = 1
      }
    }
    at += chunk.length
  }
  return nulls
}

type Joinable = {
  set(part: ArrayLike<unknown>, at: number): void
  readonly length: number
  subarray(from: number, to: number): Joinable
} & ArrayLike<unknown>

/** The chunks' values in one typed array: the array itself where there is one chunk. */
function joined(Native: new (length: number) => ArrayLike<unknown>, chunks: readonly Data[], rows: number): ArrayLike<unknown> {
  const values = (chunk: Data) => (chunk.values as unknown as Joinable).subarray(0, chunk.length)
  if (chunks.length === 1) return values(chunks[0]!)
  const all = new Native(rows) as Joinable
  let at = 0
  for (const chunk of chunks) {
    all.set(values(chunk), at)
    at += chunk.length
  }
  return all
}

/** Ticks of Arrow's unit as ticks of the database's. */
function inUnit(name: string, ticks: BigInt64Array, unit: TimeUnit, precision: Precision, nulls: Uint8Array | undefined): BigInt64Array {
  const from = UNIT_NS[unit]!
  const to = PRECISION_NS[precision]
  if (from === to) return ticks
  const converted = new BigInt64Array(ticks.length)
  for (let row = 0; row < ticks.length; row++) {
    if (nulls !== undefined && nulls[row] !== 0) continue
    const tick = ticks[row]!
    if (from > to) {
      const value = tick * (from / to)
      if (BigInt.asIntN(64, value) !== value)
        throw new DataError(`column ${name}, row ${row}: the time is out of range for the precision ${precision}`, { row, column: name })
      converted[row] = value
    } else {
      const step = to / from
      if (tick % step !== 0n)
        throw new DataError(`column ${name}, row ${row}: the time is finer than the database's precision ${precision}; cut it first`, {
          row,
          column: name,
        })
      converted[row] = tick / step
    }
  }
  return converted
}

/** Reads one value of a chunk that is not NULL. */
function reader(name: string, chunk: Data): (at: number) => unknown {
  const type = chunk.type as DataType
  const vector = () => new Vector([chunk])
  switch (chunk.typeId) {
    case Type.Null:
      return () => null
    case Type.Int:
    case Type.Float: {
      const values = chunk.values as ArrayLike<unknown>
      if (chunk.values instanceof Uint16Array && DataType.isFloat(type)) break
      return (at) => values[at]
    }
    case Type.Decimal:
      return decimals(name, chunk)
    case Type.Date: {
      const all = vector()
      return (at) => new Date(Number(all.get(at)))
    }
    case Type.Timestamp: {
      const values = chunk.values as BigInt64Array
      return (at) => values[at]
    }
    case Type.Bool:
    case Type.Utf8:
    case Type.LargeUtf8:
    case Type.Binary:
    case Type.LargeBinary:
    case Type.FixedSizeBinary: {
      const all = vector()
      return (at) => all.get(at)
    }
    case Type.Dictionary: {
      const texts = [...(chunk.dictionary as Vector)]
      const indices = chunk.values as ArrayLike<number | bigint>
      return (at) => texts[Number(indices[at]!)]
    }
    default:
  }
  throw new DataError(`column ${name} is of Arrow's type ${String(type)}, and TDengine has nothing like it`, { column: name })
}

function decimals(name: string, chunk: Data): (at: number) => unknown {
  const { scale, bitWidth } = chunk.type as Decimal
  if (bitWidth !== 128) throw new DataError(`column ${name} has decimals of ${bitWidth} bits, and TDengine's have 128`, { column: name })
  const words = chunk.values as unknown as Uint32Array
  return (at) => {
    const word = (i: number) => BigInt(words[at * 4 + i]!)
    return formatDecimal(BigInt.asIntN(128, word(0) | (word(1) << 32n) | (word(2) << 64n) | (word(3) << 96n)), scale)
  }
}
