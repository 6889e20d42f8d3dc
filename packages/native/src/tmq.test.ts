import process from 'node:process'
import { connect } from 'taosts'
import { afterEach, describe, expect, it } from 'vitest'
import { messages } from '../../../conformance/wire/transcripts.ts'
import { configure } from '../../client/src/configure.ts'
import { useJudge } from '../test/judged.ts'
import { NativeSession } from './session.ts'

const url = 'taos://localhost:6030'
const recorded = [...messages('py-ws-tmq-ms')].flatMap((message) =>
  'reply' in message && message.reply.kind === 'fetch_raw_data' && message.reply.code === 0 && message.reply.data ? [message.reply] : [],
)
const judge = useJudge([{ sql: 'SELECT 1', affected: 1 }], recorded)
const open = (more: object = {}) => NativeSession.open(configure({ url, ...more }, {}))
const subscription = { topics: ['topic'], user: 'root', password: 'taosdata', group_id: 'g' }

afterEach(() => {
  delete process.env['TAOS_JUDGE_SLOW_POLL']
})

describe('a native consumer', () => {
  it('waits in its poll without holding up statements or other consumers', { retry: 3 }, async () => {
    await using connection = await connect(url)
    const consumers = await Promise.all(
      Array.from({ length: 4 }, () => connection.subscribe('topic', { groupId: 'g', offsetReset: 'earliest', pollTimeout: 5 })),
    )
    for (const consumer of consumers) for (let i = 0; i < recorded.length; i++) await consumer.poll()
    process.env['TAOS_JUDGE_SLOW_POLL'] = '800'
    let polled = 0
    const polls = consumers.map((consumer) => consumer.poll(1.6).finally(() => polled++))
    await connection.execute('SELECT 1')
    expect(polled).toBe(0)
    expect(await Promise.all(polls)).toEqual(consumers.map(() => undefined))
    await Promise.all(consumers.map((consumer) => consumer.close()))
  })

  it('gives the message of an aborted poll to the next one', async () => {
    const session = await open()
    const consumer = await session.openTmq()
    await consumer.subscribe(subscription)
    process.env['TAOS_JUDGE_SLOW_POLL'] = '100'
    await expect(consumer.poll(1000, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ name: 'TimeoutError' })
    expect((await consumer.poll(1000))!.offset).toBe(0n)
    expect((await consumer.poll(1000))!.offset).toBe(1n)
    await session.close()
  })

  it('neither commits nor loses the message of an aborted poll', async () => {
    const session = await open()
    const consumer = await session.openTmq()
    await consumer.subscribe(subscription)
    expect((await consumer.poll(1000))!.offset).toBe(0n)
    process.env['TAOS_JUDGE_SLOW_POLL'] = '100'
    await expect(consumer.poll(1000, { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({ name: 'TimeoutError' })
    await consumer.commit()
    expect(await consumer.offsets('committed', [{ topic: 'topic', vgroup: 2 }])).toEqual([1n])
    expect((await consumer.poll(1000))!.offset).toBe(1n)
    await session.close()
  })

  it('closes in the middle of a poll, of a subscribe, and twice', async () => {
    const session = await open()
    const consumer = await session.openTmq()
    await consumer.subscribe(subscription)
    process.env['TAOS_JUDGE_SLOW_POLL'] = '100'
    const poll = consumer.poll(1000)
    const closing = consumer.close()
    await expect(poll).rejects.toMatchObject({ name: 'InterfaceError' })
    await closing
    await consumer.close()
    const other = await session.openTmq()
    const subscribing = other.subscribe(subscription, { signal: AbortSignal.timeout(0) })
    await expect(subscribing).rejects.toMatchObject({ name: 'TimeoutError' })
    await session.close()
    await expect(other.poll(1)).rejects.toMatchObject({ name: 'InterfaceError' })
  })

  it('tells the server of the application as the connection does, and gives changes of tables', async () => {
    const session = await open()
    const consumer = await session.openTmq()
    judge.seen()
    await consumer.subscribe({ ...subscription, tz: 'Asia/Tokyo', ip: '10.0.0.1', app: 'mailer', config: { 'td.connect.token': 't' } })
    expect(judge.seen()).toEqual(
      expect.arrayContaining([
        'tmq_conf_set td.connect.token=t',
        'taos_options_connection 1 Asia/Tokyo',
        'taos_options_connection 2 10.0.0.1',
        'taos_options_connection 3 mailer',
      ]),
    )
    const message = (await consumer.poll(1000))!
    const raw = await consumer.fetchRaw(message.id)
    expect(Buffer.compare(raw.data, recorded[0]!.data!)).toBe(0)
    expect(await consumer.fetchMeta(message.id)).toMatchObject([{ type: 'drop', tableName: 'st' }])
    await expect(consumer.fetchRaw(99n)).rejects.toMatchObject({ name: 'InterfaceError' })
    // Written back byte for byte.
    await session.writeRaw(raw.metaType, raw.data)
    expect(judge.seen()).toContain(`tmq_write_raw type=${raw.metaType} bytes=${raw.data.length}`)
    await session.close()
  })
})
