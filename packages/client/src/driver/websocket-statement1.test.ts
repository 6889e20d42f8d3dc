import { openEmbedded } from 'taosts-embedded'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { configure } from '../configure.ts'
import { Connection } from '../connection.ts'
import type { Socket } from './socket.ts'
import { logIn } from './websocket.ts'

/** A socket to a server that says it is TDengine 3.3.5, and what was sent over it: actions of JSON requests, numbers of binary ones. */
function older(socket: Socket, sent: (string | number)[]): Socket {
  return new Proxy(socket, {
    get(target, name) {
      if (name !== 'send')
        return typeof Reflect.get(target, name) === 'function' ? Reflect.get(target, name).bind(target) : Reflect.get(target, name)
      return (data: string | Uint8Array) => {
        sent.push(typeof data === 'string' ? JSON.parse(data).action : data[16]!)
        target.send(data)
      }
    },
    set(target, name, value) {
      if (name !== 'onmessage') return Reflect.set(target, name, value)
      target.onmessage = (data) => value(typeof data === 'string' ? data.replace(/"version":"[^"]*"/, '"version":"3.3.5.2"') : data)
      return true
    },
  })
}

const sent: (string | number)[] = []
let connection: Connection
let engine: Awaited<ReturnType<typeof openEmbedded>>

beforeAll(async () => {
  engine = await openEmbedded({})
  const config = configure({ url: 'ws://localhost' }, {})
  const socket = older(engine.connect('/ws'), sent)
  connection = new Connection(await logIn(socket, config, 'an older server', { connector: 'test' }, AbortSignal.timeout(20_000)), config)
  await connection.execute("CREATE DATABASE d PRECISION 'us' KEEP 36500")
  await connection.selectDb('d')
  await connection.execute(
    'CREATE STABLE s (ts TIMESTAMP, i INT, u BIGINT UNSIGNED, f FLOAT, v VARCHAR(20), n NCHAR(20), b VARBINARY(10), o BOOL) TAGS (g INT, l NCHAR(10))',
  )
})
beforeEach(() => {
  sent.length = 0
})
afterAll(async () => {
  await connection.close()
  await engine.close()
})

const values = async (sql: string) => await (await connection.query(sql)).values()

test('rows of several new tables go as blocks, in the order of calls that official clients use', async () => {
  expect(connection.serverInfo).toBe('3.3.5.2')
  await using insert = await connection.prepare('INSERT INTO ? USING s TAGS (?, ?) VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  expect(insert.fields.map(({ name, bindType }) => `${name} ${bindType}`).slice(0, 4)).toEqual([
    'tbname tbname',
    'g tag',
    'l tag',
    'ts column',
  ])
  sent.length = 0
  const row = [-1n, -(2 ** 31), 2n ** 64n - 1n, 0.1, 'é🍒\0', '🍒', new Uint8Array([0, 255]), true]
  const written = await insert.execute([
    ['t1', 7, '巴黎', ...row],
    ['t2', null, null, 5n, null, null, null, null, '', null, null],
    ['t1', 7, '巴黎', 6n, 1, 2, 3, 'x', 'y', new Uint8Array(0), false],
  ])
  expect(written).toBe(3)
  expect(sent).toEqual(['set_table_name', 1, 2, 'add_batch', 'set_table_name', 1, 2, 'add_batch', 'exec'])
  expect(await values('SELECT tbname, g, l, ts, i, u, f, v, n, b, o FROM s ORDER BY tbname, ts')).toEqual([
    ['t1', 7, '巴黎', ...row],
    ['t1', 7, '巴黎', 6n, 1, 2n, 3, 'x', 'y', new Uint8Array(0), false],
    ['t2', null, null, 5n, null, null, null, null, '', null, null],
  ])
})

test('rows for a supertable that name their tables, insert() and parameters work as on newer servers', async () => {
  await connection.execute('CREATE TABLE IF NOT EXISTS t3 USING s TAGS (3, NULL)')
  expect(await connection.insert('s', [{ tbname: 't3', ts: 1n, v: 'by name' }])).toBe(1)
  expect(await connection.insert('s', [{ tbname: 't4', g: 4, ts: 1n, v: 'made' }])).toBe(1)
  expect(await connection.execute('INSERT INTO t3 (ts, v) VALUES (?, ?)', [2n, 'a\0b'])).toBe(1)
  expect(await values("SELECT tbname, v FROM s WHERE tbname IN ('t3', 't4') ORDER BY tbname, ts")).toEqual([
    ['t3', 'by name'],
    ['t3', 'a\0b'],
    ['t4', 'made'],
  ])
})

test('a query with parameters gives its rows', async () => {
  await connection.execute('CREATE TABLE q (ts TIMESTAMP, i INT, v VARCHAR(10))')
  await connection.execute("INSERT INTO q VALUES (1, 1, 'é') (2, 2, 'b')")
  await using select = await connection.prepare('SELECT i FROM q WHERE v = ? OR i > ?')
  expect(select.parameterCount).toBe(2)
  expect(await (await select.query(['é', 5])).values()).toEqual([[1]])
  expect(await (await select.query(['x', 1])).values()).toEqual([[2]])
  await using plain = await connection.prepare('SELECT v FROM q WHERE i = 2')
  sent.length = 0
  for (let i = 0; i < 2; i++) expect(await (await plain.query([])).values()).toEqual([['b']])
  expect(sent.filter((action) => action !== 7)).toEqual([6, 6])
})

test('a result is read to its end or freed before its statement is closed', async () => {
  await connection.execute('CREATE TABLE long (ts TIMESTAMP, i INT)')
  const rows = 10_000
  await connection.insert('long', { columns: { ts: Array.from({ length: rows }, (_, i) => BigInt(i)), i: new Int32Array(rows) } })
  const select = await connection.prepare('SELECT i FROM long WHERE i < ?')
  sent.length = 0
  const first = await select.query([1])
  const second = await select.query([1])
  await select.close()
  expect(sent).not.toContain('close')
  expect(await second.values()).toHaveLength(rows)
  expect(sent.filter((action) => action === 'close')).toHaveLength(1)
  await first.close()
  await expect.poll(() => sent.filter((action) => action === 'close')).toHaveLength(2)
  expect(sent.lastIndexOf(7)).toBeLessThan(sent.lastIndexOf('close'))
  expect(sent.indexOf('free_result')).toBeLessThan(sent.lastIndexOf('close'))
})

test('what version 1 cannot bind is refused, and the statement goes on with the next rows', async () => {
  await connection.execute('CREATE TABLE r (ts TIMESTAMP, i INT, c DECIMAL(10, 2))')
  await using insert = await connection.prepare('INSERT INTO r VALUES (?, ?, ?)')
  await expect(insert.execute([[1n, 1, '1.5']])).rejects.toThrow(/c: servers before 3.3.6 bind neither DECIMAL nor BLOB/)
  await expect(connection.prepare('INSERT INTO nosuch VALUES (?)')).rejects.toThrow()
  await using other = await connection.prepare('INSERT INTO r (ts, i) VALUES (?, ?)')
  await expect(other.execute([[1n, 2 ** 31]])).rejects.toThrow('column i, row 0')
  expect(await other.execute([[1n, 3]])).toBe(1)
  expect(await other.execute([[2n, 4]])).toBe(1)
  expect(await values('SELECT i FROM r')).toEqual([[3], [4]])
})
