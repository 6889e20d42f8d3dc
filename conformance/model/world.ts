import { timestampText } from '../block-values.ts'
import { Model, type ModelColumn, ModelError, type ModelRow, ordered, STABLE, type Value } from './model.ts'
import { type Program, STEP_MS } from './program.ts'

/** What the model says a statement answers. */
export type Expected =
  | { readonly code: number }
  | { readonly affected: number }
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly Value[])[] }

export interface Check {
  readonly sql: string
  readonly expected: Expected
}

/** The columns and tags that tables have when they are made. */
export const COLUMNS: readonly ModelColumn[] = [
  { name: 'a', type: 'INT', length: 0 },
  { name: 'b', type: 'DOUBLE', length: 0 },
  { name: 's', type: 'VARCHAR', length: 6 },
]
export const TAGS: readonly ModelColumn[] = [
  { name: 'g', type: 'INT', length: 0 },
  { name: 'h', type: 'VARCHAR', length: 6 },
]

const TICKS = { ms: 1n, us: 1000n, ns: 1_000_000n } as const

/** The model of one database, and how its statements name things. */
export class World {
  readonly database: string
  readonly precision: Program['precision']
  /** Ticks in a millisecond. */
  readonly tick: bigint
  readonly model = new Model(COLUMNS, TAGS)

  constructor(database: string, precision: Program['precision']) {
    this.database = database
    this.precision = precision
    this.tick = TICKS[precision]
  }

  name(table: string): string {
    return `${this.database}.${table}`
  }

  alter(table: string): string {
    return `alter ${table === STABLE ? 'stable' : 'table'} ${this.name(table)}`
  }

  ts(at: number): bigint {
    return BigInt(at) * STEP_MS * this.tick
  }

  range({ from, to }: { readonly from: number; readonly to: number }): [bigint, bigint] {
    return [this.ts(Math.min(from, to)), this.ts(Math.max(from, to))]
  }

  text(ts: bigint): string {
    return timestampText(ts, this.precision)
  }

  /** The rows of a table or of all subtables within a range of times; undefined where there is no such table. */
  rowsIn(table: string, [from, to]: readonly [bigint, bigint]): [bigint, ModelRow][] | undefined {
    const tables = table === STABLE ? this.model.subtables() : [this.model.tables.get(table)]
    if (tables.includes(undefined)) return undefined
    return tables
      .flatMap((found) => ordered(found!))
      .filter(([ts]) => ts >= from && ts <= to)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  }

  /** A statement that changes something: the model takes the change as well, or says why not. */
  write(sql: string, apply: (model: Model) => unknown): Check {
    try {
      return { sql, expected: { affected: Number(apply(this.model) ?? 0) } }
    } catch (error) {
      if (error instanceof ModelError) return { sql, expected: { code: error.code } }
      throw error
    }
  }
}

export function declared({ name, type, length }: ModelColumn): string {
  return length > 0 ? `${name} ${type}(${length})` : `${name} ${type}`
}

export function literal(value: Value): string {
  if (typeof value !== 'string') return String(value)
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
