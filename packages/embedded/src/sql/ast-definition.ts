import type { Expr, Literal } from './ast-expression.ts'
import type { Name, Span, TableName, TypeName } from './ast-names.ts'
import type { Query } from './ast-query.ts'

/** A database option by its upper-case keyword; KEEP may have up to three values. `text` of the values is exact. */
export interface DatabaseOption extends Span {
  readonly name: string
  readonly values: readonly Literal[]
}
export interface CreateDatabase extends Span {
  readonly kind: 'create-database'
  readonly ifNotExists: boolean
  readonly name: Name
  readonly options: readonly DatabaseOption[]
}
export interface AlterDatabase extends Span {
  readonly kind: 'alter-database'
  readonly name: Name
  readonly options: readonly DatabaseOption[]
}
export interface DropDatabase extends Span {
  readonly kind: 'drop-database'
  readonly ifExists: boolean
  readonly force: boolean
  readonly name: Name
}
export interface UseDatabase extends Span {
  readonly kind: 'use'
  readonly name: Name
}
/** FLUSH DATABASE, TRIM DATABASE … : accepted, the engine has nothing to do. */
export interface MaintainDatabase extends Span {
  readonly kind: 'maintain-database'
  readonly command: 'flush' | 'trim' | 'compact' | 'ssmigrate' | 'trim-wal'
  readonly name: Name
}

export interface ColumnSpec extends Span {
  readonly name: Name
  readonly type: TypeName
  /** `PRIMARY KEY` or `COMPOSITE KEY`. */
  readonly primaryKey: boolean
  readonly encode: string | null
  readonly compress: string | null
  readonly level: string | null
  /** Any other `name 'value'` option, as the grammar allows; TDengine then refuses it by its own error. */
  readonly unknownOptions: readonly { readonly name: string; readonly value: string }[]
  /** Of a virtual table: `FROM [db.]table.column`. */
  readonly source: ColumnSource | null
}
export interface ColumnSource extends Span {
  readonly database: Name | null
  readonly table: Name
  readonly column: Name
}

export interface TableOptions {
  readonly comment: string | null
  readonly ttl: string | null
  readonly sma: readonly Name[] | null
  readonly keep: Literal | null
  readonly maxDelay: readonly Literal[] | null
  readonly watermark: readonly Literal[] | null
  readonly rollup: readonly string[] | null
  readonly deleteMark: readonly Literal[] | null
  readonly virtual: string | null
}
export interface CreateTable extends Span {
  readonly kind: 'create-table'
  /** Written as CREATE STABLE. */
  readonly stable: boolean
  readonly ifNotExists: boolean
  readonly name: TableName
  readonly columns: readonly ColumnSpec[]
  /** With tags it is a supertable. */
  readonly tags: readonly ColumnSpec[] | null
  readonly options: TableOptions
}
export interface SubtableSpec extends Span {
  readonly ifNotExists: boolean
  readonly name: TableName
  readonly using: TableName
  readonly tagNames: readonly Name[] | null
  /** Literals, signed literals (a {@link Unary}) or expressions; checked against the tags by the session. */
  readonly tagValues: readonly Expr[]
  readonly options: TableOptions
}
export interface CreateSubtables extends Span {
  readonly kind: 'create-subtables'
  readonly tables: readonly SubtableSpec[]
}
export interface DropTable extends Span {
  readonly kind: 'drop-table'
  /** DROP STABLE. */
  readonly stable: boolean
  /** DROP TABLE WITH uid. */
  readonly withUid: boolean
  readonly tables: readonly { readonly ifExists: boolean; readonly name: TableName }[]
}

export type AlterAction =
  | { readonly kind: 'add-column'; readonly column: ColumnSpec }
  | { readonly kind: 'drop-column'; readonly name: Name }
  | { readonly kind: 'modify-column'; readonly name: Name; readonly type: TypeName }
  | {
      readonly kind: 'modify-column-options'
      readonly name: Name
      readonly encode: string | null
      readonly compress: string | null
      readonly level: string | null
    }
  | { readonly kind: 'rename-column'; readonly name: Name; readonly to: Name }
  | { readonly kind: 'add-tag'; readonly column: ColumnSpec }
  | { readonly kind: 'drop-tag'; readonly name: Name }
  | { readonly kind: 'modify-tag'; readonly name: Name; readonly type: TypeName }
  | { readonly kind: 'rename-tag'; readonly name: Name; readonly to: Name }
  | { readonly kind: 'set-tags'; readonly tags: readonly { readonly name: Name; readonly value: Expr }[] }
  | { readonly kind: 'options'; readonly options: TableOptions }
  | { readonly kind: 'set-source'; readonly name: Name; readonly source: ColumnSource | null }

export interface AlterTable extends Span {
  readonly kind: 'alter-table'
  /** `stable` for ALTER STABLE, `vtable` for ALTER VTABLE. */
  readonly object: 'table' | 'stable' | 'vtable'
  readonly name: TableName
  readonly action: AlterAction
}

/** `CREATE VTABLE name (ts TIMESTAMP, a INT FROM db.t.c)`. */
export interface CreateVirtualTable extends Span {
  readonly kind: 'create-vtable'
  readonly ifNotExists: boolean
  readonly name: TableName
  readonly columns: readonly ColumnSpec[]
}
/** `CREATE VTABLE name (…) USING stable TAGS (…)`. */
export interface CreateVirtualSubtable extends Span {
  readonly kind: 'create-vsubtable'
  readonly ifNotExists: boolean
  readonly name: TableName
  readonly columns: readonly { readonly name: Name | null; readonly source: ColumnSource }[]
  readonly using: TableName
  readonly tagNames: readonly Name[] | null
  readonly tagValues: readonly Expr[]
}
export interface DropVirtualTable extends Span {
  readonly kind: 'drop-vtable'
  readonly ifExists: boolean
  readonly name: TableName
}

export interface CreateIndex extends Span {
  readonly kind: 'create-index'
  readonly ifNotExists: boolean
  readonly name: TableName
  readonly table: TableName
  readonly columns: readonly Name[]
}
export interface DropIndex extends Span {
  readonly kind: 'drop-index'
  readonly ifExists: boolean
  readonly name: TableName
}
export interface CreateView extends Span {
  readonly kind: 'create-view'
  readonly orReplace: boolean
  readonly name: TableName
  readonly query: Query
}
export interface DropView extends Span {
  readonly kind: 'drop-view'
  readonly ifExists: boolean
  readonly name: TableName
}

export interface CreateTopic extends Span {
  readonly kind: 'create-topic'
  readonly ifNotExists: boolean
  readonly name: Name
  readonly meta: 'no' | 'with' | 'only'
  readonly source:
    | { readonly kind: 'query'; readonly query: Query }
    | { readonly kind: 'stable'; readonly table: TableName; readonly where: Expr | null }
    | { readonly kind: 'database'; readonly name: Name }
}
export interface DropTopic extends Span {
  readonly kind: 'drop-topic'
  readonly ifExists: boolean
  readonly force: boolean
  readonly name: Name
}
export interface DropConsumerGroup extends Span {
  readonly kind: 'drop-consumer-group'
  readonly ifExists: boolean
  readonly force: boolean
  readonly group: Name
  readonly topic: Name
}

export interface CreateUser extends Span {
  readonly kind: 'create-user'
  readonly name: Name
  readonly password: string
  /** Options by upper-case keyword: SYSINFO, CREATEDB, IS_IMPORT as numbers' text, HOST as list. */
  readonly options: readonly { readonly name: string; readonly values: readonly string[] }[]
}
export interface AlterUser extends Span {
  readonly kind: 'alter-user'
  readonly name: Name
  /** PASS, ENABLE, SYSINFO, CREATEDB, ADD HOST, DROP HOST. */
  readonly option: { readonly name: string; readonly values: readonly string[] }
}
export interface DropUser extends Span {
  readonly kind: 'drop-user'
  readonly name: Name
}
/** GRANT and REVOKE. `database` and `table` are null for `*`. */
export interface Grant extends Span {
  readonly kind: 'grant' | 'revoke'
  readonly privileges: readonly ('all' | 'read' | 'write' | 'alter' | 'subscribe')[]
  /** `*.*`, `db.*`, `db.t`, or a topic's name (then only `table`). Null after GRANT SUBSCRIBE never. */
  readonly object:
    | { readonly kind: 'table'; readonly database: Name | null; readonly table: Name | null }
    | { readonly kind: 'topic'; readonly name: Name }
  readonly condition: Expr | null
  readonly user: Name
}
