import type { ConnectionFact } from '../context.ts'
import { bigint, bool, int, text, timestamp, tinyint, ubigint, uint } from '../output-columns.ts'
import { emptyTable, type SystemTable } from '../system-table.ts'

export const apps: SystemTable = {
  name: 'perf_apps',
  columns: [
    ubigint('app_id'),
    text('ip', 16),
    int('pid'),
    text('name', 24),
    timestamp('start_time'),
    ubigint('insert_req'),
    ubigint('insert_row'),
    ubigint('insert_time'),
    ubigint('insert_bytes'),
    ubigint('fetch_bytes'),
    ubigint('query_time'),
    ubigint('slow_query'),
    ubigint('total_req'),
    ubigint('current_req'),
    timestamp('last_access'),
  ],
  *rows({ server }) {
    const seen = new Map<string, ConnectionFact>()
    for (const connection of server.connections()) seen.set(`${connection.app} ${connection.pid} ${ip(connection)}`, connection)
    let id = 0n
    for (const connection of seen.values()) {
      id++
      yield [id, ip(connection), connection.pid, connection.app, connection.loginTime, 0, 0, 0, 0, 0, 0, 0, 0, 0, connection.lastAccess]
    }
  },
}

function ip(connection: ConnectionFact): string {
  return connection.endpoint.replace(/:\d+$/, '')
}

export const connections: SystemTable = {
  name: 'perf_connections',
  columns: [
    uint('conn_id'),
    text('user', 24),
    text('app', 24),
    uint('pid'),
    text('end_point', 22),
    timestamp('login_time'),
    timestamp('last_access'),
    text('user_app', 24),
    text('user_ip', 22),
  ],
  *rows({ server }) {
    for (const { id, user, app, pid, endpoint, loginTime, lastAccess, userApp, userIp } of server.connections()) {
      yield [id, user, app, pid, endpoint, loginTime, lastAccess, userApp, userIp]
    }
  },
}

export const queries: SystemTable = {
  name: 'perf_queries',
  columns: [
    text('kill_id', 26),
    ubigint('query_id'),
    uint('conn_id'),
    text('app', 24),
    int('pid'),
    text('user', 24),
    text('end_point', 22),
    timestamp('create_time'),
    bigint('exec_usec'),
    bool('stable_query'),
    bool('sub_query'),
    int('sub_num'),
    text('sub_status', 1000),
    text('sql', 2048),
    text('user_app', 24),
    text('user_ip', 22),
  ],
  *rows({ server }) {
    const now = Date.now()
    for (const { connection, id, created, sql } of server.queries()) {
      const killId = `${connection.id.toString(16)}:${id.toString(16)}`
      const micros = Math.max(0, now - created) * 1000
      const { app, pid, user, endpoint, userApp, userIp } = connection
      yield [killId, id, connection.id, app, pid, user, endpoint, created, micros, false, false, 0, '', sql.slice(0, 2048), userApp, userIp]
    }
  },
}

/** Every change of the catalog is done when its statement is answered, so none is ever under way. */
export const transactions = emptyTable(
  'perf_trans',
  int('id'),
  timestamp('create_time'),
  text('stage', 12),
  text('oper', 16),
  text('db', 64),
  text('stable', 192),
  tinyint('killable'),
  int('failed_times'),
  timestamp('last_exec_time'),
  text('last_action_info', 511),
)

export const transactionDetails = emptyTable(
  'ins_transaction_details',
  int('transaction_id'),
  text('action', 30),
  text('obj_type', 40),
  text('result', 100),
  text('target', 300),
  text('detail', 100),
)
