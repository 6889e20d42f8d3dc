import type { Field } from './driver/driver.ts'
import type { PolledMessage } from './driver/tmq.ts'
import { DataError } from './errors.ts'
import type { DefaultRow } from './result.ts'
import { fieldReader, ResultBlock } from './result-column.ts'
import {
  blockToArrays,
  type ColumnReader,
  decodeTmqData,
  isDecimal,
  type ObjectMaker,
  objectMaker,
  type Precision,
  type TmqBlock,
  type TmqMeta,
  type TypeCode,
  typeOfCode,
  userLength,
  type ValuePolicy,
} from './wire/index.ts'

/** The rows of one table in a message. */
export class MessageTable<Row = DefaultRow> {
  /** The table; undefined for topics on a query over a supertable, or without `tableNames`. */
  readonly table: string | undefined
  readonly fields: readonly Field[]
  readonly precision: Precision
  readonly rowCount: number
  readonly #source: TmqBlock
  /** Of the consumer: rows of one schema have one shape. */
  readonly #makers: Map<string, ObjectMaker>
  readonly #readers: ColumnReader[]

  constructor(source: TmqBlock, policy: ValuePolicy, makers: Map<string, ObjectMaker>) {
    this.#makers = makers
    this.#source = source
    this.table = source.table
    this.precision = source.precision
    this.rowCount = source.block.rows
    this.fields = source.block.columns.map((column, i): Field => {
      const schema = source.schema?.columns[i]
      const name = schema?.name ?? `column_${i + 1}`
      if (isDecimal(column.type)) return { name, type: 'DECIMAL', bytes: column.bytes, precision: column.precision, scale: column.scale }
      return { name, type: typeOfCode(column.type)!.name, bytes: userLength(column.type, column.bytes) }
    })
    this.#readers = source.block.columns.map(({ type }, i) => fieldReader(this.fields[i]!.name, type as TypeCode, source.precision, policy))
  }

  /** The rows as objects. */
  rows(): Row[] {
    const names = this.fields.map(({ name }) => name)
    const key = names.join('\u0000')
    let make = this.#makers.get(key)
    if (make === undefined) {
      const twice = names.find((name, i) => names.indexOf(name) !== i)
      if (twice !== undefined)
        throw new DataError(
          `two columns of the topic are called ${twice}, and an object can have only one: name them with AS, or read the message by values()`,
        )
      this.#makers.set(key, (make = objectMaker(names)))
    }
    return make(this.#source.block, this.#readers) as Row[]
  }

  /** The rows as arrays. */
  values(): unknown[][] {
    return blockToArrays(this.#source.block, this.#readers)
  }

  /** The rows column by column: typed arrays and NULL bitmaps. */
  columns(): ResultBlock {
    return new ResultBlock(this.fields, [this.#source.block], this.#readers)
  }
}

/** A message of a topic: rows of some tables, changes of tables, or both. */
export class Message<Row = DefaultRow> {
  readonly topic: string
  readonly database: string
  readonly vgroup: number
  /** The version of the log at which the message starts. */
  readonly offset: bigint
  /** The version to commit when the message is done; undefined for messages without data. */
  readonly nextOffset: bigint | undefined
  readonly kind: 'data' | 'meta' | 'both'
  /** Rows by table; empty for `meta`. */
  readonly tables: readonly MessageTable<Row>[]
  /** Changes of tables; empty for `data`. */
  readonly meta: readonly TmqMeta[]
  /** The message as the server sent it, for `connection.writeRaw()` on another server. */
  readonly raw: { readonly metaType: number; readonly data: Uint8Array }

  constructor(
    polled: PolledMessage,
    raw: { metaType: number; data: Uint8Array },
    meta: readonly TmqMeta[],
    policy: ValuePolicy,
    makers: Map<string, ObjectMaker>,
  ) {
    this.topic = polled.topic
    this.database = polled.database
    this.vgroup = polled.vgroup
    this.offset = polled.offset
    this.raw = raw
    this.meta = meta
    this.kind = polled.type === 1 ? 'data' : polled.type === 2 ? 'meta' : 'both'
    if (polled.type === 2) {
      this.tables = []
      this.nextOffset = undefined
      return
    }
    // Not in place: `raw` stays as it came.
    const data = decodeTmqData(raw.data, raw.metaType)
    this.nextOffset = data.responseOffset.kind === 'log' ? data.responseOffset.version : undefined
    this.tables = data.blocks.filter(({ block }) => block.rows > 0).map((block) => new MessageTable<Row>(block, policy, makers))
  }

  /** Rows in all tables. */
  get rowCount(): number {
    return this.tables.reduce((sum, table) => sum + table.rowCount, 0)
  }

  /** The rows of all tables as objects. */
  rows(): Row[] {
    return this.tables.flatMap((table) => table.rows())
  }

  /** The rows of all tables, one by one. */
  *[Symbol.iterator](): Generator<Row> {
    for (const table of this.tables) yield* table.rows()
  }
}
