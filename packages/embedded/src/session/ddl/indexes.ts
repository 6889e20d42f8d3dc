import { TypeCode } from 'taosts/wire'
import type { Supertable } from '../../catalog/model.ts'
import type { CreateIndex, DropIndex } from '../../sql/ast.ts'
import type { EngineAnswer } from '../answer.ts'
import { DONE } from '../done.ts'
import { databaseOf, type StatementContext, tableOf } from '../statement-context.ts'
import { DdlWrong } from './ddl-error.ts'

/** CREATE INDEX on a tag: kept and shown, of no effect on answers. */
export function createIndex(statement: CreateIndex, context: StatementContext): Promise<EngineAnswer> {
  const { catalog, writer } = context.engine
  return writer.alone(async (transaction) => {
    const table = tableOf(catalog, statement.table, context.database)
    const [column] = statement.columns
    const tag = table.kind === 'supertable' ? table.tags.find(({ name }) => name === column!.text) : undefined
    if (table.kind !== 'supertable' || !tag) throw DdlWrong.tag(column!.text, column)
    const name = statement.name.name.text
    const taken = [...table.database.supertables.values()].some(({ indexes }) => indexes.has(name))
    if (taken || [...table.indexes.values()].some((index) => index.tag === tag.id)) {
      if (taken && statement.ifNotExists) return DONE
      throw DdlWrong.indexExists(statement.name)
    }
    if (tag.type.code === TypeCode.JSON && table.tags[0] !== tag) throw DdlWrong.jsonTag(column)
    const indexes = new Map(table.indexes).set(name, { name, tag: tag.id, created: Date.now() })
    const changed: Supertable = { ...table, indexes }
    await catalog.save(transaction, 'supertable', changed)
    transaction.onCommit(() => {
      table.indexes = indexes
    })
    return DONE
  })
}

export function dropIndex(statement: DropIndex, context: StatementContext): Promise<EngineAnswer> {
  const { catalog, writer } = context.engine
  return writer.alone(async (transaction) => {
    const database = databaseOf(catalog, statement.name, context.database)
    const name = statement.name.name.text
    const table: Supertable | undefined = [...database.supertables.values()].find(({ indexes }) => indexes.has(name))
    if (!table) {
      if (statement.ifExists) return DONE
      throw DdlWrong.noIndex(statement.name)
    }
    const indexes = new Map(table.indexes)
    indexes.delete(name)
    const changed: Supertable = { ...table, indexes }
    await catalog.save(transaction, 'supertable', changed)
    transaction.onCommit(() => {
      table.indexes = indexes
    })
    return DONE
  })
}
