import { type Precision, TypeCode } from 'taosts/wire'
import type { ColumnDef } from '../../catalog/model.ts'
import type { ColumnBuffer } from '../../storage/row-buffer.ts'
import { integerCell } from './integer-cell.ts'
import { boolCell, decimalCell, floatCell } from './number-cell.ts'
import { binaryCell, geometryCell, jsonCell, textCell } from './text-cell.ts'
import { timeCell } from './time-cell.ts'
import type { ValueSource } from './value-source.ts'

/** Reads the value at `source.pos` into a row of its column and leaves `source.pos` behind it. Throws SqlError. */
export type Cell = (source: ValueSource, row: number) => void

/** The reader of a column's or tag's values, chosen by type once a clause. */
export function cellOf(column: ColumnDef, buffer: ColumnBuffer, precision: Precision): Cell {
  switch (column.type.code) {
    case TypeCode.BOOL:
      return boolCell(buffer)
    case TypeCode.TINYINT:
    case TypeCode.SMALLINT:
    case TypeCode.INT:
    case TypeCode.BIGINT:
    case TypeCode.UTINYINT:
    case TypeCode.USMALLINT:
    case TypeCode.UINT:
    case TypeCode.UBIGINT:
      return integerCell(column.type.code, buffer)
    case TypeCode.FLOAT:
    case TypeCode.DOUBLE:
      return floatCell(column.type.code, buffer)
    case TypeCode.TIMESTAMP:
      return timeCell(buffer, precision)
    case TypeCode.VARCHAR:
    case TypeCode.NCHAR:
      return textCell(column, buffer)
    case TypeCode.VARBINARY:
    case TypeCode.BLOB:
    case TypeCode.MEDIUMBLOB:
      return binaryCell(column, buffer)
    case TypeCode.GEOMETRY:
      return geometryCell(column, buffer)
    case TypeCode.JSON:
      return jsonCell(buffer)
    default:
      return decimalCell(column.type, buffer)
  }
}
