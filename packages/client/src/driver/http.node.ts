import * as http from 'node:http'
import * as https from 'node:https'
import { createGunzip, createInflate } from 'node:zlib'
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
        const encrypted = url.startsWith('https:')
        const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
        const call = (encrypted ? https : http).request(
          url,
          { method, agent: encrypted ? secure : plain, headers: { ...headers, ...length } },
          (response) => {
            resolve({ status: response.statusCode ?? 0, header: (name) => headerOf(response, name), chunks: chunksOf(response, signal) })
          },
        )
        call.on('socket', (socket) => {
          if (!socket.connecting) stage = 'response'
          else socket.once(encrypted ? 'secureConnect' : 'connect', () => (stage = 'response'))
        })
        // After the head, the body's own stream reports what goes wrong.
        call.on('error', (error) => reject(signal?.aborted ? signal.reason : new HttpFailure(stage, error)))
        // Not the request's own `signal`: Node 20.19.0 gives it to the socket as well, which outlives the request and then throws.
        const abort = (): void => void call.destroy()
        signal?.addEventListener('abort', abort, { once: true })
        call.on('close', () => signal?.removeEventListener('abort', abort))
        if (signal?.aborted) abort()
        else call.end(body)
      }),
    close() {
      for (const each of own) each.destroy()
    },
  }
}

async function* chunksOf(response: http.IncomingMessage, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, undefined> {
  try {
    for await (const chunk of decompressed(response)) {
      const { buffer, byteOffset, byteLength } = chunk as Buffer
      yield new Uint8Array(buffer, byteOffset, byteLength)
    }
    // An abort throws away what has arrived, which ends the body as if it were over.
    signal?.throwIfAborted()
    if (!response.complete) throw new Error('the body is shorter than announced')
  } catch (error) {
    throw signal?.aborted ? signal.reason : new HttpFailure('body', error)
  }
}

function decompressed(response: http.IncomingMessage): AsyncIterable<unknown> {
  const encoding = response.headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return response
  if (encoding !== 'gzip' && encoding !== 'deflate') throw new Error(`unknown content encoding ${encoding}`)
  const inflater = encoding === 'gzip' ? createGunzip() : createInflate()
  response.on('error', (error) => inflater.destroy(error))
  response.on('aborted', () => inflater.destroy(new Error('the body broke off')))
  return response.pipe(inflater)
}

function headerOf(response: http.IncomingMessage, name: string): string | undefined {
  const value = response.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}
