import { customType } from 'drizzle-orm/mysql-core'

/** Columns of TDengine's types. Values are those of the connection: BIGINT is a bigint, DECIMAL exact text, VARBINARY bytes. */

/** TIMESTAMP: a Date; in a database of microseconds or nanoseconds `timestamp().$type<bigint>()`. */
export const timestamp = /* @__PURE__ */ customType<{ data: Date; driverData: Date }>({ dataType: () => 'TIMESTAMP' })
export const bool = /* @__PURE__ */ customType<{ data: boolean; driverData: boolean }>({ dataType: () => 'BOOL' })
export const tinyint = /* @__PURE__ */ customType<{ data: number; driverData: number }>({ dataType: () => 'TINYINT' })
export const tinyintUnsigned = /* @__PURE__ */ customType<{ data: number; driverData: number }>({ dataType: () => 'TINYINT UNSIGNED' })
export const smallint = /* @__PURE__ */ customType<{ data: number; driverData: number }>({ dataType: () => 'SMALLINT' })
export const smallintUnsigned = /* @__PURE__ */ customType<{ data: number; driverData: number }>({ dataType: () => 'SMALLINT UNSIGNED' })
export const int = /* @__PURE__ */ customType<{ data: number; driverData: number }>({ dataType: () => 'INT' })
export const intUnsigned = /* @__PURE__ */ customType<{ data: number; driverData: number }>({ dataType: () => 'INT UNSIGNED' })
export const bigint = /* @__PURE__ */ customType<{ data: bigint; driverData: bigint }>({ dataType: () => 'BIGINT' })
export const bigintUnsigned = /* @__PURE__ */ customType<{ data: bigint; driverData: bigint }>({ dataType: () => 'BIGINT UNSIGNED' })
export const float = /* @__PURE__ */ customType<{ data: number; driverData: number }>({ dataType: () => 'FLOAT' })
export const double = /* @__PURE__ */ customType<{ data: number; driverData: number }>({ dataType: () => 'DOUBLE' })
/** `decimal({ precision: 10, scale: 2 })`, exact, as text. */
export const decimal = /* @__PURE__ */ customType<{
  data: string
  driverData: string
  config: { precision: number; scale?: number }
  configRequired: true
}>({ dataType: ({ precision, scale = 0 }) => `DECIMAL(${precision}, ${scale})` })
/** `varchar({ length: 64 })`: so many bytes. */
export const varchar = /* @__PURE__ */ customType<{ data: string; driverData: string; config: { length: number }; configRequired: true }>({
  dataType: ({ length }) => `VARCHAR(${length})`,
})
/** `nchar({ length: 20 })`: so many characters. */
export const nchar = /* @__PURE__ */ customType<{ data: string; driverData: string; config: { length: number }; configRequired: true }>({
  dataType: ({ length }) => `NCHAR(${length})`,
})
export const varbinary = /* @__PURE__ */ customType<{
  data: Uint8Array
  driverData: Uint8Array
  config: { length: number }
  configRequired: true
}>({
  dataType: ({ length }) => `VARBINARY(${length})`,
})
/** GEOMETRY as well-known binary. */
export const geometry = /* @__PURE__ */ customType<{
  data: Uint8Array
  driverData: Uint8Array
  config: { length: number }
  configRequired: true
}>({
  dataType: ({ length }) => `GEOMETRY(${length})`,
})
export const blob = /* @__PURE__ */ customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'BLOB' })
/** A JSON tag, the only tag of its supertable. */
export const json = /* @__PURE__ */ customType<{ data: unknown; driverData: unknown }>({ dataType: () => 'JSON' })
