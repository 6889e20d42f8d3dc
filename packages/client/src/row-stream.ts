/**
 * Yields items that come in batches. One asynchronous step a batch; within a batch each `next` is answered at once. Leaving the loop, or a throw in
 * it, runs `finish`.
 */
export class RowStream<Item> implements AsyncIterableIterator<Item> {
  readonly #nextBatch: () => Promise<readonly Item[] | null>
  readonly #finish: () => void
  #batch: readonly Item[] = []
  #at = 0
  #done = false
  #advancing: Promise<unknown> | undefined

  constructor(nextBatch: () => Promise<readonly Item[] | null>, finish: () => void) {
    this.#nextBatch = nextBatch
    this.#finish = finish
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#at < this.#batch.length && !this.#advancing) return Promise.resolve({ done: false, value: this.#batch[this.#at++]! })
    return this.#queue(() => this.#advance())
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    this.#end()
    return Promise.resolve({ done: true, value: undefined })
  }

  throw(error: unknown): Promise<IteratorResult<Item, undefined>> {
    this.#end()
    return Promise.reject(error)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Calls that do not wait for each other still get their items in order. */
  #queue(step: () => Promise<IteratorResult<Item, undefined>>): Promise<IteratorResult<Item, undefined>> {
    const result = this.#advancing ? this.#advancing.then(step, step) : step()
    this.#advancing = result
    const settle = (): void => {
      if (this.#advancing === result) this.#advancing = undefined
    }
    result.then(settle, settle)
    return result
  }

  async #advance(): Promise<IteratorResult<Item, undefined>> {
    while (this.#at >= this.#batch.length) {
      if (this.#done) return { done: true, value: undefined }
      try {
        const batch = await this.#nextBatch()
        if (batch === null) {
          this.#end()
          return { done: true, value: undefined }
        }
        this.#batch = batch
        this.#at = 0
      } catch (error) {
        this.#end()
        throw error
      }
    }
    return { done: false, value: this.#batch[this.#at++]! }
  }

  #end(): void {
    this.#batch = []
    this.#at = 0
    if (this.#done) return
    this.#done = true
    this.#finish()
  }
}
