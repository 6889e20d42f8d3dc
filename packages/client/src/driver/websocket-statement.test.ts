import { openEmbedded } from 'taosts-embedded'
import { expect, test } from 'vitest'
import { configure } from '../configure.ts'
import { connect } from '../connect.ts'
import { Connection } from '../connection.ts'
import { StubServer } from '../testing/stub-server.ts'
import { buildBlock, encodeFetchReply, TypeCode } from '../wire/index.ts'
import type { Socket } from './socket.ts'
import { logIn } from './websocket.ts'

const frame = encodeFetchReply({
  reqId: 0n,
  timing: 1n,
  code: 0,
  message: '',
  resultId: 0n,
  block: buildBlock([{ type: TypeCode.INT, bytes: 4 }], [[7]]),
})

/** A socket to a server that executes a statement once, and then refuses it in the words of TDengine 3.3.7. */
function executingOnce(socket: Socket): Socket {
  const executed = new Set<number>()
  const refused = new Set<number>()
  return new Proxy(socket, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (name !== 'send') return typeof value === 'function' ? value.bind(target) : value
      return (data: string | Uint8Array) => {
        const { action, args } = typeof data === 'string' ? JSON.parse(data) : { action: '', args: {} }
        if (action === 'stmt2_exec' && executed.has(args.stmt_id)) refused.add(args.req_id)
        if (action === 'stmt2_exec') executed.add(args.stmt_id)
        if (action === 'stmt2_close') executed.delete(args.stmt_id)
        target.send(data)
      }
    },
    set(target, name, value) {
      if (name !== 'onmessage') return Reflect.set(target, name, value)
      target.onmessage = (data) => {
        const reply = typeof data === 'string' ? JSON.parse(data) : undefined
        value(reply && refused.delete(reply.req_id) ? JSON.stringify({ ...reply, code: 554, message: 'success' }) : data)
      }
      return true
    },
  })
}

test('a statement that the server executes only once is prepared anew', async () => {
  const engine = await openEmbedded({})
  const config = configure({ url: 'ws://localhost' }, {})
  const session = await logIn(executingOnce(engine.connect('/ws')), config, 'a server', { connector: 'test' }, AbortSignal.timeout(20_000))
  const connection = new Connection(session, config)
  await connection.execute('CREATE DATABASE d KEEP 36500d')
  await connection.selectDb('d')
  await connection.execute('CREATE STABLE s (ts TIMESTAMP, v INT) TAGS (g INT)')
  await using insert = await connection.prepare('INSERT INTO ? USING s TAGS (?) VALUES (?, ?)')
  for (let i = 0; i < 4; i++) expect(await insert.execute([[`t${i % 2}`, i % 2, BigInt(i), i]])).toBe(1)
  for (let i = 4; i < 7; i++) expect(await connection.insert('s', [{ tbname: 't0', g: 0, ts: BigInt(i), v: i }])).toBe(1)
  expect(await (await connection.query('SELECT v FROM s ORDER BY ts')).values()).toEqual([0, 1, 2, 3, 4, 5, 6].map((v) => [v]))
  await connection.close()
  await engine.close()
})

test('a result is read to its end or freed before its statement is executed again or closed', async () => {
  await using stub = await StubServer.start()
  let statements = 0
  let results = 100
  stub.handler = (request, socket) => {
    if (request.action === 'stmt2_init') socket.reply(request, { stmt_id: ++statements })
    else if (request.action === 'stmt2_prepare')
      socket.reply(request, { is_insert: false, fields: [{ name: '', field_type: 0, bind_type: 0 }], fields_count: 1 })
    else if (request.action === 'stmt2_result') {
      const id = ++results
      stub.hold(id, [frame, frame])
      socket.reply(request, { id, fields_count: 1, fields_names: ['n'], fields_types: [4], fields_lengths: [4], precision: 0 })
    } else return undefined
    return true
  }
  const happened = () =>
    stub.requests.flatMap(({ action, args, resource }) => {
      if (action === 'stmt2_close') return [`close ${args['stmt_id']}`]
      return action === 'stmt2_bind' ? [`bind ${resource}`] : action === 'fetch_raw_block' ? [`fetch ${resource}`] : []
    })
  await using connection = await connect({ url: stub.url })
  const select = await connection.prepare('SELECT n FROM t WHERE n > ?')
  expect([select.parameterCount, select.fields]).toEqual([1, []])
  const open = await select.query([1])
  const other = await select.query([2])
  expect(happened().filter((each) => !each.startsWith('fetch'))).toEqual(['bind 1', 'bind 2'])
  expect(await open.values()).toEqual([[7], [7]])
  await expect.poll(happened).toContain('close 1')
  expect(happened().indexOf('close 1')).toBeGreaterThan(happened().lastIndexOf('fetch 101'))
  await other.close()
  // One that was left early is over after the fetch under way: the statement is used again.
  expect(await (await select.query([3])).first()).toEqual({ n: 7 })
  const last = await select.query([4])
  expect(happened().filter((each) => each.startsWith('bind'))).toEqual(['bind 1', 'bind 2', 'bind 2', 'bind 2'])
  await select.close()
  expect(happened()).not.toContain('close 2')
  expect(await last.values()).toHaveLength(2)
  await expect.poll(happened).toContain('close 2')
})
