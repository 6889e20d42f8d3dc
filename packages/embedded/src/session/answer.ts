import type { Block, Precision } from 'taosts/wire'
import type { SqlType } from '../catalog/model.ts'

/** A column of a result: name as TDengine gives it, and its type with the user-visible length. */
export interface OutputColumn {
  readonly name: string
  readonly type: SqlType
}

/** What a statement without a result set did. */
export interface Update {
  readonly kind: 'update'
  readonly affectedRows: number
}

/** An open result: its blocks come one at a time (at most 4096 rows each); `close` may be called at any time and once more. */
export interface Rows {
  readonly kind: 'rows'
  readonly columns: readonly OutputColumn[]
  readonly precision: Precision
  next(): Promise<Block | null>
  close(): Promise<void>
}

export type EngineAnswer = Update | Rows
