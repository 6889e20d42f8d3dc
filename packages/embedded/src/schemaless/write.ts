import { createHash } from 'node:crypto'
import type { Database, Supertable } from '../catalog/model.ts'
import type { EngineAnswer } from '../session/answer.ts'
import { parseLines } from './line.ts'
import { parseOpentsdbJson } from './opentsdb-json.ts'
import type { Member, Point, Time, TimeUnit } from './point.ts'
import { alterSql, checkTypes, createSql, NO_TAG, neededSchema, quoteName } from './schema.ts'
import { SchemalessCode, schemalessError } from './schemaless-error.ts'
import { parseTelnet } from './telnet.ts'

export const Protocol = { LINE: 1, TELNET: 2, JSON: 3 } as const

export interface SchemalessRequest {
  /** 1 line, 2 telnet, 3 JSON. */
  readonly protocol: number
  /** `h m s ms u μ ns`; anything else counts as ns. Telnet and JSON tell by the digits. */
  readonly precision: string
  /** Days until a subtable that this write makes is dropped, 0 for never. */
  readonly ttl: number
  /** The tag whose value names the subtable, or empty. */
  readonly tableNameKey: string
  readonly data: string
}

/** Where records go: a database, and a session to write through. */
export interface SchemalessTarget {
  readonly database: Database
  execute(sql: string): Promise<EngineAnswer>
  /** A number for this write, which TDengine's messages mention. */
  readonly sequence: number
}

const UNITS: { readonly [precision: string]: TimeUnit } = { h: 'h', m: 'm', s: 's', ms: 'ms', u: 'us', μ: 'us', ns: 'ns' }
/** Characters of SQL in one INSERT. */
const BATCH = 1024 * 1024

/** Writes records, making and widening supertables and subtables as they need. Throws a SqlError in TDengine's words. */
export async function writeRecords(
  target: SchemalessTarget,
  request: SchemalessRequest,
): Promise<{ readonly affectedRows: number; readonly totalRows: number }> {
  const points = parse(request)
  const byMeasurement = groupBy(points, ({ measurement }) => measurement)
  let affectedRows = 0
  for (const [measurement, group] of byMeasurement) affectedRows += await writeMeasurement(target, request, measurement, group)
  return { affectedRows, totalRows: request.protocol === Protocol.JSON ? 1 : points.length }
}

function parse({ protocol, precision, data }: SchemalessRequest): readonly Point[] {
  if (data.trim() === '') throw schemalessError(SchemalessCode.DATA, 'line num is invalid')
  switch (protocol) {
    case Protocol.LINE:
      return parseLines(data, UNITS[precision] ?? 'ns')
    case Protocol.TELNET:
      return parseTelnet(data)
    case Protocol.JSON:
      return parseOpentsdbJson(data)
    default:
      throw schemalessError(SchemalessCode.PROTOCOL, 'protocol invalidate')
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}

async function writeMeasurement(
  target: SchemalessTarget,
  request: SchemalessRequest,
  measurement: string,
  points: readonly Point[],
): Promise<number> {
  const { database, sequence } = target
  const key = request.tableNameKey
  const tagsOf = (point: Point) => (key === '' ? point.tags : point.tags.filter(({ name }) => name !== key))
  const stable = `${quoteName(database.name)}.${quoteName(measurement)}`
  const needed = neededSchema(points, tagsOf, sequence)
  const existing = database.supertables.get(measurement)
  if (existing) {
    checkTypes(existing, points, tagsOf, sequence)
    for (const sql of alterSql(stable, existing, needed)) await target.execute(sql)
  } else await target.execute(createSql(stable, needed))
  const table = database.supertables.get(measurement)
  if (!table) throw schemalessError(SchemalessCode.DATA, `supertable ${measurement} was dropped while it was written`)
  const bySubtable = groupBy(points, (point) => subtableName(point, key))
  await createSubtables(target, stable, table, bySubtable, tagsOf, request.ttl)
  return insertPoints(target, table, bySubtable)
}

/** The value of the tag that names subtables, else `t_` and the digest of the measurement and the tags sorted by name. */
function subtableName({ measurement, tagTexts }: Point, key: string): string {
  const named = key === '' ? undefined : tagTexts.get(key)
  if (named) return named
  const tags = [...tagTexts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => `,${name}=${text}`)
  return `t_${createHash('md5')
    .update(measurement + tags.join(''))
    .digest('hex')}`
}

async function createSubtables(
  { database, execute }: SchemalessTarget,
  stable: string,
  table: Supertable,
  bySubtable: ReadonlyMap<string, readonly Point[]>,
  tagsOf: (point: Point) => readonly Member[],
  ttl: number,
): Promise<void> {
  const clauses: string[] = []
  for (const [name, [point]] of bySubtable) {
    if (database.tables.has(name)) continue
    const tags = tagsOf(point!)
    const names = tags.length > 0 ? tags.map((tag) => quoteName(tag.name)) : [quoteName(table.tags[0]?.name ?? NO_TAG)]
    const values = tags.length > 0 ? tags.map((tag) => tag.value.literal) : ['null']
    const option = ttl > 0 ? ` ttl ${ttl}` : ''
    clauses.push(
      `if not exists ${quoteName(database.name)}.${quoteName(name)} using ${stable} (${names.join(',')}) tags (${values.join(',')})${option}`,
    )
  }
  for (let at = 0; at < clauses.length; at += 500) await execute(`create table ${clauses.slice(at, at + 500).join(' ')}`)
}

async function insertPoints(
  { database, execute }: SchemalessTarget,
  table: Supertable,
  bySubtable: ReadonlyMap<string, readonly Point[]>,
): Promise<number> {
  const now = BigInt(Date.now()) * 1_000_000n
  const time = quoteName(table.columns[0]!.name)
  let affected = 0
  let clauses = ''
  const flush = async () => {
    if (clauses === '') return
    const answer = await execute(`insert into ${clauses}`)
    if (answer.kind === 'update') affected += answer.affectedRows
    clauses = ''
  }
  for (const [name, points] of bySubtable) {
    // Rows that give the same columns share a clause.
    const byColumns = groupBy(points, ({ fields }) => fields.map((field) => quoteName(field.name)).join(','))
    for (const [columns, rows] of byColumns) {
      const values = rows.map(({ fields, time }) => `(${ticks(time, database, now)},${fields.map(({ value }) => value.literal).join(',')})`)
      clauses += `${quoteName(database.name)}.${quoteName(name)} (${time},${columns}) values ${values.join('')} `
      if (clauses.length >= BATCH) await flush()
    }
  }
  await flush()
  return affected
}

const NANOSECONDS: { readonly [unit in TimeUnit]: bigint } = {
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  ns: 1n,
}
const I64_MAX = (1n << 63n) - 1n

/** A time in the ticks of the database. TDengine goes through nanoseconds, where it stops at the largest 64-bit number. */
function ticks({ value, unit }: Time, { precision }: Database, now: bigint): bigint {
  const exact = value === null ? now : value * NANOSECONDS[unit]
  const nanoseconds = exact > I64_MAX ? I64_MAX : exact < -I64_MAX ? -I64_MAX : exact
  return nanoseconds / NANOSECONDS[precision]
}
