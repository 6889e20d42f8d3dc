import { type ParityGroup, row, without } from './row.ts'

const CALLS = 'commit, committed, position, assignment and seek'
const OFFSETS = 'are committed by message, by place, and all together; the group goes on from there'
const READS = 'a consumer reads what was written before and after, with table names and values'
const CARRIES = 'the subscription carries every option under its native name, and the login of the connection in each of its forms'

export const SUBSCRIBING: readonly ParityGroup[] = [
  {
    title: 'Consumer',
    rows: [
      row('`Consumer(configs)`, ws `Consumer(conf, dsn)`', ['Connection.subscribe', 'ConsumerOptions.groupId'], 'subscription', READS),
      row(
        '`group.id`, `client.id`, `auto.offset.reset`',
        ['ConsumerOptions.groupId', 'ConsumerOptions.clientId', 'ConsumerOptions.offsetReset'],
        'consumer',
        CARRIES,
      ),
      row(
        '`enable.auto.commit`, `auto.commit.interval.ms`',
        ['ConsumerOptions.autoCommit', 'ConsumerOptions.autoCommitInterval'],
        'subscription',
        READS,
        'commits only what the application has finished with',
      ),
      row(
        '`session.timeout.ms`, `max.poll.interval.ms`',
        ['ConsumerOptions.sessionTimeout', 'ConsumerOptions.maxPollInterval'],
        'consumer',
        CARRIES,
      ),
      row('`fetch.max.wait.ms`, `min.poll.rows`', ['ConsumerOptions.fetchMaxWait', 'ConsumerOptions.minPollRows'], 'consumer', CARRIES),
      row(
        '`msg.with.table.name`, `experimental.snapshot.enable`',
        ['ConsumerOptions.tableNames', 'ConsumerOptions.snapshot'],
        'consumer',
        CARRIES,
      ),
      row('other native keys', ['ConsumerOptions.config'], 'consumer', CARRIES),
      row(
        '`td.connect.ip`, `port`, `user`, `pass`, `timezone`, `td.connect.websocket.scheme`',
        ['connect', 'Connection.subscribe'],
        'consumer',
        CARRIES,
        'those of the connection',
      ),
      row('`td.connect.token`, `bearer_token`, Cloud `token`', ['ConnectOptions.token', 'ConnectOptions.bearerToken'], 'consumer', CARRIES),
      row('an invalid token', ['TmqError'], 'consumer', 'a refused token is an error of the subscription that does not show it'),
      row(
        '`decode_binary`',
        ['ConnectOptions.varchar'],
        'reader',
        'give text, geometry, decimals and JSON as asked',
        'the value options of the connection',
      ),
      row('`subscribe`, `unsubscribe`', ['Consumer.subscribe', 'Consumer.unsubscribe'], 'subscription', CALLS),
      row('`list_topics`', ['Consumer.listTopics', 'Consumer.subscription'], 'consumer', OFFSETS),
      row('`poll`', ['Consumer.poll'], 'subscription', CALLS, 'seconds, or a text with its unit'),
      row('iteration', ['Consumer.poll'], 'subscription', READS, '`for await`'),
      row('`commit(message)`, `commit()`', ['Consumer.commit'], 'consumer', OFFSETS),
      row('`commit(offsets)`, ws `commit_offset`', ['Consumer.commit', 'VgroupOffset.offset'], 'consumer', OFFSETS),
      row(
        '`assignment`, `TopicPartition`',
        ['Consumer.assignment', 'Assignment.vgroup', 'Assignment.begin', 'Assignment.end'],
        'consumer',
        OFFSETS,
      ),
      row('`seek`', ['Consumer.seek', 'Consumer.seekToBeginning', 'Consumer.seekToEnd'], 'subscription', CALLS),
      row(
        '`committed`, `position`',
        ['Consumer.committed', 'Consumer.position'],
        'subscription',
        CALLS,
        'undefined where there is none, not an error',
      ),
      row('`close`', ['Consumer.close'], 'subscription', READS, 'and `await using`'),
    ],
  },
  {
    title: 'Message',
    rows: [
      row(
        '`topic`, `database`, `vgroup`, `get_vgroup_id`',
        ['Message.topic', 'Message.database', 'Message.vgroup'],
        'tracing',
        'polls are traced, with the place and size of what they brought',
      ),
      row(
        '`offset`',
        ['Message.offset', 'Message.nextOffset'],
        'tracing',
        'polls are traced, with the place and size of what they brought',
      ),
      row('`value`, iteration', ['Message.tables', 'Message.rows', 'Message.rowCount'], 'subscription', READS),
      row(
        '`MessageBlock`: `fields`, `nrows`, `ncols`, `fetchall`, `table`',
        ['MessageTable.fields', 'MessageTable.rowCount', 'MessageTable.values', 'MessageTable.rows', 'MessageTable.table'],
        'subscription',
        READS,
      ),
      without('`error`', 'a poll that fails rejects; it never looks like an empty one'),
    ],
  },
]
