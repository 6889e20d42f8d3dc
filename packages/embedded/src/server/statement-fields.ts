import { PRECISIONS, schemaBytes, TypeCode } from 'taosts/wire'
import type { BoundField } from '../prepared/insert-binding.ts'
import type { Rows } from '../session/answer.ts'
import { describeColumns } from './open-result.ts'

/** Bytes of a table's name as a field: 192, its database's 64, quotes and such. */
const TBNAME_BYTES = 271
/** What TDengine says of a BLOB in a statement: its length prefix and one. */
const BLOB_BYTES = 5

const BindType = { column: 1, tag: 2, tbname: 4 } as const

/** A field of `stmt2_prepare`: what a `?` stands for. */
export function statement2Field(field: BoundField): { readonly [key: string]: unknown } {
  return { ...statementField(field), bind_type: BindType[field.bind] }
}

/** A field as version 1 describes it. The digits of decimals are not told; of times the unit is. */
export function statementField(field: BoundField): { readonly [key: string]: unknown } {
  if (field.bind === 'tbname') return { name: 'tbname', field_type: TypeCode.VARCHAR, precision: 0, scale: 0, bytes: TBNAME_BYTES }
  const { name, type } = field.column
  const blob = type.code === TypeCode.BLOB || type.code === TypeCode.MEDIUMBLOB
  const precision = type.code === TypeCode.TIMESTAMP ? PRECISIONS.indexOf(field.database.precision) : 0
  return { name, field_type: type.code, precision, scale: 0, bytes: blob ? BLOB_BYTES : schemaBytes(type.code, type.length) }
}

/** The columns of a statement's result: here the lengths are schema sizes. */
export function describeStatementColumns(rows: Rows): { readonly [key: string]: unknown } {
  return { ...describeColumns(rows), fields_lengths: rows.columns.map(({ type }) => schemaBytes(type.code, type.length)) }
}
