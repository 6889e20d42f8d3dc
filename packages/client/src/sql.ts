import { InterfaceError } from './errors.ts'
import { quoteIdentifier, type SqlValue } from './literal.ts'
import type { QueryOptions } from './options.ts'
import type { DefaultRow, Result } from './result.ts'
import type { ResultBlock } from './result-column.ts'
import { Statement } from './statement.ts'

/** What may stand in a template: a value, a fragment made by `sql`, or `sql.identifier(…)`. */
export type SqlTemplateValue = SqlValue | SqlFragment

/** A piece of SQL whose values are kept apart from its text; fragments nest. */
export class SqlFragment {
  readonly #texts: readonly string[]
  readonly #values: readonly SqlTemplateValue[]

  constructor(texts: readonly string[], values: readonly SqlTemplateValue[]) {
    this.#texts = texts
    this.#values = values
  }

  /** The fragment as one statement, nested ones put in place and values as literals. */
  statement(): Statement {
    const texts: string[] = []
    const values: unknown[] = []
    let open = ''
    const visit = (fragment: SqlFragment): void => {
      for (const [i, text] of fragment.#texts.entries()) {
        open += text
        if (i >= fragment.#values.length) continue
        const value = fragment.#values[i]
        if (value instanceof SqlFragment) visit(value)
        else {
          texts.push(open)
          open = ''
          values.push(value)
        }
      }
    }
    visit(this)
    texts.push(open)
    return Statement.join(texts, values, (at) => `value ${at + 1} of the template`)
  }
}

/** Runs statements, as a connection and a pool do. */
export interface SqlRunner {
  run<Row>(statement: Statement, options: QueryOptions): Promise<Result<Row>>
}

/**
 * A statement of a template that runs when it is awaited or read, and only once. As a value in another template it is a fragment and does not run.
 */
export class SqlQuery<Row = DefaultRow> extends SqlFragment implements PromiseLike<Result<Row>>, AsyncIterable<Row> {
  readonly #runner: SqlRunner
  readonly #site: Error
  #options: QueryOptions = {}
  #result: Promise<Result<Row>> | undefined

  constructor(texts: readonly string[], values: readonly SqlTemplateValue[], runner: SqlRunner, site: Error) {
    super(texts, values)
    this.#runner = runner
    this.#site = site
  }

  /** Sets options of this call, such as a signal or a request id. Throws an InterfaceError when it runs already. */
  with(options: QueryOptions): this {
    if (this.#result) throw new InterfaceError('the statement runs already; call with() before it is awaited or read')
    this.#options = { ...this.#options, ...options }
    return this
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting the query is what runs it
  then<A = Result<Row>, B = never>(
    onFulfilled?: ((result: Result<Row>) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#run().then(onFulfilled, onRejected)
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Result<Row> | B> {
    return this.#run().catch(onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<Result<Row>> {
    return this.#run().finally(onFinally)
  }

  /** All rows as objects. */
  async rows(): Promise<Row[]> {
    return (await this.#run()).rows()
  }

  /** All rows as arrays. */
  async values(): Promise<unknown[][]> {
    return (await this.#run()).values()
  }

  /** The whole result column by column. */
  async columns(): Promise<ResultBlock> {
    return (await this.#run()).columns()
  }

  /** The first row, or undefined. */
  async first(): Promise<Row | undefined> {
    return (await this.#run()).first()
  }

  /** Rows written; 0 for DDL and queries. */
  async execute(): Promise<number> {
    const result = await this.#run()
    result.close()
    return result.affectedRows
  }

  /** The rows as objects, one at a time. */
  async *[Symbol.asyncIterator](): AsyncIterator<Row> {
    yield* await this.#run()
  }

  #run(): Promise<Result<Row>> {
    this.#result ??= this.#start()
    return this.#result
  }

  async #start(): Promise<Result<Row>> {
    try {
      return await this.#runner.run<Row>(this.statement(), this.#options)
    } catch (error) {
      throw withSite(error, this.#site)
    }
  }
}

/** Awaiting what is no native promise loses the caller's line: the line of the template takes its place. */
function withSite(error: unknown, site: Error): unknown {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return error
  const lines = site.stack?.split('\n').slice(1) ?? []
  const caller = lines.find((line) => !/[/\\](?:sql|connection)\.[jt]s/.test(line))
  if (caller && !error.stack.includes(caller.trim())) error.stack += `\n${lines.slice(lines.indexOf(caller)).join('\n')}`
  return error
}

/** Helpers that every `sql` tag has. */
interface SqlHelpers {
  /** A name in back quotes: `sql.identifier('power', 'd 1001')` is `` `power`.`d 1001` ``. Throws a DataError for what cannot be a name. */
  identifier(...parts: string[]): SqlFragment
  /** SQL text as it is. Never give it what users typed. */
  raw(text: string): SqlFragment
  /** Values or fragments with a separator between them; `, ` by default. */
  join(items: readonly SqlTemplateValue[], separator?: string): SqlFragment
}

/** `` sql`…` `` without a connection: makes fragments, and statements for `query` and `execute`. */
export interface SqlTag extends SqlHelpers {
  (texts: TemplateStringsArray, ...values: SqlTemplateValue[]): SqlFragment
}

/** `` connection.sql`…` ``: statements that run when they are awaited or read. */
export interface RunningSqlTag extends SqlHelpers {
  <Row = DefaultRow>(texts: TemplateStringsArray, ...values: SqlTemplateValue[]): SqlQuery<Row>
}

const HELPERS: SqlHelpers = {
  identifier: (...parts) => new SqlFragment([quoteIdentifier(...parts)], []),
  raw: (text) => {
    if (typeof text !== 'string') throw new InterfaceError('sql.raw takes a text')
    return new SqlFragment([text], [])
  },
  join: (items, separator = ', ') => {
    if (items.length === 0) throw new InterfaceError('sql.join needs at least one item')
    return new SqlFragment(['', ...items.slice(1).map(() => separator), ''], items)
  },
}

/**
 * A tag for SQL whose values never become part of its text.
 *
 * ```ts
 * const recent = sql`ts > now - ${sql.raw('1h')}`
 * const rows = await connection.sql<{ ts: Date }>`SELECT ts FROM ${sql.identifier('meters')} WHERE ${recent} AND groupid = ${2}`.rows()
 * ```
 */
export const sql: SqlTag = /* @__PURE__ */ Object.assign(
  (texts: TemplateStringsArray, ...values: SqlTemplateValue[]) => new SqlFragment(template(texts), values),
  HELPERS,
)

/** The tag of a connection or a pool. */
export function runningTag(runner: SqlRunner): RunningSqlTag {
  // One stack a place in the program, not one a call: a stack costs more than a small query.
  const sites = new WeakMap<TemplateStringsArray, Error>()
  return Object.assign(<Row>(texts: TemplateStringsArray, ...values: SqlTemplateValue[]) => {
    template(texts)
    let site = sites.get(texts)
    if (!site) sites.set(texts, (site = new Error('sql')))
    return new SqlQuery<Row>(texts, values, runner, site)
  }, HELPERS)
}

function template(texts: TemplateStringsArray): TemplateStringsArray {
  if (!Array.isArray(texts) || !Array.isArray(texts.raw)) {
    throw new InterfaceError('sql is a template tag and no function: write sql`…`, so that values stay apart from the text')
  }
  return texts
}
