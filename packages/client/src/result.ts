import { loadArrow } from '#arrow'
import type { ArrowOptions, ArrowRecordBatch, ArrowTable } from './arrow/arrow-types.ts'
import type { Answer, Field } from './driver/driver.ts'
import { DataError, InterfaceError, relocate } from './errors.ts'
import { fieldReader, ResultBlock, typeCodeOf } from './result-column.ts'
import { RowStream } from './row-stream.ts'
import {
  type Block,
  blockToArrays,
  type ColumnReader,
  type ObjectMaker,
  objectMaker,
  type Precision,
  type ValuePolicy,
} from './wire/index.ts'

/** How many shapes of rows a connection keeps in mind. */
const MAKERS = 256

/** A row as an object, when the caller does not say more. */
export type DefaultRow = Record<string, unknown>

/** What a result needs besides its answer. */
export interface ResultSettings {
  readonly policy: ValuePolicy
  readonly reqId: bigint
  /** What makes rows of results with the same column names, so that they have one shape. */
  readonly makers?: Map<string, ObjectMaker>
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs?: number | undefined
  /** Called once, when the result is read to its end, freed or failed. */
  readonly onEnd?: ((error?: unknown) => void) | undefined
}

/**
 * The answer to one statement. Its header is in; its rows come block by block while they are read, in one of the ways below and once:
 * `for await`, `rows()`, `values()`, `columns()`, `blocks()`, `toArrow()`, `first()`, `data`. Leaving a loop frees the server's result.
 *
 * ```ts
 * const result = await connection.query<{ ts: Date; current: number }>('SELECT ts, current FROM power.meters')
 * for await (const row of result) console.log(row.ts, row.current)
 * ```
 */
export class Result<Row = DefaultRow> implements AsyncIterable<Row>, AsyncDisposable {
  /** The columns: names, types, the user's lengths; empty for a statement that writes. */
  readonly fields: readonly Field[]
  /** True for statements without a result: writes and DDL. */
  readonly isUpdate: boolean
  /** Rows written; 0 for queries and DDL. */
  readonly affectedRows: number
  /** The unit of the result's timestamps. */
  readonly precision: Precision
  /** The request's id, as the server logs it. */
  readonly reqId: bigint
  readonly #answer: Answer
  readonly #settings: ResultSettings
  readonly #readers: readonly ColumnReader[]
  #state: 'unread' | 'reading' | 'ended' | 'closed' = 'unread'
  #rows = 0
  #data: Promise<unknown[][]> | undefined

  constructor(answer: Answer, settings: ResultSettings) {
    this.#answer = answer
    this.#settings = settings
    this.fields = answer.fields
    this.isUpdate = answer.isUpdate
    this.affectedRows = answer.affectedRows
    this.precision = answer.precision
    this.reqId = settings.reqId
    this.#readers = answer.fields.map((field) => fieldReader(field.name, typeCodeOf(field), answer.precision, settings.policy))
    if (answer.isUpdate) this.#end()
  }

  /** Rows of the result, known when all blocks are in; undefined before. */
  get rowCount(): number | undefined {
    return this.#state === 'ended' ? this.#rows : undefined
  }

  /** Nanoseconds that the server has spent so far; 0 where it does not say. */
  get timing(): number {
    return this.#answer.timing
  }

  /** Bytes of rows received so far. */
  get bytes(): number {
    return this.#answer.bytes
  }

  /** All rows as arrays; the same promise each time. */
  get data(): Promise<unknown[][]> {
    this.#data ??= this.values()
    return this.#data
  }

  /** All rows as objects. Throws a DataError when two columns have one name. */
  async rows(): Promise<Row[]> {
    const make = this.#objects()
    this.#begin()
    const rows: Row[] = []
    for (let block = await this.#next(); block; block = await this.#next()) append(rows, make(block))
    return rows
  }

  /** All rows as arrays, in the order of `fields`. */
  async values(): Promise<unknown[][]> {
    this.#begin()
    const rows: unknown[][] = []
    for (let block = await this.#next(); block; block = await this.#next()) append(rows, blockToArrays(block, this.#readers))
    return rows
  }

  /** The whole result column by column: typed arrays and null bitmaps. A column is put together when it is first asked for. */
  async columns(): Promise<ResultBlock> {
    this.#begin()
    const blocks: Block[] = []
    for (let block = await this.#next(); block; block = await this.#next()) blocks.push(block)
    return new ResultBlock(this.fields, blocks, this.#readers)
  }

  /** The first row as an object, or undefined when there is none; the rest is not fetched. */
  async first(): Promise<Row | undefined> {
    const make = this.#objects()
    this.#begin()
    const block = await this.#next()
    this.#release()
    return block ? make({ ...block, rows: Math.min(block.rows, 1) })[0] : undefined
  }

  /** The blocks as they come, some thousand rows each. */
  blocks(): AsyncIterableIterator<ResultBlock> {
    this.#begin()
    return new RowStream(
      async () => {
        const block = await this.#next()
        return block && [new ResultBlock(this.fields, [block], this.#readers)]
      },
      () => this.#release(),
    )
  }

  /** The rows as arrays, one at a time. */
  eachValues(): AsyncIterableIterator<unknown[]> {
    this.#begin()
    return this.#stream((block) => blockToArrays(block, this.#readers))
  }

  /** The rows as objects, one at a time. Throws a DataError when two columns have one name. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Row> {
    const make = this.#objects()
    this.#begin()
    return this.#stream(make)
  }

  /**
   * The whole result as an Arrow table, as `toArrow` of `taosts/arrow` makes it. Rejects with an InterfaceError where the package apache-arrow is not
   * installed, and with a NotSupportedError in bundles for browsers, which cannot know whether to take it in: there `toArrow(result)` is the way.
   */
  async toArrow(options?: ArrowOptions): Promise<ArrowTable> {
    return await (await loadArrow()).toArrow(this, options)
  }

  /** The result as Arrow's record batches, as they arrive. Leaving the loop frees the result. Rejects as `toArrow` does. */
  async *recordBatches(options?: ArrowOptions): AsyncGenerator<ArrowRecordBatch, void, undefined> {
    yield* (await loadArrow()).recordBatches(this, options)
  }

  /** Frees what is left of the result on the server. Does nothing when it was read to its end. */
  close(): void {
    if (this.#state === 'ended' || this.#state === 'closed') return
    this.#release()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  /** A result shows its head, never its connection. */
  [Symbol.for('nodejs.util.inspect.custom')](): object {
    const { fields, affectedRows, precision, rowCount, timing, reqId } = this
    return { fields, affectedRows, precision, rowCount, timing, reqId }
  }

  #stream<Item>(items: (block: Block) => Item[]): RowStream<Item> {
    return new RowStream(
      async () => {
        const block = await this.#next()
        return block && items(block)
      },
      () => this.#release(),
    )
  }

  #objects(): (block: Block) => Row[] {
    const names = this.fields.map(({ name }) => name)
    const twice = names.find((name, i) => names.indexOf(name) !== i)
    if (twice !== undefined) {
      throw new DataError(
        `two columns of the result are called ${twice}, and an object can have only one: name them with AS, or read the result by values()`,
        {
          reqId: this.reqId,
        },
      )
    }
    const make = this.#maker(names)
    return (block) => make(block, this.#readers) as Row[]
  }

  #maker(names: readonly string[]): ObjectMaker {
    const { makers } = this.#settings
    const key = names.join('\0')
    const known = makers?.get(key)
    if (known) return known
    const maker = objectMaker(names)
    if (makers && makers.size >= MAKERS) makers.clear()
    makers?.set(key, maker)
    return maker
  }

  /** Claims the one reading that a result allows. */
  #begin(): void {
    if (this.isUpdate) return
    if (this.#state === 'closed') throw new InterfaceError('the result is closed; run the statement again', { reqId: this.reqId })
    if (this.#state !== 'unread') {
      throw new InterfaceError('a result can be read once; keep what the first reading gave, or run the statement again', {
        reqId: this.reqId,
      })
    }
    this.#state = 'reading'
  }

  async #next(): Promise<Block | null> {
    if (this.#state === 'ended') return null
    if (this.#state === 'closed') throw new InterfaceError('the result was closed while it was being read', { reqId: this.reqId })
    try {
      const block = await this.#answer.next(this.#settings.signal, this.#settings.timeoutMs)
      if (block) this.#rows += block.rows
      else this.#end()
      return block
    } catch (error) {
      this.#state = 'closed'
      this.#report(error)
      throw relocate(error)
    }
  }

  #end(): void {
    this.#state = 'ended'
    this.#report()
  }

  #release(): void {
    if (this.#state === 'ended' || this.#state === 'closed') return
    this.#state = 'closed'
    this.#answer.free()
    this.#report()
  }

  #report(error?: unknown): void {
    this.#settings.onEnd?.(error)
  }
}

/** `push` with many arguments would overflow the stack. */
function append<Item>(target: Item[], items: readonly Item[]): void {
  for (const item of items) target.push(item)
}
