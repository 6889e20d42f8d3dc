import { SqlError } from '../errors.ts'
import type { Call, Column, Pseudo } from '../sql/ast.ts'
import { type PlanContext, ticksOf } from './context.ts'
import { Wrong } from './errors.ts'
import type { Frame } from './expression.ts'
import { BIGINT, type FunctionContext, type FunctionSpec, TIMESTAMP, type Typed } from './functions/index.ts'
import { type Scope, type ScopeColumn, typedColumn } from './scope.ts'
import type { TimeRange } from './time-range.ts'

/** The part of a query in which an expression stands, for the words of its errors. */
export type Clause = 'select' | 'where' | 'group' | 'order' | 'argument'

/** Expressions over single rows. */
export class RowFrame implements Frame {
  readonly plan: PlanContext
  readonly scope: Scope
  readonly clause: Clause
  readonly functions: FunctionContext
  /** What `_qstart` and `_qend` are; set once WHERE is known. */
  range: TimeRange

  constructor(plan: PlanContext, scope: Scope, clause: Clause, range: TimeRange = {}) {
    this.plan = plan
    this.scope = scope
    this.clause = clause
    this.range = range
    this.functions = functionContext(plan, scope)
  }

  in(clause: Clause): RowFrame {
    return new RowFrame(this.plan, this.scope, clause, this.range)
  }

  column(node: Column): Typed {
    return this.resolved(this.scope.find(node), node.name.text)
  }

  resolved(column: ScopeColumn, text: string): Typed {
    return typedColumn(column, text)
  }

  pseudo(node: Pseudo): Typed {
    const text = node.name
    switch (node.name) {
      case 'tbname': {
        const sources = this.scope.named(node.table)
        const found = sources.filter((source) => source.tbname)
        if (found.length > 1) throw Wrong.ambiguous(text, node)
        if (found[0]?.tbname) return { ...found[0].tbname, text }
        break
      }
      case '_rowts':
      case '_c0': {
        const [source] = this.scope.named(node.table)
        if (source?.ts) return typedColumn(source.ts, text)
        break
      }
      case '_qstart':
        return { type: TIMESTAMP, sql: `${this.range.low ?? -(2n ** 63n)}`, text }
      case '_qend':
        return { type: TIMESTAMP, sql: `${this.range.high ?? 2n ** 63n - 1n}`, text }
      case '_qduration': {
        const { low = -(2n ** 63n), high = 2n ** 63n - 1n } = this.range
        return { type: BIGINT, sql: `${BigInt.asIntN(64, high - low + 1n)}`, text }
      }
    }
    const derived = this.scope.lookup(node.table, text, node)
    if (derived) return typedColumn(derived, text)
    if (text === 'tbname') throw Wrong.tbname(node)
    if (text === '_wstart' || text === '_wend' || text === '_wduration') {
      if (this.clause === 'where') throw new SqlError(0x2658, `There mustn't be ${text}`, node.start)
      throw Wrong.windowPseudo(node)
    }
    throw Wrong.column(text, node)
  }

  gather(node: Call, spec: Exclude<FunctionSpec, { kind: 'scalar' }>): Typed {
    if (spec.kind === 'aggregate' && this.clause === 'argument') throw Wrong.nestedAggregate(node)
    if (spec.kind === 'aggregate') throw Wrong.aggregation(node)
    throw Wrong.mixed(node)
  }
}

export function functionContext(plan: PlanContext, scope: Scope | undefined): FunctionContext {
  const precision = scope?.precision ?? 'ms'
  const timed = scope?.sources.find((source) => source.ts)
  return {
    precision,
    timezone: plan.timezone,
    ts: timed?.ts?.sql,
    table: timed?.table?.kind === 'supertable' ? timed.uid : undefined,
    key: timed?.key,
    now: ticksOf(plan.now, precision),
    database: plan.database ?? '',
    user: plan.user,
  }
}
