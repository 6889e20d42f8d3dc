import { HttpFailure, type OpenHttp } from './http.ts'

/** HTTP by the platform's `fetch`. */
export const openHttp: OpenHttp = () => ({
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
      // Fetch does not say whether the request left; assume that it did.
      throw signal?.aborted ? signal.reason : new HttpFailure('response', error)
    }
    try {
      const whole = new Uint8Array(await response.arrayBuffer())
      return { status: response.status, header: (name) => response.headers.get(name) ?? undefined, body: whole }
    } catch (error) {
      throw signal?.aborted ? signal.reason : new HttpFailure('body', error)
    }
  },
  close() {},
})
