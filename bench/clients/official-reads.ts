import { type OfficialConnection, officialConnection } from './official.ts'
import { taskLoop } from './task-loop.ts'

/** The official Node connector as a participant that reads a query's rows as arrays. */

const connections = new Map<string, Promise<OfficialConnection>>()

await taskLoop<{ readonly url: string; readonly sql: string }>(async ({ url, sql }) => {
  let opened = connections.get(url)
  if (opened === undefined) connections.set(url, (opened = officialConnection(url)))
  const result = await (await opened).query(sql)
  let rows = 0
  while (await result.next()) rows += result.getData().length > 0 ? 1 : 0
  return rows
})
