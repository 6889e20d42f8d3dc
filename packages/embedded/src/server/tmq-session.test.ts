import { decodeReply, type JsonValue, parseJson } from 'taosts/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Embedded, openEmbedded } from '../embedded.ts'
import { run } from '../topic/testing/consume.ts'

type Reply = { readonly [key: string]: JsonValue }

const LOGIN = { user: 'root', password: 'taosdata', group_id: 'g', offset_rest: 'earliest', auto_commit: 'false', topics: ['q'] }

describe('/rest/tmq', () => {
  let embedded: Embedded
  beforeEach(async () => {
    embedded = await openEmbedded()
    await run(
      embedded.engine,
      "create database d precision 'ms' keep 36500 vgroups 1",
      'create table d.n (ts timestamp, v int)',
      'create topic q as select v from d.n',
      'create topic m with meta as database d',
      'insert into d.n values(1700000000000,1)',
    )
  })
  afterEach(() => embedded.close())

  /** A connection whose replies come one after another. */
  function connect() {
    const socket = embedded.connect('/rest/tmq')
    const received: (string | Uint8Array)[] = []
    let wake = (): void => undefined
    socket.onmessage = (message) => {
      received.push(message)
      wake()
    }
    const next = async (patience = 1000): Promise<string | Uint8Array | undefined> => {
      const until = Date.now() + patience
      while (received.length === 0) {
        if (Date.now() >= until) return undefined
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, until - Date.now())
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      return received.shift()
    }
    const send = (action: string, args: Record<string, unknown>, reqId = 1): void =>
      socket.send(JSON.stringify({ action, args: { req_id: reqId, ...args } }))
    const ask = async (action: string, args: Record<string, unknown> = {}, reqId = 1): Promise<Reply> => {
      send(action, args, reqId)
      const reply = await next()
      if (typeof reply !== 'string') throw new Error(`${action}: ${reply === undefined ? 'no reply' : 'a binary reply'}`)
      return parseJson(reply) as Reply
    }
    return { socket, next, send, ask }
  }

  it('says nothing to what is no request, to unknown actions and to arguments of other types', async () => {
    const { socket, next, send, ask } = connect()
    for (const message of ['not json', '[]', '{"action":"nope","args":{}}', new Uint8Array(40)]) socket.send(message)
    send('subscribe', { ...LOGIN, auto_commit: true })
    expect(await next(50)).toBeUndefined()
    expect(await ask('version')).toMatchObject({ code: 0, version: expect.stringContaining('3.3.7') })
  })

  it.each([
    [{ topics: ['nope'] }, 0x03e1, 'Topic not exist'],
    [{ password: 'bad' }, 0xffff, 'init tscObj failed'],
    [{ group_id: '' }, 0xffff, 'malloc tmq element failed or group is empty'],
    [{ offset_rest: 'sometimes' }, 0x0118, "invalid value for key 'auto.offset.reset': sometimes"],
    [{ offset_reset: 'no', offset_rest: 'earliest' }, 0x0118, "invalid value for key 'auto.offset.reset': no"],
    [{ auto_commit: 'maybe' }, 0xffff, 'strconv.ParseBool: parsing "maybe": invalid syntax'],
    [{ auto_commit_interval_ms: '1s' }, 0xffff, 'strconv.ParseInt: parsing "1s": invalid syntax'],
    [{ session_timeout_ms: '1' }, 0x0118, "invalid value for key 'session.timeout.ms': 1"],
    [{ enable_batch_meta: 'maybe' }, 0x0118, "invalid value for key 'msg.enable.batchmeta': maybe"],
    [{ config: { 'no.such': '1' } }, 0x0118, 'unknown configuration key: no.such'],
    [{ config: { 'td.connect.token': 't' } }, 0x0118, 'unknown configuration key: td.connect.token'],
    [{ config: { 'heartbeat.interval.ms': '20000' } }, 0x0118, "invalid value for key 'heartbeat.interval.ms': 20000"],
  ])('refuses to subscribe with %j', async (wrong, code, message) => {
    expect(await connect().ask('subscribe', { ...LOGIN, ...wrong })).toMatchObject({ code, message })
  })

  it.each([
    ['1', true],
    ['true', true],
    ['0', false],
    ['false', false],
  ])('msg.enable.batchmeta %s: changes come together is %s', async (enable_batch_meta, together) => {
    const { ask } = connect()
    await ask('subscribe', { ...LOGIN, topics: ['m'], enable_batch_meta })
    const { message_id } = await ask('poll', { blocking_time: 1000 })
    const { data } = await ask('fetch_json_meta', { message_id })
    expect(Object.hasOwn(data as object, 'metas')).toBe(together)
  })

  it('needs a subscription for the rest, and only one at a time', async () => {
    const { ask } = connect()
    for (const action of ['fetch', 'commit', 'assignment', 'list_topics', 'unsubscribe'])
      expect(await ask(action, { message_id: 1, topic: 'q' })).toMatchObject({ code: 0xffff, message: 'tmq not init' })
    expect(await ask('subscribe', LOGIN)).toMatchObject({ code: 0 })
    expect(await ask('subscribe', LOGIN)).toMatchObject({ message: 'tmq should have unsubscribed first' })
    expect(await ask('unsubscribe')).toMatchObject({ code: 0 })
    expect(await ask('subscribe', { ...LOGIN, topics: ['m'] })).toMatchObject({ code: 0 })
    expect(await ask('list_topics')).toMatchObject({ topics: ['m'] })
  })

  it('a poll that waits gives its place to a newer one and is never answered', async () => {
    const { ask, send, next } = connect()
    send('poll', { blocking_time: 0 }, 7)
    send('poll', { blocking_time: 0 }, 8)
    send('subscribe', LOGIN, 9)
    const replies = [await next(), await next(), await next(50)].map((reply) => reply && (parseJson(reply as string) as Reply)['req_id'])
    expect(replies).toEqual([9, 8, undefined])
    expect(await ask('poll', { blocking_time: 0, message_id: 0 }, 10)).toMatchObject({ have_message: true, message_id: 1 })
  })

  it('tells of a message again to whom has not seen it, and reads it in every way', async () => {
    const { ask, send, next } = connect()
    await ask('subscribe', LOGIN)
    const poll = await ask('poll', { blocking_time: 100 })
    expect(poll).toMatchObject({ have_message: true, topic: 'q', database: 'd', message_type: 1, message_id: 1 })
    expect(await ask('poll', { blocking_time: 0, message_id: 0 })).toMatchObject({ have_message: true, message_id: 1 })
    expect(await ask('fetch_block', { message_id: 1 })).toMatchObject({ message: 'no fetch data', message_id: 1 })
    expect(await ask('fetch', { message_id: 1 })).toMatchObject({
      completed: false,
      rows: 1,
      fields_names: ['v'],
      fields_lengths: [4],
      table_name: '',
    })
    send('fetch_block', { message_id: 1 })
    expect(await next()).toBeInstanceOf(Uint8Array)
    expect(await ask('fetch', { message_id: 1 })).toMatchObject({ completed: true, fields_names: null })
    expect(await ask('fetch', { message_id: 5 })).toMatchObject({ message: 'message ID are not equal', message_id: 5 })
    expect(await ask('fetch_block', { message_id: 5 })).toMatchObject({ message: 'message is nil', message_id: 5 })
    for (const message_id of [1, 5])
      expect(await ask('fetch_json_meta', { message_id })).toMatchObject({ message: 'message type can not get meta, type: 1', message_id })
    send('fetch_raw_data', { message_id: 5 })
    expect(decodeReply((await next()) as Uint8Array)).toMatchObject({ code: 0xffff, message: 'message ID is not equal', messageId: 5n })
    expect(await ask('poll', { blocking_time: 0, message_id: 1 })).toMatchObject({ have_message: false, message_id: 0 })
    await ask('unsubscribe')
    expect(await ask('fetch', { message_id: 1 })).toMatchObject({ message: 'message has been freed' })
  })

  it('offsets: none is a number of its own, foreign vgroups and topics are refused', async () => {
    const { ask } = connect()
    await ask('subscribe', LOGIN)
    const { assignment } = await ask('assignment', { topic: 'q' })
    const [{ vgroup_id, end }] = assignment as [{ vgroup_id: number; end: number }]
    const place = { topic_vgroup_ids: [{ topic: 'q', vgroup_id }] }
    expect(await ask('committed', place)).toMatchObject({ committed: [-2147467247] })
    expect(await ask('commit_offset', { topic: 'q', vgroup_id, offset: end })).toMatchObject({ topic: 'q', vgroup_id, offset: end })
    expect(await ask('committed', place)).toMatchObject({ committed: [end] })
    expect(await ask('seek', { topic: 'q', vgroup_id, offset: end + 1 })).toMatchObject({ code: 0x4007, message: 'Offset out of range' })
    expect(await ask('seek', { topic: 'q', vgroup_id: 999, offset: 0 })).toMatchObject({ code: 0x4008 })
    expect(await ask('assignment', { topic: 'm' })).toMatchObject({ code: 0x4009 })
  })

  it('a closed connection leaves its group', async () => {
    const first = connect()
    await first.ask('subscribe', LOGIN)
    first.send('poll', { blocking_time: 60_000, message_id: 0 })
    first.socket.close()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([...embedded.engine.live.consumers()]).toEqual([])
    await run(embedded.engine, 'drop topic q')
  })
})
