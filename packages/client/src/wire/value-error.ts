/** A value that does not fit its column; `row` counts from 0. The value itself is not in the message. */
export class ValueError extends RangeError {
  override readonly name = 'ValueError'
  readonly row: number
  /** Which table of a message has the row. */
  table?: number
  /** The column's name, where the caller gave one. */
  readonly column: string | undefined

  constructor(row: number, cause: unknown, column?: string) {
    super(`${column === undefined ? '' : `column ${column}, `}row ${row}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    })
    this.row = row
    this.column = column
  }
}
