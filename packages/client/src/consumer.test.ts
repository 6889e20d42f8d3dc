import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from './connect.ts'
import type { Connection } from './connection.ts'
import type { Message } from './consumer-message.ts'
import type { ConsumerEvent } from './consumer-options.ts'
import { TmqError } from './errors.ts'
import { StubServer } from './testing/stub-server.ts'
import { encodeFetchRawDataReply } from './wire/index.ts'

let connection: Connection

beforeAll(async () => {
  connection = await connect({ url: 'embedded:' })
  await connection.execute("CREATE DATABASE journal KEEP 36500 WAL_RETENTION_PERIOD 3600 VGROUPS 1 PRECISION 'ns'")
  await connection.execute('CREATE TABLE journal.t (ts TIMESTAMP, v INT)')
  await connection.execute('CREATE TOPIC numbers AS SELECT * FROM journal.t')
})

afterAll(() => connection.close())

const write = async (from: number, to: number): Promise<void> => {
  for (let v = from; v < to; v++) await connection.execute(`INSERT INTO journal.t VALUES (${1_700_000_000_000_000_000n + BigInt(v)}, ${v})`)
}

async function read(consumer: AsyncIterable<Message<{ v: number }>>, count: number): Promise<number[]> {
  const seen: number[] = []
  for await (const message of consumer) {
    for (const { v } of message) seen.push(v)
    if (seen.length >= count) break
  }
  return seen
}

describe('offsets', () => {
  test('are committed by message, by place, and all together; the group goes on from there', async () => {
    await write(0, 5)
    const options = { groupId: 'offsets', offsetReset: 'earliest', autoCommit: false, clientId: 'reader' } as const
    let vgroup = 0
    {
      await using consumer = await connection.subscribe<{ v: number }>('numbers', options)
      expect(await consumer.listTopics()).toEqual(['numbers'])
      const { vgroup: only, begin, end } = (await consumer.assignment('numbers'))[0]!
      vgroup = only
      expect(end).toBeGreaterThanOrEqual(begin)
      expect(await read(consumer, 5)).toEqual([0, 1, 2, 3, 4])
      expect(await consumer.committed('numbers', vgroup)).toBeUndefined()
    }
    {
      // Nothing was committed: everything comes again.
      await using consumer = await connection.subscribe<{ v: number }>('numbers', options)
      expect(await read(consumer, 5)).toEqual([0, 1, 2, 3, 4])
      await consumer.commit()
      expect(await consumer.committed('numbers', vgroup)).toBe(await consumer.position('numbers', vgroup))
    }
    await write(5, 7)
    await using consumer = await connection.subscribe<{ v: number }>('numbers', options)
    expect(await read(consumer, 2)).toEqual([5, 6])
    const end = (await consumer.position('numbers', vgroup))!
    await consumer.commit({ topic: 'numbers', vgroup, offset: end })
    expect(await consumer.committed('numbers', vgroup)).toBe(end)
    await consumer.seekToBeginning('numbers')
    expect((await read(consumer, 7)).slice(0, 2)).toEqual([0, 1])
    await consumer.seekToEnd('numbers')
    await write(7, 8)
    expect(await read(consumer, 1)).toEqual([7])
  })

  test('of a message of another consumer are refused', async () => {
    await using one = await connection.subscribe('numbers', { groupId: 'one', offsetReset: 'earliest' })
    await using two = await connection.subscribe('numbers', { groupId: 'two', offsetReset: 'earliest' })
    let message: Message | undefined
    while (!message) message = await one.poll(2)
    await expect(two.commit(message)).rejects.toThrow(TmqError)
  })
})

describe('a topic with meta', () => {
  const changes = async (consumer: AsyncIterable<Message>, count: number): Promise<unknown[]> => {
    const seen: unknown[] = []
    for await (const message of consumer) {
      seen.push(...message.meta.map((meta) => ('tableName' in meta ? meta.tableName : meta.type)), ...message.rows())
      if (seen.length >= count) return seen
    }
    return seen
  }

  test('a message of changes is committed up to its end, whether it is the newest or not', async () => {
    await connection.execute('CREATE DATABASE metas KEEP 36500 VGROUPS 1')
    await connection.execute('CREATE TOPIC changes WITH META AS DATABASE metas')
    await connection.execute('CREATE TABLE metas.a (ts TIMESTAMP, v INT)')
    await connection.execute('CREATE TABLE metas.b (ts TIMESTAMP, v INT)')
    await connection.execute('INSERT INTO metas.a VALUES (1700000000000, 1)')
    await connection.execute('CREATE TABLE metas.c (ts TIMESTAMP, v INT)')
    const options = { groupId: 'g', offsetReset: 'earliest', autoCommit: false } as const
    {
      await using consumer = await connection.subscribe('changes', options)
      const first = (await consumer.poll(2))!
      expect([first.kind, first.meta.length]).toEqual(['meta', 2])
      await consumer.poll(2)
      await consumer.commit(first)
    }
    {
      await using consumer = await connection.subscribe('changes', options)
      expect(await changes(consumer, 2)).toEqual([{ ts: new Date(1700000000000), v: 1 }, 'c'])
    }
    {
      await using consumer = await connection.subscribe('changes', options)
      await consumer.poll(2)
      await consumer.commit((await consumer.poll(2))!)
    }
    await connection.execute('CREATE STABLE metas.st (ts TIMESTAMP, v INT) TAGS (n NCHAR(9))')
    await connection.execute("INSERT INTO metas.made USING metas.st TAGS ('é') VALUES (1700000000000, 5)")
    {
      await using consumer = await connection.subscribe('changes', options)
      expect((await consumer.poll(2))?.meta).toMatchObject([{ type: 'create', tableType: 'super', tableName: 'st' }])
      const both = (await consumer.poll(2))!
      expect([both.kind, both.rows()]).toEqual(['both', [{ ts: new Date(1700000000000), v: 5 }]])
      expect(both.meta).toMatchObject([{ type: 'create', tableType: 'child', tableName: 'made', tags: [{ name: 'n', value: '"é"' }] }])
      await consumer.commit()
    }
    await connection.execute('DROP TABLE metas.c')
    await using consumer = await connection.subscribe('changes', options)
    expect(await changes(consumer, 1)).toEqual(['drop'])
  })
})

test('events tell the vgroups of each topic once, and lag; who was put out of its group joins again', async () => {
  await connection.execute('CREATE TOPIC more_numbers AS SELECT v FROM journal.t')
  const events: ConsumerEvent[] = []
  await using consumer = await connection.subscribe<{ v: number }>(['numbers', 'more_numbers'], {
    groupId: 'events',
    offsetReset: 'earliest',
    maxPollInterval: '1s',
    autoCommit: false,
    onEvent: (event) => events.push(event),
  })
  await consumer.poll(0)
  const told = () => events.flatMap((event) => (event.kind === 'assignment' ? [event.topic] : []))
  expect(told()).toEqual(['numbers', 'more_numbers'])
  for (const topic of ['numbers', 'more_numbers', 'numbers']) await consumer.assignment(topic)
  expect(told()).toEqual(['numbers', 'more_numbers'])
  expect(events.filter(({ kind }) => kind === 'lag').length).toBeGreaterThanOrEqual(4)
  await new Promise((resolve) => setTimeout(resolve, 1200))
  await expect(consumer.commit()).rejects.toMatchObject({ code: 0x03e6 })
  expect((await read(consumer, 1))[0]).toBe(0)
  expect(events.map(({ kind }) => kind)).toContain('rejoined')
})

test('two columns of one name are told, not one of them; arrays have both', async () => {
  await connection.execute('CREATE TOPIC twice AS SELECT v, v + 1 v FROM journal.t')
  await using consumer = await connection.subscribe('twice', { groupId: 'g', offsetReset: 'earliest' })
  let message: Message | undefined
  while (!message) message = await consumer.poll(2)
  expect(() => message.rows()).toThrow('two columns of the topic are called v')
  expect(message.tables[0]!.values()[0]).toEqual([0, 1])
})

test('a topic that is dropped by force ends its consumer with an error', async () => {
  await connection.execute('CREATE TOPIC brief AS SELECT v FROM journal.t')
  await using consumer = await connection.subscribe('brief', { groupId: 'g' })
  const poll = consumer.poll(20)
  await connection.execute('DROP TOPIC FORCE brief')
  await expect(poll).rejects.toMatchObject({ name: 'TmqError', code: 0x03e1 })
})

test.each([
  [{ sessionTimeout: '5s' }, 'sessionTimeout has to be 6 to 1800 seconds'],
  [{ sessionTimeout: '31m' }, 'sessionTimeout has to be 6 to 1800 seconds'],
  [{ maxPollInterval: '999ms' }, 'maxPollInterval has to be 1 to'],
  [{ fetchMaxWait: 0 }, 'fetchMaxWait has to be more than 0'],
  [{ minPollRows: 0 }, 'minPollRows has to be a whole number from 1 to 2147483647'],
  [{ minPollRows: 2 ** 31 }, 'minPollRows has to be a whole number from 1 to 2147483647'],
])('%j is refused before it is sent', async (options, message) => {
  await expect(connection.subscribe('numbers', { groupId: 'g', ...options })).rejects.toThrow(message)
})

test('a message that is damaged or cannot be fetched is an error, and is neither committed nor passed over', async () => {
  await using stub = await StubServer.start()
  let broken = true
  stub.handler = (request, socket) => {
    if (request.action === 'poll') {
      const message = { topic: 't', database: 'd', vgroup_id: 3, message_type: 1, message_id: 1, offset: 7 }
      socket.reply(request, broken ? { have_message: true, ...message } : { have_message: false })
      return true
    }
    if (request.action !== 'fetch_raw_data') return undefined
    const failed = { timing: 1n, reqId: request.id, messageId: 1n, metaType: 2 }
    const frame =
      request.id % 2n === 0n
        ? { ...failed, code: 0xffff, message: 'message has been freed', data: new Uint8Array(0) }
        : { ...failed, code: 0, message: '', data: Uint8Array.of(100, 9, 9, 9) }
    socket.ws.send(encodeFetchRawDataReply(frame))
    return true
  }
  await using host = await connect({ url: stub.url })
  await using consumer = await host.subscribe('t', { groupId: 'g', autoCommitInterval: '1ms' })
  const errors = [await consumer.poll(0).catch((error: unknown) => error), await consumer.poll(0).catch((error: unknown) => error)]
  for (const error of errors) expect(error).toBeInstanceOf(TmqError)
  const sought = stub.requests
    .filter(({ action }) => action === 'seek')
    .map(({ args }) => [args['topic'], args['vgroup_id'], args['offset']])
  expect(sought).toEqual([
    ['t', 3, 7],
    ['t', 3, 7],
  ])
  expect(stub.requests.some(({ action }) => action === 'commit')).toBe(false)
  broken = false
  expect(await consumer.poll(0)).toBeUndefined()
})

test('the subscription carries every option under its native name, and the login of the connection in each of its forms', async () => {
  await using stub = await StubServer.start()
  const subscribed = async (how: object, options: object = {}): Promise<Readonly<Record<string, unknown>>> => {
    await using host = await connect({ url: stub.url, ...how })
    await using consumer = await host.subscribe(['a', 'b'], { groupId: 'g', ...options })
    await consumer.unsubscribe()
    await consumer.subscribe('c')
    const [first, second] = stub.requests
      .splice(0)
      .filter(({ action }) => action === 'subscribe')
      .map(({ args: { req_id: _, ...args } }) => args)
    expect(second).toEqual({ ...first, topics: ['c'] })
    return first!
  }
  const all = {
    clientId: 'me',
    offsetReset: 'earliest',
    sessionTimeout: '12s',
    maxPollInterval: '5m',
    minPollRows: 10,
    fetchMaxWait: '200ms',
    tableNames: false,
    snapshot: true,
    replay: true,
    excludeReplicated: true,
    config: { 'heartbeat.interval.ms': '2000' },
  }
  expect(await subscribed({ user: 'alice', password: 'pw', timezone: 'Asia/Tokyo', userApp: 'app', userIp: '10.0.0.1' }, all)).toEqual({
    user: 'alice',
    password: 'pw',
    db: '',
    tz: 'Asia/Tokyo',
    app: 'app',
    ip: '10.0.0.1',
    group_id: 'g',
    client_id: 'me',
    offset_rest: 'earliest',
    auto_commit: 'false',
    auto_commit_interval_ms: '',
    snapshot_enable: 'true',
    with_table_name: 'false',
    enable_batch_meta: '1',
    msg_consume_excluded: '1',
    session_timeout_ms: '12000',
    max_poll_interval_ms: '300000',
    config: {
      'heartbeat.interval.ms': '2000',
      'min.poll.rows': '10',
      'fetch.max.wait.ms': '200',
      'enable.replay': 'true',
    },
    topics: ['a', 'b'],
  })
  stub.version = '3.4.0.0'
  expect((await subscribed({ bearerToken: 'bear' }, { minPollRows: 1 }))['config']).toEqual({
    'td.connect.token': 'bear',
    'min.poll.rows': '1',
  })
  await subscribed({ token: 'c10ud' })
  expect(stub.upgrades.at(-1)!.url).toBe('/rest/tmq?token=c10ud')
})

test.each([
  ['3.3.2.2', { excludeReplicated: true }, 'excludeReplicated needs TDengine 3.3.2.3'],
  ['3.3.2.13', { sessionTimeout: '12s' }, 'sessionTimeout needs TDengine 3.3.3'],
  ['3.3.2.13', { maxPollInterval: '5m' }, 'maxPollInterval needs TDengine 3.3.3'],
  ['3.3.5.11', { config: { 'heartbeat.interval.ms': '2000' } }, 'config needs TDengine 3.3.6'],
  ['3.3.5.11', { replay: true }, 'config needs TDengine 3.3.6'],
])('a server of %s that would pass over %j is told apart', async (version, options, message) => {
  await using stub = await StubServer.start()
  stub.version = version
  await using host = await connect({ url: stub.url })
  await expect(host.subscribe('t', { groupId: 'g', ...options })).rejects.toThrow(message)
  expect(stub.requests.some(({ action }) => action === 'subscribe')).toBe(false)
  await (await host.subscribe('t', { groupId: 'g' })).close()
})

test('a refused token is an error of the subscription that does not show it', async () => {
  await using stub = await StubServer.start()
  stub.version = '3.4.0.0'
  stub.handler = (request, socket) => {
    if (request.action !== 'subscribe') return undefined
    socket.fail(request, 0x80000357, 'Authentication failure')
    return true
  }
  await using host = await connect({ url: stub.url, bearerToken: 'hunter2' })
  const error = await host.subscribe('t', { groupId: 'g' }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ reason: 'Authentication failure' })
  expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
})
