import type { ColumnDef, Database, NormalTable, Supertable, TableOptions } from '../../catalog/model.ts'
import type { CreateSubtables, CreateTable, Expr, SubtableSpec, TableOptions as WrittenOptions } from '../../sql/ast.ts'
import { type NewSubtable, TagSet } from '../../storage/row-set.ts'
import { createSubtable } from '../../storage/write-rows.ts'
import { logCreated } from '../../topic/changes.ts'
import type { EngineAnswer } from '../answer.ts'
import { DONE } from '../done.ts'
import { cellOf } from '../insert/cell.ts'
import { nearRest } from '../insert/insert-error.ts'
import { ValueSource } from '../insert/value-source.ts'
import { databaseOf, refuseSystem, type StatementContext } from '../statement-context.ts'
import { columnsOf, tagsOf } from './column-types.ts'
import { DdlWrong } from './ddl-error.ts'

export function createTable(statement: CreateTable, context: StatementContext): Promise<EngineAnswer> {
  const { engine } = context
  const { catalog } = engine
  refuseSystem(statement.name, context.database)
  const columns = columnsOf(statement.columns, statement.tags?.length ?? 0)
  const tags = statement.tags && tagsOf(statement.tags, columns)
  const options = optionsOf(statement.options, columns, tags !== null)
  return engine.writer.alone(async (transaction) => {
    const database = databaseOf(catalog, statement.name, context.database)
    const name = statement.name.name.text
    if (exists(database, name, statement, tags !== null)) return DONE
    const head = {
      id: catalog.takeId(),
      name,
      dropped: false,
      database,
      created: Date.now(),
      options,
      columns,
      nextColumnId: columns.length + (tags?.length ?? 0) + 1,
      schemaVersion: 1,
      inOrder: true,
    }
    if (tags) {
      if (Number(database.options.get('SINGLE_STABLE') ?? 0) === 1 && database.supertables.size > 0)
        throw DdlWrong.singleStable(statement.name)
      const table: Supertable = {
        kind: 'supertable',
        ...head,
        tags,
        tagVersion: 1,
        subtables: new Map(),
        indexes: new Map(),
        lastChange: head.created,
      }
      const [first] = tags
      if (first) table.indexes.set(`${first.name}_${name}`, { name: `${first.name}_${name}`, tag: first.id, created: head.created })
      await catalog.create(transaction, table)
      logCreated(transaction, table)
      transaction.onCommit(() => database.supertables.set(name, table))
    } else {
      const table: NormalTable = { kind: 'normal', ...head, maxTs: null, vgroup: catalog.vgroup(database, name), uid: catalog.takeUid() }
      await catalog.create(transaction, table)
      logCreated(transaction, table)
      transaction.onCommit(() => database.tables.set(name, table))
    }
    return DONE
  })
}

/** Whether there is nothing to do; throws where the name is taken. */
function exists(database: Database, name: string, statement: CreateTable, asStable: boolean): boolean {
  const stable = database.supertables.get(name)
  if (!stable && !database.tables.has(name)) return false
  if (statement.ifNotExists) return true
  throw stable && asStable ? DdlWrong.stableExists(statement.name) : DdlWrong.tableExists(statement.name)
}

/** Options as the catalog keeps them. A supertable has SMA on the columns that it begins with. */
function optionsOf(written: WrittenOptions, columns: readonly ColumnDef[], isStable: boolean): TableOptions {
  for (const name of written.sma ?? []) if (!columns.some((column) => column.name === name.text)) throw DdlWrong.column(name.text, name)
  const other = new Map<string, string>()
  if (written.keep) other.set('KEEP', written.keep.text)
  return {
    comment: written.comment,
    ttl: Number(written.ttl ?? 0),
    sma: written.sma?.map(({ text }) => text) ?? (isStable ? columns.map(({ name }) => name) : []),
    other,
  }
}

export function createSubtables(statement: CreateSubtables, context: StatementContext): Promise<EngineAnswer> {
  const { engine } = context
  const { catalog } = engine
  return engine.writer.share((transaction) => {
    const todo: { spec: NewSubtable; written: SubtableSpec }[] = []
    const names = new Set<string>()
    const tags = new Map<Supertable, TagSet>()
    for (const written of statement.tables) {
      refuseSystem(written.name, context.database)
      const database = databaseOf(catalog, written.name, context.database)
      const name = written.name.name.text
      const spec = subtableSpec(written, context, tags)
      const key = `${database.id}.${name}`
      if (database.tables.has(name) || database.supertables.has(name) || names.has(key)) {
        if (written.ifNotExists) continue
        throw DdlWrong.tableExists(written.name)
      }
      names.add(key)
      todo.push({ spec, written })
    }
    const batch = transaction.lastSeq + 1n
    for (const { spec, written } of todo) {
      const { ttl, comment } = written.options
      createSubtable(transaction, catalog, spec, 'create-child', { ttl: Number(ttl ?? 0), comment, batch })
    }
    return DONE
  })
}

function subtableSpec(written: SubtableSpec, context: StatementContext, sets: Map<Supertable, TagSet>): NewSubtable {
  const owner = databaseOf(context.engine.catalog, written.using, context.database)
  if (owner !== databaseOf(context.engine.catalog, written.name, context.database)) throw DdlWrong.otherDatabase(written.using)
  const supertable = owner.supertables.get(written.using.name.text)
  if (!supertable) throw owner.tables.has(written.using.name.text) ? DdlWrong.tagCount(written) : DdlWrong.noTable(written.using)
  const order = written.tagNames
    ? written.tagNames.map((name) => {
        const tag = supertable.tags.find((column) => column.name === name.text)
        if (!tag) throw DdlWrong.tag(name.text, name)
        return tag
      })
    : supertable.tags
  if (order.length !== written.tagValues.length) throw DdlWrong.tagCount(written)
  const tags = sets.get(supertable) ?? new TagSet(supertable)
  sets.set(supertable, tags)
  const row = tags.addRow()
  for (const [i, tag] of order.entries()) setTag(tags, row, tag, written.tagValues[i]!, context)
  return { kind: 'new', name: written.name.name.text, supertable, tags, row }
}

/** Sets a tag from its text in the statement, with the checks and messages of an INSERT's values. */
export function setTag(tags: TagSet, row: number, tag: ColumnDef, value: Expr, { sql, session, engine }: StatementContext): void {
  const { supertable } = tags
  // The value stands alone in messages, without what follows it.
  const text = sql.slice(value.start, value.end)
  const source = new ValueSource(text, 0, session.timezone, engine.zones, session.fixedOffset)
  tags.set(supertable.tags.indexOf(tag), row, (buffer) => cellOf(tag, buffer, supertable.database.precision)(source, row))
  if (source.pos < text.length) throw nearRest(text, 0, 'invalid data or symbol')
}
