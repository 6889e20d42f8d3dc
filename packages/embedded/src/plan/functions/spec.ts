import type { Precision } from 'taosts/wire'
import type { SqlType } from '../../catalog/model.ts'

/** A resolved argument or expression: its TDengine type and the DuckDB SQL that computes it. */
export interface Typed {
  readonly type: SqlType
  /** DuckDB SQL over the physical columns, ready to be put into a larger expression (parenthesised where needed). */
  readonly sql: string
  /** The text as written in the statement, for messages and column names. */
  readonly text: string
  /** The value when the expression is a literal: number literals as text, so that 64-bit integers stay exact. */
  readonly literal?: { readonly kind: 'integer' | 'float' | 'string' | 'boolean' | 'null' | 'timestamp' | 'duration'; readonly text: string }
  /** The duration of a duration literal: `1n` and `1y` are calendar units. */
  readonly duration?: { readonly amount: bigint; readonly unit: 'b' | 'u' | 'a' | 's' | 'm' | 'h' | 'd' | 'w' | 'n' | 'y' }
  /** What the expression is, when it is a bare column. */
  readonly column?: 'column' | 'tag' | 'tbname' | 'primary'
  /** For `*` as an argument (COUNT(*), LAST(*)). */
  readonly star?: boolean
}

/** What a function may need to know of the query around it. */
export interface FunctionContext {
  readonly precision: Precision
  /** IANA name or UTC offset of the session. */
  readonly timezone: string
  /** SQL of the rows' primary timestamp (BIGINT ticks), or undefined where the source has none. */
  readonly ts: string | undefined
  /** The statement's NOW in ticks of `precision`. */
  readonly now: bigint
  readonly database: string
  readonly user: string
}

interface FunctionHead {
  /** Lower-case name; aliases are entries of their own. */
  readonly name: string
  /** Checks number, kinds and values of the arguments and gives the result type; throws SqlError with TDengine's code and words. */
  type(args: readonly Typed[], context: FunctionContext): SqlType
}

/** One row in, one value out. */
export interface ScalarFunction extends FunctionHead {
  readonly kind: 'scalar'
  sql(args: readonly Typed[], context: FunctionContext): string
}

/** Many rows in, one value out: `sql` is a DuckDB aggregate expression (it may order by or pick by `context.ts`). */
export interface AggregateFunction extends FunctionHead {
  readonly kind: 'aggregate'
  /**
   * MAX, MIN, FIRST, LAST, MODE … pick a row, so that other columns may stand beside them and come from that row:
   * the DuckDB aggregate that gives `column` of the picked row, NULL included (`arg_max_null(column, args[0])`; the oldest of equals).
   */
  readonly companion?: (column: string, args: readonly Typed[], context: FunctionContext) => string
  /** FIRST, LAST, LAST_ROW accept `*` and give one column each. */
  readonly acceptsStar?: boolean
  /** A value for an empty group instead of no row or NULL (COUNT and HYPERLOGLOG give 0). */
  readonly emptyValue?: string
  /** How partial results combine, where they do (sum, count, min, max …), for sliding windows by panes. */
  readonly panes?: { readonly partials: (args: readonly Typed[], context: FunctionContext) => readonly string[]; readonly combine: (partials: readonly string[]) => string }
  /** LINEAR fill interpolates numbers only; this says the result can. */
  readonly needsTs?: boolean
  sql(args: readonly Typed[], context: FunctionContext): string
}

/** Many rows in, several out, in time order (DIFF, CSUM, TOP …). The planner's ordered stage runs them; see plan/series. */
export interface SeriesFunction extends FunctionHead {
  readonly kind: 'series'
}

/** `_wstart`, `_rowts`, `tbname` …: resolved by the planner itself. */
export interface PseudoColumn extends FunctionHead {
  readonly kind: 'pseudo'
}

export type FunctionSpec = ScalarFunction | AggregateFunction | SeriesFunction | PseudoColumn
