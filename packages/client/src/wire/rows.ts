import type { Block } from './column.ts'
import type { ColumnReader } from './reader.ts'

/** The values of a block column by column: one array a column, one element a row. */
export function blockToColumns(block: Block, readers: readonly ColumnReader[]): unknown[][] {
  return block.columns.map((column, i) => readers[i]!(column, block.rows))
}

/** The rows of a block as arrays. */
export function blockToArrays(block: Block, readers: readonly ColumnReader[]): unknown[][] {
  const columns = blockToColumns(block, readers)
  const { rows } = block
  const out: unknown[][] = new Array(rows)
  // Few columns are worth a literal: it is made in its final size and kind.
  const [a, b, c, d, e] = columns as [unknown[], unknown[], unknown[], unknown[], unknown[]]
  switch (columns.length) {
    case 1:
      for (let r = 0; r < rows; r++) out[r] = [a[r]]
      return out
    case 2:
      for (let r = 0; r < rows; r++) out[r] = [a[r], b[r]]
      return out
    case 3:
      for (let r = 0; r < rows; r++) out[r] = [a[r], b[r], c[r]]
      return out
    case 4:
      for (let r = 0; r < rows; r++) out[r] = [a[r], b[r], c[r], d[r]]
      return out
    case 5:
      for (let r = 0; r < rows; r++) out[r] = [a[r], b[r], c[r], d[r], e[r]]
      return out
  }
  const width = columns.length
  for (let r = 0; r < rows; r++) {
    const row: unknown[] = [a[r], b[r], c[r], d[r], e[r]]
    for (let i = 5; i < width; i++) row.push(columns[i]![r])
    out[r] = row
  }
  return out
}

/** The rows of a block as objects. */
export type ObjectMaker = (block: Block, readers: readonly ColumnReader[]) => Record<string, unknown>[]

/** Makes row objects with the given keys, in their order, for one result: a constructor of its own gives all rows one shape. Keys must differ. */
export function objectMaker(names: readonly string[]): ObjectMaker {
  const width = names.length
  // A plain assignment to this key would set the prototype.
  const special = names.includes('__proto__')
  function Row(this: Record<string, unknown>, columns: readonly unknown[][], row: number): void {
    for (let i = 0; i < width; i++) {
      if (special) Object.defineProperty(this, names[i]!, { value: columns[i]![row], enumerable: true, configurable: true, writable: true })
      else this[names[i]!] = columns[i]![row]
    }
  }
  // Rows are plain objects to whoever looks at them.
  Row.prototype = Object.prototype
  const Maker = Row as unknown as new (columns: readonly unknown[][], row: number) => Record<string, unknown>
  return (block, readers) => {
    const columns = blockToColumns(block, readers)
    const out: Record<string, unknown>[] = new Array(block.rows)
    for (let r = 0; r < block.rows; r++) out[r] = new Maker(columns, r)
    return out
  }
}
