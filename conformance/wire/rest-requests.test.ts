import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'taosts'
import { describe, expect, it } from 'vitest'
import { recordings } from './transcripts.ts'

/** What matters of a request: where it goes, who asks, what it says. */
interface Request {
  readonly method: string
  readonly path: string
  readonly authorization: string | undefined
  readonly body: string
}

/** The statements that an official REST client sent, once each. */
function recorded(name: string): Request[] {
  const lines = readFileSync(new URL(`../golden/wire/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
  const requests = lines
    .map((line) => JSON.parse(line) as { http?: string; method: string; url: string; headers: Record<string, string>; body?: string })
    .filter(
      ({ http, url, method, body }) =>
        http === 'request' && method === 'POST' && /^\/rest\/sql(\/\w+)?(\?|$)/.test(url) && body !== undefined && body.trim() !== '',
    )
    .map(({ method, url, headers, body }) => ({ method, path: url.split('?')[0]!, authorization: headers['authorization'], body: body! }))
  return requests.filter(({ path, body }, i) => requests.findIndex((other) => other.path === path && other.body === body) === i)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string
  return text
}

const ANSWER = JSON.stringify({ code: 0, column_meta: [['server_version()', 'VARCHAR', 7]], data: [['3.3.7.5']], rows: 1 })

describe('REST requests equal those of the official clients', () => {
  for (const name of recordings(/^(py-rest|go-rest|jdbc-rs)-/)) {
    it(`${name}: path, login and body`, async () => {
      const seen: Request[] = []
      const server = createServer((request, response) => {
        void bodyOf(request).then((body) => {
          seen.push({ method: request.method!, path: request.url!.split('?')[0]!, authorization: request.headers.authorization, body })
          response.setHeader('content-type', 'application/json')
          response.end(ANSWER)
        })
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      try {
        const wanted = recorded(name).filter(({ authorization }) => authorization === 'Basic cm9vdDp0YW9zZGF0YQ==')
        expect(wanted.length).toBeGreaterThan(0)
        for (const request of wanted) {
          const database = request.path.split('/')[3]
          await using connection = await connect({ url, ...(database === undefined ? {} : { database }) })
          seen.length = 0
          await connection.query(request.body)
          expect(seen).toEqual([request])
        }
      } finally {
        server.close()
      }
    })
  }
})
