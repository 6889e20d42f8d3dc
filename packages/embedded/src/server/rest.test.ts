import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT, type TestServer, testServer } from './testing/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await testServer({ limits: { messageBytes: 100_000 } })
  await server.sql("create database d precision 'us' keep 36500")
  await server.sql('create table d.t (ts timestamp, v bigint, f float, s nchar(10))')
  await server.sql("insert into d.t values (1700000000000001, 9223372036854775807, 0.1, 'é\"\\n') (1700000000000002, null, null, null)")
})

afterAll(() => server[Symbol.asyncDispose]())

function post(path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(server.server.url + path, {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: { authorization: ROOT, ...headers },
  })
}

test('a query is answered byte for byte as taosAdapter does', async () => {
  const response = await post('/rest/sql/d', ' select ts, v, f, s from t ; ')
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(await response.text()).toBe(
    '{"code":0,"column_meta":[["ts","TIMESTAMP",8],["v","BIGINT",8],["f","FLOAT",4],["s","NCHAR",10]],"data":[' +
      '["2023-11-14T22:13:20.000001Z",9223372036854775807,0.1,"é\\"\\n"],["2023-11-14T22:13:20.000002Z",null,null,null]],"rows":2}',
  )
})

test('rows with their names, in a time zone, with the time taken', async () => {
  const response = await post('/rest/sql?row_with_meta=T&conn_tz=Asia/Shanghai&timing=true', 'select ts from d.t where v is null')
  expect(await response.text()).toMatch(/"data":\[{"ts":"2023-11-15T06:13:20.000002\+08:00"}\],"rows":1,"timing":\d+}$/)
})

test('gzip is used for those who take it', async () => {
  const encoding = async (accepted: string) => {
    const response = await post('/rest/sql', 'select 1', { 'accept-encoding': accepted })
    await response.arrayBuffer()
    return response.headers.get('content-encoding')
  }
  for (const accepted of ['gzip', 'deflate, gzip;q=0.5', 'GZIP ; q=1.0', 'br,gzip']) expect(await encoding(accepted)).toBe('gzip')
  for (const accepted of ['', 'identity', 'gzip;q=0', 'br, gzip; q=0.0', 'xgzipx']) expect(await encoding(accepted)).toBeNull()
})

test('bodies may be gzipped both ways; one that is not gzip is a bare 400', async () => {
  const zipped = await post('/rest/sql', gzipSync('select 1'), { 'content-encoding': 'gzip' })
  expect(await zipped.json()).toMatchObject({ code: 0, data: [[1]] })
  const response = await post('/rest/sql', 'not gzip', { 'content-encoding': 'gzip' })
  expect([response.status, await response.text()]).toEqual([400, ''])
  const { request } = await import('node:http')
  const bytes = await new Promise<Buffer>((resolve) => {
    const call = request(
      `${server.server.url}/rest/sql`,
      { method: 'POST', headers: { authorization: ROOT, 'accept-encoding': 'gzip' } },
      (answer) => {
        const pieces: Buffer[] = []
        answer.on('data', (piece: Buffer) => pieces.push(piece))
        answer.on('end', () => resolve(Buffer.concat(pieces)))
      },
    )
    call.end('select 2')
  })
  expect(gunzipSync(bytes).toString()).toContain('"data":[[2]]')
})

test('a body beyond the limit is refused, counted, and the server goes on', async () => {
  const response = await post('/rest/sql', `select '${'x'.repeat(200_000)}'`)
  expect(response.status).toBe(413)
  expect(await response.json()).toMatchObject({ code: 65535, desc: 'request body is larger than 100000 bytes' })
  expect(await server.sql('select 1')).toMatchObject({ code: 0 })
})

test('metrics name every limit; the numbers move', async () => {
  const text = await (await fetch(`${server.server.url}/metrics`)).text()
  for (const name of [
    'connections',
    'connections_refused_total',
    'statements_in_flight',
    'statements_refused_total',
    'messages_refused_total',
    'idle_closed_total',
  ]) {
    expect(text).toMatch(new RegExp(`^taosts_${name} \\d+$`, 'm'))
  }
  expect(Number(/^taosts_statements_total (\d+)$/m.exec(text)![1])).toBeGreaterThan(3)
})

test('a login token works as a password does', async () => {
  const { desc } = (await (await fetch(`${server.server.url}/rest/login/root/taosdata`)).json()) as { desc: string }
  const response = await fetch(`${server.server.url}/rest/sql`, {
    method: 'POST',
    body: 'select 1',
    headers: { authorization: `Taosd ${desc}` },
  })
  expect(await response.json()).toMatchObject({ code: 0 })
  const refused = await fetch(`${server.server.url}/rest/login/root/wrong`)
  expect([refused.status, ((await refused.json()) as { code: number }).code]).toEqual([401, 3])
})

test('a client that leaves in mid-answer leaves nothing behind', async () => {
  await server.sql('create table d.many (ts timestamp, v int)')
  for (let i = 0; i < 20; i++) {
    await server.sql(
      `insert into d.many values ${Array.from({ length: 3000 }, (_, k) => `(${1700000000000000 + i * 3000 + k},${k})`).join('')}`,
    )
  }
  const abort = new AbortController()
  const response = await fetch(`${server.server.url}/rest/sql`, {
    method: 'POST',
    body: 'select a.ts, b.v from d.many a, d.many b where a.ts = b.ts',
    headers: { authorization: ROOT },
    signal: abort.signal,
  })
  await response.body!.getReader().read()
  abort.abort()
  await expect.poll(() => server.server.context.metrics.statementsInFlight.value, { timeout: 5000 }).toBe(0)
  expect(await server.sql('select count(*) from d.many')).toMatchObject({ data: [[60000]] })
})

test('an uploaded file has NULL where nothing stands, and as many fields as the table has columns', async () => {
  await server.sql('create table d.up (ts timestamp, v int, s varchar(10))')
  const upload = async (csv: string, query = '') => {
    const form = new FormData()
    form.append('data', new Blob([csv]), 'rows.csv')
    const response = await fetch(`${server.server.url}/rest/upload?db=d&table=up${query}`, {
      method: 'POST',
      body: form,
      headers: { authorization: ROOT },
    })
    return (await response.json()) as object
  }
  // The time zone of a query has nothing to say about what is written.
  expect(await upload('\ufeff2023-11-14T22:13:20Z,,""\n2023-11-14T22:13:21Z,1,\n', '&tz=nowhere')).toMatchObject({ code: 0, data: [[2]] })
  expect(await server.sql('select v, s from d.up order by ts')).toMatchObject({
    data: [
      [null, ''],
      [1, null],
    ],
  })
  expect(await upload('2023-11-14T22:13:22Z,2\n')).toMatchObject({ code: 65535, desc: 'column count not enough' })
  expect(await upload('2023-11-14T22:13:22Z,2,a"b\n')).toMatchObject({
    code: 65535,
    desc: 'parse error on line 1, column 25: bare " in non-quoted-field',
  })
  expect(await server.sql('select count(*) from d.up')).toMatchObject({ data: [[2]] })
})

test.each([
  ['conn_tz=Asia/Tokyo&tz=nowhere', 200, { code: 0 }],
  ['tz=nowhere', 400, { code: 65535, desc: 'unknown time zone nowhere' }],
  ['conn_tz=nowhere&row_with_meta=x', 400, { desc: 'unknown time zone nowhere' }],
  ['row_with_meta=x', 400, { desc: 'illegal param, row_with_meta must be boolean strconv.ParseBool: parsing "x": invalid syntax' }],
])('the arguments ?%s are answered by %i', async (query, status, body) => {
  const response = await post(`/rest/sql?${query}`, 'select 1')
  expect([response.status, await response.json()]).toEqual([status, expect.objectContaining(body)])
})

test('a wrong request id is told before a missing login', async () => {
  const response = await fetch(`${server.server.url}/rest/sql?req_id=x`, { method: 'POST', body: 'select 1' })
  expect([response.status, ((await response.json()) as { desc: string }).desc]).toEqual([
    400,
    'illegal param, req_id must be numeric strconv.ParseInt: parsing "x": invalid syntax',
  ])
})

test.each([
  ['["t","u"]', 200, { code: 0, vgIDs: [expect.any(Number), expect.any(Number)] }],
  ['[]', 400, { code: 65535, desc: 'illegal params' }],
  ['', 400, { desc: 'EOF' }],
  ['["t"', 400, { desc: 'unexpected EOF' }],
  ['x', 400, { desc: "invalid character 'x' looking for beginning of value" }],
  ['{}', 400, { desc: 'json: cannot unmarshal object into Go value of type []string' }],
  ['[1]', 400, { desc: 'json: cannot unmarshal number into Go value of type string' }],
])('the vgroups of %j are answered by %i', async (body, status, expected) => {
  const response = await post('/rest/sql/d/vgid', body)
  expect([response.status, await response.json()]).toEqual([status, expect.objectContaining(expected)])
})
