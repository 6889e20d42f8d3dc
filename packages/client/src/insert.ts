import { type ColumnarRows, checkShape, type InsertField, ROWS_PER_MESSAGE, type RowInput } from './bound-rows.ts'
import type { CallOptions, Feature } from './driver/driver.ts'
import { waitFor } from './driver/wait-for.ts'
import { show } from './duration.ts'
import { DataError, InterfaceError, StatementError, TaosError } from './errors.ts'
import { literal, quoteIdentifier } from './literal.ts'
import type { QueryOptions } from './options.ts'
import { type BindOptions, encoding, type PreparedStatement } from './prepared-statement.ts'
import { hasKeys, type RowSource, sourceOfColumns, sourceOfRows } from './row-source.ts'
import { StatementCache } from './statement-cache.ts'
import { readShape, splitName, type TableShape } from './table-shape.ts'
import {
  type BindField,
  type BindShape,
  type BindTable,
  encodeBind,
  geoJsonToWkt,
  type Precision,
  schemaBytes,
  TypeCode,
  toTicks,
  toWkb,
  typeOfName,
  ValueError,
  wkbToGeoJson,
} from './wire/index.ts'

/** Where rows go that are no rows of the table itself. */
export interface InsertOptions extends BindOptions {
  /** The supertable of the table, which is made when it is missing. */
  readonly using?: string | undefined
  /** Tags of the table, with `using`. */
  readonly tags?: Readonly<Record<string, unknown>> | undefined
}

/** What inserting needs of a connection. */
export interface InsertHost {
  readonly features: ReadonlySet<Feature>
  prepare(sql: string): Promise<PreparedStatement>
  values(sql: string): Promise<unknown[][]>
  execute(sql: string, options: QueryOptions): Promise<number>
  callOptions(options: QueryOptions): CallOptions
  currentDatabase(): Promise<string | undefined>
}

/** Bytes of an INSERT statement's text at most, below the server's default limit of 1 MiB. */
const TEXT_LIMIT = 900_000

/** What an attempt to insert has used, so that what is out of date can be told and forgotten. */
interface Used {
  shape?: TableShape
  /** The shape or the statement was known from before. */
  known: boolean
  sql?: string
  statement?: PreparedStatement
}

/** Writes rows into tables by name: looks up what the table has, keeps its statement prepared. */
export class Inserter {
  readonly #host: InsertHost
  readonly #shapes = new Map<string, Promise<TableShape>>()
  readonly #statements: StatementCache
  readonly #precisions = new Map<string, Promise<Precision>>()

  constructor(host: InsertHost) {
    this.#host = host
    this.#statements = new StatementCache((sql) => host.prepare(sql))
  }

  /**
   * Rows written. What the connection knew of the table may be out of date, after an ALTER or a lost connection: then it is looked up and prepared
   * again, and the rows are written once more, over those that were written already.
   */
  async insert(table: string, rows: readonly RowInput[] | ColumnarRows, options: InsertOptions = {}): Promise<number> {
    for (let attempt = 0; ; attempt++) {
      const used: Used = { known: false }
      try {
        return await this.#attempt(table, rows, options, used)
      } catch (error) {
        if (!(await this.#outdated(error, options.using ?? table, used)) || attempt >= 2) throw error
      }
    }
  }

  async #attempt(table: string, rows: readonly RowInput[] | ColumnarRows, options: InsertOptions, used: Used): Promise<number> {
    if (isRowList(rows) && rows.length === 0) return 0
    const { using, tags, ...rest } = options
    const target = await this.#target(table, using, tags, rows, used)
    if (!this.#host.features.has('statements')) return await this.#insertText(target, rest)
    used.sql = target.sql
    used.known ||= this.#statements.has(target.sql)
    const statement = await this.#prepared(target.sql, rest)
    used.statement = statement
    return await statement.write(target.source(statement.fields), rest)
  }

  /** Forgets what an error puts in doubt; true when another attempt, with what is true now, may go better. */
  async #outdated(error: unknown, name: string, used: Used): Promise<boolean> {
    // Another call has closed the statement while this one waited for it.
    if (error instanceof InterfaceError) return used.statement?.isClosed === true
    const byServer = error instanceof TaosError && error.code !== 0
    if (error instanceof DataError && !byServer) {
      if (!used.known || used.shape === undefined) return false
      this.#shapes.delete(name)
      const now = await this.#shape(name).catch(() => undefined)
      if (now === undefined || JSON.stringify(now) === JSON.stringify(used.shape)) return false
    } else if (byServer) this.#shapes.delete(name)
    // Whatever the error, rows may lie bound in the statement that are not written.
    if (used.sql !== undefined && used.statement !== undefined) await this.#statements.drop(used.sql, used.statement)
    return used.known && (byServer || error instanceof DataError || error instanceof StatementError)
  }

  /** Runs an INSERT that is given as text with a `?` for each value: prepared once, bound by rows. Undefined where it cannot be bound. */
  async run(sql: string, rows: readonly (readonly unknown[])[], options: BindOptions): Promise<number | undefined> {
    for (let attempt = 0; ; attempt++) {
      let statement: PreparedStatement
      try {
        statement = await this.#prepared(sql, options)
      } catch (error) {
        // As text, the server says what is wrong with it, and where.
        if (error instanceof TaosError && error.code !== 0) return undefined
        throw error
      }
      if (!canBind(statement, rows)) return undefined
      try {
        return await statement.execute(rows, options)
      } catch (error) {
        const closed = error instanceof InterfaceError && statement.isClosed
        if (error instanceof DataError && error.code === 0) {
          // A value of another kind than the column: the server converts what it can.
          if ((error.cause as Error | undefined)?.cause instanceof TypeError) return undefined
          throw error
        }
        if (!closed) await this.#statements.drop(sql, statement)
        const again = closed || error instanceof StatementError || (error instanceof TaosError && error.code !== 0)
        if (!again || attempt >= 1) throw error
      }
    }
  }

  /** The statement, prepared once for all who ask; each waits no longer than its own call may take. */
  #prepared(sql: string, { batchSize: _, ...options }: BindOptions): Promise<PreparedStatement> {
    return waitFor(this.#statements.get(sql), this.#host.callOptions(options), 'the statement was not prepared')
  }

  /** The unit of time of the database of a table, by the table's name as SQL has it. */
  async precisionOf(table: string): Promise<Precision> {
    return await this.#precision(splitName(table))
  }

  async #target(
    table: string,
    using: string | undefined,
    tags: InsertOptions['tags'],
    rows: readonly RowInput[] | ColumnarRows,
    used: Used,
  ): Promise<Target> {
    if (tags !== undefined && (typeof tags !== 'object' || tags === null || Array.isArray(tags)))
      throw new InterfaceError(`tags have to be an object of values by name, not ${show(tags)}`)
    if (tags !== undefined && using === undefined) throw new InterfaceError('tags need using, the supertable that they belong to')
    used.known = this.#shapes.has(using ?? table)
    const shape = await this.#shape(using ?? table)
    used.shape = shape
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

  /** Forgets what belongs to a session that is gone, or to another database. */
  reset(): void {
    this.#statements.clear()
    this.#shapes.clear()
  }

  /** The same rows as text, for connections that cannot bind: exact literals, in statements of a bounded size, every value checked before the first goes. */
  async #insertText(target: Target, options: BindOptions): Promise<number> {
    const { batchSize: _, ...call } = options
    const precision = await this.#precision(splitName(target.shape.sql))
    const shape = bindShapeOf(target, precision)
    const source = target.source(target.fields)
    const statements: string[] = []
    for (let first = 0; first < source.rows; ) {
      first += encoding(
        () => {
          const { tables, rows } = source.take(first, ROWS_PER_MESSAGE)
          encodeBind(shape, tables)
          statements.push(...target.text(tables, precision))
          return rows
        },
        { place: source.place },
      )
    }
    let written = 0
    for (const sql of statements) written += await this.#host.execute(sql, call)
    return written
  }

  async #precision(parts: readonly string[]): Promise<Precision> {
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

/** Whether values of these kinds mean the same when they are bound as when they stand in the statement. */
function canBind({ isInsert, fields }: PreparedStatement, rows: readonly (readonly unknown[])[]): boolean {
  if (!isInsert || fields.length !== rows[0]!.length) return false
  // Where a text without an offset is, the server decides.
  const times = fields.flatMap(({ type }, at) => (type === TypeCode.TIMESTAMP ? [at] : []))
  return rows.every((row) => times.every((at) => typeof row[at] !== 'string' || /(?:Z|[+-]\d\d:?\d\d)$/i.test(row[at])))
}

/** What a table's columns take, for checking values that go as text. */
function bindShapeOf({ shape, fields }: Target, precision: Precision): BindShape {
  const described = new Map([...shape.columns, ...shape.tags].map((column) => [column.name, column]))
  const fieldsOf = (bindType: InsertField['bindType']): BindField[] =>
    fields.flatMap(({ name, bindType: own }) => {
      if (own !== bindType) return []
      const { type: text, length } = described.get(name)!
      const type = typeOfName(text)!.code
      return [{ type, precision, bytes: schemaBytes(type, length), name }]
    })
  return { names: fields.some(({ bindType }) => bindType === 'tbname'), tags: fieldsOf('tag'), columns: fieldsOf('column') }
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
      if (known) continue
      const row = rowWith(rows, name)
      throw new DataError(
        `${row === undefined ? '' : `row ${row}: `}${shape.sql} has no column ${name}; it has ${[...shape.columns, ...shape.tags].map((column) => column.name).join(', ')}`,
        { column: name, row },
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
      throw new DataError(`rows for the supertable ${shape.sql} have to be objects, so that their tbname and tags can be told apart`, {
        row: rowWith(rows),
      })
    if (table === undefined && !used.has('tbname') && !('tbname' in rows && rows.tbname !== undefined))
      throw new DataError(`${shape.sql} is a supertable: each row needs its tbname`)
    this.fields = [{ name: 'tbname', bindType: 'tbname' }, ...given.map(({ name }): InsertField => ({ name, bindType: 'tag' })), ...data]
    const tagList = given.map(({ name }) => quoteIdentifier(name)).join(', ')
    this.sql =
      given.length > 0
        ? `INSERT INTO ? USING ${shape.sql} (${tagList}) TAGS (${marks(given.length)}) (${list}) VALUES (${marks(columns.length)})`
        : `INSERT INTO ${shape.sql} (tbname, ${list}) VALUES (${marks(columns.length + 1)})`
  }

  /** The rows as a statement with these fields takes them. */
  source(fields: readonly InsertField[]): RowSource {
    const rows = this.#rows
    const time = this.shape.columns[0]!.name
    if (!isRowList(rows)) return sourceOfColumns(fields, this.#columnar(rows), time)
    const constants = { ...this.#tags, ...(this.#table === undefined ? {} : { tbname: this.#table.plain }) }
    return sourceOfRows(fields, rows, { constants, time })
  }

  #columnar(rows: ColumnarRows): ColumnarRows {
    return { ...rows, tags: { ...this.#tags, ...rows.tags }, ...(this.#table === undefined ? {} : { tbname: this.#table.plain }) }
  }

  /** INSERT statements with the rows as literals. */
  *text(tables: readonly BindTable[], precision: Precision): Generator<string> {
    const dataFields = this.fields.filter(({ bindType }) => bindType === 'column')
    const tagFields = this.fields.filter(({ bindType }) => bindType === 'tag')
    const typeOf = new Map([...this.shape.columns, ...this.shape.tags].map(({ name, type }) => [name, type]))
    const list = dataFields.map(({ name }) => quoteIdentifier(name)).join(', ')
    const cell = (name: string, value: unknown, row: number): string => {
      if (value === null || value === undefined) return 'NULL'
      const type = typeOf.get(name)
      try {
        if (type === 'TIMESTAMP') return String(toTicks(value as Date, precision))
        if (type === 'GEOMETRY') return literal(geoJsonToWkt(wkbToGeoJson(toWkb(value))), 'it')
        return literal(value, 'it')
      } catch (error) {
        throw new ValueError(row, error, name)
      }
    }
    let sql = 'INSERT INTO'
    for (const { name, tags, columns: data, rows } of tables) {
      const using =
        tagFields.length === 0
          ? ''
          : ` USING ${this.shape.sql} (${tagFields.map((field) => quoteIdentifier(field.name)).join(', ')}) TAGS (${tagFields
              .map((field, i) => {
                const { values, start = 0 } = tags![i]!
                return cell(field.name, values[start], start)
              })
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

/** The first row that has a name; without one, the first that is an array. */
function rowWith(rows: readonly RowInput[] | ColumnarRows, name?: string): number | undefined {
  if (!isRowList(rows)) return undefined
  const at = rows.findIndex((row) => (name === undefined ? Array.isArray(row) : typeof row === 'object' && row !== null && name in row))
  return at < 0 ? undefined : at
}

function isRowList(rows: readonly RowInput[] | ColumnarRows): rows is readonly RowInput[] {
  return Array.isArray(rows)
}

/** The names that rows use; undefined for rows as arrays, which have every column. */
function namesUsed(rows: readonly RowInput[] | ColumnarRows): Set<string> | undefined {
  if (!isRowList(rows)) {
    checkShape(rows)
    return new Set([...Object.keys(rows.columns), ...Object.keys(rows.tags ?? {}), ...(rows.tbname === undefined ? [] : ['tbname'])])
  }
  const names = new Set<string>()
  let keys: string[] = []
  for (const row of rows) {
    if (Array.isArray(row)) return undefined
    if (typeof row !== 'object' || row === null || hasKeys(row as Readonly<Record<string, unknown>>, keys)) continue
    keys = []
    for (const name in row) keys.push(name)
    for (const name of keys) names.add(name)
  }
  return names
}
