import type { IncomingMessage } from 'node:http'
import { createGunzip } from 'node:zlib'
import { HttpError } from './http-error.ts'

/** Reads a request's body, unzipped where it says so. Throws an HttpError: 400 for one that cannot be read, 413 for one beyond `limit` bytes. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const gzipped = request.headers['content-encoding'] === 'gzip'
  const source = gzipped ? request.pipe(createGunzip()) : request
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const piece of source as AsyncIterable<Buffer>) {
      size += piece.length
      if (size > limit) throw new HttpError(413, 0xffff, `request body is larger than ${limit} bytes`)
      pieces.push(piece)
    }
  } catch (error) {
    if (error instanceof HttpError) throw error
    // taosAdapter answers a body that is not gzip with a bare 400.
    throw gzipped ? new HttpError(400) : new HttpError(400, 0x1121, 'invalid content length')
  }
  return Buffer.concat(pieces)
}
