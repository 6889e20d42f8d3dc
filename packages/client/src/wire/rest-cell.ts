import type { Precision } from '../types/precision.ts'
import { utf8Text } from './bytes.ts'
import type { Column } from './column.ts'
import { WireError } from './wire-error.ts'

/** The bytes that a cell parser reads end with a zero, which no JSON contains: whoever meets it has to wait for more. */
export const INCOMPLETE = -1

/** Reads the cells of one column of a REST body straight into a column. */
export interface CellParser {
  /** Makes room for a block of that many rows. */
  begin(rows: number): void
  /** Reads the cell at `at` as the row's value and returns where it ends, or INCOMPLETE; the same row may then be read again. */
  parse(bytes: Uint8Array, at: number, row: number): number
  finish(rows: number): Column
}

/** What all TIMESTAMP columns of a body share: the precision shows in the number of digits after the second. */
export interface RestClock {
  precision: Precision | undefined
}

/** Where `null` ends, or INCOMPLETE; throws when it is another word. */
export function skipNull(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 4; i++) {
    if (bytes[at + i] === 0) return INCOMPLETE
    if (bytes[at + i] !== 'null'.charCodeAt(i)) throw bad(at)
  }
  return at + 4
}

export function bad(at: number): WireError {
  return new WireError('a value that its column cannot hold', at)
}

/** The text of ASCII bytes. */
export function ascii(bytes: Uint8Array, start: number, end: number): string {
  return utf8Text(bytes.subarray(start, end))
}
