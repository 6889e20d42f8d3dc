import { InterfaceError } from '../errors.ts'
import { type Block, isRestUpdate, type Precision, type RestColumn, RestDecoder, TYPES, TypeCode } from '../wire/index.ts'
import type { Answer, Field } from './driver.ts'
import type { HttpResponse } from './http.ts'
import { type BodyContext, damaged, readText, refusalOf, serverError } from './rest-refusal.ts'

/** What a REST answer needs of the request that it answers. */
export interface RestExchange {
  readonly response: HttpResponse
  readonly context: BodyContext
  /** The statement only reads: a column `affected_rows` is then its own. */
  readonly readsOnly: boolean
  /** Ends the request; the promise that it waits for then rejects. */
  cancel(): void
  /** Waits for something of the answer, no longer than the call may take. */
  within<T>(promise: Promise<T>, signal?: AbortSignal, timeoutMs?: number): Promise<T>
}

/** A REST answer, read as it arrives. */
export class RestAnswer implements Answer {
  readonly isUpdate: boolean
  readonly affectedRows: number
  readonly fields: readonly Field[]
  readonly precision: Precision
  readonly #exchange: RestExchange
  readonly #body: RestBodyReader
  #freed = false

  private constructor(exchange: RestExchange, body: RestBodyReader, columns: readonly RestColumn[]) {
    this.#exchange = exchange
    this.#body = body
    this.isUpdate = isRestUpdate(columns) && !exchange.readsOnly
    this.affectedRows = this.isUpdate ? Number(body.takeCount()) : 0
    this.fields = this.isUpdate ? [] : columns.map(fieldOf)
    this.precision = body.precision
  }

  /** Reads the head of the answer, and as many rows as it takes to know the unit of its timestamps. */
  static async read(exchange: RestExchange): Promise<RestAnswer> {
    const body = new RestBodyReader(exchange)
    return new RestAnswer(exchange, body, await body.readHead())
  }

  get timing(): number {
    return this.#body.timing
  }

  get bytes(): number {
    return this.#body.bytes
  }

  async next(signal?: AbortSignal, timeoutMs?: number): Promise<Block | null> {
    if (this.#freed) throw new InterfaceError('the result was freed, with its connection or before')
    try {
      return await this.#exchange.within(this.#body.next(), signal, timeoutMs)
    } catch (error) {
      this.free()
      throw error
    }
  }

  free(): void {
    if (this.#body.isOver || this.#freed) return
    this.#freed = true
    this.#exchange.cancel()
  }
}

/** Blocks of a body, decoded as its bytes arrive. */
class RestBodyReader {
  bytes = 0
  readonly #exchange: RestExchange
  readonly #decoder = new RestDecoder()
  readonly #blocks: Block[] = []
  #ended = false

  constructor(exchange: RestExchange) {
    this.#exchange = exchange
  }

  get timing(): number {
    return this.#decoder.timing ?? 0
  }

  get precision(): Precision {
    return this.#decoder.precision ?? 'ms'
  }

  /** Nothing of the body is left to come. */
  get isOver(): boolean {
    return this.#ended
  }

  async readHead(): Promise<readonly RestColumn[]> {
    const { response, context } = this.#exchange
    const first = await this.#take()
    if (response.status !== 200 || first === undefined || !/^\s*\{/.test(String.fromCharCode(...first.subarray(0, 16)))) {
      throw refusalOf(response, await readText(response, first), context)
    }
    this.#decode(() => this.#decoder.push(first))
    // Timestamps show their unit; until one has come, or all have, their columns cannot be read.
    while (!this.#ended && !this.#ready()) await this.#more()
    const { header } = this.#decoder
    if (!header) throw refusalOf(response, '', context)
    if (header.code !== 0) throw serverError(header, response.status, context)
    return header.columns
  }

  async next(): Promise<Block | null> {
    while (this.#blocks.length === 0 && !this.#ended) await this.#more()
    return this.#blocks.shift() ?? null
  }

  /** The one cell of the answer to a statement that writes. */
  takeCount(): number | bigint {
    const column = this.#blocks.shift()?.columns[0]
    return column?.layout === 'fixed' ? column.values[0]! : 0
  }

  #ready(): boolean {
    const { header, precision } = this.#decoder
    if (!header) return false
    if (isRestUpdate(header.columns)) return false
    return precision !== undefined || !header.columns.some(({ type }) => type === TypeCode.TIMESTAMP)
  }

  async #more(): Promise<void> {
    const chunk = await this.#take()
    if (chunk) this.#decode(() => this.#decoder.push(chunk))
    else {
      this.#ended = true
      this.#decode(() => this.#decoder.end())
    }
  }

  async #take(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#exchange.response.chunks.next()
    if (done) return undefined
    this.bytes += value.length
    return value
  }

  #decode(read: () => Block[]): void {
    try {
      for (const block of read()) this.#blocks.push(block)
    } catch (error) {
      this.#ended = true
      throw damaged(error, this.#exchange.context)
    }
  }
}

function fieldOf({ name, type, length, precision, scale }: RestColumn): Field {
  const field = { name, type: TYPES[type]!.name, bytes: length }
  return field.type === 'DECIMAL' ? { ...field, precision, scale } : field
}
