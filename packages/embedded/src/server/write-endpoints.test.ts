import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT, type TestServer, testServer } from './testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await server.sql("create database d precision 'ns' keep 36500")
})
afterAll(() => server[Symbol.asyncDispose]())

async function post(path: string, body: string, authorization: string | undefined = ROOT): Promise<[number, unknown]> {
  const response = await fetch(server.server.url + path, {
    method: 'POST',
    body,
    headers: authorization === '' ? {} : { authorization },
  })
  const text = await response.text()
  return [response.status, text === '' ? undefined : JSON.parse(text)]
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
const line = 'm,host=a v=1 1700000000000000000'
const influx = (query: string, authorization?: string) => post(`/influxdb/v1/write?db=d${query}`, line, authorization)

test.each([
  ['18446744073709551615', 204],
  ['0', 204],
  ['-1', 400],
  ['+1', 400],
  ['18446744073709551616', 400],
])('InfluxDB takes req_id=%s with %i', async (id, status) => {
  const [found, body] = await influx(`&req_id=${encodeURIComponent(id)}`)
  expect(found).toBe(status)
  if (status === 400)
    expect(body).toEqual({
      code: 'illegal param',
      message: 'req_id must be numeric',
      op: 'parse req_id',
      err: 'req_id must be numeric',
      line: 0,
    })
})

test('InfluxDB takes name and password from the header, from u and p, and from one of each', async () => {
  expect(await influx('', basic('root:taosdata'))).toEqual([204, undefined])
  expect(await influx('&u=root&p=taosdata', '')).toEqual([204, undefined])
  expect(await influx('&p=taosdata', basic('root:wrong'))).toEqual([204, undefined])
  expect(await influx('&u=root', basic('nobody:taosdata'))).toEqual([204, undefined])
  const forbidden = [401, { code: 'forbidden', message: 'get auth error' }]
  const taosd = 'Taosd /KfeAzX/f9na8qdtNZmtONryp201ma04bEl8LcvLUd7a8qdtNZmtONryp201ma04'
  for (const [query, header] of [
    ['', ''],
    ['&u=root', ''],
    ['', taosd],
    ['', 'Basic !!!'],
  ] as const)
    expect(await influx(query, header)).toEqual(forbidden)
  expect(await influx('', basic('root:wrong'))).toEqual([500, { code: 'internal error', message: '[0x357] Authentication failure' }])
})

const JSON_PATH = '/opentsdb/v1/put/json/d'
const TELNET_PATH = '/opentsdb/v1/put/telnet/d'

test.each([
  ['?req_id=x', 400, 'illegal param, req_id must be numeric strconv.ParseUint: parsing "x": invalid syntax'],
  [
    '?req_id=18446744073709551616',
    400,
    'illegal param, req_id must be numeric strconv.ParseUint: parsing "18446744073709551616": value out of range',
  ],
  ['?ttl=1.5', 400, 'illegal param, ttl must be numeric strconv.Atoi: parsing "1.5": invalid syntax'],
])('OpenTSDB answers %s by %i', async (query, code, message) => {
  for (const path of [JSON_PATH, TELNET_PATH]) expect(await post(path + query, '')).toEqual([code, { code, message }])
})

test('OpenTSDB says what is wrong with a header', async () => {
  for (const path of [JSON_PATH, TELNET_PATH]) {
    expect(await post(path, '', '')).toEqual([401, { code: 401, message: 'auth needed' }])
    expect(await post(path, '', basic('rootonly'))).toEqual([401, { code: 401, message: 'wrong basic auth' }])
    expect(await post(path, '', 'Bearer x')).toEqual([400, { code: 400, message: 'get auth error' }])
    expect(await post(path, '', basic('root:wrong'))).toEqual([500, { code: 500, message: '[0x357] Authentication failure' }])
  }
})

test('OpenTSDB writes nothing of nothing, and lines whatever stands around them', async () => {
  for (const path of ['/opentsdb/v1/put/json/none', '/opentsdb/v1/put/telnet/none']) expect(await post(path, '')).toEqual([204, undefined])
  expect(await post('/opentsdb/v1/put/telnet/none', '\n\r\n')).toEqual([204, undefined])
  expect(await server.sql("select count(*) from information_schema.ins_databases where name = 'none'")).toMatchObject({ data: [[0]] })
  expect(await post(TELNET_PATH, '  put cpu 1700000000 1.5 host=a \n\ncpu 1700000001 2.5 host=a\r\n')).toEqual([204, undefined])
  expect(await server.sql('select _value from d.cpu order by _ts')).toMatchObject({ data: [[1.5], [2.5]] })
})
