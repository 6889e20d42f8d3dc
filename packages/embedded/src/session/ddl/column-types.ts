import { TypeCode } from 'taosts/wire'
import type { ColumnDef, SqlType } from '../../catalog/model.ts'
import type { ColumnSpec, TypeKeyword, TypeName } from '../../sql/ast.ts'
import { DdlWrong } from './ddl-error.ts'

const CODES: Readonly<Record<TypeKeyword, TypeCode>> = {
  BOOL: TypeCode.BOOL,
  TINYINT: TypeCode.TINYINT,
  SMALLINT: TypeCode.SMALLINT,
  INT: TypeCode.INT,
  BIGINT: TypeCode.BIGINT,
  'TINYINT UNSIGNED': TypeCode.UTINYINT,
  'SMALLINT UNSIGNED': TypeCode.USMALLINT,
  'INT UNSIGNED': TypeCode.UINT,
  'BIGINT UNSIGNED': TypeCode.UBIGINT,
  FLOAT: TypeCode.FLOAT,
  DOUBLE: TypeCode.DOUBLE,
  VARCHAR: TypeCode.VARCHAR,
  NCHAR: TypeCode.NCHAR,
  TIMESTAMP: TypeCode.TIMESTAMP,
  JSON: TypeCode.JSON,
  VARBINARY: TypeCode.VARBINARY,
  GEOMETRY: TypeCode.GEOMETRY,
  BLOB: TypeCode.BLOB,
  MEDIUMBLOB: TypeCode.BLOB,
  DECIMAL: TypeCode.DECIMAL,
}

const WIDTHS: Readonly<Record<number, number>> = {
  [TypeCode.BOOL]: 1,
  [TypeCode.TINYINT]: 1,
  [TypeCode.SMALLINT]: 2,
  [TypeCode.INT]: 4,
  [TypeCode.BIGINT]: 8,
  [TypeCode.UTINYINT]: 1,
  [TypeCode.USMALLINT]: 2,
  [TypeCode.UINT]: 4,
  [TypeCode.UBIGINT]: 8,
  [TypeCode.FLOAT]: 4,
  [TypeCode.DOUBLE]: 8,
  [TypeCode.TIMESTAMP]: 8,
  [TypeCode.JSON]: 4095,
  [TypeCode.BLOB]: 4194304,
}

/** Longest strings, in bytes of their storage (NCHAR takes four a character), as columns and as tags. */
const MAX_COLUMN_BYTES = 65517
const MAX_TAG_BYTES = 16382

/** The catalog's type of a declaration. Throws with TDengine's codes when the type cannot stand there. */
export function declaredType(type: TypeName, isTag: boolean): SqlType {
  const code = CODES[type.name]
  if (code === TypeCode.DECIMAL) {
    const precision = type.precision!
    const scale = type.scale ?? 0
    if (precision < 1 || precision > 38 || scale > precision) {
      throw DdlWrong.columnType(`Invalid column type DECIMAL(${precision},${scale}) , invalid precision or scale`, type)
    }
    if (isTag) throw DdlWrong.columnType('Decimal type is not allowed for tag', type)
    return precision <= 18 ? { code: TypeCode.DECIMAL64, length: 8, precision, scale } : { code, length: 16, precision, scale }
  }
  if (code === TypeCode.JSON && !isTag) throw DdlWrong.jsonColumn(type)
  if (code === TypeCode.BLOB && isTag) throw DdlWrong.blobTag(type)
  const width = WIDTHS[code]
  if (width !== undefined) return { code, length: width, precision: 0, scale: 0 }
  const length = type.length!
  const bytes = code === TypeCode.NCHAR ? length * 4 : length
  if (length < 1 || bytes > (isTag ? MAX_TAG_BYTES : MAX_COLUMN_BYTES)) throw DdlWrong.variableLength(type)
  return { code, length, precision: 0, scale: 0 }
}

/** Bytes of a value in a row as TDengine counts them. */
export function rowBytes({ code, length }: SqlType): number {
  if (code === TypeCode.NCHAR) return length * 4 + 2
  if (code === TypeCode.VARCHAR || code === TypeCode.VARBINARY || code === TypeCode.GEOMETRY) return length + 2
  if (code === TypeCode.BLOB) return 8
  return length
}

interface Compression {
  readonly encode: string
  readonly compress: string
  readonly level: string
}

/** What columns of a type have unless they say otherwise, and the encodings they may have. */
function defaults(code: TypeCode): Compression & { readonly encodings: readonly string[] } {
  const level = 'medium'
  switch (code) {
    case TypeCode.TIMESTAMP:
      return { encode: 'delta-i', compress: 'lz4', level, encodings: ['delta-i', 'simple8b'] }
    case TypeCode.TINYINT:
    case TypeCode.SMALLINT:
    case TypeCode.UTINYINT:
    case TypeCode.USMALLINT:
      return { encode: 'simple8b', compress: 'zlib', level, encodings: ['simple8b'] }
    case TypeCode.INT:
    case TypeCode.UINT:
      return { encode: 'simple8b', compress: 'lz4', level, encodings: ['simple8b'] }
    case TypeCode.BIGINT:
    case TypeCode.UBIGINT:
      return { encode: 'simple8b', compress: 'lz4', level, encodings: ['simple8b', 'delta-i'] }
    case TypeCode.FLOAT:
    case TypeCode.DOUBLE:
      return { encode: 'delta-d', compress: 'lz4', level, encodings: ['delta-d', 'bss'] }
    case TypeCode.BOOL:
      return { encode: 'bit-packing', compress: 'zstd', level, encodings: ['bit-packing'] }
    case TypeCode.BLOB:
    case TypeCode.GEOMETRY:
      return { encode: 'disabled', compress: 'lz4', level, encodings: [] }
    default:
      return { encode: 'disabled', compress: 'zstd', level, encodings: [] }
  }
}

const METHODS: ReadonlySet<string> = new Set(['lz4', 'zlib', 'zstd', 'xz', 'tsz', 'disabled'])
const LEVELS: Readonly<Record<string, string>> = { h: 'high', high: 'high', m: 'medium', medium: 'medium', l: 'low', low: 'low' }

/** The compression a declaration asks for, over what the column has (its type's own for a new one). */
export function compression(
  type: SqlType,
  asked: { readonly encode: string | null; readonly compress: string | null; readonly level: string | null },
  near: ColumnSpec | undefined,
  had?: Compression,
): Compression {
  const own = defaults(type.code)
  const { encode, compress, level } = {
    encode: asked.encode?.toLowerCase(),
    compress: asked.compress?.toLowerCase(),
    level: asked.level?.toLowerCase(),
  }
  if (encode !== undefined && encode !== 'disabled' && !own.encodings.includes(encode)) throw DdlWrong.encode(near)
  if (
    compress !== undefined &&
    (!METHODS.has(compress) || (compress === 'tsz' && type.code !== TypeCode.FLOAT && type.code !== TypeCode.DOUBLE))
  )
    throw DdlWrong.compress(near)
  if (level !== undefined && LEVELS[level] === undefined) throw DdlWrong.level(near)
  const from = had ?? own
  return { encode: encode ?? from.encode, compress: compress ?? from.compress, level: level === undefined ? from.level : LEVELS[level]! }
}

/** A column or tag as the catalog keeps it. */
export function columnOf(spec: ColumnSpec, id: number, isTag: boolean): ColumnDef {
  const type = declaredType(spec.type, isTag)
  if (spec.unknownOptions.length > 0) throw DdlWrong.encode(spec)
  return { id, name: spec.name.text, type, primaryKey: spec.primaryKey, ...compression(type, spec, spec) }
}

const KEY_TYPES: ReadonlySet<TypeCode> = new Set([TypeCode.INT, TypeCode.UINT, TypeCode.BIGINT, TypeCode.UBIGINT, TypeCode.VARCHAR])

/** Columns of a table that is made. Throws with TDengine's codes. */
export function columnsOf(specs: readonly ColumnSpec[], tagCount: number): ColumnDef[] {
  if (specs[0]!.type.name !== 'TIMESTAMP') throw DdlWrong.firstColumn(specs[0])
  if (specs.length < 2) throw DdlWrong.columnCount(specs[0])
  if (specs.length + tagCount > 4096) throw DdlWrong.tooManyColumns(specs[0])
  const names = new Set<string>()
  const columns: ColumnDef[] = []
  let blobs = 0
  let bytes = 0
  specs.forEach((spec, i) => {
    if (names.has(spec.name.text)) throw DdlWrong.duplicateColumn(spec)
    names.add(spec.name.text)
    const column = columnOf(spec, i + 1, false)
    if (spec.primaryKey && i !== 0) {
      if (i !== 1) throw DdlWrong.keyPosition(spec)
      if (!KEY_TYPES.has(column.type.code)) throw DdlWrong.keyType(spec)
    }
    if (i === 0) column.primaryKey = false
    if (column.type.code === TypeCode.BLOB && ++blobs > 1) throw DdlWrong.blobCount(spec)
    bytes += rowBytes(column.type)
    columns.push(column)
  })
  if (bytes > 65531) throw DdlWrong.rowLength(specs[0])
  return columns
}

/** Tags of a supertable that is made; ids follow those of the columns. */
export function tagsOf(specs: readonly ColumnSpec[], columns: readonly ColumnDef[]): ColumnDef[] {
  if (specs.length > 128) throw DdlWrong.tagNumber(specs[0])
  const names = new Set(columns.map(({ name }) => name))
  const tags: ColumnDef[] = []
  let bytes = 0
  specs.forEach((spec, i) => {
    if (names.has(spec.name.text)) throw DdlWrong.duplicateColumn(spec)
    names.add(spec.name.text)
    const tag = columnOf(spec, columns.length + i + 1, true)
    if (tag.type.code === TypeCode.JSON && specs.length > 1) throw DdlWrong.jsonTag(spec)
    bytes += tag.type.code === TypeCode.JSON ? 0 : rowBytes(tag.type)
    tags.push(tag)
  })
  if (bytes > 16384) throw DdlWrong.tagsLength(specs[0])
  return tags
}
