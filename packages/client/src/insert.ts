import {
  type ColumnarRows,
  type ColumnInput,
  columnsOfInput,
  columnsOfRows,
  groupByTable,
  type InsertField,
  type RowInput,
} from './bound-rows.ts'
import type { Feature } from './driver/driver.ts'
import { DataError, InterfaceError, TaosError } from './errors.ts'
import { literal, quoteIdentifier } from './literal.ts'
import type { QueryOptions } from './options.ts'
import type { BindOptions, PreparedStatement } from './prepared-statement.ts'
import { readShape, splitName, type TableShape } from './table-shape.ts'
import { type Precision, toTicks } from './wire/index.ts'

/** Where rows go that are no rows of the table itself. */
export interface InsertOptions extends BindOptions {
  /** The supertable of the table, which is made when it is missing. */
  readonly using?: string
  /** Tags of the table, with `using`. */
  readonly tags?: Readonly<Record<string, unknown>>
}

/** What inserting needs of a connection. */
export interface InsertHost {
  readonly features: ReadonlySet<Feature>
  prepare(sql: string): Promise<PreparedStatement>
  values(sql: string): Promise<unknown[][]>
  execute(sql: string, options: QueryOptions): Promise<number>
  currentDatabase(): Promise<string | undefined>
}

/** Prepared statements kept open by a connection. */
const KEPT_STATEMENTS = 16
/** Bytes of an INSERT statement's text at most, below the server's default limit of 1 MiB. */
const TEXT_LIMIT = 900_000

/** Writes rows into tables by name: looks up what the table has, keeps its statement prepared. */
export class Inserter {
  readonly #host: InsertHost
  readonly #shapes = new Map<string, Promise<TableShape>>()
  readonly #statements = new Map<string, Promise<PreparedStatement>>()
  readonly #precisions = new Map<string, Promise<Precision>>()

  constructor(host: InsertHost) {
    this.#host = host
  }

  /** Rows written. A statement that the server no longer takes, after an ALTER or a lost connection, is prepared again once. */
  async insert(table: string, rows: readonly RowInput[] | ColumnarRows, options: InsertOptions = {}): Promise<number> {
    const { using, tags, ...rest } = options
    const target = await this.#target(table, using, tags, rows)
    const { columns, count } = target.take()
    if (count === 0) return 0
    if (!this.#host.features.has('statements')) return await this.#insertText(target, columns, count, rest)
    const statement = await this.#prepared(target.sql)
    try {
      return await statement.executeColumns({ columns: Object.fromEntries(target.fields.map(({ name }, i) => [name, columns[i]!])) }, rest)
    } catch (error) {
      if (error instanceof TaosError && error.code !== 0) this.#forget(target.sql, table, using)
      throw error
    }
  }

  async #target(
    table: string,
    using: string | undefined,
    tags: InsertOptions['tags'],
    rows: readonly RowInput[] | ColumnarRows,
  ): Promise<Target> {
    if (tags !== undefined && using === undefined) throw new InterfaceError('tags need using, the supertable that they belong to')
    const shape = await this.#shape(using ?? table)
    if (using !== undefined && shape.tags.length === 0) throw new DataError(`${using} is no supertable`)
    return new Target(shape, using === undefined ? undefined : quoteTable(table), tags, rows)
  }

  #shape(name: string): Promise<TableShape> {
    let shape = this.#shapes.get(name)
    if (shape === undefined) {
      shape = readShape(name, (sql) => this.#host.values(sql))
      shape.catch(() => this.#shapes.delete(name))
      this.#shapes.set(name, shape)
    }
    return shape
  }

  #prepared(sql: string): Promise<PreparedStatement> {
    const found = this.#statements.get(sql)
    // Found ones move to the end: the first is the one that was not used for longest.
    this.#statements.delete(sql)
    const statement = found ?? this.#host.prepare(sql)
    this.#statements.set(sql, statement)
    if (found === undefined) {
      statement.catch(() => this.#statements.delete(sql))
      const [oldest] = this.#statements
      if (this.#statements.size > KEPT_STATEMENTS && oldest !== undefined) {
        this.#statements.delete(oldest[0])
        void closeQuietly(oldest[1])
      }
    }
    return statement
  }

  #forget(sql: string, table: string, using: string | undefined): void {
    const statement = this.#statements.get(sql)
    this.#statements.delete(sql)
    this.#shapes.delete(using ?? table)
    if (statement !== undefined) void closeQuietly(statement)
  }

  /** Forgets what belongs to a session that is gone, or to another database. */
  reset(): void {
    for (const statement of this.#statements.values()) void closeQuietly(statement)
    this.#statements.clear()
    this.#shapes.clear()
  }

  /** The same rows as text, for connections that cannot bind: exact literals, in statements of a bounded size. */
  async #insertText(target: Target, columns: readonly ColumnInput[], count: number, options: BindOptions): Promise<number> {
    const { batchSize: _, ...call } = options
    const precision = await this.#precision(target.shape)
    let written = 0
    for (const sql of target.text(columns, count, precision)) written += await this.#host.execute(sql, call)
    return written
  }

  async #precision(shape: TableShape): Promise<Precision> {
    const parts = splitName(shape.sql)
    const database = parts.length === 2 ? parts[0]! : ((await this.#host.currentDatabase()) ?? '')
    let precision = this.#precisions.get(database)
    if (precision === undefined) {
      precision = this.#host
        .values(`SELECT \`precision\` FROM information_schema.ins_databases WHERE name = ${literal(database, 'the database')}`)
        .then(([row]) => {
          if (row === undefined) throw new DataError('choose a database: selectDb(), or write database.table')
          return row[0] as Precision
        })
      precision.catch(() => this.#precisions.delete(database))
      this.#precisions.set(database, precision)
    }
    return precision
  }
}

async function closeQuietly(statement: Promise<PreparedStatement>): Promise<void> {
  try {
    await (await statement).close()
  } catch {
    // It went with its connection.
  }
}

function quoteTable(name: string): { readonly sql: string; readonly plain: string } {
  const parts = splitName(name)
  return { sql: quoteIdentifier(...parts), plain: parts.join('.') }
}

/** One call's target: which statement writes it, and its rows as columns in the order of the statement's `?`. */
class Target {
  readonly shape: TableShape
  readonly fields: readonly InsertField[]
  readonly sql: string
  readonly #rows: readonly RowInput[] | ColumnarRows
  readonly #tags: Readonly<Record<string, unknown>>
  readonly #table: { readonly sql: string; readonly plain: string } | undefined

  constructor(
    shape: TableShape,
    table: { readonly sql: string; readonly plain: string } | undefined,
    tags: Readonly<Record<string, unknown>> = {},
    rows: readonly RowInput[] | ColumnarRows,
  ) {
    this.shape = shape
    this.#rows = rows
    this.#tags = tags
    this.#table = table
    const used = namesUsed(rows)
    const isSuper = shape.tags.length > 0
    for (const name of [...(used ?? []), ...Object.keys(tags)]) {
      const known =
        shape.columns.some((column) => column.name === name) ||
        (isSuper && (name === 'tbname' || shape.tags.some((tag) => tag.name === name)))
      if (!known)
        throw new DataError(
          `${shape.sql} has no column ${name}; it has ${[...shape.columns, ...shape.tags].map((column) => column.name).join(', ')}`,
        )
    }
    const columns = shape.columns.filter(({ name }) => used === undefined || used.has(name))
    const first = shape.columns[0]!
    if (!columns.includes(first)) throw new DataError(`the rows lack ${first.name}, the time of ${shape.sql}`)
    const list = columns.map(({ name }) => quoteIdentifier(name)).join(', ')
    const marks = (count: number) => new Array(count).fill('?').join(', ')
    const data = columns.map(({ name }): InsertField => ({ name, bindType: 'column' }))
    if (!isSuper) {
      this.fields = data
      this.sql = `INSERT INTO ${shape.sql} (${list}) VALUES (${marks(columns.length)})`
      return
    }
    const given = shape.tags.filter(({ name }) => used?.has(name) || name in tags)
    if (used === undefined)
      throw new DataError(`rows for the supertable ${shape.sql} have to be objects, so that their tbname and tags can be told apart`)
    if (table === undefined && !used.has('tbname') && !('tbname' in rows && rows.tbname !== undefined))
      throw new DataError(`${shape.sql} is a supertable: each row needs its tbname`)
    this.fields = [{ name: 'tbname', bindType: 'tbname' }, ...given.map(({ name }): InsertField => ({ name, bindType: 'tag' })), ...data]
    const tagList = given.map(({ name }) => quoteIdentifier(name)).join(', ')
    this.sql =
      given.length > 0
        ? `INSERT INTO ? USING ${shape.sql} (${tagList}) TAGS (${marks(given.length)}) (${list}) VALUES (${marks(columns.length)})`
        : `INSERT INTO ${shape.sql} (tbname, ${list}) VALUES (${marks(columns.length + 1)})`
  }

  take(): { columns: ColumnInput[]; count: number } {
    const rows = this.#rows
    const constant = (value: unknown): ColumnInput => ({ values: { length: 1, 0: value } })
    if (!isRowList(rows)) {
      const input = { ...rows, tags: { ...this.#tags, ...rows.tags }, ...(this.#table === undefined ? {} : { tbname: this.#table.plain }) }
      const { values, rows: count } = columnsOfInput(this.fields, input)
      return { columns: values, count }
    }
    const own = this.fields.filter(({ name }) => !((name === 'tbname' && this.#table !== undefined) || name in this.#tags))
    const taken = columnsOfRows(own, rows)
    const columns = this.fields.map(({ name }) => {
      const at = own.findIndex((field) => field.name === name)
      return at >= 0 ? taken[at]! : constant(name === 'tbname' ? this.#table!.plain : this.#tags[name])
    })
    return { columns, count: rows.length }
  }

  /** INSERT statements with the rows as literals. */
  *text(columns: readonly ColumnInput[], count: number, precision: Precision): Generator<string> {
    const tables = groupByTable(this.fields, columns, 0, count)
    const dataFields = this.fields.filter(({ bindType }) => bindType === 'column')
    const tagFields = this.fields.filter(({ bindType }) => bindType === 'tag')
    const typeOf = new Map([...this.shape.columns, ...this.shape.tags].map(({ name, type }) => [name, type]))
    const list = dataFields.map(({ name }) => quoteIdentifier(name)).join(', ')
    const cell = (name: string, value: unknown, row: number): string => {
      if (value === null || value === undefined) return 'NULL'
      if (typeOf.get(name) === 'TIMESTAMP') {
        try {
          return String(toTicks(value as Date, precision))
        } catch (error) {
          throw new DataError(`column ${name}, row ${row}: ${(error as Error).message}`, { cause: error })
        }
      }
      return literal(value, `column ${name}, row ${row}`)
    }
    let sql = 'INSERT INTO'
    for (const { name, tags, columns: data, rows } of tables) {
      const using =
        tagFields.length === 0
          ? ''
          : ` USING ${this.shape.sql} (${tagFields.map((field) => quoteIdentifier(field.name)).join(', ')}) TAGS (${tagFields
              .map((field, i) => cell(field.name, tags![i]!.values[0], 0))
              .join(', ')})`
      const database = this.shape.sql.includes('.') ? `${this.shape.sql.split('.')[0]}.` : ''
      const head = ` ${name === undefined ? this.shape.sql : `${database}${quoteIdentifier(name)}`}${using} (${list}) VALUES`
      sql += head
      for (let i = 0; i < rows; i++) {
        if (sql.length > TEXT_LIMIT) {
          yield sql
          sql = `INSERT INTO${head}`
        }
        const cells = data.map(({ values, nulls, index, start = 0 }, c) => {
          const row = index === undefined ? start + i : index[start + i]!
          return nulls !== undefined && nulls[row] !== 0 ? 'NULL' : cell(dataFields[c]!.name, values[row], row)
        })
        sql += ` (${cells.join(', ')})`
      }
    }
    yield sql
  }
}

function isRowList(rows: readonly RowInput[] | ColumnarRows): rows is readonly RowInput[] {
  return Array.isArray(rows)
}

/** The names that rows use; undefined for rows as arrays, which have every column. */
function namesUsed(rows: readonly RowInput[] | ColumnarRows): Set<string> | undefined {
  if (!isRowList(rows)) {
    if (typeof rows !== 'object' || rows === null || typeof rows.columns !== 'object')
      throw new InterfaceError('rows are a list of rows, or { columns }')
    return new Set([...Object.keys(rows.columns), ...Object.keys(rows.tags ?? {}), ...(rows.tbname === undefined ? [] : ['tbname'])])
  }
  const names = new Set<string>()
  for (const row of rows) {
    if (Array.isArray(row)) return undefined
    for (const name in row as object) names.add(name)
  }
  return names
}
