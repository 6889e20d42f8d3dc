import type { ErrorKind } from '../codes.ts'
import { ConnectionError, errorOfCode, InternalError, type TaosError, TimeoutError } from '../errors.ts'
import { WireError } from '../wire/index.ts'
import { NoAnswer, type ReplyMessage, type RequestId, type TextReply } from './channel.ts'

import type { ShownStatement } from './driver.ts'

/** What an error about a request shows of it. */
export interface RequestContext {
  readonly sql?: string | undefined
  /** Stands for a statement that has values in it. */
  readonly shown?: ShownStatement | undefined
  readonly reqId?: RequestId | undefined
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  /** Where the connection goes, for messages. */
  readonly where: string
  /** Why the channel was lost. */
  readonly loss?: (() => Error | undefined) | undefined
  /** Running it again does no harm. */
  readonly harmless?: boolean | undefined
  readonly kind?: ErrorKind | undefined
}

function details({ sql: full, shown, reqId }: RequestContext): { sql?: string; reqId?: RequestId } {
  const sql = shown?.sql ?? full
  return { ...(sql === undefined ? {} : { sql }), ...(reqId === undefined ? {} : { reqId }) }
}

/**
 * The error for a request that got no answer. Abort is no error of ours: the signal's own reason comes back. Made by the async function that
 * the application awaits, so that the stack shows the application's line.
 */
export function noAnswerError(outcome: NoAnswer, context: RequestContext): unknown {
  if (outcome.why === 'aborted') return context.signal?.reason ?? new DOMException('This operation was aborted', 'AbortError')
  const executed = outcome.sent && !context.harmless
  if (outcome.why === 'timeout') {
    return new TimeoutError(`no answer from ${context.where} within ${(context.timeoutMs ?? 0) / 1000} s`, {
      ...details(context),
      retryable: !executed,
      maybeExecuted: executed,
    })
  }
  const cause = context.loss?.()
  const reason = cause?.message ?? 'the connection is lost'
  return new ConnectionError(`${reason}: ${context.where}${executed ? '; the statement may have run' : ''}`, {
    ...details(context),
    cause,
    retryable: !executed,
    maybeExecuted: executed,
  })
}

/** The text reply of an action, or the error that it or its absence means. */
export function expectText(outcome: ReplyMessage | NoAnswer, context: RequestContext): TextReply {
  if (outcome instanceof NoAnswer) throw noAnswerError(outcome, context)
  if (outcome instanceof Uint8Array) throw new InternalError(`${context.where} answered in bytes where text was expected`, details(context))
  if (outcome.code !== 0) throw replyError(outcome.code, outcome.message, context, outcome)
  return outcome
}

/** The error that the server reports. Its extra keys `position` and `affected_rows` are used where they are there. */
export function replyError(code: number, message: string, context: RequestContext, reply?: TextReply): TaosError {
  const position = reply?.['position']
  const affected = reply?.['affected_rows']
  return errorOfCode(
    code,
    context.shown ? context.shown.redact(message) : message,
    {
      ...details(context),
      ...(typeof position === 'number' ? { position: context.shown ? context.shown.place(position) : position } : {}),
      ...(typeof affected === 'number' ? { affectedRows: affected } : {}),
    },
    context.kind,
  )
}

/** Runs a decoder; bytes that do not follow the protocol become an InternalError. */
export function decoding<T>(context: RequestContext, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    if (error instanceof WireError)
      throw new InternalError(`${context.where} sent a damaged answer: ${error.message}`, { ...details(context), cause: error })
    throw error
  }
}
