import { blockToArrays, columnReader } from 'taosts/wire'
import type { Engine } from '../../engine.ts'
import type { Consumer } from '../consumer.ts'
import type { ConsumerConfig } from '../consumer-config.ts'
import type { TopicMessage } from '../message.ts'

/** A consumer as most clients set it up: from the beginning, committing by itself. */
export function consumerOf(engine: Engine, group: string, settings: Partial<ConsumerConfig> = {}): Consumer {
  return engine.subscriptions.consumer('root', {
    group,
    clientId: '',
    fqdn: '',
    reset: 'earliest',
    autoCommit: false,
    autoCommitMs: 5000,
    withTableName: true,
    batchMeta: false,
    snapshot: false,
    replay: false,
    excluded: false,
    minRows: 0,
    maxWaitMs: 1000,
    sessionTimeoutMs: 12_000,
    heartbeatMs: 3000,
    maxPollIntervalMs: 300_000,
    ...settings,
  })
}

/** Runs statements one after another. */
export async function run(engine: Engine, ...statements: readonly string[]): Promise<void> {
  const session = engine.session()
  for (const sql of statements) await session.execute(sql)
  await session.close()
}

/** Every message until there is none. */
export async function drain(
  consumer: Consumer,
  each: (message: TopicMessage) => Promise<void> | void = () => undefined,
): Promise<TopicMessage[]> {
  const messages: TopicMessage[] = []
  for (let message = await consumer.poll(0); message; message = await consumer.poll(0)) {
    messages.push(message)
    await each(message)
  }
  return messages
}

/** The rows of messages by their tables; ticks are bigints. */
export function rowsOf(messages: readonly TopicMessage[]): { readonly [table: string]: unknown[][] } {
  const tables: { [table: string]: unknown[][] } = {}
  for (const { block, table = '', precision } of messages.flatMap(({ blocks }) => blocks)) {
    const readers = block.columns.map((column) => columnReader(column.type, precision, { timestamp: 'bigint', json: 'text' }))
    tables[table] = [...(tables[table] ?? []), ...blockToArrays(block, readers)]
  }
  return tables
}
