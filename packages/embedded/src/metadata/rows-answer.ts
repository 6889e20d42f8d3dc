import { type Block, type Column, fixedValues, type Precision, schemaBytes, TYPES, TypeCode } from 'taosts/wire'
import type { SqlType } from '../catalog/model.ts'
import type { OutputColumn, Rows } from '../session/answer.ts'
import type { Cell, Row } from './context.ts'

/** Rows of one block at most, as everywhere in the engine. */
const BLOCK_ROWS = 4096

/** Rows that JavaScript computed as an open result, `null` for NULL. */
export function rowsAnswer(columns: readonly OutputColumn[], rows: readonly Row[], precision: Precision = 'ms'): Rows {
  let at = 0
  return {
    kind: 'rows',
    columns,
    precision,
    async next() {
      if (at >= rows.length) return null
      const part = rows.slice(at, at + BLOCK_ROWS)
      at += part.length
      return blockOf(columns, part)
    },
    async close() {
      at = rows.length
    },
  }
}

/** One block of JavaScript values. */
export function blockOf(columns: readonly OutputColumn[], rows: readonly Row[]): Block {
  return { rows: rows.length, columns: columns.map(({ type }, i) => columnOf(type, rows, i)) }
}

function columnOf(type: SqlType, rows: readonly Row[], index: number): Column {
  const head = { type: type.code, bytes: schemaBytes(type.code, type.length), precision: type.precision, scale: type.scale }
  if (TYPES[type.code]!.layout === 'variable') return { layout: 'variable', ...head, ...entries(type.code, rows, index) }
  const nulls = new Uint8Array((rows.length + 7) >> 3)
  const values = fixedValues(type.code, new Uint8Array(rows.length * TYPES[type.code]!.width), 0, rows.length)
  const wide = values instanceof BigInt64Array || values instanceof BigUint64Array
  for (const [row, cells] of rows.entries()) {
    const cell = cells[index] ?? null
    if (cell === null) nulls[row >> 3]! |= 0x80 >> (row & 7)
    else if (wide) values[row] = typeof cell === 'bigint' ? cell : BigInt(cell as number | string)
    else values[row] = Number(cell)
  }
  return { layout: 'fixed', ...head, nulls, values }
}

function entries(code: TypeCode, rows: readonly Row[], index: number): { offsets: Int32Array; data: Uint8Array } {
  const offsets = new Int32Array(rows.length)
  const payloads = rows.map((cells) => payload(code, cells[index] ?? null))
  const prefix = TYPES[code]!.width
  const data = new Uint8Array(payloads.reduce((size, bytes) => size + (bytes === null ? 0 : prefix + bytes.length), 0))
  const view = new DataView(data.buffer)
  let at = 0
  for (const [row, bytes] of payloads.entries()) {
    if (bytes === null) {
      offsets[row] = -1
      continue
    }
    offsets[row] = at
    if (prefix === 4) view.setUint32(at, bytes.length, true)
    else view.setUint16(at, bytes.length, true)
    data.set(bytes, at + prefix)
    at += prefix + bytes.length
  }
  return { offsets, data }
}

const utf8 = new TextEncoder()

function payload(code: TypeCode, cell: Cell): Uint8Array | null {
  if (cell === null) return null
  if (cell instanceof Uint8Array) return cell
  if (code !== TypeCode.NCHAR) return utf8.encode(String(cell))
  const characters = [...String(cell)]
  const bytes = new Uint8Array(characters.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [i, character] of characters.entries()) view.setUint32(i * 4, character.codePointAt(0)!, true)
  return bytes
}
