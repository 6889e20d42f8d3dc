import { InterfaceError } from '../errors.ts'
import type { Block, Precision } from '../wire/index.ts'
import type { Answer, Field } from './driver.ts'

/** A REST answer: everything is there at once, in one block. */
export class RestAnswer implements Answer {
  readonly isUpdate: boolean
  readonly affectedRows: number
  readonly fields: readonly Field[]
  readonly precision: Precision
  readonly timing: number
  readonly bytes: number
  #block: Block | null
  #freed = false

  constructor(header: Omit<Answer, 'next' | 'free'>, block: Block | null) {
    this.isUpdate = header.isUpdate
    this.affectedRows = header.affectedRows
    this.fields = header.fields
    this.precision = header.precision
    this.timing = header.timing
    this.bytes = header.bytes
    this.#block = block && block.rows > 0 ? block : null
  }

  async next(signal?: AbortSignal): Promise<Block | null> {
    signal?.throwIfAborted()
    if (this.#freed) throw new InterfaceError('the result was freed, with its connection or before')
    const block = this.#block
    this.#block = null
    return block
  }

  free(): void {
    if (this.#block) this.#freed = true
    this.#block = null
  }
}
