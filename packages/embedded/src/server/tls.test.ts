import { request } from 'node:https'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { TEST_CERTIFICATE, TEST_KEY } from './testing/certificate.ts'
import { ROOT, testServer } from './testing/test-server.ts'

const tls = { cert: TEST_CERTIFICATE, key: TEST_KEY }

function post(url: string, path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request(url + path, { method: 'POST', headers, ca: TEST_CERTIFICATE }, (response) => {
      let body = ''
      response.on('data', (piece: Buffer) => {
        body += piece.toString()
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
    call.on('error', reject)
    call.end('select 1')
  })
}

test('REST and WebSocket over TLS', async () => {
  await using server = await testServer({ tls })
  expect(server.server.url).toMatch(/^https:/)
  expect(await post(server.server.url, '/rest/sql', { authorization: ROOT })).toMatchObject({
    status: 200,
    body: expect.stringContaining('[[1]]'),
  })
  const ws = new WebSocket(`${server.server.url.replace('https', 'wss')}/ws`, { ca: TEST_CERTIFICATE })
  const reply = await new Promise<string>((resolve, reject) => {
    ws.on('open', () => ws.send('{"action":"version"}'))
    ws.on('message', (data: Buffer) => resolve(data.toString()))
    ws.on('error', reject)
  })
  expect(JSON.parse(reply)).toMatchObject({ code: 0, version: '3.3.7.5.alpha' })
  ws.close()
})

test('as a Cloud gateway the token in the URL lets in, a wrong or missing one is 401 everywhere', async () => {
  await using server = await testServer({ tls, cloudToken: 'right' })
  const { url } = server.server
  expect(await post(url, '/rest/sql?token=right')).toMatchObject({ status: 200, body: expect.stringContaining('[[1]]') })
  expect((await post(url, '/rest/sql?token=wrong')).status).toBe(401)
  expect((await post(url, '/rest/sql', { authorization: ROOT })).status).toBe(401)
  for (const path of ['/ws?token=wrong', '/ws']) {
    const status = await new Promise<number | undefined>((resolve) => {
      const ws = new WebSocket(url.replace('https', 'wss') + path, { ca: TEST_CERTIFICATE })
      ws.on('unexpected-response', (_, response) => resolve(response.statusCode))
      ws.on('open', () => resolve(101))
      ws.on('error', () => undefined)
    })
    expect(status).toBe(401)
  }
  expect(server.server.context.metrics.loginsRefused.value).toBe(4)
})
