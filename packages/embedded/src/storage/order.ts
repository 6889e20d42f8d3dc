import type { ColumnBuffer } from './row-buffer.ts'
import type { RowSet, Segment, Target } from './row-set.ts'

/** The rows of one table of a set: `rows` in order of time without duplicates, or the whole range `from` … `to` when it is so already. */
export interface Ordered {
  readonly target: Target
  readonly from: number
  readonly to: number
  readonly rows: Int32Array | undefined
}

/** Puts a set's rows in order table by table; of rows with the same timestamp (and key) in one statement the last stays. */
export function orderRows(set: RowSet): Ordered[] {
  const [only] = set.segments
  if (only && set.segments.length === 1 && ascending(set.ts, only.from, only.to)) return [{ ...only, rows: undefined }]
  const key = keyColumn(set)
  const seen = new Map<Target | string, Segment[]>()
  for (const segment of set.segments) {
    const id = segment.target.kind === 'new' ? segment.target.name : segment.target
    const list = seen.get(id)
    if (list) list.push(segment)
    else seen.set(id, [segment])
  }
  const ordered: Ordered[] = []
  for (const segments of seen.values()) {
    const { target, from, to } = segments[0]!
    if (segments.length === 1 && ascending(set.ts, from, to)) ordered.push({ target, from, to, rows: undefined })
    else ordered.push({ target, from, to, rows: sorted(set, segments, key) })
  }
  return ordered
}

/** The composite key's column, which every set of its table gives. */
function keyColumn(set: RowSet): ColumnBuffer | undefined {
  const index = set.columns.findIndex((column) => column.primaryKey)
  return index < 0 ? undefined : set.values[index]
}

function ascending(ts: ColumnBuffer, from: number, to: number): boolean {
  const low = new Uint32Array(ts.bytes.buffer, ts.bytes.byteOffset, to * 2)
  const high = new Int32Array(ts.bytes.buffer, ts.bytes.byteOffset, to * 2)
  for (let row = from + 1; row < to; row++) {
    const a = high[row * 2 - 1]!
    const b = high[row * 2 + 1]!
    if (a > b || (a === b && low[row * 2 - 2]! >= low[row * 2]!)) return false
  }
  return true
}

function sorted(set: RowSet, segments: readonly Segment[], key: ColumnBuffer | undefined): Int32Array {
  const count = segments.reduce((sum, { from, to }) => sum + to - from, 0)
  const rows = new Int32Array(count)
  let n = 0
  for (const { from, to } of segments) for (let row = from; row < to; row++) rows[n++] = row
  const ts = new BigInt64Array(set.ts.bytes.buffer, set.ts.bytes.byteOffset, set.rows)
  const keys = key && keyValues(key, rows, set.rows)
  const compare = (a: number, b: number): number => {
    const [x, y] = [ts[a]!, ts[b]!]
    if (x !== y) return x < y ? -1 : 1
    if (!keys) return 0
    const [p, q] = [keys[a]!, keys[b]!]
    return p === q ? 0 : p < q ? -1 : 1
  }
  // TypedArray.prototype.sort is not said to be stable, so that the row's index decides between equals.
  rows.sort((a, b) => compare(a, b) || a - b)
  let kept = 0
  for (let i = 0; i < count; i++) {
    if (i + 1 < count && compare(rows[i]!, rows[i + 1]!) === 0) continue
    rows[kept++] = rows[i]!
  }
  return rows.subarray(0, kept)
}

/** Composite keys by row as values that compare: integers or strings of bytes. */
export function keyValues(key: ColumnBuffer, rows: Int32Array, total: number): (number | bigint | string)[] {
  const values: (number | bigint | string)[] = new Array(total)
  for (const row of rows) values[row] = keyValue(key, row)
  return values
}

function keyValue(key: ColumnBuffer, row: number): number | bigint | string {
  switch (key.physical.sql) {
    case 'INTEGER':
      return key.view.getInt32(row * 4, true)
    case 'UINTEGER':
      return key.view.getUint32(row * 4, true)
    case 'BIGINT':
      return key.view.getBigInt64(row * 8, true)
    case 'UBIGINT':
      return key.view.getBigUint64(row * 8, true)
    default:
      return Buffer.from(key.getBytes(row)).toString('latin1')
  }
}
