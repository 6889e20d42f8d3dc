import type { IncomingMessage, ServerResponse } from 'node:http'
import { createGzip, type Gzip } from 'node:zlib'
import { stringifyJson } from 'taosts/wire'
import { timingSince } from './reply.ts'

const JSON_TYPE = 'application/json; charset=utf-8'

/** Whether `Accept-Encoding` names gzip, and not to refuse it. */
function takesGzip(header: string): boolean {
  return header.split(',').some((part) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$)[\d.]+\s*)?$/i.test(part))
}

/** One HTTP exchange: the request's URL, when it came, and the ways to answer it. Answers are gzipped where the client accepts that. */
export class HttpAnswer {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly started = process.hrtime.bigint()
  readonly #gzip: boolean

  constructor(request: IncomingMessage, response: ServerResponse, url: URL) {
    this.request = request
    this.response = response
    this.url = url
    this.#gzip = takesGzip(String(request.headers['accept-encoding'] ?? ''))
  }

  /** The last value of a query argument, or undefined. */
  argument(name: string): string | undefined {
    return this.url.searchParams.get(name) ?? undefined
  }

  /** The whole answer as JSON. */
  json(status: number, body: { readonly [key: string]: unknown }): void {
    this.#whole(status, JSON_TYPE, stringifyJson(body))
  }

  /** An error in REST's words: code, text, time. */
  failure(status: number, failure: { readonly code: number; readonly message: string }): void {
    this.json(status, { code: failure.code, desc: failure.message, timing: timingSince(this.started) })
  }

  text(status: number, body: string, type = 'text/plain'): void {
    this.#whole(status, type, body)
  }

  /** An answer without a body. */
  empty(status: number, headers: { readonly [name: string]: string } = {}): void {
    this.response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': '0' })
    this.response.end()
  }

  /** Starts an answer that is written piece by piece. */
  stream(status = 200, type = JSON_TYPE): BodyWriter {
    const headers: { [name: string]: string } = { 'content-type': type }
    if (!this.#gzip) {
      this.response.writeHead(status, headers)
      return new BodyWriter(this.response, undefined)
    }
    this.response.writeHead(status, { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
    const gzip = createGzip({ level: 1, chunkSize: 64 * 1024 })
    gzip.pipe(this.response)
    return new BodyWriter(this.response, gzip)
  }

  #whole(status: number, type: string, body: string): void {
    if (this.#gzip) {
      const writer = this.stream(status, type)
      void writer.write(body)
      writer.end()
      return
    }
    const bytes = Buffer.from(body)
    this.response.writeHead(status, { 'content-type': type, 'content-length': String(bytes.length) })
    this.response.end(bytes)
  }
}

/** A body on its way: a write waits while the reader is slow, so that memory stays bounded. */
export class BodyWriter {
  readonly #response: ServerResponse
  readonly #target: ServerResponse | Gzip

  constructor(response: ServerResponse, gzip: Gzip | undefined) {
    this.#response = response
    this.#target = gzip ?? response
    // A client that leaves must not take the process with it; the writes notice by `gone`.
    this.#target.on('error', () => undefined)
  }

  /** The client closed its connection before the end. */
  get gone(): boolean {
    return this.#response.destroyed || this.#response.writableFinished
  }

  /** Resolves when more may be written. */
  async write(piece: string | Uint8Array): Promise<void> {
    if (this.gone || this.#target.write(piece)) return
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#target.off('drain', done)
        this.#response.off('close', done)
        resolve()
      }
      this.#target.on('drain', done)
      this.#response.on('close', done)
    })
  }

  end(): void {
    if (!this.gone) this.#target.end()
  }
}
