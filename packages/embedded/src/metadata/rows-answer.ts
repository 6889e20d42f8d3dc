import { buildBlock, type Precision, schemaBytes, TypeCode } from 'taosts/wire'
import type { SqlType } from '../catalog/model.ts'
import type { OutputColumn, Rows } from '../session/answer.ts'
import { cutBytes } from '../sql/text.ts'
import type { Cell, Row } from './context.ts'

/** Rows of one block at most, as everywhere in the engine. */
const BLOCK_ROWS = 4096

/** Rows that JavaScript computed as an open result, `null` for NULL. */
export function rowsAnswer(columns: readonly OutputColumn[], rows: readonly Row[], precision: Precision = 'ms'): Rows {
  const specs = columns.map(({ type }) => ({
    type: type.code,
    bytes: schemaBytes(type.code, type.length),
    precision: type.precision,
    scale: type.scale,
  }))
  let at = 0
  return {
    kind: 'rows',
    columns,
    precision,
    async next() {
      if (at >= rows.length) return null
      const part = rows.slice(at, at + BLOCK_ROWS)
      at += part.length
      return buildBlock(
        specs,
        columns.map(({ type }, i) => part.map((row) => fitting(type, row[i] ?? null))),
        precision,
      )
    },
    async close() {
      at = rows.length
    },
  }
}

/** A text that is longer than its column, such as a long statement of a topic, is cut. */
function fitting(type: SqlType, cell: Cell): Cell {
  return type.code === TypeCode.VARCHAR && typeof cell === 'string' ? cutBytes(cell, type.length) : cell
}
