import type { Precision } from '../types/precision.ts'
import { type TimeZone, UTC } from '../types/time-zone.ts'
import { isDecimal, TYPES } from '../types/types.ts'
import { utf8 } from './bytes.ts'
import type { Block } from './column.ts'
import type { RestColumn } from './rest-decoder.ts'
import { JsonWriter } from './rest-json-writer.ts'
import { CELL_ROOM, cellWriter } from './rest-writers.ts'

/** How a REST answer is written. */
export interface RestFormat {
  readonly columns: readonly RestColumn[]
  readonly precision: Precision
  /** The zone in which timestamps are shown; UTC if absent. */
  readonly zone?: TimeZone
  /** Rows as objects keyed by column name (`row_with_meta=true`). */
  readonly rowWithMeta?: boolean
}

/** Writes a REST answer piece by piece, byte for byte as taosAdapter does: `head()`, `block()` for each block, `tail()`. */
export class RestEncoder {
  readonly #format: RestFormat
  /** What stands before each value of a row: `[` or `,`, or the key. */
  readonly #before: readonly Uint8Array[]
  #rows = 0

  constructor(format: RestFormat) {
    this.#format = format
    this.#before = format.columns.map((column, i) => {
      const writer = new JsonWriter(64)
      if (!format.rowWithMeta) writer.byte(i === 0 ? 91 : 44)
      else {
        writer.byte(i === 0 ? 123 : 44)
        writer.text(column.name)
        writer.byte(58)
      }
      return writer.done()
    })
  }

  /** Rows written so far. */
  get rows(): number {
    return this.#rows
  }

  head(): Uint8Array {
    const writer = new JsonWriter(1024)
    writer.ascii('{"code":0,"column_meta":[')
    this.#format.columns.forEach((column, i) => {
      writer.ascii(i === 0 ? '[' : ',[')
      writer.text(column.name)
      writer.ascii(`,"${restTypeName(column)}",${column.length}]`)
    })
    writer.ascii('],"data":[')
    return writer.done()
  }

  /** The rows of a block. The bytes are the caller's. */
  block(block: Block): Uint8Array {
    const { precision, zone = UTC, rowWithMeta } = this.#format
    const writer = new JsonWriter(Math.max(256, block.rows * block.columns.length * 16))
    const before = this.#before
    // Room for the short values of a row and its punctuation; long values make their own.
    const rowRoom = before.reduce((sum, bytes) => sum + bytes.length + CELL_ROOM, 8)
    const cells = block.columns.map((column) => cellWriter(column, precision, zone, writer, rowRoom))
    const width = cells.length
    for (let row = 0; row < block.rows; row++) {
      writer.room(rowRoom)
      if (this.#rows++ > 0) writer.put(44)
      for (let i = 0; i < width; i++) {
        const lead = before[i]!
        if (lead.length === 1) writer.put(lead[0]!)
        else writer.raw(lead)
        cells[i]!(row)
      }
      writer.byte(rowWithMeta ? 125 : 93)
    }
    return writer.done()
  }

  /** The end; `timing` (nanoseconds) only where it was asked for. */
  tail(timing?: number | bigint): Uint8Array {
    return utf8(`],"rows":${this.#rows}${timing === undefined ? '' : `,"timing":${timing}`}}`)
  }
}

/** The whole answer to a statement that wrote `affectedRows` rows. */
export function encodeRestUpdate(affectedRows: number, options: { rowWithMeta?: boolean; timing?: number | bigint } = {}): string {
  const row = options.rowWithMeta ? `{"affected_rows":${affectedRows}}` : `[${affectedRows}]`
  const timing = options.timing === undefined ? '' : `,"timing":${options.timing}`
  return `{"code":0,"column_meta":[["affected_rows","INT",4]],"data":[${row}],"rows":1${timing}}`
}

/** The name that `column_meta` gives: DECIMAL with its digits. */
export function restTypeName(column: RestColumn): string {
  return isDecimal(column.type) ? `DECIMAL(${column.precision},${column.scale})` : TYPES[column.type]!.name
}
