import type { ColumnDef, NormalTable, Subtable, Supertable } from '../catalog/model.ts'
import { physicalType } from './physical.ts'
import { ColumnBuffer } from './row-buffer.ts'

/** Tag values of subtables to create, a row each; tags that were not given are NULL. */
export class TagSet {
  readonly supertable: Supertable
  readonly columns: readonly ColumnBuffer[]
  rows = 0

  constructor(supertable: Supertable) {
    this.supertable = supertable
    this.columns = supertable.tags.map((tag) => new ColumnBuffer(physicalType(tag.type), 8))
  }

  /** A new row with every tag NULL. */
  addRow(): number {
    const row = this.rows++
    for (const column of this.columns) {
      column.reserve(this.rows)
      column.setNull(row)
    }
    return row
  }

  /** Sets a tag of a row by what `write` puts into its buffer. */
  set(tag: number, row: number, write: (buffer: ColumnBuffer) => void): void {
    const buffer = this.columns[tag]!
    if (buffer.validity) buffer.validity[row >> 3]! |= 1 << (row & 7)
    write(buffer)
  }
}

/** A subtable that is made when its first rows are written, unless it exists by then. */
export interface NewSubtable {
  readonly kind: 'new'
  readonly name: string
  readonly supertable: Supertable
  readonly tags: TagSet
  /** Its row in `tags`. */
  readonly row: number
  /** TTL in days (0 for none) and comment, where it has any. */
  readonly options?: { readonly ttl: number; readonly comment: string | null }
}

/** Where rows go. */
export type Target = Subtable | NormalTable | NewSubtable

/** Consecutive rows of a set that go to one table. */
export interface Segment {
  readonly target: Target
  readonly from: number
  readonly to: number
}

/** Rows for one supertable or normal table that give the same columns, column by column in DuckDB's layout. */
export class RowSet {
  readonly table: Supertable | NormalTable
  /** `table.schemaVersion` when the rows were read; rows of an older one are read again. */
  readonly schemaVersion: number
  /** The columns given, without the timestamp. */
  readonly columns: readonly ColumnDef[]
  readonly ts: ColumnBuffer = new ColumnBuffer({ sql: 'BIGINT', width: 8, kind: 'fixed' })
  readonly values: readonly ColumnBuffer[]
  readonly segments: Segment[] = []
  rows = 0

  constructor(table: Supertable | NormalTable, columns: readonly ColumnDef[]) {
    this.table = table
    this.schemaVersion = table.schemaVersion
    this.columns = columns
    this.values = columns.map((column) => new ColumnBuffer(physicalType(column.type)))
  }

  /** Makes room for one more row; its index. */
  addRow(): number {
    const row = this.rows++
    if (this.rows > this.ts.capacity) this.reserve(this.rows)
    return row
  }

  reserve(rows: number): void {
    this.ts.reserve(rows)
    for (const column of this.values) column.reserve(rows)
  }

  /** Forgets all rows; the room for them stays. */
  clear(): void {
    this.rows = 0
    this.segments.length = 0
    this.ts.clear()
    for (const column of this.values) column.clear()
  }

  /** Bytes that the rows and the room for more take. */
  get memory(): number {
    return [this.ts, ...this.values].reduce((sum, { bytes, heap }) => sum + bytes.length + heap.length, 0)
  }

  /** Whether texts take room beside the rows. */
  get hasLongText(): boolean {
    return this.values.some(({ heap }) => heap.length > 0)
  }

  /** A set of the given rows of this one, in that order. */
  pick(rows: Int32Array): RowSet {
    const picked = new RowSet(this.table, this.columns)
    picked.reserve(rows.length)
    picked.rows = rows.length
    rows.forEach((from, row) => {
      picked.ts.copyRow(row, this.ts, from)
      for (let i = 0; i < this.values.length; i++) picked.values[i]!.copyRow(row, this.values[i]!, from)
    })
    return picked
  }
}
