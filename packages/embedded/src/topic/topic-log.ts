import type { Block, TmqBlock } from 'taosts/wire'
import type { Database, NormalTable, Subtable, Supertable, Topic } from '../catalog/model.ts'
import type { Engine } from '../engine.ts'
import { openRelation } from '../plan/index.ts'
import { EVENT_TABLE, type EventKind } from '../storage/event-log.ts'
import { tagColumn, tagTable } from '../storage/layout.ts'
import { type Alteration, formerShape } from './former-shape.ts'
import { MessageType, readMeta, type TopicMessage } from './message.ts'
import { createdChild, createdChildren, type MetaObject } from './meta-json.ts'
import { pickRows } from './pick-rows.ts'
import { type TopicSource, topicSources } from './topic-source.ts'

/** A part of a topic's log, `from` ≤ position < `to`, as messages by vgroup. */
export interface LogPart {
  readonly from: bigint
  readonly to: bigint
  readonly messages: ReadonlyMap<number, readonly TopicMessage[]>
}

/** Positions that one part of the log covers at first; parts in which little is found are made longer. */
const SPAN = 8192n
const MAX_SPAN = 1n << 20n

/** A change as it stands in the log. */
interface Event {
  readonly seq: bigint
  readonly kind: EventKind
  readonly vgroup: number | null
  readonly batch: bigint
  readonly meta: MetaObject
}

/** Reads a topic's log. Positions are the engine's `_seq`: what was written before `end` and after another position is found between them. */
export class TopicLog {
  readonly #engine: Engine
  readonly topic: Topic
  readonly #parts: { readonly from: bigint; readonly part: Promise<LogPart> }[] = []
  readonly #tables = new WeakMap<Supertable, Map<number, Subtable>>()

  constructor(engine: Engine, topic: Topic) {
    this.#engine = engine
    this.topic = topic
  }

  /** The position after everything that is committed. */
  get end(): bigint {
    return this.#engine.storage.end
  }

  get #database(): Database | undefined {
    return this.#engine.catalog.databases.get(this.topic.database)
  }

  /** The vgroups that the topic's tables may be in. */
  get vgroups(): readonly number[] {
    const { source } = this.topic
    const database = this.#database
    if (!database) return []
    const table = source.kind === 'query' ? database.tables.get(source.table!) : undefined
    return table ? [table.vgroup] : database.vgroups
  }

  /** Whether there may be anything from a position on; false means that `end` can be gone on from. */
  mayHave(from: bigint): boolean {
    const database = this.#database
    if (!database || from >= this.end) return false
    if (this.topic.meta !== 'no' && (database.lastEvent ?? -1n) >= from) return true
    return this.#owners(database).some(({ lastSeq }) => lastSeq !== undefined && lastSeq >= from)
  }

  #owners(database: Database): (Supertable | NormalTable)[] {
    const { source, meta } = this.topic
    if (meta === 'only') return []
    if (source.kind !== 'database') {
      const table = database.supertables.get(source.table!) ?? database.tables.get(source.table!)
      return table ? [table.kind === 'subtable' ? table.supertable : table] : []
    }
    const normal = [...database.tables.values()].filter((table): table is NormalTable => table.kind === 'normal')
    return [...database.supertables.values(), ...normal]
  }

  /** The part of the log that begins at a position; the last few parts are kept for the other vgroups and consumers. */
  read(from: bigint): Promise<LogPart> {
    const known = this.#parts.find((each) => each.from === from)
    if (known) return known.part
    const part = this.#read(from)
    const entry = { from, part }
    this.#parts.push(entry)
    if (this.#parts.length > 4) this.#parts.shift()
    const forget = (): void => {
      const at = this.#parts.indexOf(entry)
      if (at >= 0) this.#parts.splice(at, 1)
    }
    // What ends where the log ended is soon out of date, and a failure is not to be remembered.
    part.then(({ from: start, to }) => {
      if (to === start) forget()
    }, forget)
    return part
  }

  async #read(from: bigint): Promise<LogPart> {
    const { end } = this
    let span = SPAN
    let low = from
    for (;;) {
      if (!this.mayHave(low)) return { from, to: later(end, low), messages: new Map() }
      const to = sooner(low + span, end)
      const messages = await this.#messages(from, low, to)
      if (messages.size > 0 || to === end) return { from, to, messages }
      low = to
      if (span < MAX_SPAN) span *= 4n
    }
  }

  async #messages(start: bigint, from: bigint, to: bigint): Promise<ReadonlyMap<number, readonly TopicMessage[]>> {
    const { topic } = this
    const database = this.#database!
    const events = topic.meta !== 'no' && (database.lastEvent ?? -1n) >= from ? await this.#events(database, from, to) : []
    const lanes = new Map(this.vgroups.map((vgroup) => [vgroup, new Lane(topic, vgroup)]))
    const altered = events.length > 0 || (topic.meta === 'with' && (database.lastEvent ?? -1n) >= from)
    const alterations = altered ? await this.#alterations(database, from) : undefined
    for (const event of events) {
      for (const lane of lanes.values()) if (event.vgroup === null || event.vgroup === lane.vgroup) lane.event(event)
    }
    for (const source of topicSources(this.#engine, topic)) {
      if (source.owner.lastSeq !== undefined && source.owner.lastSeq >= from) await this.#rows(source, lanes, from, to)
    }
    const messages = new Map<number, readonly TopicMessage[]>()
    for (const [vgroup, lane] of lanes) {
      const found = lane.messages(start, to, alterations)
      if (found.length > 0) messages.set(vgroup, found)
    }
    return messages
  }

  async #rows(source: TopicSource, lanes: ReadonlyMap<number, Lane>, from: bigint, to: bigint): Promise<void> {
    const rows = await openRelation(source.relation({ from, to }), this.#engine.storage)
    const { precision } = rows
    try {
      for (let whole = await rows.next(); whole; whole = await rows.next()) {
        const columns = whole.columns.slice(0, -2)
        const seqs = (whole.columns.at(-2) as { values: BigInt64Array }).values
        const uids = (whole.columns.at(-1) as { values: Int32Array }).values
        const block: Block = { rows: whole.rows, columns }
        for (const lane of lanes.values()) lane.newBlock()
        let first = 0
        while (first < whole.rows) {
          const uid = uids[first]!
          let last = first + 1
          while (last < whole.rows && uids[last] === uid) last++
          const table = source.owner.kind === 'supertable' ? this.#table(source.owner, uid) : source.owner
          const lane = table && lanes.get(table.vgroup)
          if (lane) for (let row = first; row < last; row++) lane.row(source, table, block, precision, seqs[row]!, row)
          first = last
        }
      }
    } finally {
      await rows.close()
    }
  }

  /** The subtable of a `uid`; undefined for one that has been dropped meanwhile. */
  #table(stable: Supertable, uid: number): Subtable | undefined {
    let known = this.#tables.get(stable)
    if (!known) {
      known = new Map()
      this.#tables.set(stable, known)
    }
    const found = known.get(uid)
    if (found) return found.dropped ? undefined : found
    for (const table of stable.subtables.values()) known.set(table.uid, table)
    return known.get(uid)
  }

  /** The changes of columns from a position on, by what they change: `s` and the supertable's id, or a normal table's `uid`. */
  async #alterations(database: Database, from: bigint): Promise<Map<string, Alteration[]>> {
    const found = new Map<string, Alteration[]>()
    const reader = await this.#engine.storage.lease()
    try {
      for (const [seq, stable, uid, body] of await reader.all(
        `select _seq, stable, uid, body from ${EVENT_TABLE} where database = ${database.id} and _seq >= ${from} and kind = 'alter' order by _seq`,
      )) {
        // Tags of a subtable change no rows.
        if (Number(stable) !== 0 && Number(uid) !== 0) continue
        const key = Number(uid) === 0 ? `s${String(stable)}` : String(uid)
        const list = found.get(key) ?? []
        found.set(key, list)
        list.push({ seq: seq as bigint, meta: readMeta(body as string) })
      }
    } finally {
      await reader.release()
    }
    return found
  }

  async #events(database: Database, from: bigint, to: bigint): Promise<Event[]> {
    const { source } = this.topic
    const stable = source.kind === 'stable' ? (database.supertables.get(source.table!)?.id ?? -1) : undefined
    const reader = await this.#engine.storage.lease()
    try {
      const rows = await reader.all(
        `select _seq, kind, vgroup, stable, uid, batch, body from ${EVENT_TABLE} where database = ${database.id} and _seq >= ${from} and _seq < ${to}${
          stable === undefined ? '' : ` and stable = ${stable}`
        } order by _seq`,
      )
      const bare = new Map<number, number[]>()
      for (const [, , , owner, uid, , body] of rows) {
        if (body !== null) continue
        const list = bare.get(Number(owner))
        if (list) list.push(Number(uid))
        else bare.set(Number(owner), [Number(uid)])
      }
      const children = new Map<number, MetaObject>()
      for (const supertable of database.supertables.values()) {
        const uids = bare.get(supertable.id)
        if (!uids) continue
        const columns = supertable.tags.map((tag) => `, ${tagColumn(tag)}`).join('')
        for (const [uid, name, ...values] of await reader.all(
          `select uid, tbname${columns} from ${tagTable(supertable)} where uid in (${uids.join(', ')})`,
        ))
          children.set(Number(uid), createdChild(name as string, supertable, values))
      }
      return rows.flatMap(([seq, kind, vgroup, , uid, batch, body]): Event[] => {
        const meta = body === null ? children.get(Number(uid)) : readMeta(body as string)
        if (!meta) return []
        return [{ seq: seq as bigint, kind: kind as EventKind, vgroup: vgroup as number | null, batch: batch as bigint, meta }]
      })
    } finally {
      await reader.release()
    }
  }
}

function later(a: bigint, b: bigint): bigint {
  if (a > b) return a
  return b
}

function sooner(a: bigint, b: bigint): bigint {
  if (a < b) return a
  return b
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
class Lane {
  readonly topic: Topic
  readonly vgroup: number
  /** Changes that stand between rows, and those that come with rows. */
  readonly #cuts: Event[] = []
  readonly #made: Event[] = []
  readonly #segments: Piece[][] = []
  #open = new Map<number, Piece>()
  #segment = -1

  constructor(topic: Topic, vgroup: number) {
    this.topic = topic
    this.vgroup = vgroup
  }

  event(event: Event): void {
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
      // Tables that one statement makes are told in one message.
      const together = [cut]
      while (cut.kind === 'create-child' && this.#joins(cut, segment)) together.push(this.#cuts[++segment]!)
      const meta =
        cut.kind === 'create-child' || cut.kind === 'insert-child' ? createdChildren(together.map((each) => each.meta)) : cut.meta
      const next = together.at(-1)!.seq + 1n
      add({ type: MessageType.META, next, rows: 0, blocks: [], metas: [meta], batch: cut.kind === 'insert-child' })
    }
    return messages
  }

  /** Whether the change after this one belongs to it. */
  #joins(cut: Event, segment: number): boolean {
    const after = this.#cuts[segment + 1]
    return after?.kind === 'create-child' && after.batch === cut.batch && !this.#segments[segment + 1]
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
