import { AlterType, type Block, type TmqColumn } from 'taosts/wire'
import type { MetaObject } from './meta-json.ts'

/** A change of a table's columns and where it stands in the log. */
export interface Alteration {
  readonly seq: bigint
  readonly meta: MetaObject
}

/** Alterations after which rows have another shape than before. */
const SHAPING: readonly unknown[] = [AlterType.ADD_COLUMN, AlterType.ADD_COMPRESSED_COLUMN, AlterType.RENAME_COLUMN]

/** Whether rows before an alteration have another shape than those after it. */
export function shapes({ meta }: Alteration): boolean {
  return SHAPING.includes(meta['alterType'])
}

/**
 * Rows in the shape that their table had before the alterations from a position on, so that they fit the table of who has followed the log up to them:
 * columns added later are left out, and those renamed later have their old names. Columns dropped since are gone with their values.
 */
export function formerShape(
  columns: readonly TmqColumn[],
  block: Block,
  alterations: readonly Alteration[],
  position: bigint,
): { readonly columns: readonly TmqColumn[]; readonly block: Block } {
  const later = alterations.filter(({ seq }) => seq >= position)
  if (later.length === 0) return { columns, block }
  let shape = columns.map((column, index) => ({ column, index }))
  for (const { meta } of later.toReversed()) {
    const { alterType, colName, colNewName } = meta as { alterType?: number; colName?: string; colNewName?: string }
    if (alterType === AlterType.ADD_COLUMN || alterType === AlterType.ADD_COMPRESSED_COLUMN)
      shape = shape.filter(({ column }) => column.name !== colName)
    if (alterType !== AlterType.RENAME_COLUMN) continue
    shape = shape.map(({ column, index }) => ({ column: column.name === colNewName ? { ...column, name: colName! } : column, index }))
  }
  return {
    columns: shape.map(({ column }) => column),
    block: { rows: block.rows, columns: shape.map(({ index }) => block.columns[index]!) },
  }
}
