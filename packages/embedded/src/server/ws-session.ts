import { decodeRequest, encodeFetchReply, type JsonValue, parseJson } from 'taosts/wire'
import type { Action, Id, RequestInfo } from './action.ts'
import { ArgumentError, decodeMembers, echoedReqId, isObject, member, u64 } from './arguments.ts'
import type { AnyBinaryAction } from './binary-actions.ts'
import { type ClientInfo, Connection } from './connection.ts'
import type { Endpoint } from './endpoints.ts'
import { adapterError, failureOf } from './failure.ts'
import { encodeFailure, encodeReply, timingSince } from './reply.ts'
import type { ServerContext } from './server-context.ts'

/** Takes the replies of a session: text frames as strings, binary ones as bytes. */
export type Send = (message: string | Uint8Array) => void

/**
 * One WebSocket connection as messages: what came in goes to `receive`, what goes out comes through `send`.
 * A real socket and a connection in the process take the same way. Messages run side by side, as in taosAdapter: replies may overtake each other.
 */
export class WsSession {
  readonly #connection: Connection
  readonly #endpoint: Endpoint
  readonly #send: Send
  #closed = false
  readonly #running = new Set<Promise<void>>()

  constructor(server: ServerContext, endpoint: Endpoint, client: ClientInfo, send: Send) {
    this.#connection = new Connection(server, client)
    this.#endpoint = endpoint
    this.#send = send
  }

  get user(): string | undefined {
    return this.#connection.connected ? this.#connection.session.user : undefined
  }

  /** Runs one message and sends its reply, if it has one. Never rejects. */
  receive(message: string | Uint8Array): Promise<void> {
    const running = this.#run(message).finally(() => this.#running.delete(running))
    this.#running.add(running)
    return running
  }

  async #run(message: string | Uint8Array): Promise<void> {
    const started = process.hrtime.bigint()
    this.#connection.server.metrics.messages.add(1)
    const reply = typeof message === 'string' ? await this.#text(message, started) : await this.#binary(message, started)
    if (reply !== undefined && !this.#closed) this.#send(reply)
  }

  /** Ends what runs and frees everything that the client left open; resolves when all of it is gone. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#connection.close()
    await Promise.allSettled(this.#running)
  }

  async #text(message: string, started: bigint): Promise<string | Uint8Array | undefined> {
    const request = readEnvelope(message)
    if (typeof request === 'string') return this.#unreadable(request, 0, started)
    const { name, args } = request
    const reqId = echoedReqId(args)
    if (name === '') return this.#unreadable('request no action', reqId, started)
    const action = this.#endpoint.actions.get(name)
    if (!action && this.#endpoint.silent) return undefined
    let statement: { readonly stmt_id?: Id } = {}
    try {
      if (!action?.beforeConnect && !this.#connection.connected) throw adapterError('server not connected')
      if (!action) throw adapterError(`unknown action ${name}`)
      const decoded = readArguments(action, args)
      if ('stmt_id' in decoded) statement = { stmt_id: decoded['stmt_id'] as Id }
      const reply = await action.run(this.#connection, decoded, { reqId, started } satisfies RequestInfo)
      if (reply === undefined || reply instanceof Uint8Array) return reply
      return encodeReply(name, reqId, started, reply, this.#endpoint.omitted[name])
    } catch (error) {
      return encodeFailure(failureOf(error), name, reqId, started, statement)
    }
  }

  #unreadable(reason: string, reqId: Id, started: bigint): string | undefined {
    return this.#endpoint.silent ? undefined : encodeFailure(adapterError(reason), '', reqId, started)
  }

  async #binary(message: Uint8Array, started: bigint): Promise<string | Uint8Array | undefined> {
    const request = decodeRequest(message)
    const { reqId, resource } = request
    const name = request.action === 'refused' ? request.of : request.action
    const action = name === 'unknown' ? undefined : (this.#endpoint.binary[name] as AnyBinaryAction | undefined)
    if (!action && this.#endpoint.silent) return undefined
    const statement = action?.statement ? { stmt_id: resource } : {}
    try {
      if (!this.#connection.connected) throw adapterError('server not connected')
      if (request.action === 'refused') throw adapterError(request.message)
      if (!action) throw adapterError(`unknown binary action ${new DataView(message.buffer, message.byteOffset).getBigUint64(16, true)}`)
      const reply = await action.run(this.#connection, request, started)
      return reply instanceof Uint8Array ? reply : encodeReply(name, reqId, started, reply)
    } catch (error) {
      const failure = failureOf(error)
      if (name === 'fetch_raw_block')
        return encodeFetchReply({ ...failure, timing: timingSince(started), reqId, resultId: resource, block: null })
      return encodeFailure(failure, action ? name : 'unknown', reqId, started, statement)
    }
  }
}

/** The action (empty where none is named) and the arguments of a request, or why it is none, in the adapter's words. */
function readEnvelope(message: string): { readonly name: string; readonly args: JsonValue | undefined } | string {
  let value: JsonValue
  try {
    value = parseJson(message)
  } catch {
    return 'unmarshal request error'
  }
  if (value === null) return { name: '', args: undefined }
  if (!isObject(value)) return 'unmarshal request error'
  const name = member(value, 'action') ?? ''
  if (typeof name !== 'string') return 'unmarshal request error'
  return { name, args: member(value, 'args') }
}

function readArguments(action: Action, args: JsonValue | undefined): { readonly [name: string]: unknown } {
  try {
    if (args === undefined && !action.argsOptional) throw new ArgumentError()
    return decodeMembers({ req_id: u64, ...action.args }, args ?? {})
  } catch (error) {
    if (error instanceof ArgumentError) throw adapterError(`unmarshal ${action.words} request error`)
    throw error
  }
}
