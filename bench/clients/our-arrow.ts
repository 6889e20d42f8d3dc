import { makeData, Table, TimestampMillisecond, Vector, vectorFromArray } from 'apache-arrow'
import { type Connection, connect } from 'taosts'
import { insertArrow, toArrow } from 'taosts/arrow'
import type { MeterColumns } from '../bare-duckdb.ts'
import { meterColumns } from '../meters.ts'
import { taskLoop } from './task-loop.ts'

/** taosts as a participant that reads a query by columns or as an Arrow table, and writes rows of meters as typed arrays or as an Arrow table. */

interface Task {
  readonly url: string
  readonly shape: 'columns' | 'arrow' | 'insert-columns' | 'insert-arrow'
  readonly sql?: string
  /** Of the shapes that insert: the table, how many rows, and the first row's number. */
  readonly table?: string
  readonly rows?: number
  readonly first?: number
}

const connections = new Map<string, Promise<Connection>>()

/** Columns with their memory, whole: what comes late in one shape must not be left out of its time. */
async function readColumns(connection: Connection, sql: string): Promise<number> {
  const { rows, columns } = await (await connection.query(sql)).columns()
  let bytes = 0
  for (const { raw } of columns)
    bytes += raw.layout === 'fixed' ? raw.values.byteLength + raw.nulls.length : raw.data.length + raw.offsets.length
  return bytes > rows ? rows : 0
}

async function readArrow(connection: Connection, sql: string): Promise<number> {
  const table = await toArrow(await connection.query(sql))
  let bytes = 0
  for (const { data } of table.batches) for (const column of data.children) bytes += column.byteLength
  return bytes > table.numRows ? table.numRows : 0
}

/** An Arrow table over the same memory. */
function arrowOf({ ts, current, voltage, phase }: MeterColumns): Table {
  const time = new Vector([makeData({ type: new TimestampMillisecond('UTC'), length: ts.length, nullCount: 0, data: ts })])
  return new Table({ ts: time, current: vectorFromArray(current), voltage: vectorFromArray(voltage), phase: vectorFromArray(phase) })
}

function spent(cpu: NodeJS.CpuUsage, wall: number): { cpu: number; wall: number } {
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000 }
}

await taskLoop<Task>(async ({ url, shape, sql = '', table = '', rows = 0, first = 0 }) => {
  let connecting = connections.get(url)
  if (connecting === undefined) connections.set(url, (connecting = connect({ url, database: 'bench' })))
  const connection = await connecting
  globalThis.gc?.()
  if (shape === 'columns' || shape === 'arrow') {
    const cpu = process.cpuUsage()
    const wall = performance.now()
    const read = await (shape === 'columns' ? readColumns : readArrow)(connection, sql)
    return { rows: read, ...spent(cpu, wall) }
  }
  const columns = meterColumns(rows, first)
  const arrow: Table | undefined = shape === 'insert-arrow' ? arrowOf(columns) : undefined
  const cpu = process.cpuUsage()
  const wall = performance.now()
  const written =
    arrow === undefined ? await connection.insert(table, { columns: { ...columns } }) : await insertArrow(connection, table, arrow)
  return { rows: written, ...spent(cpu, wall) }
})
