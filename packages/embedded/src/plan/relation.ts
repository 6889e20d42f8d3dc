import type { Precision } from 'taosts/wire'
import type { OutputColumn } from '../session/answer.ts'

/** A column of a planned query. */
export interface RelationColumn extends OutputColumn {
  /** Whether it is the rows' primary timestamp, so that an outer query may have windows. */
  readonly primary: boolean
}

/** A planned query: DuckDB SQL whose columns are `o0`, `o1`, …, each of the DuckDB type of its TDengine type. */
export interface Relation {
  readonly sql: string
  readonly columns: readonly RelationColumn[]
  readonly precision: Precision
  /** Of a query that relies on how rows lie: whether they still do once it has begun, and the query that relies on nothing. */
  readonly still?: { holds(): boolean; readonly otherwise: Relation }
  /** It has one row at most: computing it whole saves steps. */
  readonly single?: boolean
  /** Of a query that guessed where its answer lies: the rows that it then has, and the query that looks everywhere. */
  readonly sure?: { readonly rows: number; readonly otherwise: Relation }
}
