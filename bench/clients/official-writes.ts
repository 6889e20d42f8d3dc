import { meterColumns } from '../meters.ts'
import { type OfficialStatement, officialConnection } from './official.ts'
import type { WriteTask } from './our-writes.ts'
import { taskLoop } from './task-loop.ts'

/** The official Node connector as a participant that writes by its statements. */

const BATCH = 32_000
const statements = new Map<string, Promise<OfficialStatement>>()

async function prepare({ url, stable }: WriteTask): Promise<OfficialStatement> {
  const statement = await (await officialConnection(url)).stmtInit()
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
