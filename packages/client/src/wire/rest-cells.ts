import { TypeCode } from '../types/types.ts'
import type { ColumnSpec } from './builder.ts'
import type { CellParser, RestClock } from './rest-cell.ts'
import { BoolCells, DecimalCells, FloatCells, NumberCells, TimeCells, WholeCells, WideCells } from './rest-fixed-cells.ts'
import { HexCells, JsonCells, TextCells } from './rest-variable-cells.ts'

/** The parser for a column's cells in a REST body. */
export function cellParser(spec: ColumnSpec, clock: RestClock): CellParser {
  switch (spec.type) {
    case TypeCode.VARCHAR:
    case TypeCode.NCHAR:
      return new TextCells(spec)
    case TypeCode.JSON:
      return new JsonCells(spec)
    case TypeCode.VARBINARY:
    case TypeCode.GEOMETRY:
    case TypeCode.BLOB:
    case TypeCode.MEDIUMBLOB:
      return new HexCells(spec)
    case TypeCode.TIMESTAMP:
      return new TimeCells(spec, clock)
    case TypeCode.DECIMAL:
    case TypeCode.DECIMAL64:
      return new DecimalCells(spec)
    case TypeCode.BIGINT:
    case TypeCode.UBIGINT:
      return new WideCells(spec)
    case TypeCode.BOOL:
      return new BoolCells(spec)
    case TypeCode.FLOAT:
      return new FloatCells(spec)
    case TypeCode.DOUBLE:
      return new NumberCells(spec)
    default:
      return new WholeCells(spec)
  }
}
