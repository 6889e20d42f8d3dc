import { AlterType, stringifyJson, TYPES, TypeCode } from 'taosts/wire'
import type { ColumnDef, NormalTable, SqlType, Subtable, Supertable } from '../catalog/model.ts'
import type { Cell } from '../storage/index.ts'
import { wellKnownText } from '../values/well-known-text.ts'

/** A JSON object on its way to `fetch_json_meta`; its members stand in TDengine's order. */
export type MetaObject = { readonly [key: string]: unknown }

const sized = ({ code, length }: SqlType): MetaObject => (TYPES[code]?.layout === 'variable' && code !== TypeCode.JSON ? { length } : {})

/** Digits of a DECIMAL, which TDengine's JSON does not tell: kept in the log, taken out of what clients see. */
const digits = ({ precision, scale }: SqlType): MetaObject => (precision > 0 ? { decimal: [precision, scale] } : {})

/** Comment and days to live, which TDengine's JSON does not tell either. */
export const optionsOf = ({ comment, ttl }: { readonly comment: string | null; readonly ttl: number }): MetaObject =>
  comment === null && ttl === 0 ? {} : { options: { comment, ttl } }

function column({ name, type, primaryKey, encode, compress, level }: ColumnDef, index: number): MetaObject {
  return { name, type: type.code, ...sized(type), ...digits(type), isPrimarykey: index > 0 && primaryKey, encode, compress, level }
}

/** A supertable or normal table that was made. */
export function createdTable(table: Supertable | NormalTable): MetaObject {
  return {
    type: 'create',
    tableType: table.kind === 'supertable' ? 'super' : 'normal',
    tableName: table.name,
    columns: table.columns.map(column),
    tags: table.kind === 'supertable' ? table.tags.map(({ name, type }) => ({ name, type: type.code, ...sized(type) })) : [],
    ...optionsOf(table.options),
  }
}

/** A subtable with its tags; NULL tags are left out. */
export function createdChild(name: string, stable: Supertable, values: readonly Cell[]): MetaObject {
  const tags = stable.tags.flatMap(({ name: tag, type }, i) => {
    const value = values[i] ?? null
    return value === null ? [] : [{ name: tag, type: type.code, value: tagValue(type, value) }]
  })
  return { tableName: name, using: stable.name, tagNum: stable.tags.length, tags }
}

/** One or several subtables of one message. */
export function createdChildren(children: readonly MetaObject[]): MetaObject {
  return { type: 'create', tableType: 'child', ...children[0], createList: children.length > 1 ? children : [] }
}

/** A value as metas carry it: numbers as such, texts in double quotes, JSON as it is. */
function tagValue(type: SqlType, value: Cell): unknown {
  switch (type.code) {
    case TypeCode.BOOL:
      return Number(value)
    case TypeCode.VARCHAR:
    case TypeCode.NCHAR:
      return `"${value}"`
    case TypeCode.VARBINARY:
      return `"\\x${Buffer.from(value as Uint8Array)
        .toString('hex')
        .toUpperCase()}"`
    case TypeCode.GEOMETRY:
      return `"${wellKnownText(value as Uint8Array)}"`
    default:
      return value
  }
}

/** A tag's new value, as `alter` carries it: always text, of a BOOL a word. */
export function changedTag({ name, type }: ColumnDef, value: Cell): MetaObject {
  if (value === null) return { colName: name, colValueNull: true }
  return { colName: name, colValue: String(type.code === TypeCode.BOOL ? Boolean(value) : tagValue(type, value)), colValueNull: false }
}

/** A type in `alter`. */
export function changedType(type: SqlType): MetaObject {
  const { length } = sized(type)
  return { colType: type.code, ...(length === undefined ? {} : { colLength: length }), ...digits(type) }
}

/** What `alter` begins with. */
export function altered(table: Supertable | Subtable | NormalTable, alterType: number, rest: MetaObject): MetaObject {
  // TDengine calls a subtable a normal table where no tag is concerned.
  const isChild = table.kind === 'subtable' && alterType !== AlterType.TABLE_OPTION
  const tableType = table.kind === 'supertable' ? 'super' : isChild ? 'child' : 'normal'
  return { type: 'alter', tableType, tableName: table.name, alterType, ...rest }
}

/** A change as clients are told it. */
export function shownMeta(meta: MetaObject): MetaObject {
  const { decimal: _, options: __, ...rest } = meta
  const { columns } = rest
  if (!Array.isArray(columns)) return rest
  // The members keep TDengine's order.
  return Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, key === 'columns' ? (columns as MetaObject[]).map(shownMeta) : value]),
  )
}

export const metaText = (meta: MetaObject): string => stringifyJson(meta)
