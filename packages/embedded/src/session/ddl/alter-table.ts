import { TypeCode } from 'taosts/wire'
import type { ColumnDef, NormalTable, SqlType, Subtable, Supertable, Table } from '../../catalog/model.ts'
import { checkFieldUnused } from '../../metadata/index.ts'
import type { AlterAction, AlterTable, ColumnSpec, Name, TypeName } from '../../sql/ast.ts'
import type { Transaction } from '../../storage/index.ts'
import { dataTable, tagColumn, tagTable } from '../../storage/layout.ts'
import { physicalType } from '../../storage/physical.ts'
import { TagSet } from '../../storage/row-set.ts'
import { keepFirstTags, logAlter, logTagsSet } from '../../topic/changes.ts'
import type { EngineAnswer } from '../answer.ts'
import { DONE } from '../done.ts'
import { notSupported } from '../not-supported.ts'
import { type StatementContext, tableOf } from '../statement-context.ts'
import { columnOf, compression, declaredType, rowBytes } from './column-types.ts'
import { setTag } from './create-table.ts'
import { DdlWrong } from './ddl-error.ts'

/** Columns of a table and tags of a supertable together at most. */
const MAX_COLUMNS = 4096
const MAX_TAGS = 128
const MAX_ROW_BYTES = 65531

type Action<K extends AlterAction['kind']> = Extract<AlterAction, { kind: K }>

/** A change on its way: what the catalog has to say afterwards, and the statements of DuckDB that go with it. */
class Change {
  readonly transaction: Transaction
  readonly context: StatementContext

  constructor(transaction: Transaction, context: StatementContext) {
    this.transaction = transaction
    this.context = context
  }

  /** Writes changed fields of a supertable or normal table and makes them visible with the commit. */
  async save<T extends Supertable | NormalTable>(table: T, fields: Partial<T>): Promise<void> {
    const { catalog } = this.context.engine
    const versions = table.kind === 'supertable' ? { lastChange: Date.now() } : {}
    const changed = { schemaVersion: table.schemaVersion + 1, ...versions, ...fields }
    await catalog.save(this.transaction, table.kind, { ...table, ...changed })
    this.transaction.onCommit(() => Object.assign(table, changed))
  }
}

/** ALTER TABLE and ALTER STABLE. */
export function alterTable(statement: AlterTable, context: StatementContext): Promise<EngineAnswer> {
  if (statement.object === 'vtable') throw notSupported('ALTER VTABLE', statement.start)
  return context.engine.writer.alone(async (transaction) => {
    const table = tableOf(context.engine.catalog, statement.name, context.database)
    if (table.kind === 'normal' && table.sources) throw notSupported('ALTER VTABLE', statement.start)
    const change = new Change(transaction, context)
    if (statement.object === 'stable' && table.kind !== 'supertable') throw DdlWrong.noStable(statement.name)
    await (table.kind === 'supertable' ? alterStable : table.kind === 'normal' ? alterNormal : alterSubtable)(
      change,
      table as never,
      statement.action,
    )
    return DONE
  })
}

async function alterStable(change: Change, table: Supertable, action: AlterAction): Promise<void> {
  switch (action.kind) {
    case 'add-column':
      return addStableColumn(change, table, action)
    case 'drop-column': {
      const index = columnIndex(table, action.name)
      if (index === 0 || table.columns.length === 2 || table.columns[index]!.primaryKey) throw DdlWrong.stableOption(action.name)
      checkFieldUnused(change.context.engine.catalog, table, { column: table.columns[index]!.id }, action.name)
      return dropColumn(change, table, index, action)
    }
    case 'modify-column':
      return modifyColumn(change, table, action)
    case 'modify-column-options':
      return modifyOptions(change, table, action)
    case 'rename-column':
      throw DdlWrong.alter('Rename column only available for normal table', action.name)
    case 'add-tag':
      return addTag(change, table, action)
    case 'drop-tag':
      return dropTag(change, table, action)
    case 'modify-tag': {
      const tag = tagNamed(table, action.name)
      const type = widened(tag, action.type, true)
      if (table.tags.reduce((sum, other) => sum + rowBytes(other === tag ? type : other.type), 0) > 16384)
        throw DdlWrong.tagsLength(action.name)
      logAlter(change.transaction, table, action, { ...tag, type })
      return change.save(table, { tags: replaced(table.tags, tag, { ...tag, type }), tagVersion: table.tagVersion + 1 })
    }
    case 'rename-tag': {
      const tag = tagNamed(table, action.name)
      refuseTaken(table, action.to)
      await keepFirstTags(change.transaction, change.context.engine.catalog, table)
      logAlter(change.transaction, table, action)
      return change.save(table, { tags: replaced(table.tags, tag, { ...tag, name: action.to.text }), tagVersion: table.tagVersion + 1 })
    }
    case 'set-tags':
      throw DdlWrong.alter('Set tag value only available for child table', action.tags[0]!.name)
    case 'options':
      logAlter(change.transaction, table, action)
      return change.save(table, { options: optionsWith(table, action), schemaVersion: table.schemaVersion })
    case 'set-source':
      throw DdlWrong.alter('Invalid alter table statement')
  }
}

async function addStableColumn(change: Change, table: Supertable, action: Action<'add-column'>): Promise<void> {
  const spec = action.column
  if (table.tags.some(({ name }) => name === spec.name.text)) throw DdlWrong.tagExists(spec)
  if (table.columns.some(({ name }) => name === spec.name.text)) throw DdlWrong.columnExists(spec)
  await addColumn(change, table, spec, action)
}

async function alterNormal(change: Change, table: NormalTable, action: AlterAction): Promise<void> {
  switch (action.kind) {
    case 'add-column':
      if (table.columns.some(({ name }) => name === action.column.name.text)) throw DdlWrong.duplicateColumn(action.column)
      return addColumn(change, table, action.column, action)
    case 'drop-column': {
      const index = columnIndex(table, action.name)
      if (index === 0 || table.columns[index]!.primaryKey) throw DdlWrong.dropTime(action.name)
      if (table.columns.length === 2) throw DdlWrong.lastColumn(action.name)
      return dropColumn(change, table, index, action)
    }
    case 'modify-column':
      return modifyColumn(change, table, action)
    case 'modify-column-options':
      return modifyOptions(change, table, action)
    case 'rename-column': {
      const column = table.columns[columnIndex(table, action.name)]!
      if (table.columns.some(({ name }) => name === action.to.text)) throw DdlWrong.duplicateColumn(action.to)
      logAlter(change.transaction, table, action)
      return change.save(table, { columns: replaced(table.columns, column, { ...column, name: action.to.text }) })
    }
    case 'set-tags':
      throw DdlWrong.alter(`Invalid tag name: ${action.tags[0]!.name.text}`, action.tags[0]!.name)
    case 'options':
      logAlter(change.transaction, table, action)
      return change.save(table, { options: optionsWith(table, action), schemaVersion: table.schemaVersion })
    default:
      throw DdlWrong.alter('Invalid alter table statement')
  }
}

async function alterSubtable(change: Change, table: Subtable, action: AlterAction): Promise<void> {
  const { transaction, context } = change
  if (action.kind === 'options') {
    const options = optionsWith(table, action)
    logAlter(transaction, table, action)
    await transaction.run(`update ${tagTable(table.supertable)} set _ttl = ?, _comment = ? where uid = ?`, [
      options.ttl,
      options.comment,
      table.uid,
    ])
    transaction.onCommit(() => {
      table.options = options
    })
    return
  }
  if (action.kind !== 'set-tags') throw DdlWrong.alter('Invalid alter table statement')
  const { supertable } = table
  const tags = new TagSet(supertable)
  const row = tags.addRow()
  const named = new Set<ColumnDef>()
  const changed = action.tags.map(({ name, value }) => {
    const tag = supertable.tags.find((candidate) => candidate.name === name.text)
    if (!tag) throw DdlWrong.alter(`Invalid tag name: ${name.text}`, name)
    if (named.has(tag)) throw DdlWrong.tagTwice(name)
    named.add(tag)
    setTag(tags, row, tag, value, context)
    return tag
  })
  await keepFirstTags(transaction, context.engine.catalog, supertable, [table])
  const assignments = changed.map((tag) => `${tagColumn(tag)} = ?`).join(', ')
  const values = changed.map((tag) => ({ buffer: tags.columns[supertable.tags.indexOf(tag)]!, row }))
  await transaction.run(`update ${tagTable(supertable)} set ${assignments} where uid = ?`, [...values, table.uid])
  await logTagsSet(transaction, table, changed)
}

function columnIndex(table: Supertable | NormalTable, name: Name): number {
  const index = table.columns.findIndex((column) => column.name === name.text)
  if (index < 0) throw DdlWrong.column(name.text, name)
  return index
}

function tagNamed(table: Supertable, name: Name): ColumnDef {
  const tag = table.tags.find((column) => column.name === name.text)
  if (!tag) throw DdlWrong.tag(name.text, name)
  return tag
}

function refuseTaken(table: Supertable, name: Name): void {
  if (table.tags.some((tag) => tag.name === name.text)) throw DdlWrong.tagExists(name)
  if (table.columns.some((column) => column.name === name.text)) throw DdlWrong.columnExists(name)
}

function replaced(columns: readonly ColumnDef[], old: ColumnDef, changed: ColumnDef): ColumnDef[] {
  return columns.map((column) => (column === old ? changed : column))
}

async function addColumn(change: Change, table: Supertable | NormalTable, spec: ColumnSpec, action: Action<'add-column'>): Promise<void> {
  if (spec.primaryKey) throw DdlWrong.keyPosition(spec)
  const column = columnOf(spec, table.nextColumnId, false)
  const tags = table.kind === 'supertable' ? table.tags.length : 0
  if (table.columns.length + tags >= MAX_COLUMNS) throw DdlWrong.tooManyColumns(spec)
  if (column.type.code === TypeCode.BLOB && table.columns.some(({ type }) => type.code === TypeCode.BLOB)) throw DdlWrong.blobCount(spec)
  if ([...table.columns, column].reduce((sum, { type }) => sum + rowBytes(type), 0) > MAX_ROW_BYTES) throw DdlWrong.rowLength(spec)
  await change.transaction.run(`alter table ${dataTable(table)} add column c${column.id} ${physicalType(column.type).sql}`)
  logAlter(change.transaction, table, action, column)
  await change.save<Supertable | NormalTable>(table, { columns: [...table.columns, column], nextColumnId: table.nextColumnId + 1 })
}

async function dropColumn(change: Change, table: Supertable | NormalTable, index: number, action: Action<'drop-column'>): Promise<void> {
  const column = table.columns[index]!
  await change.transaction.run(`alter table ${dataTable(table)} drop column c${column.id}`)
  logAlter(change.transaction, table, action)
  const options = { ...table.options, sma: table.options.sma.filter((name) => name !== column.name) }
  await change.save<Supertable | NormalTable>(table, { columns: table.columns.filter((other) => other !== column), options })
}

async function modifyColumn(change: Change, table: Supertable | NormalTable, action: Action<'modify-column'>): Promise<void> {
  const column = table.columns[columnIndex(table, action.name)]!
  const type = widened(column, action.type, false)
  const bytes = table.columns.reduce((sum, other) => sum + rowBytes(other === column ? type : other.type), 0)
  if (bytes > MAX_ROW_BYTES) throw DdlWrong.rowLength(action.name)
  logAlter(change.transaction, table, action, { ...column, type })
  await change.save<Supertable | NormalTable>(table, { columns: replaced(table.columns, column, { ...column, type }) })
}

async function modifyOptions(change: Change, table: Supertable | NormalTable, action: Action<'modify-column-options'>): Promise<void> {
  const column = table.columns[columnIndex(table, action.name)]!
  const changed = { ...column, ...compression(column.type, action, undefined, column) }
  logAlter(change.transaction, table, action, changed)
  await change.save<Supertable | NormalTable>(table, { columns: replaced(table.columns, column, changed) })
}

const VARIABLE: ReadonlySet<TypeCode> = new Set([TypeCode.VARCHAR, TypeCode.NCHAR, TypeCode.VARBINARY, TypeCode.GEOMETRY])

/** The type that MODIFY asks for: only the length of a string may change, and only grow. */
function widened(column: ColumnDef, written: TypeName, isTag: boolean): SqlType {
  const type = declaredType(written, isTag)
  if (type.code !== column.type.code || !VARIABLE.has(type.code) || type.length <= column.type.length) throw DdlWrong.modify(written)
  return type
}

async function addTag(change: Change, table: Supertable, action: Action<'add-tag'>): Promise<void> {
  const spec = action.column
  refuseTaken(table, spec.name)
  const tag = columnOf(spec, table.nextColumnId, true)
  if (table.tags.length >= MAX_TAGS) throw DdlWrong.tagNumber(spec)
  if (tag.type.code === TypeCode.JSON || table.tags.some(({ type }) => type.code === TypeCode.JSON)) throw DdlWrong.jsonTag(spec)
  if ([...table.tags, tag].reduce((sum, { type }) => sum + rowBytes(type), 0) > 16384) throw DdlWrong.tagsLength(spec)
  await keepFirstTags(change.transaction, change.context.engine.catalog, table)
  logAlter(change.transaction, table, action, tag)
  await change.transaction.run(`alter table ${tagTable(table)} add column ${tagColumn(tag)} ${physicalType(tag.type).sql}`)
  await change.save(table, { tags: [...table.tags, tag], nextColumnId: table.nextColumnId + 1, tagVersion: table.tagVersion + 1 })
}

async function dropTag(change: Change, table: Supertable, action: Action<'drop-tag'>): Promise<void> {
  const { name } = action
  const tag = tagNamed(table, name)
  if (table.tags.length === 1) throw DdlWrong.alter('the only tag cannot be dropped', name)
  checkFieldUnused(change.context.engine.catalog, table, { tag: tag.id }, name)
  await keepFirstTags(change.transaction, change.context.engine.catalog, table)
  logAlter(change.transaction, table, action)
  await change.transaction.run(`alter table ${tagTable(table)} drop column ${tagColumn(tag)}`)
  const indexes = new Map([...table.indexes].filter(([, index]) => index.tag !== tag.id))
  await change.save(table, { tags: table.tags.filter((other) => other !== tag), tagVersion: table.tagVersion + 1, indexes })
}

function optionsWith(table: Table, { options: { comment, ttl, keep } }: Action<'options'>): Table['options'] {
  const other = new Map(table.options.other)
  if (keep) other.set('KEEP', keep.text)
  return { ...table.options, comment: comment ?? table.options.comment, ttl: ttl === null ? table.options.ttl : Number(ttl), other }
}
