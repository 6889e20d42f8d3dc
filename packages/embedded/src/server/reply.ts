import { stringifyJson } from 'taosts/wire'
import type { Id } from './action.ts'

/** Nanoseconds since a request came. */
export function timingSince(started: bigint): bigint {
  return process.hrtime.bigint() - started
}

/** A text reply: the envelope, then the action's own keys, without those that an older endpoint omits. */
export function encodeReply(
  action: string,
  reqId: Id,
  started: bigint,
  extra: { readonly [key: string]: unknown },
  omitted: readonly string[] = [],
): string {
  return envelope(0, '', action, reqId, started, extra, omitted)
}

/** An error reply: the envelope alone, but for the statement's id where there is one. */
export function encodeFailure(
  failure: { readonly code: number; readonly message: string },
  action: string,
  reqId: Id,
  started: bigint,
  extra: { readonly [key: string]: unknown } = {},
): string {
  return envelope(failure.code, failure.message, action, reqId, started, extra)
}

function envelope(
  code: number,
  message: string,
  action: string,
  reqId: Id,
  started: bigint,
  extra: { readonly [key: string]: unknown },
  omitted: readonly string[] = [],
): string {
  const reply: { [key: string]: unknown } = { code, message, action, req_id: reqId, timing: timingSince(started), ...extra }
  for (const key of omitted) reply[key] = undefined
  return stringifyJson(reply)
}
