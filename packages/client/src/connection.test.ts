import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { connect } from './connect.ts'
import type { Connection } from './connection.ts'
import { DataError, InterfaceError, ProgrammingError, type TaosError } from './errors.ts'
import { StubServer } from './testing/stub-server.ts'
import { clientInfo, VERSION } from './version.ts'

let connection: Connection

beforeAll(async () => {
  connection = await connect({ url: 'embedded:', password: () => Promise.resolve('taosdata') })
  await connection.execute('CREATE DATABASE ms; ')
  await connection.execute("CREATE DATABASE ns PRECISION 'ns'")
})

afterAll(async () => {
  await connection.close()
})

test('says who is on both ends', () => {
  expect(connection.serverInfo).toMatch(/^3\.3\.7\.5/)
  expect(connection.clientInfo).toBe(clientInfo)
  expect(VERSION).toBe(manifest.version)
  expect(inspect(connection)).not.toContain('taosdata')
  expect(connection.features.has('schemaless')).toBe(true)
})

describe('arguments are checked before anything is sent', () => {
  test.each<[unknown[], string]>([
    [[''], 'the statement is empty'],
    [['  \n'], 'the statement is empty'],
    [[5], 'a statement has to be a text or sql`…`, not 5'],
    [['SELECT \0'], 'NUL'],
    [['SELECT ?', []], 'placeholder 1 has no value'],
    [['SELECT 1', null, { reqId: 0 }], 'reqId has to be a whole number from 1'],
    [['SELECT 1', null, { reqId: 1.5 }], 'reqId'],
    [['SELECT 1', null, { reqId: 2n ** 64n }], 'reqId'],
    [['SELECT 1', null, { timeout: 5000 }], 'looks like milliseconds'],
    [['SELECT 1', null, { signal: 'x' }], 'signal has to be an AbortSignal'],
    [['SELECT 1', null, { req_id: 1 }], 'did you mean reqId?'],
    [['SELECT 1', null, { int64: 'x' }], 'int64 has to be'],
  ])('case %#', async (args, words) => {
    const query = connection.query.bind(connection) as (...args: unknown[]) => Promise<unknown>
    await expect(query(...args)).rejects.toThrow(InterfaceError)
    await expect(query(...args)).rejects.toThrow(words)
  })
})

describe('values', () => {
  test('nanoseconds go in and out as bigint', async () => {
    await connection.execute('CREATE TABLE ns.events (ts TIMESTAMP, name VARCHAR(20))')
    const written = 1_700_000_000_123_456_789n
    expect(await connection.execute('INSERT INTO ns.events VALUES (?, ?)', [written, 'start'])).toBe(1)
    expect(await (await connection.query('SELECT ts FROM ns.events')).first()).toEqual({ ts: written })
    const result = await connection.query('SELECT ts FROM ns.events WHERE ts = ?', [{ epochNanoseconds: written }])
    expect(result.precision).toBe('ns')
    expect(await result.values()).toEqual([[written]])
  })

  test('64-bit integers are exact, as the option says', async () => {
    const sql = 'SELECT CAST(9007199254740993 AS BIGINT) AS n'
    expect(await (await connection.query(sql)).first()).toEqual({ n: 9007199254740993n })
    expect(await (await connection.query(sql, null, { int64: 'string' })).first()).toEqual({ n: '9007199254740993' })
    const inexact = await connection.query(sql, null, { int64: 'number' }).then((result) => result.first().catch((error) => error))
    expect(inexact).toBeInstanceOf(DataError)
    expect(inexact).toMatchObject({
      message: "column n: 9007199254740993 is not exact as a number; use int64: 'bigint' or 'string'",
      column: 'n',
    })
  })
})

describe('the current database', () => {
  test('is chosen, told, and refused when it is not there', async () => {
    await connection.selectDb('MS')
    expect(await connection.currentDatabase()).toBe('ms')
    await expect(connection.selectDb('nowhere')).rejects.toThrow('[0x0388]: Database not exist')
    await expect(connection.selectDb('')).rejects.toThrow(InterfaceError)
    expect(await connection.currentDatabase()).toBe('ms')
  })
})

test('an error is of its class, with number, statement and place', async () => {
  const error = await connection.execute('CREATE TABLE 123').then(
    () => undefined,
    (each: TaosError) => each,
  )
  expect(error).toBeInstanceOf(ProgrammingError)
  expect(error).toMatchObject({
    message: '[0x2600]: syntax error near "123"',
    code: 0x2600,
    codeName: 'SYNTAX_ERROR',
    sql: 'CREATE TABLE 123',
    position: 13,
  })
})

test('wrong arguments of connect reject, and never throw', async () => {
  await expect(connect(5 as never)).rejects.toThrow(InterfaceError)
  await expect(connect('ws://h', { url: 'ws://h' } as never)).rejects.toThrow('url is given twice')
  await expect(connect({ zebra: 1 } as never)).rejects.toThrow('unknown option zebra')
})

test('statements are told to onStatement, without values and passwords', async () => {
  const told: string[] = []
  await using other = await connect({ url: 'embedded:', onStatement: ({ sql, reqId }) => told.push(`${typeof reqId} ${sql}`) })
  await other.query('SELECT ?', ['hunter2'])
  await other.execute("CREATE USER u PASS 'hunter2!A1'").catch(() => {})
  expect(told).toEqual(['bigint SELECT ?', "bigint CREATE USER u PASS '***'"])
})

test('a connection tells what it is to the server, and may change it', async () => {
  await using stub = await StubServer.start()
  await using other = await connect({ url: stub.url })
  stub.requests.splice(0)
  await other.setOption('timezone', 'Asia/Tokyo')
  await other.setOption('userIp', '10.0.0.1')
  await other.setOption('userApp', 'mailer')
  await other.setOption('charset', null)
  expect(stub.requests.map(({ action, args }) => [action, args['options']])).toEqual(
    [
      [1, 'Asia/Tokyo'],
      [2, '10.0.0.1'],
      [3, 'mailer'],
      [0, null],
    ].map(([option, value]) => ['options_connection', [{ option, value }]]),
  )
  await expect(other.setOption('zebra' as never, 'x')).rejects.toThrow('there is no option "zebra" to set')
})

test('the vgroup of a table, and what loading its description finds', async () => {
  await connection.execute('CREATE DATABASE placed')
  await connection.execute('CREATE TABLE placed.t1 (ts TIMESTAMP, v INT)')
  const vgroup = await connection.tableVgroupId('placed', 't1')
  expect(Number.isInteger(vgroup)).toBe(true)
  expect(await connection.tableVgroupId('placed', 'nothing')).toBeUndefined()
  await connection.loadTableInfo(['placed.t1', 'PLACED.`t1`'])
  await expect(connection.loadTableInfo(['placed.t1', 'placed.t2'])).rejects.toMatchObject({ code: 0x2603 })
})
