import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Engine } from '../engine.ts'
import { consumerOf, drain, rowsOf, run } from './testing/consume.ts'

const TABLES = 8

describe('consumer groups', () => {
  let engine: Engine
  beforeEach(async () => {
    engine = await Engine.open()
    await run(
      engine,
      "create database d precision 'ms' keep 36500 vgroups 4",
      'create stable d.st (ts timestamp, v int) tags (t int)',
      'create topic q as select v, t from d.st',
    )
  })
  afterEach(() => engine.close())

  let written = 0
  beforeEach(() => {
    written = 0
  })

  /** Writes rows with values that count up, a row for each of the tables. */
  async function write(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      const parts = Array.from(
        { length: TABLES },
        (_, t) => `d.c${t} using d.st tags(${t}) values(${1700000000000 + written},${written++})`,
      )
      await run(engine, `insert into ${parts.join(' ')}`)
    }
  }

  const values = (messages: Awaited<ReturnType<typeof drain>>): number[] => (rowsOf(messages)[''] ?? []).map(([v]) => v as number)
  const all = (): number[] => Array.from({ length: written }, (_, i) => i)
  const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b)

  it('two consumers share the vgroups; when one leaves, every row still comes, and none twice where messages were committed', async () => {
    await write(5)
    const [first, second] = [consumerOf(engine, 'g'), consumerOf(engine, 'g')]
    first.subscribe(['q'])
    const seen = values([(await first.poll(0))!])
    await first.commit()
    second.subscribe(['q'])
    // What the first still reads is not taken from it before it asks for more.
    expect(() => second.assignment('q')).toThrow('Consumer not ready')
    seen.push(...values(await drain(first, () => first.commit())))
    expect([first.assignment('q').length, second.assignment('q').length]).toEqual([2, 2])
    seen.push(...values(await drain(second, () => second.commit())))
    await write(5)
    seen.push(...values([(await second.poll(0))!]))
    await second.commit()
    second.unsubscribe()
    expect(first.assignment('q')).toHaveLength(4)
    seen.push(...values(await drain(first, () => first.commit())))
    expect(sorted(seen)).toEqual(all())
  })

  it('what a consumer was given and did not commit comes again when it is gone', async () => {
    await write(3)
    const [first, second] = [consumerOf(engine, 'g'), consumerOf(engine, 'g')]
    first.subscribe(['q'])
    const lost = values(await drain(first))
    first.unsubscribe()
    second.subscribe(['q'])
    expect(sorted(values(await drain(second)))).toEqual(sorted(lost))
  })

  it('more consumers than vgroups: some have none until others leave', async () => {
    const consumers = Array.from({ length: 6 }, () => consumerOf(engine, 'g'))
    for (const consumer of consumers) consumer.subscribe(['q'])
    for (const consumer of consumers) await consumer.poll(0)
    expect(consumers.map((consumer) => consumer.assignment('q').length)).toEqual([1, 1, 1, 1, 0, 0])
    consumers[0]!.unsubscribe()
    consumers[1]!.unsubscribe()
    expect(consumers.slice(2).map((consumer) => consumer.assignment('q').length)).toEqual([1, 1, 1, 1])
  })

  it('a consumer that polls too seldom is put out and has to subscribe again', async () => {
    const consumer = consumerOf(engine, 'g', { maxPollIntervalMs: 30 })
    consumer.subscribe(['q'])
    await new Promise((resolve) => setTimeout(resolve, 80))
    await expect(consumer.poll(0)).rejects.toMatchObject({ code: 0x03e6 })
    consumer.unsubscribe()
    consumer.subscribe(['q'])
    expect(await consumer.poll(0)).toBeNull()
    consumer.unsubscribe()
  })

  it('a waiting poll is woken by rows and ended by its signal', async () => {
    const consumer = consumerOf(engine, 'g', { reset: 'latest' })
    consumer.subscribe(['q'])
    const poll = consumer.poll(-1)
    await write(1)
    const messages = [(await poll)!, ...(await drain(consumer))]
    expect(sorted(values(messages))).toEqual(all())
    const gone = new AbortController()
    const waiting = consumer.poll(-1, gone.signal)
    gone.abort()
    expect(await waiting).toBeNull()
    consumer.unsubscribe()
  })

  it('the start of a group that committed nothing: earliest, latest, none', async () => {
    await write(1)
    const counts: number[] = []
    for (const reset of ['earliest', 'latest'] as const) {
      const consumer = consumerOf(engine, reset, { reset })
      consumer.subscribe(['q'])
      counts.push(values(await drain(consumer)).length)
      consumer.unsubscribe()
    }
    expect(counts).toEqual([TABLES, 0])
    const none = consumerOf(engine, 'none', { reset: 'none' })
    none.subscribe(['q'])
    await expect(none.poll(0)).rejects.toMatchObject({ code: 0x4011 })
    none.unsubscribe()
  })

  it('commits by itself at a poll once the interval is over, and what was polled before it', async () => {
    await write(1)
    const consumer = consumerOf(engine, 'g', { autoCommit: true, autoCommitMs: 0 })
    consumer.subscribe(['q'])
    const [message] = await drain(consumer)
    const { vgroup } = message!
    expect(consumer.committed('q', vgroup)).toBe(consumer.position('q', vgroup))
    consumer.unsubscribe()
  })

  it('seeks inside the log, not beyond it', async () => {
    await write(2)
    const consumer = consumerOf(engine, 'g')
    consumer.subscribe(['q'])
    const first = values(await drain(consumer))
    for (const { vgroup, begin } of consumer.assignment('q')) consumer.seek('q', vgroup, begin)
    expect(sorted(values(await drain(consumer)))).toEqual(sorted(first))
    const [place] = consumer.assignment('q')
    const { vgroup, end } = place!
    expect(() => consumer.seek('q', vgroup, end + 1n)).toThrow('Offset out of range')
    expect(() => consumer.seek('q', 9999, 0n)).toThrow('VgId does not belong to this consumer')
    expect(() => consumer.assignment('nope')).toThrow('Topic does not belong to this consumer')
    await expect(consumer.commitOffset('q', vgroup, -1n)).rejects.toMatchObject({ code: 0x4007 })
    consumer.unsubscribe()
  })

  it('a topic and a group in use are not dropped unless by force', async () => {
    const consumer = consumerOf(engine, 'g')
    consumer.subscribe(['q'])
    await expect(run(engine, 'drop topic q')).rejects.toMatchObject({ code: 0x03eb })
    await expect(run(engine, 'drop consumer group g on q')).rejects.toMatchObject({ code: 0x03eb })
    const poll = consumer.poll(5000)
    await run(engine, 'drop topic force q')
    expect(consumer.topics).toEqual([])
    await expect(poll).rejects.toMatchObject({ code: 0x03e6 })
    await expect(consumer.commit()).rejects.toMatchObject({ code: 0x03e6 })
    expect([...engine.live.consumers()]).toEqual([])
    consumer.unsubscribe()
    expect(() => consumer.subscribe(['q'])).toThrow('Topic not exist')
  })

  it('a dropped group begins again', async () => {
    await write(1)
    const consumer = consumerOf(engine, 'g')
    consumer.subscribe(['q'])
    const rows = values(await drain(consumer, () => consumer.commit())).length
    consumer.unsubscribe()
    await run(engine, 'drop consumer group g on q')
    consumer.subscribe(['q'])
    expect(values(await drain(consumer))).toHaveLength(rows)
    consumer.unsubscribe()
  })

  it('a user reads a topic that he was granted', async () => {
    await run(engine, "create user u pass 'Abcdef12!'")
    const consumer = engine.subscriptions.consumer('u', consumerOf(engine, 'g').config)
    expect(() => consumer.subscribe(['q'])).toThrow('Insufficient privilege')
    await run(engine, 'grant subscribe on q to u')
    consumer.subscribe(['q'])
    consumer.unsubscribe()
  })

  it('SHOW CONSUMERS and SHOW SUBSCRIPTIONS tell who reads what and how far', async () => {
    await write(1)
    const consumer = consumerOf(engine, 'g', { clientId: 'me' })
    consumer.subscribe(['q'])
    await drain(consumer)
    const facts = [...engine.live.subscriptions()]
    expect(facts).toHaveLength(4)
    expect(facts.reduce((sum, { rows }) => sum + rows, 0n)).toBe(BigInt(TABLES))
    expect(facts.every(({ offset, consumer: reader }) => /^wal:\d+\/\d+$/.test(offset!) && reader?.clientId === 'me')).toBe(true)
    expect([...engine.live.consumers()]).toMatchObject([{ group: 'g', status: 'ready', topics: ['q'] }])
    consumer.unsubscribe()
    expect([...engine.live.consumers()]).toEqual([])
  })
})

it('a group goes on where it committed when the directory is opened again, even behind rows that are gone', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'taosts-topic-'))
  try {
    let engine = await Engine.open({ directory })
    await run(
      engine,
      "create database d precision 'ms' keep 36500 vgroups 2",
      'create table d.n (ts timestamp, v int)',
      'create topic q as select v from d.n',
      'insert into d.n values(1700000000000,1)(1700000000001,2)',
    )
    let consumer = consumerOf(engine, 'g')
    consumer.subscribe(['q'])
    expect(rowsOf(await drain(consumer))['']).toEqual([[1], [2]])
    await consumer.commit()
    await run(engine, 'delete from d.n')
    await engine.close()
    engine = await Engine.open({ directory })
    await run(engine, 'insert into d.n values(1700000000002,3)')
    consumer = consumerOf(engine, 'g')
    consumer.subscribe(['q'])
    expect(rowsOf(await drain(consumer))['']).toEqual([[3]])
    consumer.unsubscribe()
    await engine.close()
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
