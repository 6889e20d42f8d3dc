import { type BoundColumn, type JsonValue, type Precision, parseTimestamp, stringifyJson, TYPES, TypeCode } from 'taosts/wire'

/** A JSON value that its column cannot take; the text says why, the value is quoted by whoever words the reply. */
export class JsonBindError extends Error {
  override readonly name = 'JsonBindError'
  readonly value: JsonValue
  /** Characters of the value that were read before it was refused. */
  readonly read: number

  constructor(message: string, value: JsonValue, read: number = stringifyJson(value).length) {
    super(message)
    this.value = value
    this.read = read
  }
}

/** The error for a value of another kind, in the words of taosAdapter's JSON reader. */
function otherKind(reader: string, expected: string, value: JsonValue): JsonBindError {
  return new JsonBindError(`${reader}: ${expected}${stringifyJson(value)[0]}`, value, 1)
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
    if (typeof value !== 'string') throw otherKind('ReadString', 'expects " or n, but found ', value)
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

/** Integer types: how the reader is called, the width in bits and whether there are negative numbers. */
const INTEGERS: { readonly [type: number]: { readonly reader: string; readonly bits: number; readonly signed: boolean } } = {
  [TypeCode.TINYINT]: { reader: 'ReadInt8', bits: 8, signed: true },
  [TypeCode.SMALLINT]: { reader: 'ReadInt16', bits: 16, signed: true },
  [TypeCode.INT]: { reader: 'ReadInt32', bits: 32, signed: true },
  [TypeCode.BIGINT]: { reader: 'ReadInt64', bits: 64, signed: true },
  [TypeCode.TIMESTAMP]: { reader: 'ReadInt64', bits: 64, signed: true },
  [TypeCode.UTINYINT]: { reader: 'ReadUint8', bits: 8, signed: false },
  [TypeCode.USMALLINT]: { reader: 'ReadUint16', bits: 16, signed: false },
  [TypeCode.UINT]: { reader: 'ReadUint32', bits: 32, signed: false },
  [TypeCode.UBIGINT]: { reader: 'ReadUint64', bits: 64, signed: false },
}

/** A whole number that fits the type. Throws a JsonBindError. */
function integerOf(value: JsonValue, type: TypeCode): bigint {
  const { reader, bits, signed } = INTEGERS[type]!
  const words = `readUint${Math.max(bits, 32)}`
  if (typeof value !== 'bigint' && typeof value !== 'number') throw otherKind(words, 'unexpected character: ', value)
  if (typeof value === 'number' && !Number.isInteger(value))
    throw new JsonBindError('assertInteger: can not decode float as int', value, String(Math.trunc(value)).length)
  const whole = BigInt(value)
  if (whole < 0n && !signed) throw otherKind(words, 'unexpected character: ', value)
  if (whole === (signed ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole))) return whole
  const size = whole < 0n ? -whole : whole
  throw new JsonBindError(size < 2n ** BigInt(Math.max(bits, 32)) ? `${reader}: overflow: ${size}` : `${words}: overflow`, value)
}

function fixedWriter(type: TypeCode, precision: Precision, view: DataView): Writer {
  const number = (value: JsonValue): number => {
    if (typeof value !== 'number' && typeof value !== 'bigint') throw new JsonBindError('readNumberAsString: invalid number', value, 0)
    return Number(value)
  }
  const small = (value: JsonValue): number => Number(integerOf(value, type))
  switch (type) {
    case TypeCode.BOOL:
      return (row, value) => {
        if (typeof value !== 'boolean') throw otherKind('ReadBool', 'expect t or f, but found ', value)
        view.setUint8(row, value ? 1 : 0)
      }
    case TypeCode.TINYINT:
    case TypeCode.UTINYINT:
      return (row, value) => view.setInt8(row, small(value))
    case TypeCode.SMALLINT:
    case TypeCode.USMALLINT:
      return (row, value) => view.setInt16(row * 2, small(value), true)
    case TypeCode.INT:
    case TypeCode.UINT:
      return (row, value) => view.setInt32(row * 4, small(value), true)
    case TypeCode.FLOAT:
      return (row, value) => view.setFloat32(row * 4, number(value), true)
    case TypeCode.DOUBLE:
      return (row, value) => view.setFloat64(row * 8, number(value), true)
    case TypeCode.TIMESTAMP:
      return (row, value) => view.setBigInt64(row * 8, typeof value === 'string' ? ticksOf(value, precision) : integerOf(value, type), true)
    case TypeCode.BIGINT:
    case TypeCode.UBIGINT:
      return (row, value) => view.setBigInt64(row * 8, BigInt.asIntN(64, integerOf(value, type)), true)
    default:
      return (_, value) => {
        throw new JsonBindError(`unknown column types: ${type}`, value, 0)
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
