import type { TlsOptions } from '../options.ts'

/** A POST or GET, its body complete. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  /** May contain a token and must not show in errors. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Ends the request at any time, also while its body is read. */
  readonly signal?: AbortSignal | undefined
}

/** An answer whose head is in. */
export interface HttpResponse {
  readonly status: number
  /** Header value by its lower-case name. */
  header(name: string): string | undefined
  /** The body as it arrives, decompressed; to be read once. Fails with an HttpFailure, or with the signal's reason. */
  readonly chunks: AsyncIterator<Uint8Array>
}

/** How far a request came before it failed: `connect` – never sent; `response` – no answer; `body` – the answer broke off; `unknown` – not told. */
export type HttpStage = 'connect' | 'response' | 'body' | 'unknown'

/** The request failed below HTTP. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure'
  readonly stage: HttpStage

  constructor(stage: HttpStage, cause: unknown) {
    super(stage === 'unknown' ? 'HTTP failed' : `HTTP failed at ${stage}`, { cause })
    this.stage = stage
  }
}

export interface HttpSettings {
  readonly tls?: TlsOptions | undefined
  readonly agent?: object | undefined
}

/** Sends requests over connections that it keeps open between them. No request has a hidden time limit. */
export interface HttpClient {
  /** Redirects are not followed. Rejects with an HttpFailure, or with the signal's reason. */
  send(request: HttpRequest): Promise<HttpResponse>
  close(): void
}

export type OpenHttp = (settings: HttpSettings) => HttpClient
