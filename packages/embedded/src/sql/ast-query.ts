import type { Expr, Literal } from './ast-expression.ts'
import type { Name, Span, TableName } from './ast-names.ts'

export interface SelectItem extends Span {
  readonly expr: Expr
  readonly alias: Name | null
}

export interface OrderItem extends Span {
  readonly expr: Expr
  readonly descending: boolean
  readonly nulls: 'first' | 'last' | null
}

/** `LIMIT count OFFSET offset` and `LIMIT offset, count`; SLIMIT/SOFFSET alike. */
export interface Limit extends Span {
  readonly count: Literal
  readonly offset: Literal | null
}

export type FillMode = 'none' | 'null' | 'null_f' | 'value' | 'value_f' | 'prev' | 'next' | 'near' | 'linear'

export interface Fill extends Span {
  readonly mode: FillMode
  /** Of VALUE and VALUE_F; INTERP also allows them after PREV, NEXT and NEAR with RANGE(ts, duration). */
  readonly values: readonly Expr[]
}

/** `RANGE(from)`, `RANGE(from, to)`, `RANGE(from, duration)`, `RANGE(from, to, duration)`. */
export interface Range extends Span {
  readonly from: Expr
  readonly to: Expr | null
  readonly around: Literal | null
}

export interface IntervalWindow extends Span {
  readonly kind: 'interval'
  readonly interval: Literal
  /** A duration, or `'auto'`. */
  readonly offset: Literal | 'auto' | null
  readonly sliding: Literal | null
  readonly fill: Fill | null
}
export interface SessionWindow extends Span {
  readonly kind: 'session'
  readonly column: Expr
  readonly gap: Literal
}
export interface StateWindow extends Span {
  readonly kind: 'state'
  readonly expr: Expr
  readonly trueFor: Literal | null
}
export interface EventWindow extends Span {
  readonly kind: 'event'
  readonly startWith: Expr
  readonly endWith: Expr
  readonly trueFor: Literal | null
}
export interface CountWindow extends Span {
  readonly kind: 'count'
  readonly count: Literal
  readonly sliding: Literal | null
  readonly columns: readonly Expr[]
}
/** Rightly written, not done by the engine. */
export interface AnomalyWindow extends Span {
  readonly kind: 'anomaly'
  readonly column: Expr
  readonly options: string | null
}
export type Window = IntervalWindow | SessionWindow | StateWindow | EventWindow | CountWindow | AnomalyWindow

export interface TableSource extends Span {
  readonly kind: 'table'
  readonly table: TableName
  readonly alias: Name | null
}
export interface DerivedSource extends Span {
  readonly kind: 'derived'
  readonly query: Query
  readonly alias: Name | null
}
export interface Join extends Span {
  readonly kind: 'join'
  readonly type: 'inner' | 'left' | 'right' | 'full'
  /** `outer` is a plain LEFT/RIGHT/FULL [OUTER] JOIN; an inner join has null. */
  readonly variant: 'outer' | 'semi' | 'anti' | 'asof' | 'window' | null
  /** `FROM a, b`. */
  readonly comma: boolean
  readonly left: Source
  readonly right: Source
  readonly on: Expr | null
  /** Of WINDOW JOIN: durations, a minus sign is a {@link Unary}. */
  readonly windowOffset: readonly [Expr, Expr] | null
  readonly jlimit: Literal | null
}
export type Source = TableSource | DerivedSource | Join

/** One hint of a hint comment, e.g. `BATCH_SCAN()` or `SMALLDATA_TS_SORT()`; unknown ones are not kept. */
export interface Hint extends Span {
  readonly name: string
  readonly args: readonly string[]
}

export interface Select extends Span {
  readonly kind: 'select'
  readonly hints: readonly Hint[]
  readonly distinct: boolean
  /** `SELECT TAGS`: one row a subtable. */
  readonly tags: boolean
  readonly items: readonly SelectItem[]
  readonly from: Source | null
  readonly where: Expr | null
  /** Items may have an alias (`PARTITION BY a + 1 AS x`). */
  readonly partitionBy: readonly SelectItem[]
  readonly range: Range | null
  readonly every: Literal | null
  /** INTERP's FILL; INTERVAL's is in its window. */
  readonly fill: Fill | null
  readonly window: Window | null
  readonly groupBy: readonly Expr[]
  readonly having: Expr | null
  readonly orderBy: readonly OrderItem[]
  readonly slimit: Limit | null
  readonly limit: Limit | null
}

export interface Union extends Span {
  readonly kind: 'union'
  readonly all: boolean
  readonly left: Query
  readonly right: Query
  readonly orderBy: readonly OrderItem[]
  readonly slimit: Limit | null
  readonly limit: Limit | null
}

export type Query = Select | Union
