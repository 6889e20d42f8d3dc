import { type ModelColumn, type ModelRow, type ModelTable, ordered, STABLE, type Value } from './model.ts'
import { STEP_MS, type Step, valueFor } from './program.ts'
import { type Check, type Expected, literal, type World } from './world.ts'

/** SELECT * of a table, in order. */
export function readAll(world: World, table: string): Check[] {
  const model = world.model
  if (table === STABLE) {
    const rows = model
      .subtables()
      .flatMap((sub) => ordered(sub).map(([ts, row]) => ({ ts, sub, row })))
      .sort((a, b) => (a.ts !== b.ts ? (a.ts < b.ts ? -1 : 1) : a.sub.name < b.sub.name ? -1 : 1))
    return [
      {
        sql: `select * from ${world.name(STABLE)} order by ts, tbname`,
        expected: {
          columns: ['ts', ...model.columns.map(({ name }) => name), ...model.tags.map(({ name }) => name)],
          rows: rows.map(({ ts, sub, row }) => [
            world.text(ts),
            ...cells(model.columns, row),
            ...model.tags.map((tag) => sub.tags!.get(tag) ?? null),
          ]),
        },
      },
    ]
  }
  return [
    queryTable(world, `select * from ${world.name(table)} order by ts`, table, (found) => ({
      columns: ['ts', ...model.columnsOf(found).map(({ name }) => name), ...(found.tags ? [] : [])],
      rows: ordered(found).map(([ts, row]) => [world.text(ts), ...cells(model.columnsOf(found), row)]),
    })),
  ]
}

function queryTable(world: World, sql: string, table: string, answer: (table: ModelTable) => Extract<Expected, { rows: unknown }>): Check {
  const found = world.model.tables.get(table)
  return { sql, expected: found === undefined ? { code: 0x2603 } : answer(found) }
}

/** Counts, sums and ends of every column within a range of times. */
export function summary(world: World, step: Extract<Step, { kind: 'summary' }>): Check[] {
  const range = world.range(step)
  const found = world.model.tables.get(step.table)
  const columns = step.table === STABLE || !found ? world.model.columns : world.model.columnsOf(found)
  const numbers = columns.filter(({ type }) => type === 'INT' || type === 'DOUBLE')
  const items = [
    'count(*)',
    ...columns.map(({ name }) => `count(${name})`),
    ...numbers.flatMap(({ name }) => [`sum(${name})`, `min(${name})`, `max(${name})`]),
  ]
  const sql = `select ${items.join(', ')} from ${world.name(step.table)} where ts >= ${range[0]} and ts <= ${range[1]}`
  const rows = world.rowsIn(step.table, range)
  if (rows === undefined) return [{ sql, expected: { code: 0x2603 } }]
  const given = (column: ModelColumn) => rows.map(([, row]) => row.get(column) ?? null).filter((value) => value !== null)
  const one: Value[] = [
    rows.length,
    ...columns.map((column) => given(column).length),
    ...numbers.flatMap((column) => {
      const all = given(column) as number[]
      return all.length === 0 ? [null, null, null] : [all.reduce((a, b) => a + b, 0), Math.min(...all), Math.max(...all)]
    }),
  ]
  return [{ sql, expected: { columns: items, rows: [one] } }]
}

/** How many rows each subtable has, of those with a tag's value. */
export function byTable(world: World, { tag: index, value }: Extract<Step, { kind: 'by-table' }>): Check[] {
  const tag = world.model.tags[index]
  const wanted = tag && valueFor(tag, value)
  const where = tag === undefined ? '' : wanted === null ? ` where ${tag.name} is null` : ` where ${tag.name} = ${literal(wanted!)}`
  const chosen = world.model.subtables().filter((table) => tag === undefined || (table.tags!.get(tag) ?? null) === wanted)
  return [
    {
      sql: `select tbname, count(*) from ${world.name(STABLE)}${where} group by tbname order by tbname`,
      expected: { columns: ['tbname', 'count(*)'], rows: chosen.map(({ name, rows }) => [name, rows.size]) },
    },
  ]
}

/** Rows by windows of time. */
export function windows(world: World, step: Extract<Step, { kind: 'windows' }>): Check[] {
  const range = world.range(step)
  const width = BigInt(step.width) * STEP_MS
  const sql = `select _wstart, count(*) from ${world.name(step.table)} where ts >= ${range[0]} and ts <= ${range[1]} interval(${width}a) order by _wstart`
  const rows = world.rowsIn(step.table, range)
  if (rows === undefined) return [{ sql, expected: { code: 0x2603 } }]
  const counts = windowCounts(world, rows, width).map(([start, count]) => [world.text(start), count])
  return [{ sql, expected: { columns: ['_wstart', 'count(*)'], rows: counts } }]
}

/** Windows that hold rows, by their start, with their numbers of rows; `width` in milliseconds. */
function windowCounts(world: World, rows: readonly [bigint, ModelRow][], width: bigint): [bigint, number][] {
  const ticks = width * world.tick
  const counts = new Map<bigint, number>()
  for (const [ts] of rows) {
    const rest = ((ts % ticks) + ticks) % ticks
    counts.set(ts - rest, (counts.get(ts - rest) ?? 0) + 1)
  }
  return [...counts]
}

/** The first and last values of each column, and the last row. */
export function ends(world: World, step: Extract<Step, { kind: 'ends' }>): Check[] {
  const range = world.range(step)
  const where = `where ts >= ${range[0]} and ts <= ${range[1]}`
  const rows = world.rowsIn(step.table, range)
  const found = world.model.tables.get(step.table)
  const columns = found ? world.model.columnsOf(found) : [{ name: 'a' } as ModelColumn]
  return columns.map((column) => {
    const items = [`first(${column.name})`, `last(${column.name})`, `last_row(${column.name})`, 'last_row(ts)', 'count(*)']
    const sql = `select ${items.join(', ')} from ${world.name(step.table)} ${where}`
    if (rows === undefined) return { sql, expected: { code: 0x2603 } }
    const given = rows.map(([, row]) => row.get(column) ?? null).filter((value) => value !== null)
    const last = rows.at(-1)
    const one = [given[0] ?? null, given.at(-1) ?? null, last?.[1].get(column) ?? null, last ? world.text(last[0]) : null, rows.length]
    return { sql, expected: { columns: items, rows: [one] } }
  })
}

/** Rows by windows of time, table by table. */
export function windowsByTable(world: World, step: Extract<Step, { kind: 'windows-by-table' }>): Check[] {
  const range = world.range(step)
  const width = BigInt(step.width) * STEP_MS
  const sql =
    `select tbname, _wstart, count(*) from ${world.name(STABLE)} where ts >= ${range[0]} and ts <= ${range[1]} ` +
    `partition by tbname interval(${width}a) order by tbname, _wstart`
  const rows = world.model
    .subtables()
    .flatMap(({ name }) => windowCounts(world, world.rowsIn(name, range)!, width).map(([start, count]) => [name, world.text(start), count]))
  return [{ sql, expected: { columns: ['tbname', '_wstart', 'count(*)'], rows } }]
}

/** One page of a table's times. */
export function page(world: World, { table, descending, limit, offset }: Extract<Step, { kind: 'page' }>): Check[] {
  const direction = descending ? ' desc' : ''
  const sql = `select ts, tbname from ${world.name(table)} order by ts${direction}, tbname${direction} limit ${limit} offset ${offset}`
  const tables = table === STABLE ? world.model.subtables() : [world.model.tables.get(table)]
  if (tables.includes(undefined)) return [{ sql, expected: { code: 0x2603 } }]
  const all = tables.flatMap((found) => ordered(found!).map(([ts]) => ({ ts, name: found!.name })))
  all.sort((a, b) => (a.ts !== b.ts ? (a.ts < b.ts ? -1 : 1) : a.name < b.name ? -1 : 1))
  if (descending) all.reverse()
  const rows = all.slice(offset, offset + limit).map(({ ts, name }) => [world.text(ts), name])
  return [{ sql, expected: { columns: ['ts', 'tbname'], rows } }]
}

/** The tags of every subtable. */
export function tagsOfTables(world: World): Check {
  const { tags } = world.model
  return {
    sql: `select tags tbname, ${tags.map(({ name }) => name).join(', ')} from ${world.name(STABLE)} order by tbname`,
    expected: {
      columns: ['tbname', ...tags.map(({ name }) => name)],
      rows: world.model.subtables().map((table) => [table.name, ...tags.map((tag) => table.tags!.get(tag) ?? null)]),
    },
  }
}

function cells(columns: readonly ModelColumn[], row: ModelRow): Value[] {
  return columns.map((column) => row.get(column) ?? null)
}
