import { connect } from 'taosts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Served, serve } from './serve.ts'

let served: Served

beforeAll(async () => {
  served = await serve({ port: 0, timezone: 'Asia/Shanghai' })
  await using connection = await connect({ url: served.url })
  await connection.execute('create database d keep 36500')
  await connection.execute('create table d.t (ts timestamp, v int)')
})
afterAll(() => served.close())

const NOON = Date.UTC(2025, 0, 1, 4)

test('clients that name no time zone have the server’s', async () => {
  await using connection = await connect({ url: served.url })
  await connection.execute("insert into d.t values ('2025-01-01 12:00:00', 1)")
  expect(await (await connection.query("select ts from d.t where ts = '2025-01-01 12:00:00'")).values()).toEqual([[new Date(NOON)]])
  expect(await (await connection.query('select timezone()')).values()).toEqual([['Asia/Shanghai (CST, +0800)']])
  expect(await (await connection.query("show local variables like 'timezone'")).values()).toEqual([
    ['timezone', 'Asia/Shanghai (CST, +0800)', 'both', 'global', ''],
  ])
  const authorization = `Basic ${Buffer.from('root:taosdata').toString('base64')}`
  const body = 'select ts, to_iso8601(ts) from d.t'
  const response = await fetch(`${served.restUrl}/rest/sql`, { method: 'POST', body, headers: { authorization } })
  expect(await response.json()).toMatchObject({ data: [['2025-01-01T12:00:00.000+08:00', '2025-01-01T12:00:00.000+0800']] })
})

test('topics read times in the server’s zone', async () => {
  await using connection = await connect({ url: served.url })
  await connection.execute("create topic noon as select v from d.t where ts >= '2025-01-01 12:00:00'")
  await connection.execute(`insert into d.t values (${NOON - 1}, 2) (${NOON + 1}, 3)`)
  await using consumer = await connection.subscribe('noon', { groupId: 'g', offsetReset: 'earliest' })
  const values: unknown[] = []
  for await (const message of consumer) {
    for (const { v } of message.rows()) values.push(v)
    if (values.includes(3)) break
  }
  expect(values).not.toContain(2)
})

test('a client that names a time zone has its own', async () => {
  await using connection = await connect({ url: served.url, timezone: 'UTC' })
  expect(await (await connection.query("select cast('2025-01-01 12:00:00' as timestamp)")).values()).toEqual([
    [new Date(Date.UTC(2025, 0, 1, 12))],
  ])
})

test('a time zone that does not exist is refused', async () => {
  await expect(serve({ port: 0, timezone: 'Asia/Nowhere' })).rejects.toThrow(new RangeError('there is no time zone "Asia/Nowhere"'))
})
