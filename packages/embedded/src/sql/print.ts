import type {
  AlterAction,
  ColumnSource,
  ColumnSpec,
  CreateTopic,
  DatabaseOption,
  Grant,
  Literal,
  Name,
  Show,
  ShowTarget,
  Statement,
  SubtableSpec,
  TableOptions,
} from './ast.ts'
import { encodeString } from './escapes.ts'
import { printExpression, printItem, printList, printLiteral, printName, printTableName, printType } from './print-expression.ts'
import { printQuery } from './print-query.ts'

/** A statement as canonical SQL: reading it gives the same tree, positions aside. INSERT with VALUES has no tree and cannot be printed. */
export function print(statement: Statement): string {
  switch (statement.kind) {
    case 'select':
    case 'union':
      return printQuery(statement)
    case 'create-database':
      return `CREATE DATABASE ${ifNotExists(statement)}${printName(statement.name)}${statement.options.map(databaseOption).join('')}`
    case 'alter-database':
      return `ALTER DATABASE ${printName(statement.name)}${statement.options.map(databaseOption).join('')}`
    case 'drop-database':
      return `DROP DATABASE ${ifExists(statement)}${printName(statement.name)}${statement.force ? ' FORCE' : ''}`
    case 'use':
      return `USE ${printName(statement.name)}`
    case 'maintain-database':
      return statement.command === 'trim-wal'
        ? `TRIM DATABASE ${printName(statement.name)} WAL`
        : `${statement.command.toUpperCase()} DATABASE ${printName(statement.name)}`
    case 'create-table': {
      const tags = statement.tags ? ` TAGS (${printList(statement.tags, column)})` : ''
      const head = `CREATE ${statement.stable ? 'STABLE' : 'TABLE'} ${ifNotExists(statement)}${printTableName(statement.name)}`
      return `${head} (${printList(statement.columns, column)})${tags}${tableOptions(statement.options)}`
    }
    case 'create-subtables':
      return `CREATE TABLE ${statement.tables.map(subtable).join(' ')}`
    case 'drop-table':
      return `DROP ${statement.stable ? 'STABLE' : 'TABLE'} ${statement.withUid ? 'WITH ' : ''}${printList(
        statement.tables,
        (table) => `${ifExists(table)}${printTableName(table.name)}`,
      )}`
    case 'alter-table':
      return `ALTER ${statement.object.toUpperCase()} ${printTableName(statement.name)} ${alterAction(statement.action)}`
    case 'create-vtable':
      return `CREATE VTABLE ${ifNotExists(statement)}${printTableName(statement.name)} (${printList(statement.columns, column)})`
    case 'create-vsubtable': {
      const references = printList(
        statement.columns,
        ({ name, source }) => `${name ? `${printName(name)} FROM ` : ''}${columnSource(source)}`,
      )
      const columns = references ? ` (${references})` : ''
      return `CREATE VTABLE ${ifNotExists(statement)}${printTableName(statement.name)}${columns} ${using(statement)}`
    }
    case 'drop-vtable':
      return `DROP VTABLE ${ifExists(statement)}${printTableName(statement.name)}`
    case 'create-index':
      return `CREATE INDEX ${ifNotExists(statement)}${printTableName(statement.name)} ON ${printTableName(statement.table)} (${names(statement.columns)})`
    case 'drop-index':
      return `DROP INDEX ${ifExists(statement)}${printTableName(statement.name)}`
    case 'create-view':
      return `CREATE ${statement.orReplace ? 'OR REPLACE ' : ''}VIEW ${printTableName(statement.name)} AS ${printQuery(statement.query)}`
    case 'drop-view':
      return `DROP VIEW ${ifExists(statement)}${printTableName(statement.name)}`
    case 'create-topic': {
      const meta = statement.meta === 'no' ? '' : ` ${statement.meta.toUpperCase()} META`
      return `CREATE TOPIC ${ifNotExists(statement)}${printName(statement.name)}${meta} AS ${topicSource(statement.source)}`
    }
    case 'drop-topic':
      return `DROP TOPIC ${ifExists(statement)}${statement.force ? 'FORCE ' : ''}${printName(statement.name)}`
    case 'drop-consumer-group':
      return `DROP CONSUMER GROUP ${ifExists(statement)}${statement.force ? 'FORCE ' : ''}${printName(statement.group)} ON ${printName(statement.topic)}`
    case 'create-user':
      return `CREATE USER ${printName(statement.name)} PASS ${encodeString(statement.password)}${statement.options.map(userOption).join('')}`
    case 'alter-user':
      return `ALTER USER ${printName(statement.name)}${userOption(statement.option)}`
    case 'drop-user':
      return `DROP USER ${printName(statement.name)}`
    case 'grant':
    case 'revoke':
      return printGrant(statement)
    case 'insert-select': {
      const columns = statement.columns ? ` (${printList(statement.columns, insertColumn)})` : ''
      return `INSERT INTO ${printTableName(statement.table)}${columns} ${printQuery(statement.query)}`
    }
    case 'delete':
      return `DELETE FROM ${printTableName(statement.table)}${statement.where ? ` WHERE ${printExpression(statement.where)}` : ''}`
    case 'show':
      return printShow(statement)
    case 'show-create':
      return `SHOW CREATE ${statement.object.toUpperCase()} ${printTableName(statement.name)}`
    case 'describe':
      return `DESCRIBE ${printTableName(statement.table)}`
    case 'explain': {
      const options = `${statement.analyze ? 'ANALYZE ' : ''}${statement.verbose ? 'VERBOSE TRUE ' : ''}${statement.ratio ? `RATIO ${statement.ratio} ` : ''}`
      return `EXPLAIN ${options}${print(statement.statement)}`
    }
    case 'kill':
      return `KILL ${statement.what.toUpperCase()} ${statement.what === 'query' ? encodeString(statement.id) : statement.id}`
    case 'alter-variable': {
      const scope = statement.scope === 'all-dnodes' ? 'ALL DNODES' : statement.scope.toUpperCase()
      const value = statement.value === null ? '' : ` ${encodeString(statement.value)}`
      return `ALTER ${scope}${statement.dnode === null ? '' : ` ${statement.dnode}`} ${encodeString(statement.name)}${value}`
    }
    case 'reset-query-cache':
      return 'RESET QUERY CACHE'
    case 'unsupported':
      return statement.text
    case 'insert-values':
      throw new TypeError('an INSERT with VALUES has no tree to print')
  }
}

const ifNotExists = (node: { readonly ifNotExists: boolean }): string => (node.ifNotExists ? 'IF NOT EXISTS ' : '')
const ifExists = (node: { readonly ifExists: boolean }): string => (node.ifExists ? 'IF EXISTS ' : '')
const names = (list: readonly Name[]): string => printList(list, printName)
const literals = (list: readonly Literal[]): string => printList(list, printLiteral)

function insertColumn(name: Name): string {
  return name.text === 'tbname' && !name.quoted ? 'TBNAME' : printName(name)
}

function databaseOption(option: DatabaseOption): string {
  return ` ${option.name} ${literals(option.values)}`
}

function column(spec: ColumnSpec): string {
  const options = [
    ...(['encode', 'compress', 'level'] as const).flatMap((name) =>
      spec[name] === null ? [] : [{ name: name.toUpperCase(), value: spec[name] }],
    ),
    ...spec.unknownOptions,
  ]
  const text = options.map(({ name, value }) => ` ${name} ${encodeString(value)}`).join('')
  const source = spec.source ? ` FROM ${columnSource(spec.source)}` : ''
  return `${printName(spec.name)} ${printType(spec.type)}${spec.primaryKey ? ' COMPOSITE KEY' : ''}${text}${source}`
}

function columnSource(source: ColumnSource): string {
  return [...(source.database ? [source.database] : []), source.table, source.column].map(printName).join('.')
}

function tableOptions(options: TableOptions): string {
  let text = ''
  if (options.comment !== null) text += ` COMMENT ${encodeString(options.comment)}`
  if (options.watermark) text += ` WATERMARK ${literals(options.watermark)}`
  if (options.maxDelay) text += ` MAX_DELAY ${literals(options.maxDelay)}`
  if (options.rollup) text += ` ROLLUP(${options.rollup.join(', ')})`
  if (options.deleteMark) text += ` DELETE_MARK ${literals(options.deleteMark)}`
  if (options.ttl !== null) text += ` TTL ${options.ttl}`
  if (options.keep) text += ` KEEP ${printLiteral(options.keep)}`
  if (options.sma) text += ` SMA(${names(options.sma)})`
  if (options.virtual !== null) text += ` VIRTUAL ${options.virtual}`
  return text
}

function subtable(spec: SubtableSpec): string {
  return `${ifNotExists(spec)}${printTableName(spec.name)} ${using(spec)}${tableOptions(spec.options)}`
}

function using(spec: Pick<SubtableSpec, 'using' | 'tagNames' | 'tagValues'>): string {
  const tags = spec.tagNames ? ` (${names(spec.tagNames)})` : ''
  return `USING ${printTableName(spec.using)}${tags} TAGS (${printList(spec.tagValues, (value) => printExpression(value))})`
}

function alterAction(action: AlterAction): string {
  switch (action.kind) {
    case 'add-column':
      return `ADD COLUMN ${column(action.column)}`
    case 'add-tag':
      return `ADD TAG ${column(action.column)}`
    case 'drop-column':
      return `DROP COLUMN ${printName(action.name)}`
    case 'drop-tag':
      return `DROP TAG ${printName(action.name)}`
    case 'modify-column':
      return `MODIFY COLUMN ${printName(action.name)} ${printType(action.type)}`
    case 'modify-tag':
      return `MODIFY TAG ${printName(action.name)} ${printType(action.type)}`
    case 'modify-column-options': {
      const options = (['encode', 'compress', 'level'] as const).map((name) =>
        action[name] === null ? '' : ` ${name.toUpperCase()} ${encodeString(action[name])}`,
      )
      return `MODIFY COLUMN ${printName(action.name)}${options.join('')}`
    }
    case 'rename-column':
      return `RENAME COLUMN ${printName(action.name)} ${printName(action.to)}`
    case 'rename-tag':
      return `RENAME TAG ${printName(action.name)} ${printName(action.to)}`
    case 'set-tags':
      return `SET TAG ${printList(action.tags, ({ name, value }) => `${printName(name)} = ${printExpression(value)}`)}`
    case 'options':
      return tableOptions(action.options).trimStart()
    case 'set-source':
      return `ALTER COLUMN ${printName(action.name)} SET ${action.source ? columnSource(action.source) : 'NULL'}`
  }
}

function topicSource(source: CreateTopic['source']): string {
  if (source.kind === 'query') return printQuery(source.query)
  if (source.kind === 'database') return `DATABASE ${printName(source.name)}`
  return `STABLE ${printTableName(source.table)}${source.where ? ` WHERE ${printExpression(source.where)}` : ''}`
}

function userOption(option: { readonly name: string; readonly values: readonly string[] }): string {
  const asStrings = option.name === 'PASS' || option.name.endsWith('HOST')
  return ` ${option.name} ${printList(option.values, (value) => (asStrings ? encodeString(value) : value))}`
}

function printGrant(grant: Grant): string {
  const { object } = grant
  let on: string
  if (object.kind === 'topic') on = printName(object.name)
  else on = `${object.database ? printName(object.database) : '*'}.${object.table ? printName(object.table) : '*'}`
  const condition = grant.condition ? ` WITH ${printExpression(grant.condition)}` : ''
  const user = `${grant.kind === 'grant' ? 'TO' : 'FROM'} ${printName(grant.user)}`
  return `${grant.kind.toUpperCase()} ${grant.privileges.join(', ').toUpperCase()} ON ${on}${condition} ${user}`
}

/** Targets that are not their name in upper case with spaces for hyphens. */
const SPELT: Partial<Record<ShowTarget, string>> = { 'disk-info': 'DISK_INFO', variables: 'CLUSTER VARIABLES' }

function printShow(show: Show): string {
  const words = SPELT[show.target] ?? show.target.replaceAll('-', ' ').toUpperCase()
  const from = show.table ? ` FROM ${printTableName(show.table)}${show.database ? ` FROM ${printName(show.database)}` : ''}` : ''
  const like = show.like === null ? '' : ` LIKE ${encodeString(show.like)}`
  switch (show.target) {
    case 'table-distributed':
      return `SHOW TABLE DISTRIBUTED ${printTableName(show.table!)}`
    case 'table-tags':
      return `SHOW TABLE TAGS${show.tags ? ` ${printList(show.tags, printItem)}` : ''}${from}`
    case 'tags':
    case 'indexes':
      return `SHOW ${words}${from}`
    case 'dnode-variables':
      return `SHOW DNODE ${show.number} VARIABLES${like}`
    case 'vnodes':
      return `SHOW VNODES${show.number === null ? '' : ` ON DNODE ${show.number}`}`
    case 'compact':
      return `SHOW COMPACT ${show.number}`
    case 'transactions':
      return show.number === null ? 'SHOW TRANSACTIONS' : `SHOW TRANSACTION ${show.number}`
    default: {
      const filter = show.filter ? `${show.filter.toUpperCase()} ` : ''
      const database = show.database ? `${printName(show.database)}.` : ''
      return `SHOW ${filter}${database}${words}${like}`
    }
  }
}
