import { TypeCode } from 'taosts/wire'
import type { OutputColumn } from '../session/answer.ts'

function column(name: string, code: TypeCode, length: number): OutputColumn {
  return { name, type: { code, length, precision: 0, scale: 0 } }
}

/** Columns of system tables in few words: `text('name', 64)` is `name VARCHAR(64)`. */
export const text = (name: string, length: number): OutputColumn => column(name, TypeCode.VARCHAR, length)
export const bool = (name: string): OutputColumn => column(name, TypeCode.BOOL, 1)
export const tinyint = (name: string): OutputColumn => column(name, TypeCode.TINYINT, 1)
export const smallint = (name: string): OutputColumn => column(name, TypeCode.SMALLINT, 2)
export const int = (name: string): OutputColumn => column(name, TypeCode.INT, 4)
export const uint = (name: string): OutputColumn => column(name, TypeCode.UINT, 4)
export const bigint = (name: string): OutputColumn => column(name, TypeCode.BIGINT, 8)
export const ubigint = (name: string): OutputColumn => column(name, TypeCode.UBIGINT, 8)
export const timestamp = (name: string): OutputColumn => column(name, TypeCode.TIMESTAMP, 8)
