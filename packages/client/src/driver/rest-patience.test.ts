import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type ClientRequest, createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connect } from '../connect.ts'

const ANSWER = JSON.stringify({ code: 0, column_meta: [['v', 'VARCHAR', 7]], data: [['3.3.7.5']], rows: 1 })

let server: Server
let url = ''
/** Called with each slow statement's answer, to be given when the test says so. */
let slow: (answer: () => void) => void = (answer) => answer()

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    request.on('end', () => {
      const answer = (): void => void response.setHeader('content-type', 'application/json').end(ANSWER)
      if (body.includes('slow')) slow(answer)
      else answer()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

describe('the patience of REST', () => {
  it('waits six minutes for an answer: no timer of ours ends it, and the socket has none', async () => {
    const sockets: (number | undefined)[] = []
    const watch = (message: unknown): void => {
      const { request } = message as { request: ClientRequest }
      setImmediate(() => sockets.push(request.socket?.timeout))
    }
    await using connection = await connect({ url })
    subscribe('http.client.request.start', watch)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] })
    try {
      const arrived = new Promise<() => void>((resolve) => {
        slow = resolve
      })
      let settled = false
      const rows = connection.query('SELECT slow').then((result) => {
        settled = true
        return result.values()
      })
      const answer = await arrived
      await vi.advanceTimersByTimeAsync(360_000)
      expect(settled).toBe(false)
      answer()
      expect(await rows).toEqual([['3.3.7.5']])
      expect(sockets.map((timeout) => timeout ?? 0)).toEqual([0])
    } finally {
      vi.useRealTimers()
      unsubscribe('http.client.request.start', watch)
    }
  })

  it('ends by a TimeoutError after a second when timeout is 1', async () => {
    await using connection = await connect({ url, timeout: 1 })
    const answers: (() => void)[] = []
    slow = (answer) => answers.push(answer)
    const started = performance.now()
    await expect(connection.query('SELECT slow')).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(performance.now() - started).toBeGreaterThan(900)
    for (const answer of answers) answer()
  })
})
