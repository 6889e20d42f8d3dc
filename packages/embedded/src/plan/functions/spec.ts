import type { Precision } from 'taosts/wire'
import type { SqlType } from '../../catalog/model.ts'
import type { Expr } from '../../sql/ast.ts'

/** A resolved argument or expression: its TDengine type and the DuckDB SQL that computes it. */
export interface Typed {
  readonly type: SqlType
  /** DuckDB SQL over the physical columns, ready to be put into a larger expression (parenthesised where needed). */
  readonly sql: string
  /** The text as written in the statement, for messages and column names. */
  readonly text: string
  /** The value when the expression is a literal: number literals as text, so that 64-bit integers stay exact. */
  readonly literal?: {
    readonly kind: 'integer' | 'float' | 'string' | 'boolean' | 'null' | 'timestamp' | 'duration'
    readonly text: string
  }
  /** The duration of a duration literal: `1n` and `1y` are calendar units. */
  readonly duration?: { readonly amount: bigint; readonly unit: 'b' | 'u' | 'a' | 's' | 'm' | 'h' | 'd' | 'w' | 'n' | 'y' }
  /** What the expression is, when it is a bare column. */
  readonly column?: 'column' | 'tag' | 'tbname' | 'primary'
  /** For `*` as an argument (COUNT(*), LAST(*)). */
  readonly star?: boolean
  /** No column and no random part: TDengine folds such an expression before it runs (a DECIMAL cast of one reports length 64). */
  readonly constant?: boolean
}

/** What a function may need to know of the query around it. */
export interface FunctionContext {
  readonly precision: Precision
  /** IANA name or UTC offset of the session. */
  readonly timezone: string
  /** SQL of the rows' primary timestamp (BIGINT ticks), or undefined where the source has none. */
  readonly ts: string | undefined
  /** SQL of what tells the subtables of a supertable apart; absent where the rows come from one table. */
  readonly table?: string | undefined
  /** SQL of the second part of a composite primary key, which orders rows of one time. */
  readonly key?: string | undefined
  /** The statement's NOW in ticks of `precision`. */
  readonly now: bigint
  readonly database: string
  readonly user: string
}

interface FunctionHead {
  /** Lower-case name; aliases are entries of their own. */
  readonly name: string
  /** How a call is written, for the manual. */
  readonly usage: string
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
   * MAX, MIN, FIRST, LAST, LAST_ROW, MODE: pick a row. Gives the DuckDB aggregate that takes the value of another expression (`column`, its NULLs included)
   * from the picked row, so that other columns may stand beside the function.
   */
  readonly pick?: (args: readonly Typed[], context: FunctionContext, column: string) => string
  /** FIRST, LAST, LAST_ROW accept `*` and several columns and give one result column each (`sql` and `type` are asked once a column). */
  readonly acceptsStar?: boolean
  /** A value for an empty group instead of no row or NULL (COUNT and HYPERLOGLOG give 0). */
  readonly emptyValue?: string
  /** How partial results combine, where they do (sum, count, min, max …), for sliding windows by panes. */
  readonly panes?: {
    /** Aggregates over a pane; undefined for arguments with which the function cannot be put together from panes. */
    readonly partials: (args: readonly Typed[], context: FunctionContext) => readonly string[] | undefined
    readonly combine: (partials: readonly string[], args: readonly Typed[]) => string
  }
  /**
   * The function looks at neighbouring rows (TWA): columns to add to the rows of a partition (`over` is their time order, without the end of the OVER clause)
   * and the aggregate over them. In an INTERVAL window `span` holds SQL of the window's first and last tick, and it looks beyond them; without a window there is
   * none. Windows of other kinds use `sql`. With `column` the aggregate is that of `pick`.
   */
  readonly neighbours?: (
    args: readonly Typed[],
    context: FunctionContext,
    over: string,
    span?: { readonly first: string; readonly last: string },
    column?: string,
  ) => { readonly columns: readonly { readonly alias: string; readonly sql: string }[]; readonly sql: string } | undefined
  /** The function reads the rows' primary timestamp (`context.ts`): a source without one is an error. */
  readonly needsTs?: boolean
  /** Not one value but several rows a group (HISTOGRAM): `sql` gives a DuckDB list that the planner unnests. */
  readonly unnests?: boolean
  /** Only over one table, not a supertable (PERCENTILE): the planner throws 0x265f with this text otherwise. */
  readonly singleTable?: string
  sql(args: readonly Typed[], context: FunctionContext): string
}

/**
 * Many rows in, several out, in time order. The planner's ordered stage runs them, by name; see plan/series.
 * `series`: DIFF, CSUM, MAVG, DERIVATIVE, STATECOUNT, STATEDURATION, INTERP: from neighbouring rows. `rows`: TOP, BOTTOM, TAIL, SAMPLE, UNIQUE: a choice of rows.
 */
export interface SeriesFunction extends FunctionHead {
  readonly kind: 'series'
  readonly choice: 'series' | 'rows'
  /** `*` is allowed as an argument (DIFF(*), UNIQUE …) and gives one column each. */
  readonly acceptsStar?: boolean
  /**
   * Which rows a call answers, where that is known beforehand: all of them, or all but the first. Such a call may stand beside others that answer the same
   * rows; any other stands alone.
   */
  readonly answers?: (args: readonly Expr[]) => 'all' | 'later' | undefined
}

/** `_wstart`, `_rowts`, `tbname` …: resolved by the planner itself. */
export interface PseudoColumn extends FunctionHead {
  readonly kind: 'pseudo'
}

export type FunctionSpec = ScalarFunction | AggregateFunction | SeriesFunction | PseudoColumn
