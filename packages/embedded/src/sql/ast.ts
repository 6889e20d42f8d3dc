/** Offsets of a node's text in the statement, in UTF-16 units: `sql.slice(start, end)`. */
export interface Span {
  readonly start: number
  readonly end: number
}

// ---------------------------------------------------------------- names and types

/** An identifier: lower-cased unless it was backquoted (then `quoted`, case kept). */
export interface Name extends Span {
  readonly text: string
  readonly quoted: boolean
}

/** `table` or `database.table`, as read: names lower-cased unless backquoted. */
export interface TableName extends Span {
  readonly database: Name | null
  readonly name: Name
}

/** Canonical type names; `VARCHAR` also stands for BINARY, `NCHAR` and so on keep theirs. */
export type TypeKeyword =
  | 'BOOL'
  | 'TINYINT'
  | 'SMALLINT'
  | 'INT'
  | 'BIGINT'
  | 'TINYINT UNSIGNED'
  | 'SMALLINT UNSIGNED'
  | 'INT UNSIGNED'
  | 'BIGINT UNSIGNED'
  | 'FLOAT'
  | 'DOUBLE'
  | 'VARCHAR'
  | 'NCHAR'
  | 'TIMESTAMP'
  | 'JSON'
  | 'VARBINARY'
  | 'GEOMETRY'
  | 'BLOB'
  | 'MEDIUMBLOB'
  | 'DECIMAL'

export interface TypeName extends Span {
  readonly name: TypeKeyword
  /** `VARCHAR(n)`, `NCHAR(n)`, `VARBINARY(n)`, `GEOMETRY(n)`; null when none was written (allowed in CAST only). */
  readonly length: number | null
  /** `DECIMAL(p, s)`; `DECIMAL(p)` has scale 0. */
  readonly precision: number | null
  readonly scale: number | null
}

// ---------------------------------------------------------------- expressions

export type DurationUnit = 'b' | 'u' | 'a' | 's' | 'm' | 'h' | 'd' | 'w' | 'n' | 'y'

/** A constant. `text` is exact: digits as written for numbers, the decoded content for strings, `true`/`false`, `null`. */
export interface Literal extends Span {
  readonly kind: 'literal'
  /** `timestamp` is `TIMESTAMP 'text'`; `duration` is `10m` (see {@link durationOf}); `placeholder` is `?`. */
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

// ---------------------------------------------------------------- queries

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
  readonly extend: Literal | null
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

// ---------------------------------------------------------------- data definition

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

// ---------------------------------------------------------------- data

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

// ---------------------------------------------------------------- metadata and control

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
  | 'machines'
  | 'variables'
  | 'local-variables'
  | 'dnode-variables'
  | 'compacts'
  | 'compact'
  | 'ssmigrates'
  | 'encryptions'
  | 'filesets'
  | 'mounts'
  | 'rsmas'
  | 'retentions'
  | 'usage'
  | 'disk-info'
  | 'tsmas'
  | 'encryptions'

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
  /** Of VARIABLES: `SHOW CLUSTER VARIABLES` and `SHOW VARIABLES` are alike. */
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
  readonly what: 'connection' | 'query' | 'transaction' | 'compact' | 'ssmigrate' | 'retention' | 'scan'
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

export type Statement =
  | Query
  | CreateDatabase
  | AlterDatabase
  | DropDatabase
  | UseDatabase
  | MaintainDatabase
  | CreateTable
  | CreateSubtables
  | DropTable
  | AlterTable
  | CreateVirtualTable
  | CreateVirtualSubtable
  | DropVirtualTable
  | CreateIndex
  | DropIndex
  | CreateView
  | DropView
  | CreateTopic
  | DropTopic
  | DropConsumerGroup
  | CreateUser
  | AlterUser
  | DropUser
  | Grant
  | InsertSelect
  | InsertValues
  | Delete
  | Show
  | ShowCreate
  | Describe
  | Explain
  | Kill
  | AlterVariable
  | ResetQueryCache
  | Unsupported

// ---------------------------------------------------------------- text

const UNITS = 'buasmhdwny'

/** Amount and unit of a duration literal's text such as `10m`. */
export function durationOf(literal: Literal): { readonly amount: bigint; readonly unit: DurationUnit } {
  const unit = literal.text.slice(-1).toLowerCase()
  if (literal.type !== 'duration' || !UNITS.includes(unit)) throw new RangeError(`not a duration: ${literal.text}`)
  return { amount: BigInt(literal.text.slice(0, -1)), unit: unit as DurationUnit }
}
