import { type Connection, connect, createPool } from 'taosts'
import { type Served, serve } from 'taosts-embedded'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { FaultProxy } from '../faults/fault-proxy.ts'

let server: Served
let proxy: FaultProxy
let direct: Connection
let url: string

beforeAll(async () => {
  server = await serve({ port: 0 })
  direct = await connect(server.url)
  await direct.execute('CREATE DATABASE lost KEEP 36500d')
  await direct.execute('CREATE DATABASE other KEEP 36500d')
})
beforeEach(async () => {
  proxy = await FaultProxy.start(server.port)
  url = `ws://127.0.0.1:${proxy.port}/lost`
  for (const database of ['lost', 'other']) {
    await direct.execute(`DROP TABLE IF EXISTS ${database}.t`)
    await direct.execute(`CREATE TABLE ${database}.t (ts TIMESTAMP, v INT)`)
  }
  return () => proxy.close()
})
afterAll(async () => {
  await direct.close()
  await server.close()
})

const written = async (database = 'lost') => (await (await direct.query(`SELECT v FROM ${database}.t ORDER BY ts`)).values()).flat()

test('prepared statements go on after their connection was cut', async () => {
  await using connection = await connect({ url, retryBackoff: '10ms' })
  await using insert = await connection.prepare('INSERT INTO t VALUES (?, ?)')
  await using select = await connection.prepare('SELECT v FROM t WHERE v > ?')
  expect(await insert.execute([[1n, 1]])).toBe(1)
  proxy.cutAll()
  expect(await insert.execute([[2n, 2]])).toBe(1)
  expect(await (await select.query([1])).values()).toEqual([[2]])
  expect(await connection.insert('t', [{ ts: 3n, v: 3 }])).toBe(1)
  proxy.cutAll()
  expect(await connection.insert('t', [{ ts: 4n, v: 4 }])).toBe(1)
  expect(await connection.execute('INSERT INTO t VALUES (?, ?)', [5n, 5])).toBe(1)
  expect(await written()).toEqual([1, 2, 3, 4, 5])
})

test('an insert whose connection is cut before it is written: with idempotent it arrives, without it says that it may have', async () => {
  await using connection = await connect({ url, retryBackoff: '10ms' })
  const insert = (v: number, idempotent?: boolean) =>
    connection.insert('t', [{ ts: BigInt(v), v }], idempotent === undefined ? {} : { idempotent })
  await insert(1)
  proxy.arm('execute', 'cut')
  await expect(insert(2)).rejects.toMatchObject({ name: 'ConnectionError', maybeExecuted: true })
  proxy.arm('execute', 'reset')
  expect(await insert(3, true)).toBe(1)
  proxy.arm('bind', 'cut')
  expect(await insert(4)).toBe(1)
  expect(await written()).toEqual([1, 3, 4])
})

test('a prepared statement whose table was made anew while the connection was lost says so', async () => {
  await using connection = await connect({ url, retryBackoff: '10ms' })
  await using insert = await connection.prepare('INSERT INTO t VALUES (?, ?)')
  await insert.execute([[1n, 1]])
  proxy.cutAll()
  await direct.execute('DROP TABLE lost.t')
  await direct.execute('CREATE TABLE lost.t (ts TIMESTAMP, v BIGINT)')
  await expect(insert.execute([[2n, 2]])).rejects.toThrow('have changed while the connection was lost')
  expect(await connection.insert('t', [{ ts: 3n, v: 3 }])).toBe(1)
})

test('a pool writes into its own database, whatever a borrower has chosen', async () => {
  await using pool = createPool({ url, max: 1 })
  expect(await pool.insert('t', [{ ts: 1n, v: 1 }])).toBe(1)
  await pool.use(async (connection) => {
    await connection.selectDb('other')
    expect(await connection.insert('t', [{ ts: 1n, v: 10 }])).toBe(1)
    await connection.execute('USE lost')
    expect(await connection.execute('INSERT INTO t VALUES (?, ?)', [2n, 2])).toBe(1)
    await connection.execute('USE other')
    expect(await connection.execute('INSERT INTO t VALUES (?, ?)', [2n, 20])).toBe(1)
  })
  expect(await pool.insert('t', [{ ts: 3n, v: 3 }])).toBe(1)
  expect(await pool.execute('INSERT INTO t VALUES (?, ?)', [4n, 4])).toBe(1)
  expect([await written(), await written('other')]).toEqual([
    [1, 2, 3, 4],
    [10, 20],
  ])
})
