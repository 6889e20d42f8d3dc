import { type Model, type ModelColumn, ModelError, type ModelTable, ordered, STABLE, type Value } from './model.ts'
import { type InsertPart, NORMAL_TABLES, type Step, valueFor } from './program.ts'
import { type Check, COLUMNS, declared, literal, type World } from './world.ts'

/** CREATE TABLE, of a subtable or a normal table by its name. */
export function create(world: World, { table, tags, ifNotExists }: Extract<Step, { kind: 'create' }>): Check {
  const head = `create table ${ifNotExists ? 'if not exists ' : ''}${world.name(table)}`
  if ((NORMAL_TABLES as readonly string[]).includes(table)) {
    return world.write(`${head} (ts timestamp, ${COLUMNS.map(declared).join(', ')})`, (model) =>
      model.createNormal(table, COLUMNS, ifNotExists),
    )
  }
  const values = world.model.tags.map((tag, i) => valueFor(tag, tags[i] ?? null))
  return world.write(`${head} using ${world.name(STABLE)} tags (${values.map(literal).join(', ')})`, (model) =>
    model.createSubtable(table, values, ifNotExists),
  )
}

function chosen(columns: readonly ModelColumn[], bits: number): ModelColumn[] {
  const chosen = columns.filter((_, i) => (bits & (1 << i)) !== 0)
  return chosen.length > 0 ? chosen : [...columns]
}

/** Rows of one clause, each time once: what NULL does to an earlier value of the same clause is not recorded. */
function rowsOf(world: World, columns: readonly ModelColumn[], rows: InsertPart['rows']): { ts: bigint; values: Value[] }[] {
  const seen = new Set<number>()
  return rows
    .filter(({ at }) => !seen.has(at) && seen.add(at))
    .map(({ at, values }) => ({ ts: world.ts(at), values: columns.map((column, i) => valueFor(column, values[i] ?? null)) }))
}

/** INSERT with VALUES into one table or several, made on the way or not: all of it or nothing. */
export function insert(world: World, parts: readonly InsertPart[]): Check[] {
  const model = world.model
  const clauses: string[] = []
  const writes: (() => number)[] = []
  for (const { table, columns: bits, using, rows } of parts) {
    const known = model.tables.get(table)
    const columns = chosen(
      known && !known.tags ? known.columns : (NORMAL_TABLES as readonly string[]).includes(table) ? COLUMNS : model.columns,
      bits,
    )
    const data = rowsOf(world, columns, rows)
    const text = `(ts, ${columns.map(({ name }) => name).join(', ')}) values ${data.map(({ ts, values }) => `(${ts}, ${values.map(literal).join(', ')})`).join(' ')}`
    if (using) {
      const tags = model.tags.map((tag, i) => valueFor(tag, using[i] ?? null))
      clauses.push(`${world.name(table)} using ${world.name(STABLE)} tags (${tags.map(literal).join(', ')}) ${text}`)
      writes.push(() => {
        // The tags of a table that is there already are not looked at.
        if (!model.tables.has(table)) model.createSubtable(table, tags, false)
        return model.insert(table, columns, data)
      })
    } else {
      clauses.push(`${world.name(table)} ${text}`)
      writes.push(() => model.insert(table, columns, data))
    }
  }
  const sql = `insert into ${clauses.join(' ')}`
  const trial = copyOf(model)
  let affected = 0
  try {
    for (const write of writes) affected += write()
    return [{ sql, expected: { affected } }]
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    restore(model, trial)
    return [{ sql, expected: { code: error.code } }]
  }
}

/** INSERT INTO stable (tbname, …): the tables come with the rows. */
export function insertThroughSupertable(
  world: World,
  { rows, columns: bits }: Extract<Step, { kind: 'insert-through-supertable' }>,
): Check[] {
  const model = world.model
  const columns = chosen(model.columns, bits)
  const seen = new Set<string>()
  const data = rows
    .filter(({ table, at }) => !seen.has(`${table} ${at}`) && seen.add(`${table} ${at}`))
    .map(({ table, at, values }) => ({
      table,
      ts: world.ts(at),
      values: columns.map((column, i) => valueFor(column, values[i] ?? null)),
    }))
  const sql =
    `insert into ${world.name(STABLE)} (tbname, ts, ${columns.map(({ name }) => name).join(', ')}) values ` +
    data.map(({ table, ts, values }) => `('${table}', ${ts}, ${values.map(literal).join(', ')})`).join(' ')
  const trial = copyOf(model)
  let affected = 0
  try {
    for (const { table, ts, values } of data) {
      model.createSubtable(table, [], true)
      affected += model.insert(table, columns, [{ ts, values }])
    }
    return [{ sql, expected: { affected } }]
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    restore(model, trial)
    return [{ sql, expected: { code: error.code } }]
  }
}

/** INSERT … SELECT of one column, where both tables have it alike. */
export function copy(world: World, { from, to, column: index }: Extract<Step, { kind: 'copy' }>): Check[] {
  const [source, target] = [world.model.tables.get(from), world.model.tables.get(to)]
  if (!source || !target) return []
  const column = world.model.columnsOf(source)[index]
  const into =
    column &&
    world.model.columnsOf(target).find(({ name, type, length }) => name === column.name && type === column.type && length >= column.length)
  if (!column || !into) return []
  const rows = ordered(source).map(([ts, row]) => ({ ts, values: [row.get(column) ?? null] }))
  const sql = `insert into ${world.name(to)} (ts, ${into.name}) select ts, ${column.name} from ${world.name(from)}`
  return [world.write(sql, (model) => model.insert(to, [into], rows))]
}

/** Dropping the last column but the time is refused by rules of its own, which golden recordings hold. */
export function isLastColumn(world: World, table: string): boolean {
  return (table === STABLE ? world.model.columns : (world.model.tables.get(table)?.columns ?? [])).length < 2
}

type Copy = Map<string, ModelTable>

function copyOf(model: Model): Copy {
  return new Map(
    [...model.tables].map(([name, table]) => [
      name,
      { ...table, tags: table.tags && new Map(table.tags), rows: new Map([...table.rows].map(([ts, row]) => [ts, new Map(row)])) },
    ]),
  )
}

function restore(model: Model, copy: Copy): void {
  model.tables.clear()
  for (const [name, table] of copy) model.tables.set(name, table)
}
