import type { Table } from '../catalog/model.ts'
import type { MetadataContext, Row } from './context.ts'
import { text } from './output-columns.ts'

/** The one column of SHOW TABLE DISTRIBUTED. */
export const DISTRIBUTION = [text('_block_dist', 500)]

/** What SHOW TABLE DISTRIBUTED says: the engine keeps no blocks of its own, so only the numbers of tables and vgroups tell something. */
export async function distribution(table: Table, _context: MetadataContext): Promise<Row[]> {
  const tables = table.kind === 'supertable' ? table.subtables.size : 1
  const vgroups = table.kind === 'supertable' ? new Set([...table.subtables.values()].map(({ vgroup }) => vgroup)).size : 1
  return [
    'Total_Blocks=[0] Total_Size=[0.00 KiB] Average_size=[0.00 KiB] Compression_Ratio=[NaN %]',
    'Block_Rows=[0] MinRows=[0] MaxRows=[0] AvgRows=[0]',
    'Inmem_Rows=[0] Stt_Rows=[0] ',
    `Total_Tables=[${tables}] Total_Filesets=[0] Total_Vgroups=[${vgroups}]`,
    '-'.repeat(80),
  ].map((line) => [line])
}
