import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from './connect.ts'
import type { Connection } from './connection.ts'
import type { Message } from './consumer-message.ts'
import { TmqError } from './errors.ts'
import { StubServer } from './testing/stub-server.ts'

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
    config: { 'enable.replay': 'true' },
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
    session_timeout_ms: '12000',
    max_poll_interval_ms: '300000',
    config: { 'enable.replay': 'true', 'min.poll.rows': '10', 'fetch.max.wait.ms': '200' },
    topics: ['a', 'b'],
  })
  expect((await subscribed({ bearerToken: 'bear' }, { minPollRows: 1 }))['config']).toEqual({
    'td.connect.token': 'bear',
    'min.poll.rows': '1',
  })
  await subscribed({ token: 'c10ud' })
  expect(stub.upgrades.at(-1)!.url).toBe('/rest/tmq?token=c10ud')
})

test('a refused token is an error of the subscription that does not show it', async () => {
  await using stub = await StubServer.start()
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
