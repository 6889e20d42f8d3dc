import { type Block, PRECISIONS, schemaBytes, TypeCode } from 'taosts/wire'
import type { OutputColumn, Rows } from '../session/answer.ts'
import { adapterError } from './failure.ts'

/** A result that a client reads block by block; its calls run one after another, whatever order they overlap in. */
export class OpenResult {
  readonly rows: Rows
  /** The block that `fetch` announced and `fetch_block` sends. */
  held: Block | null = null
  /** The block after the last one given: made while the client reads that. */
  #ahead: Promise<Block | null> | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(rows: Rows) {
    this.rows = rows
  }

  /** The next block, or null at the end. */
  next(): Promise<Block | null> {
    const turn = this.#queue.then(async () => {
      if (this.#closed) throw adapterError('result has been freed')
      const block = await (this.#ahead ?? this.rows.next())
      this.#ahead = block === null || this.#closed ? undefined : this.rows.next()
      // Its failure is told when it is asked for.
      this.#ahead?.catch(() => undefined)
      return block
    })
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  /** Frees the result once, when what runs has ended. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true
      this.held = null
      this.#queue = this.#queue
        .then(() => this.#ahead)
        .catch(() => undefined)
        .then(() => this.rows.close())
        .catch(() => undefined)
    }
    return this.#queue as Promise<void>
  }
}

/** The keys that describe a result's columns, in the order of every reply that has them. */
export function describeColumns({ columns, precision }: Rows): { readonly [key: string]: unknown } {
  return {
    fields_count: columns.length,
    fields_names: columns.map(({ name }) => name),
    fields_types: columns.map(({ type }) => type.code),
    fields_lengths: columns.map(({ type }) => type.length),
    precision: PRECISIONS.indexOf(precision),
    fields_precisions: columns.map(({ type }) => type.precision),
    fields_scales: columns.map(({ type }) => type.scale),
  }
}

/** The same keys where there are no columns. */
export const NO_COLUMNS = {
  fields_count: 0,
  fields_names: null,
  fields_types: null,
  fields_lengths: null,
  precision: 0,
  fields_precisions: null,
  fields_scales: null,
}

/** `lengths` of a `fetch` reply: schema sizes, where JSON counts as NCHAR does. */
export function fetchLengths(columns: readonly OutputColumn[]): number[] {
  return columns.map(({ type }) => schemaBytes(type.code === TypeCode.JSON ? TypeCode.NCHAR : type.code, type.length))
}
