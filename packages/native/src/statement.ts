import type { Answer, CallOptions, DriverStatement, StatementField } from 'taosts/driver'
import { InterfaceError, InternalError } from 'taosts/driver'
import { NativeAnswer } from './answer.ts'
import type { Calls, PrepareReply } from './calls.ts'
import { nativeError, type Request, waitFor } from './request.ts'
import type { Threads } from './threads.ts'

/** Meaning of `field_type` in TAOS_FIELD_ALL. */
const BIND_TYPES: readonly (StatementField['bindType'] | undefined)[] = [undefined, 'column', 'tag', 'parameter', 'tbname']

/**
 * A stmt2 statement of libtaos. Its calls wait for each other: libtaos allows one at a time. Its result lives in the statement's memory, so
 * that what is unread of it is read before the statement runs again or closes: results outlive both, as they do on WebSocket.
 */
export class NativeStatement implements DriverStatement {
  readonly isInsert: boolean
  readonly fields: readonly StatementField[]
  readonly count: number
  readonly #threads: Threads
  readonly #reply: PrepareReply
  readonly #request: Request
  readonly #onClose: (statement: NativeStatement) => void
  #last: Promise<unknown> = Promise.resolve()
  #result: NativeAnswer | undefined
  #closed: Promise<void> | undefined
  #gone = false

  /** Throws an InternalError for a parameter of an unknown kind; the handle is then still the caller's. */
  constructor(threads: Threads, reply: PrepareReply, request: Request, onClose: (statement: NativeStatement) => void) {
    this.#threads = threads
    this.#reply = reply
    this.#request = request
    this.#onClose = onClose
    this.isInsert = reply.isInsert
    this.count = reply.count
    this.fields = reply.fields.map(({ kind, ...field }) => {
      const bindType = BIND_TYPES[kind]
      if (bindType === undefined) throw new InternalError(`libtaos described a parameter of the unknown kind ${kind}`)
      return { ...field, bindType }
    })
  }

  bind(payload: Uint8Array, options: CallOptions = {}): Promise<void> {
    return this.#run(() => this.#threads.run('bind', this.#reply.handle, payload), { ...options, harmless: true })
  }

  execute(options: CallOptions = {}): Promise<number> {
    return this.#run(() => this.#threads.run('execute', this.#reply.handle), options)
  }

  async result(options: CallOptions = {}): Promise<Answer> {
    let given = true
    const work = async (): Promise<Answer> => {
      const reply = await this.#threads.run('statementResult', this.#reply.handle)
      this.#result = new NativeAnswer(this.#threads, reply, this.#request, () => {}, true)
      if (!given) this.#result.free()
      return this.#result
    }
    try {
      return await this.#run(work, options)
    } catch (error) {
      given = false
      throw error
    }
  }

  async #run<T>(work: () => Promise<T>, options: CallOptions): Promise<T> {
    if (this.#closed !== undefined) throw new InterfaceError('the statement is closed')
    options.signal?.throwIfAborted()
    const request: Request = {
      ...this.#request,
      signal: options.signal,
      timeoutMs: options.timeoutMs,
      harmless: options.harmless === true || !this.isInsert,
      kind: 'statement',
    }
    let begun = false
    let withdrawn = false
    const step = this.#last.then(async () => {
      if (withdrawn) throw new InterfaceError('the call was taken back')
      begun = true
      await this.#result?.detach()
      this.#result = undefined
      return await work()
    })
    this.#last = step.catch(() => {})
    try {
      return await waitFor(step, request, () => {
        withdrawn = !begun
        return withdrawn
      })
    } catch (error) {
      throw nativeError(error, request)
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#last.then(async () => {
      await this.#result?.detach()
      await this.#release()
    })
    return this.#closed
  }

  /** Closes without keeping what is unread: the connection goes. */
  async finish(): Promise<void> {
    this.#closed ??= this.#last.then(async () => {
      await this.#result?.finish()
      await this.#release()
    })
    this.#result?.free()
    await this.#closed
  }

  async #release(): Promise<void> {
    this.#result = undefined
    this.#gone = true
    await this.#threads.run('closeStatement', this.#reply.handle)
    this.#onClose(this)
  }

  /** Closes the statement in the process's last moments. */
  freeNow(calls: Calls): void {
    if (!this.#gone) calls.closeStatement(this.#reply.handle)
    this.#gone = true
  }
}
