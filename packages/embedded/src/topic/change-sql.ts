import { AlterType, TYPES, TypeCode } from 'taosts/wire'
import { SqlError } from '../errors.ts'
import type { MetaObject } from './meta-json.ts'

const invalid = (what: string) => new SqlError(0x0115, `Invalid message: ${what}`)

interface Column {
  readonly name: string
  readonly type: number
  readonly length?: number
  readonly decimal?: readonly [precision: number, scale: number]
  readonly isPrimarykey?: boolean
  readonly encode?: string
  readonly compress?: string
  readonly level?: string
  readonly value?: unknown
}

interface Options {
  readonly comment?: string | null
  readonly ttl?: number
}

/** A change as the statements that make it again. Throws 0x0115 for one that is none. */
export function changeSql(meta: MetaObject): string[] {
  switch (meta['type']) {
    case 'create':
      return [meta['tableType'] === 'child' ? createChildren(meta) : createTable(meta)]
    case 'alter':
      return alter(meta)
    case 'drop': {
      const { tableName, tableNameList } = meta as { tableName?: string; tableNameList?: readonly string[] }
      if (tableNameList) return [`drop table ${tableNameList.map((name) => `if exists ${quoted(name)}`).join(', ')}`]
      return [`drop stable if exists ${quoted(tableName ?? '')}`]
    }
    case 'delete': {
      const sql = meta['sql']
      // Whatever else might stand there is no change of a subscription.
      if (typeof sql !== 'string' || !/^delete from `/.test(sql)) throw invalid('no DELETE')
      return [sql]
    }
    default:
      throw invalid(`unknown change ${JSON.stringify(meta['type'])}`)
  }
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

function typeText(type: number, length: number | undefined, decimal?: readonly [number, number]): string {
  const info = TYPES[type]
  if (!info) throw invalid(`unknown type ${type}`)
  if (type === TypeCode.DECIMAL || type === TypeCode.DECIMAL64) {
    if (!decimal) throw invalid('a DECIMAL column without its digits')
    return `DECIMAL(${decimal.join(',')})`
  }
  return length !== undefined && type !== TypeCode.BLOB ? `${info.name}(${length})` : info.name
}

function definition({ name, type, length, decimal, isPrimarykey, ...options }: Column): string {
  return `${quoted(name)} ${typeText(type, length, decimal)}${compressionText(options)}${isPrimarykey ? ' primary key' : ''}`
}

/** How a column is stored, as far as it is told. */
function compressionText(column: Pick<Column, 'encode' | 'compress' | 'level'>): string {
  return (['encode', 'compress', 'level'] as const).map((name) => (column[name] ? ` ${name} '${column[name]}'` : '')).join('')
}

function optionsText({ comment, ttl }: Options = {}): string {
  const text = typeof comment === 'string' ? ` comment '${comment.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : ''
  return `${text}${ttl === undefined ? '' : ` ttl ${Number(ttl)}`}`
}

function createTable(meta: MetaObject): string {
  const { tableName, tableType, columns, tags } = meta as unknown as {
    tableName: string
    tableType: string
    columns: readonly Column[]
    tags: readonly Column[]
  }
  const list = `(${columns.map(definition).join(', ')})`
  const head =
    tableType === 'super'
      ? `create stable if not exists ${quoted(tableName)} ${list} tags (${tags.map(definition).join(', ')})`
      : `create table if not exists ${quoted(tableName)} ${list}`
  return head + optionsText(meta['options'] as Options | undefined)
}

function createChildren(meta: MetaObject): string {
  const { createList = [] } = meta as { createList?: readonly MetaObject[] }
  const parts = (createList.length > 0 ? createList : [meta]).map((child) => {
    const { tableName, using, tagNum, tags } = child as unknown as {
      tableName: string
      using: string
      tagNum: number
      tags: readonly Column[]
    }
    // Tags that are NULL are not told; where there is no other, each is written.
    const names = tags.length > 0 ? ` (${tags.map(({ name }) => quoted(name)).join(', ')})` : ''
    const values = tags.map(({ type, value }) => literal(type, String(value))).join(', ')
    return `if not exists ${quoted(tableName)} using ${quoted(using)}${names} tags (${values || Array(tagNum).fill('null').join(', ')})`
  })
  return `create table ${parts.join(' ')}`
}

/** A tag's value of a change as SQL writes it: texts come in double quotes, which are not escaped inside. */
function literal(type: number, text: string): string {
  if (type !== TypeCode.JSON && TYPES[type]?.layout !== 'variable') {
    if (!/^[-+\w.]+$/.test(text)) throw invalid(`the value ${text}`)
    return text
  }
  const bare = type !== TypeCode.JSON && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
  // `\x…` of bytes is SQL's own spelling.
  const escaped = type === TypeCode.VARBINARY ? bare : bare.replaceAll('\\', '\\\\')
  return `'${escaped.replaceAll("'", "''")}'`
}

/** A new tag's value, whose type the table knows: in quotes it is text. */
function assigned({ colName, colValue, colValueNull }: { colName?: string; colValue?: string; colValueNull?: boolean }): string {
  const value = colValue ?? ''
  const isText = value.startsWith('"') && value.endsWith('"') && value.length > 1
  const type = isText
    ? value.startsWith('"\\x')
      ? TypeCode.VARBINARY
      : TypeCode.VARCHAR
    : value.startsWith('{')
      ? TypeCode.JSON
      : TypeCode.BIGINT
  return `${quoted(colName ?? '')} = ${colValueNull ? 'null' : literal(type, value)}`
}

interface Alteration {
  readonly tableType: string
  readonly tableName: string
  readonly alterType: number
  readonly colName?: string
  readonly colNewName?: string
  readonly colType?: number
  readonly colLength?: number
  readonly decimal?: readonly [number, number]
  readonly encode?: string
  readonly compress?: string
  readonly level?: string
  readonly options?: Options
  readonly tags?: readonly { colName: string; colValue?: string; colValueNull: boolean }[]
}

function alter(meta: MetaObject): string[] {
  const change = meta as unknown as Alteration
  const { tableType, tableName, alterType, colName = '', colNewName = '' } = change
  const head = `alter ${tableType === 'super' ? 'stable' : 'table'} ${quoted(tableName)}`
  const name = quoted(colName)
  const type = (): string => typeText(change.colType ?? -1, change.colLength, change.decimal)
  switch (alterType) {
    case AlterType.ADD_TAG:
      return [`${head} add tag ${name} ${type()}`]
    case AlterType.DROP_TAG:
      return [`${head} drop tag ${name}`]
    case AlterType.RENAME_TAG:
      return [`${head} rename tag ${name} ${quoted(colNewName)}`]
    case AlterType.SET_TAG:
      return [`${head} set tag ${assigned(meta)}`]
    case AlterType.SET_TAGS:
      return [`${head} set tag ${(change.tags ?? []).map(assigned).join(', ')}`]
    case AlterType.ADD_COLUMN:
    case AlterType.ADD_COMPRESSED_COLUMN:
      return [`${head} add column ${name} ${type()}${compressionText(change)}`]
    case AlterType.DROP_COLUMN:
      return [`${head} drop column ${name}`]
    case AlterType.WIDEN_COLUMN:
      return [`${head} modify column ${name} ${type()}`]
    case AlterType.WIDEN_TAG:
      return [`${head} modify tag ${name} ${type()}`]
    case AlterType.RENAME_COLUMN:
      return [`${head} rename column ${name} ${quoted(colNewName)}`]
    case AlterType.COMPRESSION: {
      return [`${head} modify column ${name}${compressionText(change)}`]
    }
    // What became of the options is told by servers like this one alone.
    case AlterType.TABLE_OPTION: {
      const options = optionsText(change.options)
      return options === '' ? [] : [`${head}${options}`]
    }
    default:
      throw invalid(`unknown alteration ${alterType}`)
  }
}
