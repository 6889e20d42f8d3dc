import type { BoundColumn, BoundTable } from 'taosts/wire'
import { SqlError } from '../errors.ts'
import type { Relation } from '../plan/index.ts'
import { checkAccess, checkWrites } from '../session/access.ts'
import type { Rows } from '../session/answer.ts'
import { writeSets } from '../session/insert/run-insert.ts'
import { ValueSource } from '../session/insert/value-source.ts'
import { plan, runRelation } from '../session/query.ts'
import type { Session } from '../session/session.ts'
import type { StatementContext } from '../session/statement-context.ts'
import type { Query } from '../sql/ast.ts'
import { Lexer, T } from '../sql/lexer.ts'
import { parse } from '../sql/statement.ts'
import type { RowSet } from '../storage/row-set.ts'
import { StaleSchema } from '../storage/write-rows.ts'
import { type BoundField, InsertBinding, type InsertSurroundings, wrongCount } from './insert-binding.ts'
import { type InsertTemplate, parameterCount, readTemplate } from './insert-template.ts'
import { placeholders, substitute } from './parameters.ts'

/** What a text is to a prepared statement: INSERT, SELECT with a FROM, or neither. */
export function statementKind(sql: string): 'insert' | 'select' | undefined {
  const lexer = new Lexer(sql, 0)
  const next = () => {
    lexer.next()
    return lexer.word
  }
  const first = next()
  if (first === 'insert' || first === 'import') return 'insert'
  if (first !== 'select') return undefined
  while (lexer.type !== T.end) if (next() === 'from') return 'select'
  return undefined
}

/** A prepared INSERT: its values are bound table by table and written together. */
export class PreparedInsert {
  readonly #session: Session
  readonly #template: InsertTemplate
  #binding: InsertBinding | undefined
  #name: string | undefined
  /** Rows of tables named before the last. */
  readonly #pending: RowSet[] = []
  /** Tables of which some columns are bound, and others are not yet. */
  #columnwise: readonly BoundTable[] | undefined

  /** Throws a SqlError 0x0216 for text that is no INSERT with one row of VALUES. */
  constructor(session: Session, sql: string) {
    this.#session = session
    this.#template = readTemplate(sql)
  }

  get parameterCount(): number {
    return parameterCount(this.#template)
  }

  /** Whether a `?` stands where the table's name does. */
  get isNameOpen(): boolean {
    return this.#template.table === null
  }

  /** Whether the table has no tags. Throws as `fields` does. */
  get isOfNormalTable(): boolean {
    return this.#resolve().isOfNormalTable
  }

  /** What the `?` stand for, in the order of the statement. Throws 0x2603 and others when tables or columns are missing. */
  fields(): readonly BoundField[] {
    return this.#resolve().fields
  }

  /** Looks the tables up, with the name of the one that `?` stands for. */
  #resolve(): InsertBinding {
    this.#binding ??= new InsertBinding(this.#template, this.#surroundings(), this.#name)
    return this.#binding
  }

  /** Names the table of what is bound next; what was bound before stays. */
  nameTable(name: string): void {
    this.#name = name
    if (this.#binding?.goOnWith(name)) return
    const binding = new InsertBinding(this.#template, this.#surroundings(), name)
    this.#pending.push(...(this.#binding?.take() ?? []))
    this.#binding = binding
  }

  #surroundings(): InsertSurroundings {
    const { engine, database, timezone, fixedOffset } = this.#session
    return {
      catalog: engine.catalog,
      database,
      sets: engine.rowSets,
      valueSource: (sql) => new ValueSource(sql, 0, timezone, engine.zones, fixedOffset),
    }
  }

  /** Adds the values of several tables. Throws a SqlError in TDengine's words; tables before the wrong one are then kept. */
  bindAll(tables: readonly BoundTable[]): void {
    if (!this.isNameOpen || this.#template.using)
      this.#resolve().reserve(tables.reduce((sum, { columns }) => sum + (columns[0]?.rows ?? 0), 0))
    for (const table of tables) this.bind(table)
  }

  /**
   * Adds one column's values, the columns of a statement one after the other from the first: with the last of them the rows are complete.
   * Names and tags come with the first. Throws 0x022A for a column out of turn.
   */
  bindColumn(tables: readonly BoundTable[], index: number): void {
    const [first] = tables
    if (index === 0 && first?.name !== undefined && this.isNameOpen && !this.#template.using) this.nameTable(first.name)
    const count = this.fields().filter(({ bind }) => bind === 'column').length
    if (tables.some(({ columns }) => columns.length !== 1)) throw wrongCount()
    if (index >= count) throw wrongCount()
    if (index === 0) this.#columnwise = tables
    else {
      const before = this.#columnwise
      if (before?.[0]?.columns.length !== index || before.length !== tables.length) throw new SqlError(0x022a, 'Stmt API usage error')
      this.#columnwise = before.map((table, i) => ({ ...table, columns: [...table.columns, ...tables[i]!.columns] }))
    }
    if (index < count - 1) return
    const whole = this.#columnwise!
    this.#columnwise = undefined
    this.bindAll(whole)
  }

  /** Adds a table's values. Throws a SqlError in TDengine's words; nothing of the table is then kept. */
  bind(table: BoundTable): void {
    if (this.isNameOpen && !this.#template.using && table.name !== undefined) this.nameTable(table.name)
    this.#resolve().bind(table)
  }

  /** Whether there is something to write. */
  get hasRows(): boolean {
    return this.#pending.length > 0 || (this.#binding?.rows ?? 0) > 0
  }

  /** Writes what was bound, all or nothing; the number of rows. */
  async write(): Promise<number> {
    if (this.#columnwise) throw new SqlError(0x022a, 'Stmt API usage error')
    const sets = [...this.#pending.splice(0), ...(this.#binding?.take() ?? [])]
    this.#binding = undefined
    if (sets.length === 0 && this.parameterCount === 0) {
      const answer = await this.#session.execute(this.#template.sql)
      return answer.kind === 'update' ? answer.affectedRows : 0
    }
    checkWrites(this.#session.engine, this.#session.user, sets)
    try {
      const affected = await writeSets(this.#session.engine, sets)
      this.#session.engine.rowSets.give(sets)
      return affected
    } catch (error) {
      // The rows were laid out for columns that ALTER has changed since.
      if (error instanceof StaleSchema) throw new SqlError(0x0125, 'Retry needed')
      throw error
    }
  }
}

/** A prepared SELECT: values for its `?`, and the rows that it then gives. */
export class PreparedQuery {
  readonly #session: Session
  readonly #sql: string
  readonly #query: Query
  readonly #abort = new AbortController()
  readonly parameterCount: number
  #values: readonly BoundColumn[] | undefined
  /** The plan for the values bound last, until it has run. */
  #plan: Relation | undefined

  /** Throws a SqlError for a syntax error. */
  constructor(session: Session, sql: string) {
    this.#session = session
    this.#sql = sql
    const statement = parse(sql, { maxLength: session.engine.limits.statementLength, placeholders: true })
    if (statement.kind !== 'select' && statement.kind !== 'union') throw new SqlError(0x2600, "stmt only support 'SELECT' or 'INSERT'")
    this.#query = statement
    checkAccess(statement, this.#context())
    this.parameterCount = placeholders(statement).length
  }

  get isBound(): boolean {
    return this.#values !== undefined
  }

  /** Binds one value a `?` and plans the query with them. Throws 0x0236 when their number differs, and what planning finds wrong. */
  async bind(values: readonly BoundColumn[]): Promise<void> {
    this.#plan = await plan(substitute(this.#query, values), this.#context())
    this.#values = values
  }

  /** Runs the query with the values bound last. */
  async run(): Promise<Rows> {
    const context = this.#context()
    const relation = this.#plan ?? (await plan(substitute(this.#query, this.#values ?? []), context))
    this.#plan = undefined
    return runRelation(relation, context)
  }

  #context(): StatementContext {
    const { engine, database } = this.#session
    return { session: this.#session, engine, sql: this.#sql, database, signal: this.#abort.signal }
  }

  /** Ends what still runs. */
  close(): void {
    this.#abort.abort()
  }
}
