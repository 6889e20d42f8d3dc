import type { Block, TmqBlock } from 'taosts/wire'
import type { NormalTable, Subtable, Topic } from '../catalog/model.ts'
import type { EventKind } from '../storage/event-log.ts'
import { type Alteration, formerShape } from './former-shape.ts'
import { MessageType, type TopicMessage } from './message.ts'
import { createdChildren, type MetaObject } from './meta-json.ts'
import { pickRows } from './pick-rows.ts'
import type { TopicSource } from './topic-source.ts'

/** A change as it stands in the log. */
export interface LoggedChange {
  readonly seq: bigint
  readonly kind: EventKind
  readonly vgroup: number | null
  readonly batch: bigint
  readonly meta: MetaObject
}

/** A change that rows keep to although nobody is told of it. */
interface Cut {
  readonly seq: bigint
  readonly kind?: undefined
}

/** Rows of one table on their way into a message. */
interface Piece {
  readonly source: TopicSource
  readonly table: Subtable | NormalTable
  readonly block: Block
  readonly precision: TmqBlock['precision']
  readonly rows: number[]
}

/** One vgroup's share of a part of the log: rows between changes. */
export class Lane {
  readonly topic: Topic
  readonly vgroup: number
  /** Changes that stand between rows, told or not, and those that come with rows. */
  readonly #cuts: (LoggedChange | Cut)[] = []
  readonly #made: LoggedChange[] = []
  readonly #segments: Piece[][] = []
  #open = new Map<number, Piece>()
  #segment = -1

  constructor(topic: Topic, vgroup: number) {
    this.topic = topic
    this.vgroup = vgroup
  }

  /** Rows before and after a position have other shapes, which nobody is told. */
  cut(seq: bigint): void {
    this.#cuts.push({ seq })
  }

  event(event: LoggedChange): void {
    if (event.kind === 'insert-child' && this.topic.meta !== 'only') this.#made.push(event)
    else this.#cuts.push(event)
  }

  /** Rows of another block follow: pieces are of one block each. */
  newBlock(): void {
    this.#open = new Map()
    this.#segment = -1
  }

  row(source: TopicSource, table: Subtable | NormalTable, block: Block, precision: TmqBlock['precision'], seq: bigint, row: number): void {
    const segment = this.#segmentOf(seq)
    if (segment !== this.#segment) {
      this.#segment = segment
      this.#open = new Map()
    }
    // A query's rows need not be told apart by their tables.
    const key = source.named ? table.uid : 0
    let piece = this.#open.get(key)
    if (!piece) {
      piece = { source, table, block, precision, rows: [] }
      this.#open.set(key, piece)
      const pieces = this.#segments[segment] ?? []
      this.#segments[segment] = pieces
      pieces.push(piece)
    }
    piece.rows.push(row)
  }

  /** How many changes stand before a position. */
  #segmentOf(seq: bigint): number {
    let segment = Math.max(this.#segment, 0)
    while (segment < this.#cuts.length && this.#cuts[segment]!.seq < seq) segment++
    return segment
  }

  /** The messages of the part, which reaches to `to`. */
  messages(from: bigint, to: bigint, alterations: ReadonlyMap<string, readonly Alteration[]> = new Map()): TopicMessage[] {
    const messages: TopicMessage[] = []
    let start = from
    const add = (message: Pick<TopicMessage, 'type' | 'next' | 'rows' | 'blocks' | 'metas' | 'batch'>): void => {
      const { topic, vgroup } = this
      messages.push({ topic: topic.name, database: topic.database, vgroup, start, ...message })
      start = message.next
    }
    for (let segment = 0; segment <= this.#cuts.length; segment++) {
      const cut = this.#cuts[segment]
      const end = cut?.seq ?? to
      this.#addRows(add, segment, start, end, alterations)
      if (!cut) break
      if (cut.kind === undefined) continue
      // Tables that one statement makes or drops are told in one message.
      const together = [cut]
      for (let next = this.#joined(cut, segment); next; next = this.#joined(cut, ++segment)) together.push(next)
      const meta = oneMeta(
        cut,
        together.map((each) => each.meta),
      )
      const next = together.at(-1)!.seq + 1n
      add({ type: MessageType.META, next, rows: 0, blocks: [], metas: [meta], batch: cut.kind === 'insert-child' })
    }
    return messages
  }

  /** The change after this one if it belongs to it. */
  #joined(cut: LoggedChange, segment: number): LoggedChange | undefined {
    if (cut.kind !== 'create-child' && cut.kind !== 'drop') return undefined
    const after = this.#cuts[segment + 1]
    return after?.kind === cut.kind && after.batch === cut.batch && !this.#segments[segment + 1] ? after : undefined
  }

  #addRows(
    add: (message: Pick<TopicMessage, 'type' | 'next' | 'rows' | 'blocks' | 'metas' | 'batch'>) => void,
    segment: number,
    start: bigint,
    end: bigint,
    alterations: ReadonlyMap<string, readonly Alteration[]>,
  ): void {
    const made = this.#made.filter(({ seq }) => seq >= start && seq < end)
    const pieces = this.#segments[segment] ?? []
    if (pieces.length === 0 && made.length === 0) return
    const metas = made.length > 0 ? [createdChildren(made.map(({ meta }) => meta))] : []
    const type = pieces.length === 0 ? MessageType.META : made.length > 0 ? MessageType.METADATA : MessageType.DATA
    const blocks = pieces.map(({ source, table, block, precision, rows }): TmqBlock => {
      const key = table.kind === 'subtable' ? `s${table.supertable.id}` : String(table.uid)
      const changes = (source.named && alterations.get(key)) || []
      const former = formerShape(source.columns, block, changes, end)
      const schema = { version: 0, columns: former.columns }
      return { block: pickRows(former.block, Int32Array.from(rows)), precision, schema, ...(source.named && { table: table.name }) }
    })
    add({ type, next: end, rows: blocks.reduce((sum, { block }) => sum + block.rows, 0), blocks, metas, batch: false })
  }
}

/** Changes of one kind that one statement made, as one. */
function oneMeta({ kind, meta }: LoggedChange, metas: readonly MetaObject[]): MetaObject {
  if (kind === 'create-child' || kind === 'insert-child') return createdChildren(metas)
  if (metas.length === 1) return meta
  return { ...meta, tableNameList: metas.flatMap((each) => each['tableNameList'] as readonly string[]) }
}
