import * as http from 'node:http'
import * as https from 'node:https'
import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import { HttpFailure, type HttpResponse, type HttpStage, type OpenHttp } from './http.ts'

/** HTTP by `node:http` and `node:https`, whose requests wait as long as it takes. */
export const openHttp: OpenHttp = ({ tls, agent }) => {
  const own: http.Agent[] = []
  const make = <T extends http.Agent>(created: T): T => {
    own.push(created)
    return created
  }
  const given = agent as http.Agent | undefined
  const plain = given ?? make(new http.Agent({ keepAlive: true }))
  const secure = given ?? make(new https.Agent({ keepAlive: true, ...(tls as https.AgentOptions | undefined) }))
  return {
    send: ({ method, url, headers, body, signal }) =>
      new Promise<HttpResponse>((resolve, reject) => {
        let stage: HttpStage = 'connect'
        const fail = (error: unknown): void => reject(signal?.aborted ? signal.reason : new HttpFailure(stage, error))
        const encrypted = url.startsWith('https:')
        const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
        const call = (encrypted ? https : http).request(
          url,
          { method, agent: encrypted ? secure : plain, headers: { ...headers, ...length }, ...(signal ? { signal } : {}) },
          (response) => {
            stage = 'body'
            const chunks: Buffer[] = []
            response.on('data', (chunk: Buffer) => chunks.push(chunk))
            response.on('error', fail)
            response.on('end', () => {
              if (!response.complete) return fail(new Error('the body is shorter than announced'))
              const encoding = response.headers['content-encoding']
              decompress(Buffer.concat(chunks), encoding).then(
                (whole) => resolve({ status: response.statusCode ?? 0, header: (name) => headerOf(response, name), body: whole }),
                fail,
              )
            })
          },
        )
        call.on('socket', (socket) => {
          if (!socket.connecting) stage = 'response'
          else socket.once(encrypted ? 'secureConnect' : 'connect', () => (stage = 'response'))
        })
        call.on('error', fail)
        call.end(body)
      }),
    close() {
      for (const each of own) each.destroy()
    },
  }
}

function headerOf(response: http.IncomingMessage, name: string): string | undefined {
  const value = response.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

const gunzipAsync = promisify(gunzip)
const inflateAsync = promisify(inflate)

async function decompress(body: Buffer, encoding: string | undefined): Promise<Uint8Array> {
  if (encoding === undefined || encoding === 'identity' || body.length === 0) return body
  if (encoding === 'gzip') return gunzipAsync(body)
  if (encoding === 'deflate') return inflateAsync(body)
  throw new Error(`unknown content encoding ${encoding}`)
}
