import process from 'node:process'
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

/** A call that has been asked for. */
export interface Submitted<T> {
  readonly outcome: Promise<T>
  /** Takes the call back where it has not begun; its outcome then fails. False once it has begun. */
  withdraw(): boolean
}

interface Job extends ThreadRequest {
  resolve(value: never): void
  reject(error: Error): void
}

interface Thread {
  readonly worker: Worker
  job: Job | undefined
  /** Ends a thread that has been idle for long. */
  timer: NodeJS.Timeout | undefined
}

// Workers run compiled JavaScript, also where the package itself runs from its sources.
const program = import.meta.url.endsWith('.ts') ? new URL('../dist/thread.js', import.meta.url) : new URL('./thread.js', import.meta.url)

/** Calls that never wait for a server: they go first, and one thread is kept for them, so that long statements cannot hold up what ends others. */
const QUICK: ReadonlySet<keyof Calls> = new Set<keyof Calls>(['free', 'closeStatement', 'currentDatabase'])

/** So many threads start as soon as there is work for them; more only when a call has waited this many milliseconds: starting one is not free. */
const EAGER = 4
const PATIENCE_MS = 50

/** An idle thread beyond the first ends after this many milliseconds. */
const IDLE_MS = 10_000

/**
 * Worker threads that run libtaos's blocking calls, so that the event loop never waits. A call goes to an idle thread, to a new one while
 * there are fewer than `size`, else it waits for the first that is free, in the order of asking. With one thread all calls run in that order.
 * Threads do not keep the process alive.
 */
export class Threads {
  readonly #library: Library
  readonly #size: number
  readonly #threads: Thread[] = []
  readonly #queue: Job[] = []
  readonly #idle: (() => void)[] = []
  #impatience: NodeJS.Timeout | undefined
  #stopped = false
  #lastId = 0

  constructor(library: Library, size: number) {
    this.#library = library
    this.#size = size
  }

  run<Name extends keyof Calls>(call: Name, ...args: Parameters<Calls[Name]>): Promise<ReturnType<Calls[Name]>> {
    return this.submit(call, ...args).outcome
  }

  submit<Name extends keyof Calls>(call: Name, ...args: Parameters<Calls[Name]>): Submitted<ReturnType<Calls[Name]>> {
    let job!: Job
    const outcome = new Promise<ReturnType<Calls[Name]>>((resolve, reject) => {
      job = { id: ++this.#lastId, call, args, resolve, reject }
    })
    if (this.#stopped) job.reject(new Error('The threads that ran libtaos have ended'))
    else {
      this.#queue.push(job)
      this.#dispatch()
    }
    const withdraw = (): boolean => {
      const at = this.#queue.indexOf(job)
      if (at < 0) return false
      this.#queue.splice(at, 1)
      job.reject(new Error('The call was taken back before it began'))
      this.#settle()
      return true
    }
    return { outcome, withdraw }
  }

  /** Calls under way or waiting. */
  get load(): number {
    return this.#queue.length + this.#threads.filter(({ job }) => job !== undefined).length
  }

  /** `grow` also starts a thread beyond the first few. */
  #dispatch(grow = false): void {
    while (this.#queue.length > 0) {
      // With one thread the order counts.
      const quick = this.#size === 1 ? 0 : this.#queue.findIndex(({ call }) => QUICK.has(call))
      const long = this.#threads.filter(({ job }) => job !== undefined && !QUICK.has(job.call)).length
      if (quick < 0 && long >= this.#size - 1) return
      const at = Math.max(0, quick)
      const thread = this.#threads.find(({ job }) => job === undefined) ?? this.#grown(grow || quick >= 0)
      if (thread === undefined) return
      grow = false
      const job = this.#queue.splice(at, 1)[0]!
      clearTimeout(thread.timer)
      thread.job = job
      thread.worker.ref()
      try {
        thread.worker.postMessage({ id: job.id, call: job.call, args: job.args } satisfies ThreadRequest)
      } catch (error) {
        this.#finish(thread)
        job.reject(error as Error)
      }
    }
  }

  #grown(now: boolean): Thread | undefined {
    if (this.#threads.length >= this.#size) return undefined
    if (now || this.#threads.length < EAGER) return this.#start()
    const first = this.#queue[0]
    this.#impatience ??= setTimeout(() => {
      this.#impatience = undefined
      this.#dispatch(this.#queue[0] === first)
    }, PATIENCE_MS)
    return undefined
  }

  #start(): Thread {
    // What the process was told about loaders and conditions is not for this program.
    const { NODE_OPTIONS: _, ...env } = process.env
    const worker = new Worker(program, { workerData: { library: this.#library.path }, execArgv: [], env })
    const thread: Thread = { worker, job: undefined, timer: undefined }
    worker.unref()
    worker.on('message', (reply: ThreadReply) => {
      const { job } = thread
      this.#finish(thread)
      if (reply.failure !== undefined) job?.reject(new NativeError(reply.failure))
      else job?.resolve(reply.value as never)
      this.#dispatch()
      this.#settle()
    })
    const end = (error: Error) => {
      clearTimeout(thread.timer)
      const at = this.#threads.indexOf(thread)
      if (at >= 0) this.#threads.splice(at, 1)
      const { job } = thread
      thread.job = undefined
      job?.reject(error)
      this.#dispatch()
      this.#settle()
    }
    worker.on('error', end)
    worker.on('exit', () => end(new Error('The thread that ran libtaos has ended')))
    this.#threads.push(thread)
    return thread
  }

  #finish(thread: Thread): void {
    thread.job = undefined
    thread.worker.unref()
    thread.timer = setTimeout(() => {
      if (this.#threads.length > 1) void thread.worker.terminate()
    }, IDLE_MS)
    thread.timer.unref()
  }

  #settle(): void {
    if (this.load === 0) for (const wake of this.#idle.splice(0)) wake()
  }

  /** Asks libtaos to give up on a result that a thread is waiting for. Does not block. */
  stopQuery(result: Pointer): void {
    if (result !== 0n) this.#library.functions.taos_stop_query?.(result)
  }

  /** Waits until no call is under way or waiting, and nothing that one leads to at once. */
  async idle(): Promise<void> {
    do {
      if (this.load > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
      // What follows a call is asked for in microtasks.
      await new Promise((resolve) => setImmediate(resolve))
    } while (this.load > 0)
  }

  /** Ends the threads; call it when idle, since libtaos may not be left in the middle of a call. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#impatience)
    for (const { reject } of this.#queue.splice(0)) reject(new Error('The threads that ran libtaos have ended'))
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }
}
