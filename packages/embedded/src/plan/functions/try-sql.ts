import { parse } from '../../sql/statement.ts'
import type { Cell } from '../../storage/small-result.ts'
import { Storage } from '../../storage/storage.ts'
import { compile, type Frame } from '../expression.ts'
import { databaseFunctions } from './native.ts'
import type { FunctionContext, Typed } from './spec.ts'
import { typeName } from './types.ts'

/** What an expression gives: its type as DESCRIBE writes it, and its value (64-bit integers as bigint, DECIMAL as text). */
export interface Tried {
  readonly type: string
  readonly length: number
  readonly value: Cell
}

/** A DuckDB with the engine's macros and native functions, for tests of single expressions. */
export interface Trial {
  rows(sql: string): Promise<Cell[][]>
  row(sql: string): Promise<Cell[]>
  /** The SELECT list of TDengine expressions, each over constants or over the columns given as typed DuckDB SQL of `from`. Throws SqlError. */
  evaluate(list: string, columns?: Readonly<Record<string, Typed>>, context?: TrialContext): Promise<Tried[]>
  /** One expression as type and DuckDB SQL. */
  compile(expression: string, columns?: Readonly<Record<string, Typed>>, context?: TrialContext): Promise<Typed>
  close(): Promise<void>
}

type TrialContext = Partial<FunctionContext> & { readonly from?: string }

const NOW = 1_763_745_600_000n

export async function openTrial(): Promise<Trial> {
  const storage = await Storage.open({ functions: databaseFunctions() })
  const rows = (sql: string): Promise<Cell[][]> => storage.bootstrap(sql)
  const compileAll = (list: string, columns: Readonly<Record<string, Typed>>, context: TrialContext): Typed[] => {
    const sql = `SELECT ${list}`
    const statement = parse(sql)
    if (statement.kind !== 'select') throw new Error('no SELECT')
    const functions: FunctionContext = {
      precision: 'ms',
      timezone: 'UTC',
      ts: undefined,
      now: NOW,
      database: '',
      user: 'root',
      ...context,
    }
    const gather: Frame['gather'] = (node, spec) => {
      const args = node.args.map((arg) => compile(arg, frame))
      const type = spec.type(args, functions)
      return { type, sql: spec.kind === 'aggregate' ? spec.sql(args, functions) : 'NULL', text: node.name }
    }
    const frame: Frame = {
      plan: {
        sql,
        database: undefined,
        timezone: functions.timezone,
        user: functions.user,
        now: NOW * 1_000_000n,
        zones: new Map(),
        findDatabase: () => undefined,
        virtualTable: () => undefined,
      },
      functions,
      column: (node) => columns[node.name.text] ?? fail(`no column ${node.name.text}`),
      pseudo: (node) => fail(`no ${node.name}`),
      gather,
    }
    return statement.items.map((item) => compile(item.expr, frame))
  }
  return {
    rows,
    row: async (sql) => (await rows(sql))[0] ?? [],
    async compile(expression, columns = {}, context = {}) {
      return compileAll(expression, columns, context)[0] ?? fail('nothing')
    },
    async evaluate(list, columns = {}, context = {}) {
      const typed = compileAll(list, columns, context)
      const shown = typed.map(({ type, sql }) => (type.precision > 0 ? `CAST(${sql} AS VARCHAR)` : sql))
      const row = (await rows(`SELECT ${shown.join(', ')}${context.from ? ` FROM ${context.from}` : ''}`))[0] ?? []
      return typed.map(({ type }, i) => ({ type: typeName(type), length: type.length, value: row[i] ?? null }))
    },
    close: () => storage.close(),
  }
}

function fail(message: string): never {
  throw new Error(message)
}
