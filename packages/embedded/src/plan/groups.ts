import { SqlError } from '../errors.ts'
import type { Call, Column, Expr, Pseudo, Span } from '../sql/ast.ts'
import { gatheringCalls, nodesOf } from './calls.ts'
import type { PlanContext } from './context.ts'
import { Wrong } from './errors.ts'
import { compile, condition, type Frame } from './expression.ts'
import {
  type AggregateFunction,
  BIGINT,
  type FunctionContext,
  type FunctionSpec,
  functionByName,
  TIMESTAMP,
  type Typed,
} from './functions/index.ts'
import type { ItemFrame } from './items.ts'
import type { RowFrame } from './row-frame.ts'
import { namesIn, type ScopeColumn, type Source } from './scope.ts'
import { inOrder, type WindowPlan } from './windows/window.ts'

/** What rows are grouped by. */
export interface Key {
  /** The expression over rows. */
  readonly typed: Typed
  /** SQL over rows that tells the groups apart, and its column there; undefined where it is the same for all rows of the other keys. */
  readonly group: { readonly sql: string; readonly alias: string } | undefined
  /** SQL of the value above the groups. */
  readonly out: string
}

/** The keys that have a column of their own among the groups. */
export function physicalKeys(keys: readonly Key[]): NonNullable<Key['group']>[] {
  return keys.flatMap(({ group }) => (group ? [group] : []))
}

/** Expressions above groups: keys, aggregates, the window's pseudo columns, and columns of the row that a selection function picks. */
export class GroupFrame implements ItemFrame {
  readonly plan: PlanContext
  readonly functions: FunctionContext
  readonly rows: RowFrame
  readonly keys: readonly Key[]
  readonly window: WindowPlan | undefined
  /** The one function of the query that picks a row, when columns may stand beside it. */
  readonly picker: { readonly node: Call; readonly spec: AggregateFunction } | undefined
  readonly #lack: (column: string, near?: Span) => SqlError
  readonly #aggregates = new Map<string, string>()
  /** Of a WINDOW JOIN: the source whose columns are the same for all rows of a group. */
  readonly probe: Source | undefined
  /** The column of the groups that holds the uid by which tags are found, when expressions use tags that way. */
  tagsBy: string | undefined
  /** Columns over the rows of a partition that aggregates need. */
  readonly columns: { readonly alias: string; readonly sql: string }[] = []
  /** Whether some function gives a value for a group without rows. */
  counts = false
  /** Aliases of aggregates that can be put together from parts, and how. */
  readonly panes = new Map<string, { readonly partials: readonly string[]; combine(names: readonly string[]): string }>()
  /** Aliases of aggregates and their value for no rows. */
  readonly emptyValues = new Map<string, string>()
  /** Aliases of aggregates that give a list to be unnested. */
  readonly lists = new Set<string>()

  constructor(
    rows: RowFrame,
    keys: readonly Key[],
    window: WindowPlan | undefined,
    picker: GroupFrame['picker'],
    lack: (column: string, near?: Span) => SqlError,
    probe?: Source,
  ) {
    this.plan = rows.plan
    this.functions = rows.functions
    this.rows = rows
    this.keys = keys
    this.window = window
    this.picker = picker
    this.#lack = lack
    this.probe = probe
  }

  /** The aggregates that the compiled expressions need. */
  get aggregates(): { readonly alias: string; readonly sql: string }[] {
    return [...this.#aggregates].map(([sql, alias]) => ({ alias, sql }))
  }

  whole(node: Expr): Typed | undefined {
    if (node.kind === 'literal' || node.kind === 'star' || node.kind === 'cols') return undefined
    if (this.keys.length === 0 && !this.window?.value) return undefined
    if (gatheringCalls(node).length > 0) return undefined
    for (const part of nodesOf(node)) if (part.kind === 'pseudo' && part.name.startsWith('_w') && this.window) return undefined
    if (
      node.kind === 'compare' ||
      node.kind === 'logical' ||
      node.kind === 'not' ||
      node.kind === 'in' ||
      node.kind === 'between' ||
      node.kind === 'is-null'
    ) {
      const sql = condition(node, this.rows)
      return this.#key(`coalesce(${sql}, false)`, '')
    }
    const row = compile(node, this.rows)
    return this.#key(row.sql, row.text)
  }

  #key(sql: string, text: string): Typed | undefined {
    const key = this.keys.find(({ typed }) => typed.sql === sql)
    if (key) return { type: key.typed.type, sql: key.out, text, ...(key.typed.column ? { column: key.typed.column } : {}) }
    const value = this.window?.value
    if (value && value.typed.sql === sql) return { type: value.typed.type, sql: value.alias, text }
    return undefined
  }

  column(node: Column): Typed {
    return this.resolved(this.rows.scope.find(node), node.name.text, node)
  }

  resolved(column: ScopeColumn, text: string, near?: Span): Typed {
    const typed = this.rows.resolved(column, text)
    return this.#key(column.sql, text) ?? this.#beside(typed, near)
  }

  pseudo(node: Pseudo): Typed {
    if (this.window) {
      const text = node.name
      if (node.name === '_wstart') return { type: TIMESTAMP, sql: this.window.start, text, column: 'primary' }
      if (node.name === '_wend') return { type: TIMESTAMP, sql: this.window.end, text }
      if (node.name === '_wduration') return { type: BIGINT, sql: this.window.duration, text }
    }
    const row = this.rows.pseudo(node)
    if (namesIn([row.sql]).size === 0) return row
    return this.#key(row.sql, row.text) ?? this.#beside(row, node)
  }

  /** A column that is no key: a tag of the partition's subtable, or from the row that the one selection function picks. */
  #beside(row: Typed, near?: Span): Typed {
    const byTable = this.keys.find(({ typed }) => typed.column === 'tbname')
    if (row.column === 'tag' && byTable) {
      const { table } = this.rows.scope.first
      if (table?.kind === 'subtable') return { ...row, sql: this.add(`any_value(${row.sql})`) }
      if (table?.kind === 'supertable' && byTable.group && this.rows.scope.sources.length === 1) {
        this.tagsBy = byTable.group.alias
        return row
      }
    }
    if (this.probe && row.sql.startsWith(`q${this.probe.index}_`)) return { ...row, sql: this.add(`any_value(${row.sql})`) }
    if (!this.picker) throw this.#lack(row.text, near)
    return this.#pickedFrom(this.picker.node, this.picker.spec, row)
  }

  #pickedFrom(node: Call, spec: AggregateFunction, row: Typed): Typed {
    const source = this.rows.scope.sources.length === 1 ? this.rows.scope.first : undefined
    const args = node.args.map((arg) => compile(arg, this.rows.in('argument')))
    spec.type(args, this.functions)
    const pick = (sql: string) => this.add(this.#aggregate(spec, args, sql))
    if (source?.uid && source.table?.kind === 'supertable' && (row.column === 'tag' || row.column === 'tbname')) {
      const by = pick(source.uid)
      this.tagsBy ??= by
      if (this.tagsBy === by) return row
    }
    return { ...row, sql: pick(row.sql) }
  }

  picked(call: Call, expr: Expr): Typed {
    const spec = functionByName(call.name)
    if (!spec) throw Wrong.function(call)
    if (spec.kind !== 'aggregate' || !spec.pick || call.args.some(({ kind }) => kind === 'star')) throw Wrong.colsFunction(call)
    return this.#pickedFrom(call, spec, { ...compile(expr, this.rows), column: 'column' })
  }

  gather(node: Call, spec: Exclude<FunctionSpec, { kind: 'scalar' }>): Typed {
    if (spec.kind === 'pseudo') throw Wrong.function(node)
    if (spec.kind === 'series') {
      if (spec.choice === 'rows') throw Wrong.mixed(node)
      if (this.window || this.keys.length > 0)
        throw Wrong.notAllowed(`${spec.name} function is not supported in window query or group query`, node)
      throw Wrong.mixed(node)
    }
    const args = node.args.map((arg) => compile(arg, this.rows.in('argument')))
    const type = spec.type(args, this.functions)
    if (spec.singleTable !== undefined && this.rows.scope.first.table?.kind === 'supertable')
      throw new SqlError(0x265f, spec.singleTable, node.start)
    if (spec.needsTs && this.functions.ts === undefined)
      throw Wrong.notAllowed(`${spec.name} function requires valid time series input`, node)
    const alias = this.add(this.#aggregate(spec, args))
    const partials = spec.panes?.partials(args, this.functions)
    if (partials) this.panes.set(alias, { partials, combine: (names) => spec.panes!.combine(names, args) })
    if (spec.emptyValue !== undefined) {
      this.counts = true
      this.emptyValues.set(alias, spec.emptyValue)
    }
    if (spec.unnests) this.lists.add(alias)
    const only =
      args.length === 1 && args[0]?.column === 'primary' && (spec.name === 'first' || spec.name === 'last' || spec.name === 'last_row')
    return { type, sql: alias, text: this.plan.sql.slice(node.start, node.end), ...(only ? { column: 'primary' as const } : {}) }
  }

  /** SQL of a call's value, or of another column (`beside`) in the row that it picks. */
  #aggregate(spec: AggregateFunction, args: readonly Typed[], beside?: string): string {
    const span = this.window?.span
    const alone = () => (beside === undefined ? spec.sql(args, this.functions) : spec.pick!(args, this.functions, beside))
    if (!spec.neighbours || (this.window && !span)) return alone()
    const partition = physicalKeys(this.keys).map(({ sql }) => sql)
    const order = inOrder({ partition, ts: this.functions.ts!, ties: [] })
    const found = spec.neighbours(args, this.functions, order, span, beside)
    if (!found) return alone()
    const { columns, sql } = found
    const tag = `b${this.columns.length}`
    const named = columns.map((column) => ({ from: column.alias, alias: `${tag}${column.alias}`, sql: column.sql }))
    const rename = (text: string) => named.reduce((done, { from, alias }) => done.replaceAll(new RegExp(`\\b${from}\\b`, 'g'), alias), text)
    const known = this.columns.find((column) => column.sql === named[0]?.sql)
    if (known) return rename(sql).replaceAll(tag, known.alias.slice(0, tag.length))
    this.columns.push(...named)
    return rename(sql)
  }

  /** The column that holds an aggregate. */
  add(sql: string): string {
    let alias = this.#aggregates.get(sql)
    if (!alias) {
      alias = `a${this.#aggregates.size}`
      this.#aggregates.set(sql, alias)
    }
    return alias
  }
}

export type { Frame }
