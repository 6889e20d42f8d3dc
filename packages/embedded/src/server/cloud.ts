import { createHash, timingSafeEqual } from 'node:crypto'
import { HttpError } from './http-error.ts'
import type { ServerContext } from './server-context.ts'

/**
 * Whether a request comes in by the Cloud token of its URL. False on a server without one: there a `token` is ignored.
 * Throws a 401 for a missing or wrong token on a server that has one.
 */
export function cloudLogin(server: ServerContext, url: URL | undefined): boolean {
  if (server.cloudToken === undefined) return false
  if (!sameText(url?.searchParams.get('token') ?? '', server.cloudToken)) {
    server.metrics.loginsRefused.add(1)
    throw new HttpError(401, 0x0357, 'Authentication failure: the token is missing or wrong')
  }
  return true
}

/** Compares by digests, so that the time taken tells nothing. */
function sameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest())
}
