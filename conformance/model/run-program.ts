import { timestampText } from '../block-values.ts'
import type { RestAnswer } from '../golden-compare.ts'
import { Model, type ModelColumn, ModelError, type ModelRow, type ModelTable, ordered, STABLE, type Value } from './model.ts'
import { type InsertPart, NORMAL_TABLES, type Program, STEP_MS, type Step, valueFor } from './program.ts'

/** The engine under test. */
export interface EngineUnderTest {
  run(sql: string): Promise<RestAnswer>
  /** Closes the engine and opens its directory again. */
  reopen(): Promise<void>
}

/** What the model says a statement answers. */
type Expected =
  | { readonly code: number }
  | { readonly affected: number }
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly Value[])[] }

interface Check {
  readonly sql: string
  readonly expected: Expected
}

const COLUMNS: readonly ModelColumn[] = [
  { name: 'a', type: 'INT', length: 0 },
  { name: 'b', type: 'DOUBLE', length: 0 },
  { name: 's', type: 'VARCHAR', length: 6 },
]
const TAGS: readonly ModelColumn[] = [
  { name: 'g', type: 'INT', length: 0 },
  { name: 'h', type: 'VARCHAR', length: 6 },
]
const TICKS = { ms: 1n, us: 1000n, ns: 1_000_000n } as const

/** Runs a program on the engine and on the model, in a database of its own; throws where they differ, with the statements so far. */
export async function runProgram(engine: EngineUnderTest, database: string, { precision, steps }: Program): Promise<void> {
  const log: string[] = []
  const run = async (sql: string) => {
    log.push(sql)
    return engine.run(sql)
  }
  const fail = (text: string): never => {
    throw new Error(`${text}\n${log.map((sql) => `  ${sql};`).join('\n')}`)
  }
  const prepare = [
    `create database ${database} precision '${precision}' keep 36500 vgroups 1`,
    `create stable ${database}.${STABLE} (ts timestamp, ${COLUMNS.map(declared).join(', ')}) tags (${TAGS.map(declared).join(', ')})`,
  ]
  for (const sql of prepare) {
    const { code, desc } = await run(sql)
    if (code !== 0) fail(`${sql}: ${code} ${desc}`)
  }
  const session = new Session(database, TICKS[precision], precision)
  for (const step of steps) {
    if (step.kind === 'reopen') {
      log.push('-- reopen')
      await engine.reopen()
      continue
    }
    for (const { sql, expected } of session.checks(step)) {
      const difference = differs(await run(sql), expected)
      if (difference) fail(difference)
    }
  }
  await run(`drop database ${database}`)
}

function differs(answer: RestAnswer, expected: Expected): string {
  const show = (value: unknown) => JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item))
  const got =
    answer.code === 0 ? { columns: answer.column_meta?.map(([name]) => name), rows: answer.data } : { code: answer.code, desc: answer.desc }
  const mismatch = `engine ${show(got)}\nmodel  ${show(expected)}`
  if ('code' in expected) return answer.code === expected.code ? '' : mismatch
  if (answer.code !== 0) return mismatch
  if ('affected' in expected) return answer.data?.[0]?.[0] === expected.affected ? '' : mismatch
  const same = show(got.columns) === show(expected.columns) && show(got.rows) === show(expected.rows)
  return same ? '' : mismatch
}

function declared({ name, type, length }: ModelColumn): string {
  return length > 0 ? `${name} ${type}(${length})` : `${name} ${type}`
}

function literal(value: Value): string {
  if (typeof value !== 'string') return String(value)
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** The model of one database and the words for its statements. */
class Session {
  readonly #database: string
  readonly #tick: bigint
  readonly #precision: Program['precision']
  readonly #model = new Model(COLUMNS, TAGS)

  constructor(database: string, tick: bigint, precision: Program['precision']) {
    this.#database = database
    this.#tick = tick
    this.#precision = precision
  }

  /** The statements of one step with what the model answers; the model takes the step as well. */
  checks(step: Exclude<Step, { kind: 'reopen' }>): Check[] {
    switch (step.kind) {
      case 'create':
        return [this.#create(step)]
      case 'insert':
        return this.#insert(step.parts)
      case 'insert-through-supertable':
        return this.#insertThroughSupertable(step)
      case 'delete': {
        const [from, to] = this.#range(step)
        const sql = `delete from ${this.#name(step.table)} where ts >= ${from} and ts <= ${to}`
        return [this.#write(sql, (model) => model.delete(step.table, from, to))]
      }
      case 'set-tag': {
        const tag = this.#model.tags.find(({ name }) => name === step.tag)
        const value = tag ? valueFor(tag, step.value) : 1
        return [
          this.#write(`alter table ${this.#name(step.table)} set tag ${step.tag} = ${literal(value)}`, (model) =>
            model.setTag(step.table, step.tag, value),
          ),
        ]
      }
      case 'add-column':
        return [
          this.#write(`${this.#alter(step.table)} add column ${declared(step.column)}`, (model) =>
            model.addColumn(step.table, { ...step.column }),
          ),
        ]
      case 'drop-column':
        if (this.#lastColumn(step.table)) return []
        return [this.#write(`${this.#alter(step.table)} drop column ${step.column}`, (model) => model.dropColumn(step.table, step.column))]
      case 'rename-column':
        if (step.column === step.to) return []
        return [
          this.#write(`${this.#alter(step.table)} rename column ${step.column} ${step.to}`, (model) =>
            model.renameColumn(step.table, step.column, step.to),
          ),
        ]
      case 'widen-column': {
        const owner = step.table === STABLE ? this.#model.columns : (this.#model.tables.get(step.table)?.columns ?? [])
        const { type } = owner.find(({ name }) => name === step.column) ?? { type: 'VARCHAR' }
        const text = type === 'NCHAR' ? 'nchar' : 'varchar'
        const sql = `${this.#alter(step.table)} modify column ${step.column} ${text}(${step.length})`
        return [this.#write(sql, (model) => model.widenColumn(step.table, step.column, step.length))]
      }
      case 'copy':
        return this.#copy(step)
      case 'ends':
        return this.#ends(step)
      case 'windows-by-table':
        return this.#windowsByTable(step)
      case 'page':
        return this.#page(step)
      case 'add-tag':
        return [this.#write(`${this.#alter(STABLE)} add tag ${declared(step.tag)}`, (model) => model.addTag({ ...step.tag }))]
      case 'drop-tag':
        return [this.#write(`${this.#alter(STABLE)} drop tag ${step.tag}`, (model) => model.dropTag(step.tag))]
      case 'rename-tag':
        if (this.#model.tags.some(({ name }) => name === step.to)) return []
        return [this.#write(`${this.#alter(STABLE)} rename tag ${step.tag} ${step.to}`, (model) => model.renameTag(step.tag, step.to))]
      case 'drop':
        return [
          this.#write(`drop table ${step.ifExists ? 'if exists ' : ''}${this.#name(step.table)}`, (model) =>
            model.drop(step.table, step.ifExists),
          ),
        ]
      case 'read':
        return this.#read(step.table)
      case 'summary':
        return this.#summary(step)
      case 'by-table':
        return this.#byTable(step)
      case 'windows':
        return this.#windows(step)
      case 'tags':
        return [this.#tags()]
    }
  }

  #name(table: string): string {
    return `${this.#database}.${table}`
  }

  #alter(table: string): string {
    return `alter ${table === STABLE ? 'stable' : 'table'} ${this.#name(table)}`
  }

  #ts(at: number): bigint {
    return BigInt(at) * STEP_MS * this.#tick
  }

  #range({ from, to }: { readonly from: number; readonly to: number }): [bigint, bigint] {
    return [this.#ts(Math.min(from, to)), this.#ts(Math.max(from, to))]
  }

  /** Dropping the last column but the time is refused by rules of its own, which golden recordings hold. */
  #lastColumn(table: string): boolean {
    return (table === STABLE ? this.#model.columns : (this.#model.tables.get(table)?.columns ?? [])).length < 2
  }

  #write(sql: string, apply: (model: Model) => unknown): Check {
    try {
      return { sql, expected: { affected: Number(apply(this.#model) ?? 0) } }
    } catch (error) {
      if (error instanceof ModelError) return { sql, expected: { code: error.code } }
      throw error
    }
  }

  #create({ table, tags, ifNotExists }: Extract<Step, { kind: 'create' }>): Check {
    const head = `create table ${ifNotExists ? 'if not exists ' : ''}${this.#name(table)}`
    if ((NORMAL_TABLES as readonly string[]).includes(table)) {
      return this.#write(`${head} (ts timestamp, ${COLUMNS.map(declared).join(', ')})`, (model) =>
        model.createNormal(table, COLUMNS, ifNotExists),
      )
    }
    const values = this.#model.tags.map((tag, i) => valueFor(tag, tags[i] ?? null))
    return this.#write(`${head} using ${this.#name(STABLE)} tags (${values.map(literal).join(', ')})`, (model) =>
      model.createSubtable(table, values, ifNotExists),
    )
  }

  #chosen(columns: readonly ModelColumn[], bits: number): ModelColumn[] {
    const chosen = columns.filter((_, i) => (bits & (1 << i)) !== 0)
    return chosen.length > 0 ? chosen : [...columns]
  }

  /** Rows of one clause, each time once or with the same columns all given: what NULL does to an earlier value of the same clause is not told. */
  #rows(columns: readonly ModelColumn[], rows: InsertPart['rows']): { ts: bigint; values: Value[] }[] {
    const seen = new Set<number>()
    return rows
      .filter(({ at }) => !seen.has(at) && seen.add(at))
      .map(({ at, values }) => ({ ts: this.#ts(at), values: columns.map((column, i) => valueFor(column, values[i] ?? null)) }))
  }

  #insert(parts: readonly InsertPart[]): Check[] {
    const model = this.#model
    const clauses: string[] = []
    const writes: (() => number)[] = []
    for (const { table, columns: bits, using, rows } of parts) {
      const known = model.tables.get(table)
      const columns = this.#chosen(
        known && !known.tags ? known.columns : (NORMAL_TABLES as readonly string[]).includes(table) ? COLUMNS : model.columns,
        bits,
      )
      const data = this.#rows(columns, rows)
      const text = `(ts, ${columns.map(({ name }) => name).join(', ')}) values ${data.map(({ ts, values }) => `(${ts}, ${values.map(literal).join(', ')})`).join(' ')}`
      if (using) {
        const tags = model.tags.map((tag, i) => valueFor(tag, using[i] ?? null))
        clauses.push(`${this.#name(table)} using ${this.#name(STABLE)} tags (${tags.map(literal).join(', ')}) ${text}`)
        writes.push(() => {
          // The tags of a table that is there already are not looked at.
          if (!model.tables.has(table)) model.createSubtable(table, tags, false)
          return model.insert(table, columns, data)
        })
      } else {
        clauses.push(`${this.#name(table)} ${text}`)
        writes.push(() => model.insert(table, columns, data))
      }
    }
    const sql = `insert into ${clauses.join(' ')}`
    // A statement is all or nothing, so a wrong clause must not leave the others' rows: what would fail is tried on a copy first.
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

  #insertThroughSupertable({ rows, columns: bits }: Extract<Step, { kind: 'insert-through-supertable' }>): Check[] {
    const model = this.#model
    const columns = this.#chosen(model.columns, bits)
    const seen = new Set<string>()
    const data = rows
      .filter(({ table, at }) => !seen.has(`${table} ${at}`) && seen.add(`${table} ${at}`))
      .map(({ table, at, values }) => ({
        table,
        ts: this.#ts(at),
        values: columns.map((column, i) => valueFor(column, values[i] ?? null)),
      }))
    const sql =
      `insert into ${this.#name(STABLE)} (tbname, ts, ${columns.map(({ name }) => name).join(', ')}) values ` +
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

  #text(ts: bigint): string {
    return timestampText(ts, this.#precision)
  }

  #read(table: string): Check[] {
    const model = this.#model
    if (table === STABLE) {
      const rows = model
        .subtables()
        .flatMap((sub) => ordered(sub).map(([ts, row]) => ({ ts, sub, row })))
        .sort((a, b) => (a.ts !== b.ts ? (a.ts < b.ts ? -1 : 1) : a.sub.name < b.sub.name ? -1 : 1))
      return [
        {
          sql: `select * from ${this.#name(STABLE)} order by ts, tbname`,
          expected: {
            columns: ['ts', ...model.columns.map(({ name }) => name), ...model.tags.map(({ name }) => name)],
            rows: rows.map(({ ts, sub, row }) => [
              this.#text(ts),
              ...cells(model.columns, row),
              ...model.tags.map((tag) => sub.tags!.get(tag) ?? null),
            ]),
          },
        },
      ]
    }
    return [
      this.#query(`select * from ${this.#name(table)} order by ts`, table, (found) => ({
        columns: ['ts', ...model.columnsOf(found).map(({ name }) => name), ...(found.tags ? [] : [])],
        rows: ordered(found).map(([ts, row]) => [this.#text(ts), ...cells(model.columnsOf(found), row)]),
      })),
    ]
  }

  #query(sql: string, table: string, answer: (table: ModelTable) => Extract<Expected, { rows: unknown }>): Check {
    const found = this.#model.tables.get(table)
    return { sql, expected: found === undefined ? { code: 0x2603 } : answer(found) }
  }

  #rowsIn(table: string, [from, to]: readonly [bigint, bigint]): [bigint, ModelRow][] | undefined {
    const tables = table === STABLE ? this.#model.subtables() : [this.#model.tables.get(table)]
    if (tables.includes(undefined)) return undefined
    return tables
      .flatMap((found) => ordered(found!))
      .filter(([ts]) => ts >= from && ts <= to)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  }

  #summary(step: Extract<Step, { kind: 'summary' }>): Check[] {
    const range = this.#range(step)
    const found = this.#model.tables.get(step.table)
    const columns = step.table === STABLE || !found ? this.#model.columns : this.#model.columnsOf(found)
    const numbers = columns.filter(({ type }) => type === 'INT' || type === 'DOUBLE')
    const items = [
      'count(*)',
      ...columns.map(({ name }) => `count(${name})`),
      ...numbers.flatMap(({ name }) => [`sum(${name})`, `min(${name})`, `max(${name})`]),
    ]
    const sql = `select ${items.join(', ')} from ${this.#name(step.table)} where ts >= ${range[0]} and ts <= ${range[1]}`
    const rows = this.#rowsIn(step.table, range)
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

  #byTable({ tag: index, value }: Extract<Step, { kind: 'by-table' }>): Check[] {
    const tag = this.#model.tags[index]
    const wanted = tag && valueFor(tag, value)
    const where = tag === undefined ? '' : wanted === null ? ` where ${tag.name} is null` : ` where ${tag.name} = ${literal(wanted!)}`
    const chosen = this.#model.subtables().filter((table) => tag === undefined || (table.tags!.get(tag) ?? null) === wanted)
    return [
      {
        sql: `select tbname, count(*) from ${this.#name(STABLE)}${where} group by tbname order by tbname`,
        expected: { columns: ['tbname', 'count(*)'], rows: chosen.map(({ name, rows }) => [name, rows.size]) },
      },
    ]
  }

  #windows(step: Extract<Step, { kind: 'windows' }>): Check[] {
    const range = this.#range(step)
    const width = BigInt(step.width) * STEP_MS
    const sql = `select _wstart, count(*) from ${this.#name(step.table)} where ts >= ${range[0]} and ts <= ${range[1]} interval(${width}a) order by _wstart`
    const rows = this.#rowsIn(step.table, range)
    if (rows === undefined) return [{ sql, expected: { code: 0x2603 } }]
    const counts = this.#counts(rows, width).map(([start, count]) => [this.#text(start), count])
    return [{ sql, expected: { columns: ['_wstart', 'count(*)'], rows: counts } }]
  }

  /** Windows that hold rows, by their start, with their numbers of rows; `width` in milliseconds. */
  #counts(rows: readonly [bigint, ModelRow][], width: bigint): [bigint, number][] {
    const ticks = width * this.#tick
    const counts = new Map<bigint, number>()
    for (const [ts] of rows) {
      const rest = ((ts % ticks) + ticks) % ticks
      counts.set(ts - rest, (counts.get(ts - rest) ?? 0) + 1)
    }
    return [...counts]
  }

  /** INSERT … SELECT of one column, where both tables have it alike. */
  #copy({ from, to, column: index }: Extract<Step, { kind: 'copy' }>): Check[] {
    const [source, target] = [this.#model.tables.get(from), this.#model.tables.get(to)]
    if (!source || !target) return []
    const column = this.#model.columnsOf(source)[index]
    const into =
      column &&
      this.#model
        .columnsOf(target)
        .find(({ name, type, length }) => name === column.name && type === column.type && length >= column.length)
    if (!column || !into) return []
    const rows = ordered(source).map(([ts, row]) => ({ ts, values: [row.get(column) ?? null] }))
    const sql = `insert into ${this.#name(to)} (ts, ${into.name}) select ts, ${column.name} from ${this.#name(from)}`
    return [this.#write(sql, (model) => model.insert(to, [into], rows))]
  }

  /** The first and last values of each column, and the last row. */
  #ends(step: Extract<Step, { kind: 'ends' }>): Check[] {
    const range = this.#range(step)
    const where = `where ts >= ${range[0]} and ts <= ${range[1]}`
    const rows = this.#rowsIn(step.table, range)
    const found = this.#model.tables.get(step.table)
    const columns = found ? this.#model.columnsOf(found) : [{ name: 'a' } as ModelColumn]
    return columns.map((column) => {
      const items = [`first(${column.name})`, `last(${column.name})`, `last_row(${column.name})`, 'last_row(ts)', 'count(*)']
      const sql = `select ${items.join(', ')} from ${this.#name(step.table)} ${where}`
      if (rows === undefined) return { sql, expected: { code: 0x2603 } }
      const given = rows.map(([, row]) => row.get(column) ?? null).filter((value) => value !== null)
      const last = rows.at(-1)
      const one = [given[0] ?? null, given.at(-1) ?? null, last?.[1].get(column) ?? null, last ? this.#text(last[0]) : null, rows.length]
      return { sql, expected: { columns: items, rows: [one] } }
    })
  }

  #windowsByTable(step: Extract<Step, { kind: 'windows-by-table' }>): Check[] {
    const range = this.#range(step)
    const width = BigInt(step.width) * STEP_MS
    const sql =
      `select tbname, _wstart, count(*) from ${this.#name(STABLE)} where ts >= ${range[0]} and ts <= ${range[1]} ` +
      `partition by tbname interval(${width}a) order by tbname, _wstart`
    const rows = this.#model
      .subtables()
      .flatMap(({ name }) => this.#counts(this.#rowsIn(name, range)!, width).map(([start, count]) => [name, this.#text(start), count]))
    return [{ sql, expected: { columns: ['tbname', '_wstart', 'count(*)'], rows } }]
  }

  #page({ table, descending, limit, offset }: Extract<Step, { kind: 'page' }>): Check[] {
    const direction = descending ? ' desc' : ''
    const sql = `select ts, tbname from ${this.#name(table)} order by ts${direction}, tbname${direction} limit ${limit} offset ${offset}`
    const tables = table === STABLE ? this.#model.subtables() : [this.#model.tables.get(table)]
    if (tables.includes(undefined)) return [{ sql, expected: { code: 0x2603 } }]
    const all = tables.flatMap((found) => ordered(found!).map(([ts]) => ({ ts, name: found!.name })))
    all.sort((a, b) => (a.ts !== b.ts ? (a.ts < b.ts ? -1 : 1) : a.name < b.name ? -1 : 1))
    if (descending) all.reverse()
    const rows = all.slice(offset, offset + limit).map(({ ts, name }) => [this.#text(ts), name])
    return [{ sql, expected: { columns: ['ts', 'tbname'], rows } }]
  }

  #tags(): Check {
    const { tags } = this.#model
    return {
      sql: `select tags tbname, ${tags.map(({ name }) => name).join(', ')} from ${this.#name(STABLE)} order by tbname`,
      expected: {
        columns: ['tbname', ...tags.map(({ name }) => name)],
        rows: this.#model.subtables().map((table) => [table.name, ...tags.map((tag) => table.tags!.get(tag) ?? null)]),
      },
    }
  }
}

function cells(columns: readonly ModelColumn[], row: ModelRow): Value[] {
  return columns.map((column) => row.get(column) ?? null)
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
