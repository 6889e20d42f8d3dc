import { NotSupportedError } from '../errors.ts'
import { type HttpClient, HttpFailure, type OpenHttp } from './http.ts'

/** HTTP by the platform's `fetch`, whose agents and TLS settings are its own. Throws a NotSupportedError where others are given. */
export const openHttp: OpenHttp = ({ tls, agent }) => {
  const unable = tls ? 'tls' : agent ? 'agent' : undefined
  if (unable) throw new NotSupportedError(`${unable} cannot be given to the fetch of this platform; Node, Bun and Deno can`)
  return client
}

const client: HttpClient = {
  async send({ method, url, headers, body, signal }) {
    // The platform negotiates compression itself and forbids the header.
    const { 'accept-encoding': _, ...rest } = headers
    let response: Response
    try {
      response = await fetch(url, {
        method,
        headers: rest,
        redirect: 'manual',
        ...(body === undefined ? {} : { body: body as string | Uint8Array<ArrayBuffer> }),
        ...(signal ? { signal } : {}),
      })
    } catch (error) {
      throw signal?.aborted ? signal.reason : new HttpFailure('unknown', error)
    }
    const { headers: answered } = response
    return { status: response.status, header: (name) => answered.get(name) ?? undefined, chunks: chunksOf(response, signal) }
  },
  close() {},
}

async function* chunksOf(response: Response, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, undefined> {
  const reader = response.body?.getReader()
  if (!reader) return
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value as Uint8Array
  } catch (error) {
    throw signal?.aborted ? signal.reason : new HttpFailure('body', error)
  } finally {
    reader.cancel().catch(() => {})
  }
}
