import type { Name, Span, TypeName } from './ast-names.ts'
import type { SelectItem } from './ast-query.ts'

export type DurationUnit = 'b' | 'u' | 'a' | 's' | 'm' | 'h' | 'd' | 'w' | 'n' | 'y'

/** A constant. `text` is exact: digits as written for numbers, the decoded content for strings, `true`/`false`, `null`. */
export interface Literal extends Span {
  readonly kind: 'literal'
  /** `timestamp` is `TIMESTAMP 'text'`; `duration` is `10m` (see `durationOf`); `placeholder` is `?`. */
  readonly type: 'integer' | 'float' | 'string' | 'boolean' | 'null' | 'duration' | 'timestamp' | 'placeholder'
  readonly text: string
}

export interface Column extends Span {
  readonly kind: 'column'
  /** Table name or alias in front of the point. */
  readonly table: Name | null
  readonly name: Name
}

/** `*` or `t.*`. */
export interface Star extends Span {
  readonly kind: 'star'
  readonly table: Name | null
}

export type PseudoName =
  | 'tbname'
  | '_rowts'
  | '_c0'
  | '_qstart'
  | '_qend'
  | '_qduration'
  | '_wstart'
  | '_wend'
  | '_wduration'
  | '_irowts'
  | '_irowts_origin'
  | '_isfilled'
  | '_qtags'
  | '_flow'
  | '_fhigh'
  | '_frowts'
  | '_anomaly_mark'
  | '_tprev_ts'
  | '_tcurrent_ts'
  | '_tnext_ts'
  | '_twstart'
  | '_twend'
  | '_twduration'
  | '_twrownum'
  | '_tprev_localtime'
  | '_tnext_localtime'
  | '_tlocaltime'
  | '_tgrpid'

/** `_wstart`, `tbname`, `t.tbname` … */
export interface Pseudo extends Span {
  readonly kind: 'pseudo'
  readonly table: Name | null
  readonly name: PseudoName
}

export interface Unary extends Span {
  readonly kind: 'unary'
  readonly op: '-' | '+'
  readonly operand: Expr
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '->'
export type CompareOp =
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'like'
  | 'not like'
  | 'match'
  | 'nmatch'
  | 'regexp'
  | 'not regexp'
  | 'contains'

export interface Binary extends Span {
  readonly kind: 'binary'
  readonly op: ArithmeticOp
  readonly left: Expr
  readonly right: Expr
}

/** `!=` is read as `<>`. */
export interface Compare extends Span {
  readonly kind: 'compare'
  readonly op: CompareOp
  readonly left: Expr
  readonly right: Expr
}

/** `a AND b AND c`: two operands or more, so that long chains do not nest. */
export interface Logical extends Span {
  readonly kind: 'logical'
  readonly op: 'and' | 'or'
  readonly operands: readonly Expr[]
}

export interface Not extends Span {
  readonly kind: 'not'
  readonly operand: Expr
}

export interface Between extends Span {
  readonly kind: 'between'
  readonly negated: boolean
  readonly value: Expr
  readonly low: Expr
  readonly high: Expr
}

export interface In extends Span {
  readonly kind: 'in'
  readonly negated: boolean
  readonly value: Expr
  readonly list: readonly Expr[]
}

export interface IsNull extends Span {
  readonly kind: 'is-null'
  readonly negated: boolean
  readonly value: Expr
}

export interface Case extends Span {
  readonly kind: 'case'
  /** `CASE operand WHEN …`, or null for `CASE WHEN condition …`. */
  readonly operand: Expr | null
  readonly branches: readonly { readonly when: Expr; readonly result: Expr }[]
  readonly otherwise: Expr | null
}

export interface Cast extends Span {
  readonly kind: 'cast'
  readonly value: Expr
  readonly type: TypeName
}

/** A function call. `NOW` and `TODAY` without parentheses are calls too (`bare`). */
export interface Call extends Span {
  readonly kind: 'call'
  /** Lower-case name. */
  readonly name: string
  /** `TRIM(BOTH c FROM s)` is [s, c], `TRIM(s)` is [s]; `POSITION(a IN b)` is [a, b]; `SUBSTRING(s FROM p FOR n)` is [s, p, n]. */
  readonly args: readonly Expr[]
  /** Of TRIM, when written. */
  readonly trim?: 'leading' | 'trailing' | 'both'
  /** True for `SUBSTRING(s FROM p …)`. */
  readonly from?: true
  /** True when written without parentheses. */
  readonly bare?: true
}

/** `COLS(MAX(v), ts, w AS x)`. */
export interface Cols extends Span {
  readonly kind: 'cols'
  readonly call: Call
  readonly items: readonly SelectItem[]
}

export type Expr =
  | Literal
  | Column
  | Star
  | Pseudo
  | Unary
  | Binary
  | Compare
  | Logical
  | Not
  | Between
  | In
  | IsNull
  | Case
  | Cast
  | Call
  | Cols
