import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { meterColumns } from '../meters.ts'
import type { WriteTask } from './our-writes.ts'
import { taskLoop } from './task-loop.ts'

/** The official Node connector, from the directory that `OFFICIAL_NODE_CONNECTOR` names, as a participant that writes by its statements. */

type Setter = (values: readonly unknown[]) => void
type Parameters = Record<'setTimestamp' | 'setFloat' | 'setInt' | 'setVarchar', Setter>
interface OfficialStatement {
  prepare(sql: string): Promise<void>
  setTableName(name: string): Promise<void>
  newStmtParam(): Parameters
  setTags(tags: Parameters): Promise<void>
  bind(columns: Parameters): Promise<void>
  batch(): Promise<void>
  exec(): Promise<void>
}
interface Official {
  sqlConnect(config: object): Promise<{ stmtInit(): Promise<OfficialStatement> }>
  WSConfig: new (url: string) => { setUser(name: string): void; setPwd(password: string): void; setDb(name: string): void }
}

const BATCH = 32_000
const statements = new Map<string, Promise<OfficialStatement>>()
const directory = resolve(process.env['OFFICIAL_NODE_CONNECTOR'] ?? '.')
const entry = createRequire(pathToFileURL(`${directory}/`)).resolve(directory)
// It writes its log files where the process stands.
process.chdir(tmpdir())
const official = (await import(pathToFileURL(entry).href)) as Official

async function prepare({ url, stable }: WriteTask): Promise<OfficialStatement> {
  const config = new official.WSConfig(url)
  config.setUser('root')
  config.setPwd('taosdata')
  config.setDb('bench')
  const statement = await (await official.sqlConnect(config)).stmtInit()
  // It takes rows for one table, too, only by a name that is bound.
  await statement.prepare(`INSERT INTO ? USING ${stable} TAGS (?, ?) VALUES (?, ?, ?, ?)`)
  return statement
}

await taskLoop<WriteTask>(async (task) => {
  const { stable, tables, rows } = task
  const key = `${stable} ${tables}`
  let opened = statements.get(key)
  if (opened === undefined) statements.set(key, (opened = prepare(task)))
  const statement = await opened
  const each = rows / tables
  const { ts, current, voltage, phase } = meterColumns(each, task.first)
  const columns = [Array.from(ts), Array.from(current), Array.from(voltage), Array.from(phase)] as const
  globalThis.gc?.()
  const cpu = process.cpuUsage()
  const wall = performance.now()
  let waiting = 0
  for (let table = 0; table < tables; table++) {
    for (let from = 0; from < each; from += BATCH) {
      await statement.setTableName(`${stable}${table}`)
      const tags = statement.newStmtParam()
      tags.setInt([1])
      tags.setVarchar(['California.SanFrancisco'])
      await statement.setTags(tags)
      const values = statement.newStmtParam()
      const part = columns.map((column) => (each > BATCH ? column.slice(from, from + BATCH) : column)) as unknown[][]
      values.setTimestamp(part[0]!)
      values.setFloat(part[1]!)
      values.setInt(part[2]!)
      values.setFloat(part[3]!)
      await statement.bind(values)
      await statement.batch()
      waiting += part[0]!.length
      if (waiting < BATCH) continue
      await statement.exec()
      waiting = 0
    }
  }
  if (waiting > 0) await statement.exec()
  const { user, system } = process.cpuUsage(cpu)
  return { rows, cpu: (user + system) / 1e6, wall: (performance.now() - wall) / 1000 }
})
