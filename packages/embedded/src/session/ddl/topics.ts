import type { Topic } from '../../catalog/model.ts'
import { defineTopic, readVirtualTables, topicError } from '../../metadata/index.ts'
import { planQuery } from '../../plan/index.ts'
import type { CreateTopic, DropConsumerGroup, DropTopic, Query } from '../../sql/ast.ts'
import type { EngineAnswer } from '../answer.ts'
import { DONE } from '../done.ts'
import { metadataContext } from '../metadata.ts'
import { queryContext } from '../query.ts'
import type { StatementContext } from '../statement-context.ts'

export async function createTopic(statement: CreateTopic, context: StatementContext): Promise<EngineAnswer> {
  const { catalog, writer } = context.engine
  const { source } = statement
  // System tables are read before the writer is taken: reading waits for it.
  const virtualTable = source.kind === 'query' ? await readVirtualTables(source.query, metadataContext(context)) : () => undefined
  const columns = (query: Query) => planQuery(query, queryContext(context, virtualTable)).columns
  return writer.alone(async (transaction) => {
    const definition = defineTopic(statement, { catalog, database: context.database, sql: context.sql, columns })
    if (!definition) return DONE
    const topic: Topic = { ...definition, id: catalog.takeId(), created: Date.now() }
    await catalog.save(transaction, 'topic', topic)
    transaction.onCommit(() => catalog.topics.set(topic.name, topic))
    return DONE
  })
}

export function dropTopic(statement: DropTopic, { engine: { catalog, writer, subscriptions } }: StatementContext): Promise<EngineAnswer> {
  return writer.alone(async (transaction) => {
    const topic = catalog.topics.get(statement.name.text)
    if (!topic) {
      if (statement.ifExists) return DONE
      throw topicError.missing(statement.name)
    }
    await subscriptions.dropTopic(transaction, topic, statement.force)
    await catalog.remove(transaction, 'topic', topic.id)
    transaction.onCommit(() => catalog.topics.delete(topic.name))
    return DONE
  })
}

/** DROP CONSUMER GROUP: what the group has committed in the topic is forgotten. */
export function dropConsumerGroup(statement: DropConsumerGroup, { engine }: StatementContext): Promise<EngineAnswer> {
  const { catalog, writer, subscriptions } = engine
  return writer.alone(async (transaction) => {
    const topic = catalog.topics.get(statement.topic.text)
    const found = topic !== undefined && (await subscriptions.dropGroup(transaction, topic, statement.group.text, statement.force))
    if (!found && !statement.ifExists) throw topicError.noSubscription(statement.group)
    return DONE
  })
}
