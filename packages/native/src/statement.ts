import type { Answer, CallOptions, DriverStatement, StatementField } from 'taosts/driver'
import { InterfaceError, InternalError } from 'taosts/driver'
import { NativeAnswer } from './answer.ts'
import type { PrepareReply } from './calls.ts'
import { nativeError, type Request, waitFor } from './request.ts'
import type { Threads } from './threads.ts'

/** Meaning of `field_type` in TAOS_FIELD_ALL. */
const BIND_TYPES: readonly (StatementField['bindType'] | undefined)[] = [undefined, 'column', 'tag', 'parameter', 'tbname']

/** A stmt2 statement of libtaos. Its calls wait for each other: libtaos allows one at a time. */
export class NativeStatement implements DriverStatement {
  readonly isInsert: boolean
  readonly fields: readonly StatementField[]
  readonly count: number
  readonly #threads: Threads
  readonly #reply: PrepareReply
  readonly #request: Request
  readonly #onClose: () => void
  #last: Promise<unknown> = Promise.resolve()
  #result: NativeAnswer | undefined
  #closed: Promise<void> | undefined

  constructor(threads: Threads, reply: PrepareReply, request: Request, onClose: () => void) {
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
    const reply = await this.#run(() => this.#threads.run('statementResult', this.#reply.handle), options)
    this.#result = new NativeAnswer(this.#threads, reply, this.#request, () => {}, true)
    return this.#result
  }

  async #run<T>(work: () => Promise<T>, options: CallOptions): Promise<T> {
    if (this.#closed !== undefined) throw new InterfaceError('the statement is closed')
    const request: Request = {
      ...this.#request,
      signal: options.signal,
      timeoutMs: options.timeoutMs,
      harmless: options.harmless,
      kind: 'statement',
    }
    const step = this.#last.then(work)
    this.#last = step.catch(() => {})
    try {
      return await waitFor(step, request, () => {})
    } catch (error) {
      throw nativeError(error, request)
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#last.then(async () => {
      this.#result?.free()
      this.#onClose()
      await this.#threads.run('closeStatement', this.#reply.handle)
    })
    return this.#closed
  }
}
