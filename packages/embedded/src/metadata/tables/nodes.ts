import type { MetadataContext } from '../context.ts'
import { bigint, bool, int, smallint, text, timestamp, tinyint } from '../output-columns.ts'
import { emptyTable, type SystemTable } from '../system-table.ts'

/** The engine shows itself as a cluster of one dnode, which is also its mnode. */
const DNODE = 1
const ENDPOINT = text('endpoint', 134)

function vgroupCount({ catalog }: MetadataContext): number {
  let count = 0
  for (const database of catalog.databases.values()) count += database.vgroups.length
  return count
}

function* vgroups({ catalog }: MetadataContext) {
  for (const database of catalog.databases.values()) {
    const tables = new Map<number, number>()
    for (const { vgroup } of database.tables.values()) tables.set(vgroup, (tables.get(vgroup) ?? 0) + 1)
    for (const id of database.vgroups) yield { id, database, tables: tables.get(id) ?? 0 }
  }
}

export const dnodes: SystemTable = {
  name: 'ins_dnodes',
  columns: [
    int('id'),
    ENDPOINT,
    smallint('vnodes'),
    smallint('support_vnodes'),
    text('status', 10),
    timestamp('create_time'),
    timestamp('reboot_time'),
    text('note', 256),
    text('machine_id', 24),
  ],
  rows: (context) => {
    const { endpoint, started } = context.server
    return [[DNODE, endpoint, vgroupCount(context), 256, 'ready', started, started, '', '']]
  },
}

export const mnodes: SystemTable = {
  name: 'ins_mnodes',
  columns: [int('id'), ENDPOINT, text('role', 12), text('status', 9), timestamp('create_time'), timestamp('role_time')],
  rows: ({ server }) => [[DNODE, server.endpoint, 'leader', 'ready', server.started, server.started]],
}

export const qnodes = emptyTable('ins_qnodes', int('id'), ENDPOINT, timestamp('create_time'))
export const snodes = emptyTable('ins_snodes', int('id'), ENDPOINT, timestamp('create_time'), int('replicaId'), text('asReplicaOf', 64))
export const bnodes = emptyTable('ins_bnodes', int('id'), ENDPOINT, text('protocol', 14), timestamp('create_time'))

export const cluster: SystemTable = {
  name: 'ins_cluster',
  columns: [bigint('id'), text('name', 40), int('uptime'), timestamp('create_time'), text('version', 10), timestamp('expire_time')],
  rows: ({ server }) => [
    [server.clusterId, 'taosts-embedded', Math.floor((Date.now() - server.started) / 1000), server.started, 'community', null],
  ],
}

const member = (n: number) => [smallint(`v${n}_dnode`), text(`v${n}_status`, 9), text(`v${n}_applied/committed`, 41)]
const NO_MEMBER = [null, null, null]

export const vgroupTable: SystemTable = {
  name: 'ins_vgroups',
  columns: [
    int('vgroup_id'),
    text('db_name', 64),
    int('tables'),
    ...member(1),
    ...member(2),
    ...member(3),
    ...member(4),
    int('cacheload'),
    int('cacheelements'),
    tinyint('tsma'),
    int('mount_vgroup_id'),
  ],
  rows: (context) =>
    Array.from(vgroups(context), ({ id, database, tables }) => [
      id,
      database.name,
      tables,
      DNODE,
      'leader',
      '0/0',
      ...NO_MEMBER,
      ...NO_MEMBER,
      ...NO_MEMBER,
      0,
      0,
      0,
      0,
    ]),
}

export const vnodes: SystemTable = {
  name: 'ins_vnodes',
  columns: [
    int('dnode_id'),
    int('vgroup_id'),
    text('db_name', 64),
    text('status', 9),
    timestamp('role_time'),
    timestamp('start_time'),
    bool('restored'),
    text('apply_finish_time', 18),
    int('unapplied'),
    bigint('buffer_segment_used'),
    bigint('buffer_segment_size'),
  ],
  rows: (context) => {
    const { started } = context.server
    return Array.from(vgroups(context), ({ id, database }) => [
      DNODE,
      id,
      database.name,
      'leader',
      Math.max(started, database.created),
      Math.max(started, database.created),
      true,
      '',
      0,
      0,
      0,
    ])
  },
}

export const anodes = emptyTable(
  'ins_anodes',
  int('id'),
  text('url', 128),
  text('status', 10),
  timestamp('create_time'),
  timestamp('update_time'),
)
export const anodesFull = emptyTable('ins_anodes_full', int('id'), text('type', 24), text('algo', 64))
export const arbgroups = emptyTable(
  'ins_arbgroups',
  text('db_name', 64),
  int('vgroup_id'),
  smallint('v1_dnode'),
  smallint('v2_dnode'),
  bool('is_sync'),
  text('check_sync_code', 98),
  smallint('assigned_dnode'),
  text('assigned_token', 32),
  smallint('assigned_acked'),
)
export const mounts = emptyTable('ins_mounts', text('name', 77), int('dnode'), timestamp('create_time'), text('path', 128))
