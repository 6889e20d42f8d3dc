import { Worker } from 'node:worker_threads'
import { type Calls, NativeError, type NativeFailure } from './calls.ts'
import type { Library, Pointer } from './library.ts'

/** One call for a thread; the thread answers with the same id. */
export interface ThreadRequest {
  readonly id: number
  readonly call: keyof Calls
  readonly args: readonly unknown[]
}

export type ThreadReply =
  | { readonly id: number; readonly value: unknown; readonly failure?: undefined }
  | { readonly id: number; readonly failure: NativeFailure }

interface Thread {
  readonly worker: Worker
  /** Calls sent and not answered yet. */
  readonly pending: Map<number, { resolve(value: never): void; reject(error: Error): void }>
  /** Settled when the newest call is. */
  settled: Promise<unknown>
}

// Workers run compiled JavaScript, also where the package itself runs from its sources.
const program = import.meta.url.endsWith('.ts') ? new URL('../dist/thread.js', import.meta.url) : new URL('./thread.js', import.meta.url)

/**
 * Worker threads that run libtaos's blocking calls, so that the event loop never waits. A call goes to an idle thread, to a new one while
 * there are fewer than `size`, else to the one with the shortest queue. Threads do not keep the process alive.
 */
export class Threads {
  readonly #library: Library
  readonly #size: number
  readonly #threads: Thread[] = []
  #lastId = 0

  constructor(library: Library, size: number) {
    this.#library = library
    this.#size = size
  }

  run<Name extends keyof Calls>(call: Name, ...args: Parameters<Calls[Name]>): Promise<ReturnType<Calls[Name]>> {
    const thread = this.#choose()
    const id = ++this.#lastId
    const outcome = new Promise<ReturnType<Calls[Name]>>((resolve, reject) => {
      thread.pending.set(id, { resolve, reject })
      thread.worker.ref()
      thread.worker.postMessage({ id, call, args } satisfies ThreadRequest)
    })
    thread.settled = outcome.catch(() => {})
    return outcome
  }

  #choose(): Thread {
    const idle = this.#threads.find((thread) => thread.pending.size === 0)
    if (idle !== undefined) return idle
    if (this.#threads.length < this.#size) return this.#start()
    return this.#threads.reduce((least, thread) => (thread.pending.size < least.pending.size ? thread : least))
  }

  #start(): Thread {
    const worker = new Worker(program, { workerData: { library: this.#library.path }, execArgv: [] })
    const thread: Thread = { worker, pending: new Map(), settled: Promise.resolve() }
    worker.unref()
    worker.on('message', (reply: ThreadReply) => {
      const waiting = thread.pending.get(reply.id)
      thread.pending.delete(reply.id)
      if (thread.pending.size === 0) worker.unref()
      if (reply.failure !== undefined) waiting?.reject(new NativeError(reply.failure))
      else waiting?.resolve(reply.value as never)
    })
    const end = (error: Error) => {
      const at = this.#threads.indexOf(thread)
      if (at >= 0) this.#threads.splice(at, 1)
      for (const { reject } of thread.pending.values()) reject(error)
      thread.pending.clear()
    }
    worker.on('error', end)
    worker.on('exit', () => end(new Error('The thread that ran libtaos has ended')))
    this.#threads.push(thread)
    return thread
  }

  /** Asks libtaos to give up on a result that a thread is waiting for. Does not block. */
  stopQuery(result: Pointer): void {
    if (result !== 0n) this.#library.functions.taos_stop_query?.(result)
  }

  /** Waits until no call is under way. */
  async idle(): Promise<void> {
    while (this.#threads.some(({ pending }) => pending.size > 0)) {
      await Promise.allSettled(this.#threads.map((thread) => thread.settled))
    }
  }

  /** Ends the threads; calls in flight fail. */
  async stop(): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }
}
