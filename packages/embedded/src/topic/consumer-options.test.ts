import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeWriteRawRequest, parseJson } from 'taosts/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Embedded, openEmbedded } from '../embedded.ts'
import { Engine } from '../engine.ts'
import type { Consumer } from './consumer.ts'
import type { ConsumerConfig } from './consumer-config.ts'
import { rawMessage, type TopicMessage } from './message.ts'
import { consumerOf, drain, rowsOf, run } from './testing/consume.ts'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const values = (messages: readonly TopicMessage[]): number[] =>
  Object.values(rowsOf(messages)).flatMap((rows) => rows.map(([v]) => v as number))

describe("a consumer's settings", () => {
  let embedded: Embedded
  let engine: Engine
  beforeEach(async () => {
    embedded = await openEmbedded()
    engine = embedded.engine
    await run(
      engine,
      'create database d keep 36500 vgroups 1',
      'create table d.n (ts timestamp, v int)',
      'create topic q as select v from d.n',
    )
  })
  afterEach(() => embedded.close())

  let written = 0
  const insert = (v: number) => run(engine, `insert into d.n (ts, v) values(${1700000000000 + written++},${v})`)

  function subscribed(settings: Partial<ConsumerConfig> = {}, group = 'g', topic = 'q'): Consumer {
    const consumer = consumerOf(engine, group, settings)
    consumer.subscribe([topic])
    return consumer
  }

  it('what the database no longer retains is behind the beginning of the log; a snapshot has it', async () => {
    await run(engine, 'alter database d wal_retention_period 1')
    await insert(1)
    const early = subscribed()
    expect(values(await drain(early))).toEqual([1])
    const { vgroup } = early.assignment('q')[0]!
    await early.commitOffset('q', vgroup, 0n)
    early.unsubscribe()
    await pause(1300)
    await insert(2)
    const late = subscribed({}, 'late')
    const { offset, begin, end } = late.assignment('q')[0]!
    expect(begin > 0n && begin < end && offset === begin).toBe(true)
    expect(values(await drain(late))).toEqual([2])
    expect(() => late.seek('q', vgroup, begin - 1n)).toThrow('Offset out of range')
    await expect(late.commitOffset('q', vgroup, begin - 1n)).rejects.toMatchObject({ code: 0x4007 })
    // A group that stands before it goes on at its beginning.
    const again = subscribed()
    expect(again.committed('q', vgroup)).toBe(0n)
    expect(values(await drain(again))).toEqual([2])
    const whole = subscribed({ snapshot: true }, 'whole')
    expect(whole.assignment('q')).toMatchObject([{ offset: 0n, begin: 0n }])
    expect(values(await drain(whole))).toEqual([1, 2])
    for (const consumer of [late, again, whole]) consumer.unsubscribe()
  })

  it('a replay gives rows at the pace of their writing, from the beginning each time', async () => {
    for (const [v, ms] of [
      [1, 150],
      [2, 300],
      [3, 0],
    ] as const) {
      await insert(v)
      await pause(ms)
    }
    for (const time of ['first', 'again']) {
      const consumer = subscribed({ replay: true, autoCommit: true, autoCommitMs: 0 })
      const came: number[] = []
      const seen: number[] = []
      while (seen.length < 3) {
        const message = await consumer.poll(2000)
        came.push(Date.now())
        seen.push(...values([message!]))
        await consumer.commit()
      }
      expect(seen, time).toEqual([1, 2, 3])
      expect(came[1]! - came[0]!).toBeGreaterThanOrEqual(110)
      expect(came[2]! - came[0]!).toBeGreaterThanOrEqual(400)
      consumer.unsubscribe()
    }
    const hasty = subscribed({ replay: true })
    expect(values([(await hasty.poll(0))!])).toEqual([1])
    expect(await hasty.poll(0)).toBeNull()
    hasty.unsubscribe()
  })

  it('a replay takes queries over one vgroup, as TDengine does', async () => {
    await run(
      engine,
      'create database two vgroups 2',
      'create stable two.st (ts timestamp, v int) tags (t int)',
      'create table two.c using two.st tags(1)',
      'create topic of_stable as stable two.st',
      'create topic of_database as database two',
      'create topic of_query as select v from two.st',
      'create topic of_table as select v from two.c',
    )
    for (const [topic, code] of [
      ['of_stable', 0x4014],
      ['of_database', 0x4014],
      ['of_query', 0x4013],
    ] as const) {
      expect(() => subscribed({ replay: true }, 'g', topic)).toThrow(expect.objectContaining({ code }))
    }
    subscribed({ replay: true }, 'g', 'of_table').unsubscribe()
  })

  it('what was written back from another server is left out where that is asked for', async () => {
    await run(
      engine,
      'create topic m with meta as database d',
      'create database copy keep 36500 vgroups 1',
      'create topic c with meta as database copy',
    )
    await insert(1)
    const socket = embedded.connect('/ws')
    const answers: ((answer: { code: number }) => void)[] = []
    socket.onmessage = (message) => answers.shift()?.(parseJson(message as string) as { code: number })
    const ask = (message: string | Uint8Array) =>
      new Promise<{ code: number }>((resolve) => {
        answers.push(resolve)
        socket.send(message)
      })
    await ask('{"action":"conn","args":{"req_id":1,"user":"root","password":"taosdata","db":"copy"}}')
    const source = subscribed({}, 'g', 'm')
    for (const message of await drain(source)) {
      const { metaType, bytes } = rawMessage(message)
      expect(await ask(encodeWriteRawRequest(2n, metaType, bytes))).toMatchObject({ code: 0 })
    }
    await run(engine, 'insert into copy.n values(1800000000000, 7)', 'create table copy.own (ts timestamp, w int)')
    const told = async (excluded: boolean) => {
      const consumer = subscribed({ excluded }, `copy ${excluded}`, 'c')
      const messages = await drain(consumer)
      consumer.unsubscribe()
      return messages.flatMap(({ metas, rows }) => [...metas.map((meta) => meta['tableName']), ...(rows > 0 ? [rows] : [])])
    }
    expect(await told(false)).toEqual(['n', 2, 'own'])
    expect(await told(true)).toEqual([1, 'own'])
    source.unsubscribe()
  })

  it('a message waits for as many rows as are asked for, and for so long at most', async () => {
    await insert(1)
    const consumer = subscribed({ minRows: 3, maxWaitMs: 2000 })
    const poll = consumer.poll(10_000)
    await pause(50)
    await insert(2)
    await insert(3)
    const started = Date.now()
    expect(values([(await poll)!])).toEqual([1, 2, 3])
    expect(Date.now() - started).toBeLessThan(1500)
    consumer.unsubscribe()
    const hasty = subscribed({ minRows: 4, maxWaitMs: 60 }, 'hasty')
    const message = (await hasty.poll(10_000))!
    expect(Date.now() - started).toBeLessThan(4000)
    expect([values([message]), message.next]).toEqual([[1, 2, 3], hasty.position('q', message.vgroup)])
    // A poll that does not wait takes what there is.
    await insert(4)
    expect(values([(await hasty.poll(0))!])).toEqual([4])
    hasty.unsubscribe()
    const patient = subscribed({ minRows: 2, maxWaitMs: 60_000 }, 'patient')
    expect(values(await drain(patient))).toEqual([1, 2, 3, 4])
    await insert(5)
    expect(values([(await patient.poll(50))!])).toEqual([5])
    patient.unsubscribe()
  })

  it('rows that a message waits with are not committed before it is given', async () => {
    await insert(1)
    const consumer = subscribed({ minRows: 2, maxWaitMs: 400 })
    const { vgroup, begin } = consumer.assignment('q')[0]!
    await consumer.commitOffset('q', vgroup, begin)
    const poll = consumer.poll(10_000)
    await pause(100)
    await consumer.commit()
    expect(consumer.committed('q', vgroup)).toBe(begin)
    expect(values([(await poll)!])).toEqual([1])
    await consumer.commit()
    expect(consumer.committed('q', vgroup)).toBe(consumer.position('q', vgroup))
    consumer.unsubscribe()
  })

  it('a seek ends the waiting for more rows', async () => {
    await insert(1)
    await insert(2)
    const consumer = subscribed({ minRows: 3, maxWaitMs: 60_000 })
    const { vgroup, begin, end } = consumer.assignment('q')[0]!
    const poll = consumer.poll(60_000)
    await expect.poll(() => consumer.position('q', vgroup)).toBe(end)
    consumer.seek('q', vgroup, begin)
    await insert(3)
    expect(values([(await poll)!])).toEqual([1, 2])
    expect(values([(await consumer.poll(10_000))!])).toEqual([1, 2, 3])
    consumer.unsubscribe()
  })

  it('rows that are gathered end before a change of a table', async () => {
    await run(engine, 'create topic m with meta as database d')
    await insert(1)
    await run(engine, 'alter table d.n add column w int')
    await insert(2)
    const consumer = subscribed({ minRows: 100, maxWaitMs: 1 }, 'g', 'm')
    expect((await drain(consumer)).map(({ type, rows }) => [type, rows])).toEqual([
      [2, 0],
      [1, 1],
      [2, 0],
      [1, 1],
    ])
    consumer.unsubscribe()
  })

  it('a consumer that is watched and gives no sign of life is put out, even while it waits', async () => {
    const consumer = subscribed({ sessionTimeoutMs: 120 })
    const unwatched = subscribed({ sessionTimeoutMs: 1 }, 'other')
    for (let i = 0; i < 5; i++) {
      consumer.hear()
      await pause(50)
    }
    expect([...engine.live.consumers()]).toHaveLength(2)
    await expect(consumer.poll(5000)).rejects.toMatchObject({ code: 0x03e6 })
    expect([...engine.live.consumers()].map(({ group }) => group)).toEqual(['other'])
    await expect(consumer.poll(0)).rejects.toMatchObject({ code: 0x03e6 })
    consumer.subscribe(['q'])
    consumer.hear()
    await expect(consumer.poll(5000)).rejects.toMatchObject({ code: 0x03e6 })
    unwatched.unsubscribe()
  })

  it('is not put out for what it sent while this process was busy', async () => {
    const consumer = subscribed({ sessionTimeoutMs: 200, maxPollIntervalMs: 200 })
    consumer.hear()
    await pause(20)
    const until = Date.now() + 1500
    while (Date.now() < until);
    await pause(50)
    expect(await consumer.poll(0)).toBeNull()
    consumer.unsubscribe()
  })

  it('tables are named whatever is asked for, but for queries, which name none', async () => {
    await run(engine, 'create topic t as database d')
    await insert(1)
    for (const withTableName of [true, false]) {
      for (const [topic, name] of [
        ['t', 'n'],
        ['q', ''],
      ] as const) {
        const consumer = subscribed({ withTableName }, `${withTableName}`, topic)
        expect(Object.keys(rowsOf(await drain(consumer)))).toEqual([name])
        consumer.unsubscribe()
      }
    }
  })
})

it('positions and their times outlive the process', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'taosts-clock-'))
  try {
    let engine = await Engine.open({ directory })
    await run(
      engine,
      'create database d keep 36500 vgroups 1',
      'create table d.n (ts timestamp, v int)',
      'create topic q as select v from d.n',
    )
    await engine.writer.replicate(() => run(engine, 'insert into d.n values(1700000000000,1)'))
    await run(engine, 'delete from d.n')
    const before = engine.storage.end
    await engine.close()
    engine = await Engine.open({ directory })
    // Positions are not given twice: those of rows that are gone are still left out.
    expect(engine.storage.end >= before).toBe(true)
    await run(engine, 'insert into d.n values(1700000000000,2)')
    const consumer = consumerOf(engine, 'g', { excluded: true })
    consumer.subscribe(['q'])
    expect(rowsOf(await drain(consumer))['']).toEqual([[2]])
    consumer.unsubscribe()
    await engine.close()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
