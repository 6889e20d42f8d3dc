import { openEmbedded } from 'taosts-embedded'
import { expect, test } from 'vitest'
import { configure } from '../configure.ts'
import { Connection } from '../connection.ts'
import type { Socket } from './socket.ts'
import { logIn } from './websocket.ts'

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
