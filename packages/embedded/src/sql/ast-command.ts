import type { Expr } from './ast-expression.ts'
import type { Name, Span, TableName } from './ast-names.ts'
import type { Query, SelectItem } from './ast-query.ts'

/** `INSERT INTO t [(columns)] SELECT …`. */
export interface InsertSelect extends Span {
  readonly kind: 'insert-select'
  readonly table: TableName
  /** TBNAME stands as a name of its own, `tbname`. */
  readonly columns: readonly Name[] | null
  readonly query: Query
}
/** An INSERT with VALUES or FILE: read its clauses with `insert.ts`, never through this tree. `start` is the offset of INSERT. */
export interface InsertValues extends Span {
  readonly kind: 'insert-values'
}
export interface Delete extends Span {
  readonly kind: 'delete'
  readonly table: TableName
  readonly where: Expr | null
}

export type ShowTarget =
  | 'databases'
  | 'tables'
  | 'stables'
  | 'vtables'
  | 'views'
  | 'vgroups'
  | 'tags'
  | 'table-tags'
  | 'table-distributed'
  | 'alive'
  | 'cluster-alive'
  | 'indexes'
  | 'functions'
  | 'topics'
  | 'consumers'
  | 'subscriptions'
  | 'streams'
  | 'users'
  | 'users-full'
  | 'user-privileges'
  | 'grants'
  | 'grants-full'
  | 'grants-logs'
  | 'licences'
  | 'accounts'
  | 'apps'
  | 'connections'
  | 'queries'
  | 'scores'
  | 'transactions'
  | 'dnodes'
  | 'mnodes'
  | 'qnodes'
  | 'snodes'
  | 'bnodes'
  | 'anodes'
  | 'anodes-full'
  | 'vnodes'
  | 'arbgroups'
  | 'cluster'
  | 'cluster-machines'
  | 'variables'
  | 'local-variables'
  | 'dnode-variables'
  | 'compacts'
  | 'compact'
  | 'ssmigrates'
  | 'encryptions'
  | 'disk-info'
  | 'tsmas'

export interface Show extends Span {
  readonly kind: 'show'
  readonly target: ShowTarget
  /** `SHOW db.TABLES`, `SHOW TAGS FROM t FROM db`. */
  readonly database: Name | null
  /** Of TAGS, TABLE TAGS, INDEXES, TABLE DISTRIBUTED. */
  readonly table: TableName | null
  /** SHOW USER|SYSTEM DATABASES, SHOW NORMAL|CHILD|VIRTUAL TABLES … */
  readonly filter: 'user' | 'system' | 'normal' | 'child' | 'virtual' | null
  readonly like: string | null
  /** Of TABLE TAGS: the tags asked for, null for all. */
  readonly tags: readonly SelectItem[] | null
  /** Of DNODE n VARIABLES, VNODES ON DNODE n, COMPACT n. */
  readonly number: string | null
}
export interface ShowCreate extends Span {
  readonly kind: 'show-create'
  readonly object: 'database' | 'table' | 'stable' | 'view' | 'vtable'
  /** Of a database: `database` null and its name in `name`. */
  readonly name: TableName
}
export interface Describe extends Span {
  readonly kind: 'describe'
  readonly table: TableName
}
export interface Explain extends Span {
  readonly kind: 'explain'
  readonly analyze: boolean
  readonly verbose: boolean
  readonly ratio: string | null
  readonly statement: Query | InsertSelect | Delete
}
export interface Kill extends Span {
  readonly kind: 'kill'
  readonly what: 'connection' | 'query' | 'transaction' | 'compact' | 'ssmigrate'
  readonly id: string
}
/** ALTER LOCAL, ALTER DNODE/ALL DNODES, ALTER CLUSTER: a configuration name and value. */
export interface AlterVariable extends Span {
  readonly kind: 'alter-variable'
  readonly scope: 'local' | 'dnode' | 'all-dnodes' | 'cluster'
  readonly dnode: string | null
  readonly name: string
  readonly value: string | null
}
export interface ResetQueryCache extends Span {
  readonly kind: 'reset-query-cache'
}

/** Rightly written, not done by the engine: it answers "not supported by the embedded engine". */
export interface Unsupported extends Span {
  readonly kind: 'unsupported'
  /** What it is, in the user's words: `CREATE STREAM`, `CREATE FUNCTION`, `CREATE DNODE` … */
  readonly feature: string
  /** The statement as it stands. */
  readonly text: string
}
