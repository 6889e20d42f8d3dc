import { TypeCode } from 'taosts/wire'
import type { ColumnDef } from '../../catalog/model.ts'
import type { ColumnBuffer } from '../../storage/row-buffer.ts'
import { canonicalTag, JsonKeyError } from '../../values/json-tag.ts'
import { GeometrySyntaxError, wellKnownBinary } from '../../values/well-known-binary.ts'
import type { Cell } from './cell.ts'
import { InsertWrong } from './insert-error.ts'
import type { ValueSource } from './value-source.ts'
import { readValue, type ValueToken, wrongValue } from './value-token.ts'

/** Values of a VARCHAR or NCHAR column: text, or any other value as it is written. */
export function textCell(column: ColumnDef, buffer: ColumnBuffer): Cell {
  const { length, code } = column.type
  const isNchar = code === TypeCode.NCHAR
  const slow = (source: ValueSource, row: number): void => {
    const token = readValue(source.sql, source.pos)
    source.pos = token.end
    if (token.kind === 'null') {
      buffer.setNull(row)
      return
    }
    setText(buffer, row, textOf(source.sql, token), length, isNchar, column.name, token.start)
  }
  return (source, row) => {
    const { sql } = source
    let i = source.pos
    let c = sql.charCodeAt(i)
    while (c === 32) c = sql.charCodeAt(++i)
    if (c !== 39 && c !== 34) {
      slow(source, row)
      return
    }
    const quote = c
    const start = i + 1
    // Plain ASCII without escapes, up to the closing quote.
    for (i = start; ; i++) {
      c = sql.charCodeAt(i)
      if (c === quote) break
      if (c === 92 || c > 127 || !(c >= 0)) {
        slow(source, row)
        return
      }
    }
    if (sql.charCodeAt(i + 1) === quote || i - start > length) {
      slow(source, row)
      return
    }
    const count = i - start
    source.pos = i + 1
    if (count > 12) {
      buffer.setText(row, sql.slice(start, i))
      return
    }
    const { bytes } = buffer
    const at = row * 16
    bytes[at] = count
    bytes[at + 1] = 0
    bytes[at + 2] = 0
    bytes[at + 3] = 0
    for (let k = 0; k < 12; k++) bytes[at + 4 + k] = k < count ? sql.charCodeAt(start + k) : 0
  }
}

/** A value as the text of a string column. */
function textOf(sql: string, token: ValueToken): string {
  if (token.kind === 'other' || token.kind === 'end') throw wrongValue(sql, token, 'invalid data or symbol')
  return token.text
}

/** Sets text after checking that it fits: bytes of VARCHAR, characters of NCHAR. */
export function setText(
  buffer: ColumnBuffer,
  row: number,
  text: string,
  length: number,
  isNchar: boolean,
  name: string,
  position: number,
): void {
  if (isNchar && characters(text) > length) throw InsertWrong.tooLong(name, position)
  const bytes = buffer.setText(row, text)
  if (!isNchar && bytes > length) throw InsertWrong.tooLong(name, position)
}

/** Unicode characters of a text. */
function characters(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) count--
  return count
}

/** Values of a VARBINARY or BLOB column: `\x` and hexadecimal digits, or text as its bytes. */
export function binaryCell(column: ColumnDef, buffer: ColumnBuffer): Cell {
  const { length } = column.type
  return (source, row) => {
    const token = readValue(source.sql, source.pos)
    source.pos = token.end
    if (token.kind === 'null') {
      buffer.setNull(row)
      return
    }
    const bytes = binaryOf(textOf(source.sql, token), column.name, token.start)
    if (bytes.length > length) throw InsertWrong.tooLong(column.name, token.start)
    buffer.setBytes(row, bytes)
  }
}

/** The bytes that a text says for VARBINARY. */
export function binaryOf(text: string, name: string, position: number): Uint8Array {
  if (!text.startsWith('\\x')) return Buffer.from(text, 'utf8')
  const hex = text.slice(2)
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) throw InsertWrong.binary(name, position)
  return Buffer.from(hex, 'hex')
}

/** Values of a GEOMETRY column: well-known text. */
export function geometryCell(column: ColumnDef, buffer: ColumnBuffer): Cell {
  return (source, row) => {
    const token = readValue(source.sql, source.pos)
    source.pos = token.end
    if (token.kind === 'null') {
      buffer.setNull(row)
      return
    }
    if (token.kind !== 'string') throw wrongValue(source.sql, token, 'invalid data or symbol')
    let bytes: Uint8Array
    try {
      bytes = wellKnownBinary(token.text)
    } catch (error) {
      if (error instanceof GeometrySyntaxError) throw wrongValue(source.sql, token, error.message)
      throw error
    }
    if (bytes.length > column.type.length) throw InsertWrong.tooLong(column.name, token.start)
    buffer.setBytes(row, bytes)
  }
}

/** What a JSON tag keeps of a text; throws at the key that it cannot have. */
function tagText(sql: string, token: ValueToken, text: string): string | null | undefined {
  try {
    return canonicalTag(text)
  } catch (error) {
    throw error instanceof JsonKeyError ? wrongValue(sql, token, error.message) : error
  }
}

/** The value of a JSON tag. */
export function jsonCell(buffer: ColumnBuffer): Cell {
  return (source, row) => {
    const token = readValue(source.sql, source.pos)
    source.pos = token.end
    if (token.kind === 'null') {
      buffer.setNull(row)
      return
    }
    if (token.kind !== 'string') throw wrongValue(source.sql, token, 'json parse error')
    const text = tagText(source.sql, token, token.text)
    if (text === undefined) throw wrongValue(source.sql, token, 'json parse error')
    if (text === null) buffer.setNull(row)
    else buffer.setText(row, text)
  }
}
