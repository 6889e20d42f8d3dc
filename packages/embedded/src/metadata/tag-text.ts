import { TypeCode } from 'taosts/wire'
import type { SqlType } from '../catalog/model.ts'
import { wellKnownText } from '../values/well-known-text.ts'
import type { Cell } from './context.ts'

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join('')
}

/** A tag's value as `ins_tags` shows it: `1.50000`, `-2.500000000`, `\x0AFF`, `POINT (1.000000 2.000000)`; NULL stays null. */
export function tagText(type: SqlType, value: Cell): string | null {
  if (value === null) return null
  switch (type.code) {
    case TypeCode.FLOAT:
      return Number(value).toFixed(5)
    case TypeCode.DOUBLE:
      return Number(value).toFixed(9)
    case TypeCode.VARBINARY:
      return `\\x${hex(value as Uint8Array)}`
    case TypeCode.GEOMETRY:
      return wellKnownText(value as Uint8Array)
    default:
      return String(value)
  }
}

/** C's `%e`: six digits and an exponent of at least two. */
function exponential(value: number): string {
  return value.toExponential(6).replace(/e([+-])(\d)$/, 'e$10$2')
}

/** A tag's value as SHOW CREATE TABLE writes it in TAGS (…). */
export function tagLiteral(type: SqlType, value: Cell): string {
  if (value === null) return 'NULL'
  switch (type.code) {
    case TypeCode.FLOAT:
    case TypeCode.DOUBLE:
      return exponential(Number(value))
    case TypeCode.VARCHAR:
    case TypeCode.NCHAR:
      return `"${value}"`
    case TypeCode.VARBINARY:
      return `"\\x${hex(value as Uint8Array)}"`
    case TypeCode.GEOMETRY:
      return `"${wellKnownText(value as Uint8Array)}"`
    default:
      return String(value)
  }
}
