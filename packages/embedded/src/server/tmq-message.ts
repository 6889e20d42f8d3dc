import { type Block, encodeFetchRawDataReply, encodeFetchRawReply, encodeTmqFetchBlockReply, PRECISIONS, userLength } from 'taosts/wire'
import { jsonMeta, MessageType, rawMessage, type TopicMessage } from '../topic/message.ts'
import { adapterError } from './failure.ts'

/** The message that a client reads now: it stays until the next is polled. */
export class HeldMessage {
  readonly id: number
  readonly message: TopicMessage
  #raw: ReturnType<typeof rawMessage> | undefined
  #next = 0
  #fetched: { readonly block: Block; readonly reqId: bigint } | undefined

  constructor(id: number, message: TopicMessage) {
    this.id = id
    this.message = message
  }

  /** The keys of a `poll` reply. */
  get head(): { readonly [key: string]: unknown } {
    const { topic, database, vgroup, type, start } = this.message
    return { have_message: true, topic, database, vgroup_id: vgroup, message_type: type, message_id: this.id, offset: start }
  }

  get hasRows(): boolean {
    return this.message.type !== MessageType.META
  }

  /** The next block, announced. */
  fetch(reqId: bigint): { readonly [key: string]: unknown } {
    const found = this.message.blocks[this.#next++]
    this.#fetched = found && { block: found.block, reqId }
    if (!found) return { message_id: this.id, completed: true, table_name: '', rows: 0, ...NO_FIELDS, precision: 0 }
    const columns = found.schema?.columns ?? []
    return {
      message_id: this.id,
      completed: false,
      table_name: found.table ?? '',
      rows: found.block.rows,
      fields_count: columns.length,
      fields_names: columns.map(({ name }) => name),
      fields_types: columns.map(({ type }) => type),
      fields_lengths: columns.map(({ type, bytes }) => userLength(type, bytes)),
      precision: PRECISIONS.indexOf(found.precision),
    }
  }

  /** The block that `fetch` announced. */
  block(timing: bigint): Uint8Array {
    if (!this.#fetched) throw adapterError('no fetch data')
    return encodeTmqFetchBlockReply(timing, this.#fetched.reqId, BigInt(this.id), this.#fetched.block)
  }

  get raw(): ReturnType<typeof rawMessage> {
    this.#raw ??= rawMessage(this.message)
    return this.#raw
  }

  /** What `fetch_json_meta` answers. */
  get meta(): unknown {
    return jsonMeta(this.message)
  }

  /** Throws for a message of rows alone. */
  assertMeta(): void {
    const { type } = this.message
    if (type === MessageType.DATA) throw adapterError(`message type can not get meta, type: ${type}`)
  }

  fetchRaw(timing: bigint, reqId: bigint): Uint8Array {
    const { metaType, bytes } = this.raw
    return encodeFetchRawReply({ timing, reqId, messageId: BigInt(this.id), metaType, data: bytes })
  }

  fetchRawData(timing: bigint, reqId: bigint): Uint8Array {
    const { metaType, bytes } = this.raw
    return encodeFetchRawDataReply({ timing, reqId, code: 0, message: '', messageId: BigInt(this.id), metaType, data: bytes })
  }
}

const NO_FIELDS = { fields_count: 0, fields_names: null, fields_types: null, fields_lengths: null }

/** The keys of a `poll` reply without a message. */
export const NO_MESSAGE = { have_message: false, topic: '', database: '', vgroup_id: 0, message_type: 0, message_id: 0, offset: 0 }
