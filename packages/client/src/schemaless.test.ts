import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect } from './connect.ts'
import type { Connection } from './connection.ts'
import { InterfaceError } from './errors.ts'
import { StubServer } from './testing/stub-server.ts'

describe('on the wire', () => {
  let stub: StubServer
  let connection: Connection
  beforeAll(async () => {
    stub = await StubServer.start()
    connection = await connect({ url: stub.url })
  })
  afterAll(async () => {
    await connection.close()
    await stub.close()
  })
  beforeEach(() => stub.requests.splice(0))

  test.each([
    ['h', 'h'],
    ['m', 'm'],
    ['s', 's'],
    ['ms', 'ms'],
    ['us', 'u'],
    ['ns', 'ns'],
    [undefined, 'ns'],
  ] as const)('precision %s travels as %s', async (precision, word) => {
    await connection.schemalessInsert('m,t=a f=1 1', precision === undefined ? {} : { precision })
    expect(stub.requests[0]).toMatchObject({ action: 'insert', args: { protocol: 1, precision: word, ttl: 0, table_name_key: '' } })
  })

  test.each([
    ['line', 1],
    ['telnet', 2],
    ['json', 3],
  ] as const)('protocol %s, with lines as a list or as one text, ttl, table name key and request id', async (protocol, number) => {
    const options = { protocol, ttl: 3, tableNameKey: 'city', reqId: 2n ** 63n }
    await connection.schemalessInsert(['m 1 樱', 'm 2 b'], options)
    await connection.schemalessInsert('m 1 樱\nm 2 b', options)
    for (const request of stub.requests) {
      expect(request).toMatchObject({ id: 2n ** 63n, args: { protocol: number, ttl: 3, table_name_key: 'city', data: 'm 1 樱\nm 2 b' } })
    }
    expect(stub.requests).toHaveLength(2)
  })

  test('wrong options are refused before anything is sent', async () => {
    for (const [lines, options, words] of [
      ['', {}, 'no lines'],
      [[], {}, 'no lines'],
      ['m f=1', { precision: 'µs' }, 'precision has to be'],
      ['m f=1', { protocol: 'influx' }, 'protocol has to be'],
      ['m f=1', { ttl: -1 }, 'ttl has to be'],
      ['m f=1', { tableNameKey: 5 }, 'tableNameKey has to be'],
      ['m f=1', { zebra: 5 }, 'zebra'],
    ] as const) {
      const error = await connection.schemalessInsert(lines, options as never).catch((reason: unknown) => reason)
      expect(error).toBeInstanceOf(InterfaceError)
      expect((error as Error).message).toContain(words)
    }
    expect(stub.requests).toEqual([])
  })
})

describe('written', () => {
  let connection: Connection
  beforeAll(async () => {
    connection = await connect({ url: 'embedded:' })
    await connection.execute("CREATE DATABASE lines KEEP 36500 PRECISION 'ns'")
    await connection.selectDb('lines')
  })
  afterAll(() => connection.close())

  test('every precision is the same instant', async () => {
    const hour = 1_700_000_000_000_000_000n - (1_700_000_000_000_000_000n % 3_600_000_000_000n)
    const units = { h: 3_600_000_000_000n, m: 60_000_000_000n, s: 1_000_000_000n, ms: 1_000_000n, us: 1000n, ns: 1n } as const
    for (const [precision, unit] of Object.entries(units) as ['us', bigint][])
      expect(await connection.schemalessInsert(`units,unit=${precision} f=1 ${hour / unit}`, { precision })).toMatchObject({
        affectedRows: 1,
      })
    const rows = await (await connection.query('SELECT _ts FROM units')).values()
    expect(rows).toEqual(Object.keys(units).map(() => [hour]))
  })

  test('by each protocol; ttl and the name of the table as asked', async () => {
    await connection.schemalessInsert('named,city=oslo f=1 1700000000000', { precision: 'ms', ttl: 7, tableNameKey: 'city' })
    await connection.schemalessInsert('telnet_sys 1700000000 7 host=a', { protocol: 'telnet' })
    await connection.schemalessInsert(JSON.stringify([{ metric: 'json_sys', timestamp: 1_700_000_000, value: 7.5, tags: { host: 'a' } }]), {
      protocol: 'json',
    })
    const tables = await connection.query(
      "SELECT table_name, stable_name, `ttl` FROM information_schema.ins_tables WHERE stable_name = 'named'",
    )
    expect(await tables.values()).toEqual([['oslo', 'named', 7]])
    for (const [table, value] of [
      ['telnet_sys', 7],
      ['json_sys', 7.5],
    ] as const)
      expect(await (await connection.query(`SELECT _ts, _value, \`host\` FROM ${table}`)).values()).toEqual([
        [1_700_000_000_000_000_000n, value, 'a'],
      ])
  })

  test('a malformed line is a SchemalessError that says which line', async () => {
    const error = await connection
      .schemalessInsert(['good,t=a f=1 1', 'bad line here'], { precision: 'ms' })
      .catch((reason: Error) => reason)
    expect(error).toMatchObject({ name: 'SchemalessError' })
  })
})
