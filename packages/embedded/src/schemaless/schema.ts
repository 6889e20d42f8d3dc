import { TYPES, TypeCode } from 'taosts/wire'
import type { ColumnDef, Supertable } from '../catalog/model.ts'
import type { Member, Point } from './point.ts'
import { SchemalessCode, schemalessError } from './schemaless-error.ts'

/** A column or tag that a batch of records needs. */
interface Needed {
  readonly type: TypeCode
  /** The longest value's bytes. */
  bytes: number
}

/** What the records of one measurement need of their supertable. */
export interface NeededSchema {
  readonly columns: Map<string, Needed>
  readonly tags: Map<string, Needed>
}

/** Stands in for the tags of a supertable that has none. */
export const NO_TAG = '_tag_null'

const WITH_LENGTH: ReadonlySet<number> = new Set([TypeCode.VARCHAR, TypeCode.NCHAR, TypeCode.VARBINARY, TypeCode.GEOMETRY])

/** Sizes grow in powers of two above what is needed, so that widening is rare. NCHAR counts UTF-8 bytes, as TDengine does here. */
export function declaredLength(type: TypeCode, bytes: number): number {
  if (!WITH_LENGTH.has(type)) return 0
  let length = 1
  while (length <= bytes) length *= 2
  return Math.min(length, type === TypeCode.NCHAR ? 16379 : 65517)
}

/** The union of what the points need; throws TDengine's mismatch when two of them disagree on a type. */
export function neededSchema(points: readonly Point[], tagsOf: (point: Point) => readonly Member[], sequence: number): NeededSchema {
  const needed: NeededSchema = { columns: new Map(), tags: new Map() }
  for (const point of points) {
    for (const field of point.fields) need(needed.columns, field, sequence)
    for (const tag of tagsOf(point)) need(needed.tags, tag, sequence)
  }
  return needed
}

function need(members: Map<string, Needed>, member: Member, sequence: number): void {
  const { type, bytes } = member.value
  const known = members.get(member.name)
  if (!known) members.set(member.name, { type, bytes })
  else if (known.type !== type) throw mismatch(known.type, member, sequence)
  else if (bytes > known.bytes) known.bytes = bytes
}

function mismatch(known: TypeCode, member: Member, sequence: number) {
  const message = `smlGenerateSchemaAction point type and db type mismatch, db type:${TYPES[known]!.name}, point type:${TYPES[member.value.type]!.name}`
  return schemalessError(SchemalessCode.DATA, `SML:0x${sequence.toString(16)}, ${message}, key:${member.context}`)
}

/** Throws TDengine's mismatch when a member has another type than the table's column or tag of its name. */
export function checkTypes(
  table: Supertable,
  points: readonly Point[],
  tagsOf: (point: Point) => readonly Member[],
  sequence: number,
): void {
  const columns = byName(table.columns)
  const tags = byName(table.tags)
  for (const point of points) {
    for (const field of point.fields) checkType(columns, field, sequence)
    for (const tag of tagsOf(point)) checkType(tags, tag, sequence)
  }
}

function byName(columns: readonly ColumnDef[]): ReadonlyMap<string, ColumnDef> {
  return new Map(columns.map((column) => [column.name, column]))
}

function checkType(columns: ReadonlyMap<string, ColumnDef>, member: Member, sequence: number): void {
  const column = columns.get(member.name)
  if (column && column.type.code !== member.value.type) throw mismatch(column.type.code, member, sequence)
}

/** The statement that makes the supertable. */
export function createSql(target: string, needed: NeededSchema): string {
  const tags = needed.tags.size > 0 ? needed.tags : new Map([[NO_TAG, { type: TypeCode.NCHAR, bytes: 0 }]])
  return `create stable if not exists ${target} (\`_ts\` timestamp,${declare(needed.columns)}) tags (${declare(tags)})`
}

function declare(members: ReadonlyMap<string, Needed>): string {
  return [...members].map(([name, each]) => `${quoteName(name)} ${typeText(each)}`).join(',')
}

function typeText({ type, bytes }: Needed): string {
  const { name } = TYPES[type]!
  const length = declaredLength(type, bytes)
  return length > 0 ? `${name}(${length})` : name
}

/** The statements that add what the supertable lacks and widen what is too short. */
export function* alterSql(target: string, table: Supertable, needed: NeededSchema): Generator<string> {
  yield* alterMembers(target, 'column', byName(table.columns), needed.columns)
  yield* alterMembers(target, 'tag', byName(table.tags), needed.tags)
}

function* alterMembers(
  target: string,
  kind: 'column' | 'tag',
  columns: ReadonlyMap<string, ColumnDef>,
  needed: ReadonlyMap<string, Needed>,
): Generator<string> {
  for (const [name, each] of needed) {
    const column = columns.get(name)
    if (!column) yield `alter stable ${target} add ${kind} ${quoteName(name)} ${typeText(each)}`
    else if (WITH_LENGTH.has(each.type) && column.type.length < each.bytes) {
      yield `alter stable ${target} modify ${kind} ${quoteName(name)} ${typeText(each)}`
    }
  }
}

export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
