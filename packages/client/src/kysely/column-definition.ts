import type { ColumnDefinitionNode } from 'kysely'
import { refuse } from './refusals.ts'

/** Kysely's names of types that TDengine calls otherwise. */
const TYPES: { readonly [type: string]: string } = {
  integer: 'int',
  int2: 'smallint',
  int4: 'int',
  int8: 'bigint',
  boolean: 'bool',
  real: 'float',
  float4: 'float',
  float8: 'double',
  'double precision': 'double',
  numeric: 'decimal',
}

/** Kysely's types that TDengine has not, and what to take. */
const NO_TYPES: readonly (readonly [RegExp, string])[] = [
  [/^text$/, "take 'varchar(n)', or sql`nchar(n)` for n characters of any script"],
  [/^char(\(\d+\))?$/, "take 'varchar(n)'"],
  [
    /^(date|datetime|timestamptz|datetime\(\d+\)|timestamp\(\d+\)|timestamptz\(\d+\))$/,
    "take 'timestamp'; its unit is the database's precision",
  ],
  [/^(time|timetz)(\(\d+\))?$/, "take 'bigint'"],
  [/^uuid$/, "take 'varchar(36)'"],
  [/^jsonb$/, "take 'json', for a tag"],
  [/^(serial|bigserial)$/, "take 'timestamp' as the key"],
  [/^(bytea|binary|varbinary)$/, "take 'varbinary(n)' or 'blob'"],
  [/range$/, 'take two columns'],
]

/** A type of Kysely as TDengine calls it. Throws a NotSupportedError for those that it has not. */
export function visitDataType(type: string): string {
  const [name = '', rest = ''] = type.split(/(?=\()/)
  const none = NO_TYPES.find(([pattern]) => pattern.test(type))
  if (none) refuse(`type ${type}`, none[1])
  return `${TYPES[name] ?? name}${rest}`
}

/** Throws a NotSupportedError for what a column of TDengine cannot be. */
export function visitColumnDefinition(node: ColumnDefinitionNode): void {
  if (node.references) refuse('foreign keys', 'leave them out; rows meet by their timestamps, or by tags')
  if (node.unique || node.nullsNotDistinct) refuse('UNIQUE', 'leave it out: rows of a table are unique by their timestamp')
  if (node.notNull) refuse('NOT NULL', 'leave it out: only the timestamp is never NULL')
  if (node.defaultTo) refuse('DEFAULT', 'give the value with each row')
  if (node.check) refuse('CHECK', 'check values before they are written')
  if (node.generated || node.identity || node.autoIncrement) refuse('generated columns', 'take the timestamp as the key')
}
