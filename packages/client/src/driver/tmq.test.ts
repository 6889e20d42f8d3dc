import { afterEach, beforeEach, expect, test } from 'vitest'
import { configure } from '../configure.ts'
import { openSession } from '../open-session.ts'
import { StubServer } from '../testing/stub-server.ts'
import { TmqSession, type TmqTransport } from './tmq.ts'

let stub: StubServer
let consumer: TmqTransport
/** Lets the poll under way find its message. */
let arrive: () => void

beforeEach(async () => {
  stub = await StubServer.start()
  let next = 0
  stub.handler = (request, socket) => {
    if (request.action !== 'poll') return undefined
    arrive = () => {
      const id = ++next
      socket.reply(request, {
        have_message: true,
        topic: 't',
        database: 'd',
        vgroup_id: 2,
        message_type: 1,
        message_id: id,
        offset: 10 * id,
      })
    }
    return true
  }
  const session = await openSession(configure({ url: stub.url, reconnect: false }, {}), AbortSignal.timeout(5000))
  consumer = await session.openTmq!(TmqSession)
})
afterEach(async () => {
  await consumer.close()
  await stub.close()
})

const polls = () => stub.requests.filter(({ action }) => action === 'poll').length

async function giveUp(): Promise<void> {
  const controller = new AbortController()
  const poll = consumer.poll(1000, { signal: controller.signal })
  await expect.poll(polls).toBe(1)
  controller.abort(new Error('enough'))
  await expect(poll).rejects.toThrow('enough')
}

test('the message of a poll that was given up is given to the next', async () => {
  await giveUp()
  const poll = consumer.poll(1000)
  arrive()
  expect(await poll).toMatchObject({ id: 1n, offset: 10n })
  expect(polls()).toBe(1)
})

test.each([
  ['commit', () => consumer.commit()],
  ['commit_offset', () => consumer.commitOffset('t', 2, 5n)],
  ['position', () => consumer.offsets('position', [{ topic: 't', vgroup: 2 }])],
])('the message of a poll that was given up is put back before %s', async (action, call) => {
  await giveUp()
  const calling = call()
  arrive()
  await calling
  const after = stub.requests.slice(stub.requests.findIndex((request) => request.action === 'poll') + 1)
  expect(after.map((request) => request.action)).toEqual(['seek', action])
  expect(after[0]!.args).toMatchObject({ topic: 't', vgroup_id: 2, offset: 10 })
})

test('a poll that was given up ends with its connection', async () => {
  await giveUp()
  const commit = consumer.commit()
  stub.cut()
  await expect(commit).rejects.toMatchObject({ name: 'ConnectionError' })
})

test('a signal that has aborted sends nothing', async () => {
  await expect(consumer.poll(1000, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
  expect(polls()).toBe(0)
})
