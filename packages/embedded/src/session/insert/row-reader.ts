import type { Precision } from 'taosts/wire'
import type { ColumnDef, NormalTable, Supertable } from '../../catalog/model.ts'
import { RowSet, type Target } from '../../storage/row-set.ts'
import { type Cell, cellOf } from './cell.ts'
import { InsertWrong, nearRest, nearText } from './insert-error.ts'
import { timeReader } from './time-cell.ts'
import type { ValueSource } from './value-source.ts'

/** Rows that are made room for at once, from the length of the first. */
const MAX_RESERVED = 262144

/** Reads the rows `(…) (…)` of a VALUES clause that gives the same columns, into one set. */
export class RowReader {
  readonly set: RowSet
  /** The list of columns as written, empty for all: readers of one table and key are alike. */
  readonly key: string
  readonly #cells: readonly Cell[]
  readonly #keyColumn: number

  /** `order` are the table's columns as the clause lists them, the timestamp (the table's first column) among them. */
  constructor(table: Supertable | NormalTable, key: string, order: readonly ColumnDef[], precision: Precision) {
    this.key = key
    const time = table.columns[0]!
    this.set = new RowSet(
      table,
      order.filter((column) => column !== time),
    )
    this.#keyColumn = this.set.columns.findIndex(({ primaryKey }) => primaryKey)
    let at = 0
    this.#cells = order.map((column) =>
      column === time ? primaryTime(this.set, precision) : cellOf(column, this.set.values[at++]!, precision),
    )
  }

  /** Reads all rows of the clause for one target; the position is left behind the last. */
  read(source: ValueSource, target: Target): void {
    const { set } = this
    const from = set.rows
    const cells = this.#cells
    const last = cells.length - 1
    let c = source.skip()
    while (c === 40) {
      const start = source.pos
      source.pos++
      const row = set.addRow()
      for (let i = 0; i <= last; i++) {
        if (i === 0 && source.skip() === 41) throw InsertWrong.columns(source.pos)
        cells[i]!(source, row)
        c = source.sql.charCodeAt(source.pos)
        if (c !== 44 && c !== 41) c = source.skip()
        endOfCell(source, c, i === last)
      }
      this.#checkKey(source, row)
      if (row === 0) set.reserve(Math.min(MAX_RESERVED, Math.floor((source.sql.length - source.pos) / (source.pos - start)) + 1))
      c = source.skip()
      if (c === 44) {
        source.pos++
        c = source.skip()
      }
    }
    if (set.rows === from) throw nearText('no any data points', source.pos)
    set.segments.push({ target, from, to: set.rows })
  }

  /** The reader of one column, for rows that are read cell by cell. */
  cell(index: number): Cell {
    return this.#cells[index]!
  }

  #checkKey(source: ValueSource, row: number): void {
    if (this.#keyColumn >= 0 && this.set.values[this.#keyColumn]!.isNull(row)) throw InsertWrong.key(source.pos)
  }

  /** Checks a row that was read cell by cell. */
  check(source: ValueSource, row: number): void {
    this.#checkKey(source, row)
  }
}

/** Moves over the comma between two cells or the parenthesis after the last; `c` is the character at the position. */
export function endOfCell(source: ValueSource, c: number, last: boolean): void {
  if (c === (last ? 41 : 44)) {
    source.pos++
    return
  }
  if (last && c === 44) throw InsertWrong.columns(source.pos)
  throw nearRest(source.sql, source.pos, last ? ') expected' : ', expected')
}

/** Reads the primary timestamp, which may not be NULL. */
function primaryTime(set: RowSet, precision: Precision): Cell {
  const read = timeReader(set.ts, precision)
  return (source, row) => {
    source.skip()
    const start = source.pos
    if (!read(source, row)) throw nearRest(source.sql, start, 'Primary timestamp column should not be null')
  }
}
