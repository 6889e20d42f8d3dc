import { InterfaceError } from './errors.ts'

/** What of an Arrow vector is read; apache-arrow itself is not loaded. */
export interface ArrowVector {
  readonly length: number
  readonly nullCount: number
  /** `unit` of timestamps: 0 seconds, 1 ms, 2 µs, 3 ns. `precision` of floats: 0 for those of 16 bits. */
  readonly type: {
    readonly typeId: number
    readonly unit?: number
    readonly precision?: number
    readonly dictionary?: { readonly typeId: number }
  }
  get(row: number): unknown
  isValid(row: number): boolean
  toArray(): ArrayLike<unknown>
}

/** Numbers of Arrow's types, from its schema. */
const ARROW = { dictionary: -1, int: 2, float: 3, timestamp: 10 } as const
/** Null, Binary, Utf8, Bool, FixedSizeBinary, LargeBinary, LargeUtf8: `get` gives what a column takes. */
const PLAIN: readonly number[] = [1, 4, 5, 6, 15, 19, 20]
/** Nanoseconds in a tick of each unit. */
const UNITS = [1_000_000_000n, 1_000_000n, 1000n, 1n] as const

export function isArrowVector(column: object): column is ArrowVector {
  const { get, isValid, toArray, type } = column as Partial<ArrowVector>
  return typeof get === 'function' && typeof isValid === 'function' && typeof toArray === 'function' && typeof type?.typeId === 'number'
}

/**
 * An Arrow vector's values: its own memory for numbers, and for timestamps of the column's `precision` (0 ms, 1 µs, 2 ns). Throws an InterfaceError
 * for types that `insertArrow` alone converts.
 */
export function readVector(
  name: string,
  vector: ArrowVector,
  precision?: number,
): { readonly values: ArrayLike<unknown>; readonly nulls?: Uint8Array } {
  const { type } = vector
  const values = (of: ArrayLike<unknown>) =>
    vector.nullCount === 0
      ? { values: of }
      : { values: of, nulls: Uint8Array.from({ length: vector.length }, (_, row) => (vector.isValid(row) ? 0 : 1)) }
  if (type.typeId === ARROW.int || (type.typeId === ARROW.float && type.precision !== 0)) return values(vector.toArray())
  if (type.typeId === ARROW.timestamp) {
    const ticks = vector.toArray() as BigInt64Array
    if (precision !== undefined && type.unit === precision + 1) return values(ticks)
    const unit = UNITS[type.unit ?? 1]!
    return values(Array.from(ticks, (tick, row) => (vector.isValid(row) ? { epochNanoseconds: tick * unit } : null)))
  }
  const typeId = type.typeId === ARROW.dictionary ? type.dictionary?.typeId : type.typeId
  if (typeId !== undefined && PLAIN.includes(typeId)) return values(Array.from({ length: vector.length }, (_, row) => vector.get(row)))
  throw new InterfaceError(`the column ${name} is an Arrow vector of a type that insertArrow() of taosts/arrow converts`)
}
