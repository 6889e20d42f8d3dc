import type { Topic } from '../../catalog/model.ts'
import { bigint, int, text, timestamp } from '../output-columns.ts'
import type { SystemTable } from '../system-table.ts'

const META = { no: 'no', with: 'yes', only: 'only' } as const satisfies Record<Topic['meta'], string>
const TYPES = { database: 'db', stable: 'stable', query: 'column' } as const satisfies Record<Topic['source']['kind'], string>

export const topics: SystemTable = {
  name: 'ins_topics',
  columns: [
    text('topic_name', 192),
    text('db_name', 64),
    timestamp('create_time'),
    text('sql', 2048),
    text('schema', 65517),
    text('meta', 4),
    text('type', 8),
  ],
  *rows({ catalog }) {
    for (const topic of catalog.topics.values()) {
      yield [topic.name, topic.database, topic.created, topic.sql, topic.schema, META[topic.meta], TYPES[topic.source.kind]]
    }
  },
}

function consumerId(id: bigint): string {
  return `0x${id.toString(16)}`
}

export const subscriptions: SystemTable = {
  name: 'ins_subscriptions',
  columns: [
    text('topic_name', 205),
    text('consumer_group', 193),
    int('vgroup_id'),
    text('consumer_id', 256),
    text('user', 24),
    text('fqdn', 128),
    text('offset', 64),
    bigint('rows'),
  ],
  *rows({ server }) {
    for (const { topic, group, vgroup, consumer, offset, rows } of server.subscriptions()) {
      yield [topic, group, vgroup, consumer && consumerId(consumer.id), consumer?.user ?? null, consumer?.fqdn ?? null, offset, rows]
    }
  },
}

export const consumers: SystemTable = {
  name: 'perf_consumers',
  columns: [
    text('consumer_id', 32),
    text('consumer_group', 193),
    text('client_id', 256),
    text('user', 24),
    text('fqdn', 128),
    text('status', 20),
    text('topics', 205),
    timestamp('up_time'),
    timestamp('subscribe_time'),
    timestamp('rebalance_time'),
    text('parameters', 192),
    timestamp('poll_time'),
  ],
  *rows({ server }) {
    for (const consumer of server.consumers()) {
      const { id, group, clientId, user, fqdn, status, upTime, subscribeTime, rebalanceTime, parameters, pollTime } = consumer
      // A consumer of several topics has a row for each.
      for (const topic of consumer.topics) {
        yield [consumerId(id), group, clientId, user, fqdn, status, topic, upTime, subscribeTime, rebalanceTime, parameters, pollTime]
      }
    }
  },
}
