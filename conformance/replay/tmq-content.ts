import {
  type Block,
  blockToArrays,
  columnReader,
  decodeFetchRawReply,
  decodeReply,
  decodeTmqData,
  parseJson,
  parseTmqMeta,
  stringifyJson,
  type TmqBlock,
  type TmqMeta,
} from 'taosts/wire'

/** What consumers were given: rows by table in their order, and changes of tables. */
export class Content {
  readonly rows = new Map<string, string[]>()
  readonly metas: string[] = []
  readonly #deleted: { readonly table: string; readonly low: bigint; readonly high: bigint }[] = []

  /** Whether a change says that a row was deleted. */
  isDeleted(key: string, row: string): boolean {
    const ts = BigInt(String((parseJson(row) as { ts?: unknown }).ts ?? 0))
    return this.#deleted.some(({ table, low, high }) => key.endsWith(` ${table}`) && ts >= low && ts <= high)
  }

  /** Adds the rows of a block, under its table's name or what a column `tbname` says; NULLs do not tell a partial row from a whole one. */
  add(topic: string, { block, table, schema }: Pick<TmqBlock, 'block' | 'table' | 'schema'>): void {
    const names = schema?.columns.map(({ name }) => name) ?? block.columns.map((_, i) => `c${i}`)
    for (const cells of rowsOf(block)) {
      const row = Object.fromEntries(cells.flatMap((cell, i) => (cell === null ? [] : [[names[i]!, cell]])))
      const key = `${topic} ${table ?? String(row['tbname'] ?? '')}`
      const list = this.rows.get(key)
      if (list) list.push(stringifyJson(row))
      else this.rows.set(key, [stringifyJson(row)])
    }
  }

  addMeta(data: unknown): void {
    for (const meta of parseTmqMeta(data)) {
      // Which tables share a message depends on their vgroups.
      for (const each of single(meta)) this.metas.push(stringifyJson(each))
      const deleted = meta.type === 'delete' && DELETED.exec(meta.sql)
      if (deleted) this.#deleted.push({ table: deleted[1]!, low: BigInt(deleted[2]!), high: BigInt(deleted[3]!) })
    }
  }
}

const DELETED = /^delete from `(.*)` where `ts` >= (-?\d+) and `ts` <= (-?\d+)$/

/** A change of several tables as changes of one each. */
function single(meta: TmqMeta): readonly object[] {
  if (meta.type === 'drop' && meta.tableNameList) return meta.tableNameList.map((name) => ({ ...meta, tableNameList: [name] }))
  if (meta.type !== 'create' || meta.tableType !== 'child' || meta.createList.length === 0) return [meta]
  return meta.createList.map((child) => ({ type: 'create', tableType: 'child', ...child, createList: [] }))
}

function rowsOf(block: Block): unknown[][] {
  const readers = block.columns.map((column) => columnReader(column.type, 'ns', { varchar: 'bytes', json: 'text', timestamp: 'bigint' }))
  return blockToArrays(block, readers).map((row) =>
    row.map((cell) => (cell instanceof Uint8Array ? Buffer.from(cell).toString('latin1') : cell)),
  )
}

/** A binary reply of `/rest/tmq`: its place among the replies, whether it is an error, and its rows. */
export interface BinaryTmqReply {
  readonly kind: 'fetch_raw' | 'fetch_raw_data' | 'fetch_block'
  readonly code: number
  readonly message: string
  readonly blocks: readonly Pick<TmqBlock, 'block' | 'table' | 'schema'>[]
}

/** Reads a binary reply of `/rest/tmq`; undefined for one of another endpoint. */
export function readBinary(bytes: Uint8Array): BinaryTmqReply | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  if (view.getBigUint64(0, true) === 0xffffffffffffffffn) {
    const reply = decodeReply(bytes)
    if (reply.kind !== 'fetch_raw_data') return undefined
    const { code, message, metaType, data } = reply
    return { kind: reply.kind, code, message, blocks: code === 0 ? blocksOf(metaType, data) : [] }
  }
  if (bytes.length >= 38 && view.getBigUint64(24, true) === 3n) {
    const { metaType, data } = decodeFetchRawReply(bytes)
    return { kind: 'fetch_raw', code: 0, message: '', blocks: blocksOf(metaType, data) }
  }
  return { kind: 'fetch_block', code: 0, message: '', blocks: [] }
}

function blocksOf(metaType: number, data: Uint8Array): readonly TmqBlock[] {
  return metaType === 2 || metaType === 4 ? decodeTmqData(data, metaType).blocks : []
}
