import { type BoundColumn, type JsonValue, type Precision, parseTimestamp, TYPES, TypeCode } from 'taosts/wire'

/** A JSON value that its column cannot take; the text says why, the value is quoted by whoever words the reply. */
export class JsonBindError extends Error {
  override readonly name = 'JsonBindError'
  readonly value: JsonValue

  constructor(message: string, value: JsonValue) {
    super(message)
    this.value = value
  }
}

/** JSON values of a version 1 statement as bound values of a type: times as ticks or RFC 3339, bytes as hexadecimal digits. Throws a JsonBindError. */
export function boundOfJson(values: readonly JsonValue[], type: TypeCode, precision: Precision): BoundColumn {
  const rows = values.length
  const nulls = new Uint8Array(rows)
  const { layout, width } = TYPES[type]!
  if (layout === 'fixed') {
    const data = new Uint8Array(rows * width)
    const write = fixedWriter(type, precision, new DataView(data.buffer))
    values.forEach((value, row) => {
      if (value === null) nulls[row] = 1
      else write(row, value)
    })
    return { type, rows, nulls, lengths: null, data }
  }
  const lengths = new Int32Array(rows)
  const pieces: Uint8Array[] = []
  values.forEach((value, row) => {
    if (value === null) {
      nulls[row] = 1
      return
    }
    if (typeof value !== 'string') throw new JsonBindError(`expects a string, but found ${JSON.stringify(value)}`, value)
    const piece = isBinary(type) ? hexBytes(value) : Buffer.from(value)
    lengths[row] = piece.length
    pieces.push(piece)
  })
  return { type, rows, nulls, lengths, data: Buffer.concat(pieces) }
}

function isBinary(type: TypeCode): boolean {
  return type === TypeCode.VARBINARY || type === TypeCode.GEOMETRY || type === TypeCode.BLOB || type === TypeCode.MEDIUMBLOB
}

function hexBytes(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) throw new JsonBindError('encoding/hex: invalid byte', text)
  return Buffer.from(text, 'hex')
}

type Writer = (row: number, value: JsonValue) => void

function fixedWriter(type: TypeCode, precision: Precision, view: DataView): Writer {
  const number = (value: JsonValue): number => {
    if (typeof value !== 'number' && typeof value !== 'bigint') throw new JsonBindError('expects a number', value)
    return Number(value)
  }
  const big = (value: JsonValue): bigint => {
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) return BigInt(value)
    throw new JsonBindError('expects an integer', value)
  }
  switch (type) {
    case TypeCode.BOOL:
      return (row, value) => {
        if (typeof value !== 'boolean') throw new JsonBindError('expects true or false', value)
        view.setUint8(row, value ? 1 : 0)
      }
    case TypeCode.TINYINT:
    case TypeCode.UTINYINT:
      return (row, value) => view.setInt8(row, number(value))
    case TypeCode.SMALLINT:
    case TypeCode.USMALLINT:
      return (row, value) => view.setInt16(row * 2, number(value), true)
    case TypeCode.INT:
    case TypeCode.UINT:
      return (row, value) => view.setInt32(row * 4, number(value), true)
    case TypeCode.FLOAT:
      return (row, value) => view.setFloat32(row * 4, number(value), true)
    case TypeCode.DOUBLE:
      return (row, value) => view.setFloat64(row * 8, number(value), true)
    case TypeCode.TIMESTAMP:
      return (row, value) => view.setBigInt64(row * 8, typeof value === 'string' ? ticksOf(value, precision) : big(value), true)
    case TypeCode.BIGINT:
    case TypeCode.UBIGINT:
      return (row, value) => view.setBigInt64(row * 8, BigInt.asIntN(64, big(value)), true)
    default:
      return (_, value) => {
        throw new JsonBindError('this type cannot be bound as JSON', value)
      }
  }
}

function ticksOf(text: string, precision: Precision): bigint {
  try {
    return parseTimestamp(text, precision, { loss: 'cut' })
  } catch {
    const quoted = JSON.stringify(text)
    throw new JsonBindError(
      `parse time: parsing time ${quoted} as "2006-01-02T15:04:05.999999999Z07:00": cannot parse ${quoted} as "2006"`,
      text,
    )
  }
}
