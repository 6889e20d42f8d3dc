import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

/** The official Node connector, from the directory that `OFFICIAL_NODE_CONNECTOR` names. */

type Setter = (values: readonly unknown[]) => void
type Parameters = Record<'setTimestamp' | 'setFloat' | 'setInt' | 'setVarchar', Setter>
export interface OfficialStatement {
  prepare(sql: string): Promise<void>
  setTableName(name: string): Promise<void>
  newStmtParam(): Parameters
  setTags(tags: Parameters): Promise<void>
  bind(columns: Parameters): Promise<void>
  batch(): Promise<void>
  exec(): Promise<void>
}
interface OfficialRows {
  next(): Promise<boolean>
  getData(): readonly unknown[]
}
export interface OfficialConnection {
  stmtInit(): Promise<OfficialStatement>
  query(sql: string): Promise<OfficialRows>
}
interface Official {
  sqlConnect(config: object): Promise<OfficialConnection>
  WSConfig: new (url: string) => { setUser(name: string): void; setPwd(password: string): void; setDb(name: string): void }
}

const directory = resolve(process.env['OFFICIAL_NODE_CONNECTOR'] ?? '.')
const entry = createRequire(pathToFileURL(`${directory}/`)).resolve(directory)
// It writes its log files where the process stands.
process.chdir(tmpdir())
const official = (await import(pathToFileURL(entry).href)) as Official

/** A connection of it to the database `bench`. */
export async function officialConnection(url: string): Promise<OfficialConnection> {
  const config = new official.WSConfig(url)
  config.setUser('root')
  config.setPwd('taosdata')
  config.setDb('bench')
  return await official.sqlConnect(config)
}
