import type { Privilege, User } from '../../catalog/model.ts'
import type { Row } from '../context.ts'
import { int, text, timestamp, tinyint } from '../output-columns.ts'
import { emptyTable, type SystemTable } from '../system-table.ts'

export const users: SystemTable = {
  name: 'ins_users',
  columns: [
    text('name', 24),
    tinyint('super'),
    tinyint('enable'),
    tinyint('sysinfo'),
    tinyint('createdb'),
    timestamp('create_time'),
    text('allowed_host', 49152),
  ],
  *rows({ catalog }) {
    for (const user of ordered(catalog.users.values())) {
      yield [
        user.name,
        Number(user.super),
        Number(user.enabled),
        Number(user.sysinfo),
        Number(user.createdb),
        user.created,
        user.hosts.join(', '),
      ]
    }
  },
}

/** The superuser first, then the others in the order of their making. */
function ordered(users: Iterable<User>): User[] {
  return [...users].sort((a, b) => Number(b.super) - Number(a.super) || a.id - b.id)
}

/** GRANT ALL is shown as reading and writing; a topic stands in the place of the database. */
function privilegeRows(user: string, { kind, database, table, condition, topic }: Privilege): Row[] {
  const shown = kind === 'all' ? (['read', 'write'] as const) : ([kind] as const)
  const place = topic ?? (database === '*' ? 'all' : database)
  return shown.map((privilege) => [user, privilege, place, table === undefined || table === '*' ? '' : table, condition ?? '', ''])
}

export const userPrivileges: SystemTable = {
  name: 'ins_user_privileges',
  columns: [
    text('user_name', 24),
    text('privilege', 10),
    text('db_name', 65),
    text('table_name', 193),
    text('condition', 49152),
    text('notes', 64),
  ],
  *rows({ catalog }) {
    for (const user of ordered(catalog.users.values())) {
      if (user.super) yield [user.name, 'all', 'all', '', '', '']
      for (const privilege of user.privileges) yield* privilegeRows(user.name, privilege)
    }
  },
}

/** A community server's licence: nothing is limited and nothing expires. */
export const grants: SystemTable = {
  name: 'ins_grants',
  columns: [
    text('version', 9),
    text('expire_time', 19),
    text('service_time', 19),
    text('expired', 5),
    text('state', 9),
    text('timeseries', 43),
    text('dnodes', 21),
    text('cpu_cores', 21),
  ],
  rows: () => [['community', 'unlimited', 'unlimited', 'false', 'ungranted', 'unlimited', 'unlimited', 'unlimited']],
}

export const grantsFull = emptyTable(
  'ins_grants_full',
  text('grant_name', 32),
  text('display_name', 256),
  text('expire', 32),
  text('limits', 512),
)
export const grantsLogs = emptyTable('ins_grants_logs', text('state', 1536), text('active', 512), text('machine', 15600))
export const machines = emptyTable('ins_machines', text('id', 41), int('dnode_num'), text('machine', 7552))

export const encryptions: SystemTable = {
  name: 'ins_encryptions',
  columns: [int('dnode_id'), text('key_status', 12)],
  rows: () => [[1, 'unset']],
}
