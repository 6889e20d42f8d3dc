import { isAscii, isUtf8 } from 'node:buffer'
import { type BoundColumn, isDecimal, TYPES, TypeCode } from 'taosts/wire'
import type { ColumnDef } from '../catalog/model.ts'
import { SqlError } from '../errors.ts'
import { setDecimal } from '../session/insert/number-cell.ts'
import type { ColumnBuffer } from '../storage/row-buffer.ts'
import { parseDecimal } from '../values/decimal-text.ts'
import { canonicalTag, JsonKeyError } from '../values/json-tag.ts'

const TYPE_MISMATCH = 0x0200
const TOO_LONG = 0x2653
/** Rows whose NULLs are looked for sooner than a call of the platform is made. */
const FEW_ROWS = 256
const ZEROS: Uint8Array = new Uint8Array(16_384)

/** Writes bound values into rows `at` and after of a column's buffer, which has room for them. Throws a SqlError in TDengine's words. */
export function copyBound(target: ColumnBuffer, at: number, column: ColumnDef, source: BoundColumn): void {
  const { code } = column.type
  if (source.type !== code && !(isDecimal(code) && isDecimal(source.type))) {
    throw new SqlError(TYPE_MISMATCH, 'column type mis-match with buffer type')
  }
  if (isDecimal(code)) copyDecimals(target, at, column, source)
  else if (TYPES[code]!.layout === 'fixed') copyFixed(target, at, code, source)
  else copyVariable(target, at, column, source)
}

function copyFixed(target: ColumnBuffer, at: number, code: TypeCode, { rows, nulls, data }: BoundColumn): void {
  const { width } = TYPES[code]!
  const bytes = rows * width
  if (data.length >= bytes) target.bytes.set(data.subarray(0, bytes), at * width)
  else if (nulls.includes(0)) throw new SqlError(TYPE_MISMATCH, 'column type mis-match with buffer type')
  // DuckDB knows no other truth than 1.
  if (code === TypeCode.BOOL) for (let row = at; row < at + rows; row++) if (target.bytes[row]! > 1) target.bytes[row] = 1
  copyNulls(target, at, nulls, rows)
}

function copyNulls(target: ColumnBuffer, at: number, nulls: Uint8Array, rows: number): void {
  if (!anyNull(nulls, rows)) {
    if (target.validity) for (let row = at; row < at + rows; row++) target.validity[row >> 3]! |= 1 << (row & 7)
    return
  }
  for (let i = 0; i < rows; i++) {
    if (nulls[i] !== 0) target.setNull(at + i)
    else if (target.validity) target.validity[(at + i) >> 3]! |= 1 << ((at + i) & 7)
  }
}

/** A plain loop for a few rows, and a comparison with nothing but zeros for many. */
function anyNull(nulls: Uint8Array, rows: number): boolean {
  if (rows > FEW_ROWS) {
    for (let at = 0; at < rows; at += ZEROS.length) {
      const some = nulls.subarray(at, Math.min(rows, at + ZEROS.length))
      if (Buffer.compare(some, ZEROS.subarray(0, some.length)) !== 0) return true
    }
    return false
  }
  for (let row = 0; row < rows; row++) if (nulls[row] !== 0) return true
  return false
}

function copyDecimals(target: ColumnBuffer, at: number, { type }: ColumnDef, source: BoundColumn): void {
  const limit = 10n ** BigInt(type.precision)
  copyNulls(target, at, source.nulls, source.rows)
  eachValue(source, (row, start, end) => {
    const text = Buffer.from(source.data.buffer, source.data.byteOffset + start, end - start).toString('latin1')
    if (!/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?\s*$/.test(text)) throw new SqlError(0x0216, 'Syntax error in SQL')
    const value = parseDecimal(text.trim(), type.scale)
    if (value >= limit || value <= -limit) throw new SqlError(0x013d, 'Decimal value overflow')
    setDecimal(target.view, at + row, target.physical.width, value)
  })
}

function copyVariable(target: ColumnBuffer, at: number, { type, name }: ColumnDef, source: BoundColumn): void {
  const { code, length } = type
  const { data } = source
  const isText = code === TypeCode.VARCHAR || code === TypeCode.NCHAR
  const ascii = isText && isAscii(data)
  copyNulls(target, at, source.nulls, source.rows)
  eachValue(source, (row, start, end) => {
    const value = data.subarray(start, end)
    if (code === TypeCode.JSON) {
      setJson(target, at + row, value)
      return
    }
    if (isText && !ascii && !isUtf8(value)) throw new SqlError(TYPE_MISMATCH, `a value of ${name} is not UTF-8`)
    const size = code === TypeCode.NCHAR && !ascii ? characters(value) : value.length
    if (size > length) throw new SqlError(TOO_LONG, 'Value too long for column/tag')
    target.setBytes(at + row, value)
  })
}

function tagText(text: string): string | null | undefined {
  try {
    return canonicalTag(text)
  } catch (error) {
    if (!(error instanceof JsonKeyError)) throw error
    throw new SqlError(0x0216, `syntax error near '${error.key}' (${error.message})`)
  }
}

function setJson(target: ColumnBuffer, row: number, value: Uint8Array): void {
  const text = Buffer.from(value).toString('utf8')
  const canonical = tagText(text)
  if (canonical === undefined) throw new SqlError(0x0216, `syntax error near '${text}' (json error invalide value)`)
  if (canonical === null) target.setNull(row)
  else target.setText(row, canonical)
}

/** Unicode characters of UTF-8: bytes that do not continue one. */
function characters(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) count++
  return count
}

/** Calls back with each value that is not NULL and where its bytes are. */
function eachValue({ rows, nulls, lengths, data }: BoundColumn, take: (row: number, start: number, end: number) => void): void {
  let at = 0
  for (let row = 0; row < rows; row++) {
    if (nulls[row] !== 0) continue
    const end = at + (lengths?.[row] ?? 0)
    if (end > data.length || end < at) throw new SqlError(TYPE_MISMATCH, 'column type mis-match with buffer type')
    take(row, at, end)
    at = end
  }
}
