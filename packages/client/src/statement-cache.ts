import type { PreparedStatement } from './prepared-statement.ts'

/** Prepared statements kept open by a connection, by default. */
const KEPT_STATEMENTS = 64

/** The prepared statements of a connection by their text; the one that was not used for longest makes room for another. Each is closed once. */
export class StatementCache {
  readonly #prepare: (sql: string) => Promise<PreparedStatement>
  readonly #size: number
  readonly #statements = new Map<string, Promise<PreparedStatement>>()

  constructor(prepare: (sql: string) => Promise<PreparedStatement>, size = KEPT_STATEMENTS) {
    this.#prepare = prepare
    this.#size = size
  }

  has(sql: string): boolean {
    return this.#statements.has(sql)
  }

  /** The statement, prepared when it is not yet. Rejects as preparing does, and then forgets it. */
  get(sql: string): Promise<PreparedStatement> {
    const found = this.#statements.get(sql)
    // Found ones move to the end: the first is the one that was not used for longest.
    this.#statements.delete(sql)
    const statement = found ?? this.#prepare(sql)
    this.#statements.set(sql, statement)
    if (found !== undefined) return statement
    statement.catch(() => {
      if (this.#statements.get(sql) === statement) this.#statements.delete(sql)
    })
    const [oldest] = this.#statements
    if (this.#statements.size > this.#size && oldest !== undefined) {
      this.#statements.delete(oldest[0])
      void closeQuietly(oldest[1])
    }
    return statement
  }

  /** Closes a statement that is of no use any more; the next `get` prepares another. */
  async drop(sql: string, statement: PreparedStatement): Promise<void> {
    void closeQuietly(statement)
    const kept = this.#statements.get(sql)
    // It may have been replaced already, by a call that failed before this one.
    const same = (await kept?.catch(() => undefined)) === statement
    if (same && this.#statements.get(sql) === kept) this.#statements.delete(sql)
  }

  clear(): void {
    for (const statement of this.#statements.values()) void closeQuietly(statement)
    this.#statements.clear()
  }
}

async function closeQuietly(statement: PreparedStatement | Promise<PreparedStatement>): Promise<void> {
  try {
    await (await statement).close()
  } catch {
    // It went with its connection.
  }
}
