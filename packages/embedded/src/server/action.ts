import type { JsonValue } from 'taosts/wire'
import type { Connection } from './connection.ts'

/** An id as it travelled: a number where that is exact, else a bigint. */
export type Id = number | bigint

/** Reads one argument; throws an ArgumentError when the value is of another type. `null` and absence give the default. */
export type Decoder<T> = (value: JsonValue | undefined) => T

/** The arguments of an action by name; `req_id` is every action's. */
export type ArgumentShape = { readonly [name: string]: Decoder<unknown> }

export type ArgumentsOf<S extends ArgumentShape> = { readonly [K in keyof S]: ReturnType<S[K]> }

/** Keys of a reply after the envelope, in order; bytes for a binary reply; undefined where the protocol is silent. */
export type Reply = { readonly [key: string]: unknown } | Uint8Array | undefined

/** What a handler knows of its request besides its arguments. */
export interface RequestInfo {
  readonly reqId: Id
  /** When the request came, for `timing`. */
  readonly started: bigint
}

/** An entry of the table of JSON actions. */
export interface Action {
  /** What stands in `unmarshal … request error`. */
  readonly words: string
  readonly args: ArgumentShape
  /** Allowed before `conn`. */
  readonly beforeConnect?: boolean
  /** May be sent without `args`. */
  readonly argsOptional?: boolean
  /** Runs the action; what it throws becomes the error reply (a SqlError with its code, anything else as 65535). */
  run(connection: Connection, args: { readonly [name: string]: unknown }, request: RequestInfo): Promise<Reply> | Reply
}

/** Defines an action with its arguments typed by their decoders. */
export function action<S extends ArgumentShape>(
  words: string,
  args: S,
  run: (connection: Connection, args: ArgumentsOf<S>, request: RequestInfo) => Promise<Reply> | Reply,
  flags: { readonly beforeConnect?: boolean; readonly argsOptional?: boolean } = {},
): Action {
  return { words, args, run: run as unknown as Action['run'], ...flags }
}
