import { schemaBytes, TYPES, TypeCode } from 'taosts/wire'
import type { SqlType } from '../catalog/model.ts'

function decimal(type: SqlType, separator: string): string | undefined {
  return type.code === TypeCode.DECIMAL || type.code === TypeCode.DECIMAL64
    ? `DECIMAL(${type.precision}${separator}${type.scale})`
    : undefined
}

/** Types whose declared length belongs to their name. */
const WITH_LENGTH: ReadonlySet<number> = new Set([TypeCode.VARCHAR, TypeCode.NCHAR, TypeCode.VARBINARY, TypeCode.GEOMETRY])

/** A type as a CREATE statement writes it: `VARCHAR(20)`, `DECIMAL(10,2)`, `JSON`. */
export function declaredTypeText(type: SqlType): string {
  const name = TYPES[type.code]!.name
  return decimal(type, ',') ?? (WITH_LENGTH.has(type.code) ? `${name}(${type.length})` : name)
}

/** A type as DESCRIBE names it: without a length, but `DECIMAL(10, 2)`. */
export function describedTypeText(type: SqlType): string {
  return decimal(type, ', ') ?? TYPES[type.code]!.name
}

/** The length that DESCRIBE gives; of BLOB, which has none of its own, it gives 5. */
export function describedLength(type: SqlType): number {
  return type.code === TypeCode.BLOB || type.code === TypeCode.MEDIUMBLOB ? 5 : type.length
}

/** A column's type as `ins_columns` names it: only VARCHAR and NCHAR show their length. */
export function columnTypeText(type: SqlType): string {
  const { name } = TYPES[type.code]!
  return decimal(type, ',') ?? (type.code === TypeCode.VARCHAR || type.code === TypeCode.NCHAR ? `${name}(${type.length})` : name)
}

/** The size in bytes that `ins_columns` gives, with the length prefix of variable types. */
export function columnBytes(type: SqlType): number {
  return schemaBytes(type.code, type.length)
}

/** The size of a JSON tag without its prefix, as `ins_tags` gives it. */
const JSON_BYTES = 16382

/** A tag's type as `ins_tags` names it: every variable type shows its length. */
export function tagTypeText(type: SqlType): string {
  return type.code === TypeCode.JSON ? `JSON(${JSON_BYTES})` : declaredTypeText(type)
}
