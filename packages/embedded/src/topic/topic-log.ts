import { type Block, schemaBytes } from 'taosts/wire'
import type { Database, NormalTable, Subtable, Supertable, Topic } from '../catalog/model.ts'
import type { Engine } from '../engine.ts'
import { openRelation } from '../plan/index.ts'
import { EVENT_TABLE, type EventKind } from '../storage/event-log.ts'
import { dataTable, tagColumn, tagTable } from '../storage/layout.ts'
import { REPLICATED_TABLE } from '../storage/replicated-log.ts'
import { type Alteration, shapes } from './former-shape.ts'
import { Lane, type LoggedChange } from './lane.ts'
import type { LogClock } from './log-clock.ts'
import { readMeta, type TopicMessage } from './message.ts'
import { createdChild, type MetaObject } from './meta-json.ts'
import { isPlain, type TopicSource, topicSources } from './topic-source.ts'

/** A part of a topic's log, `from` ≤ position < `to`, as messages by vgroup. */
export interface LogPart {
  readonly from: bigint
  readonly to: bigint
  readonly messages: ReadonlyMap<number, readonly TopicMessage[]>
  /** When it was written, in milliseconds since the epoch; of timed parts alone. */
  readonly written?: number
}

/** How a consumer wants the log. */
export interface LogView {
  /** Without what was written back from another server's messages. */
  readonly excluded: boolean
  /** In parts of what was written at one time. */
  readonly timed: boolean
}

/** Positions that are left out: `first` ≤ position < `next`, in their order. */
interface Gap {
  readonly first: bigint
  readonly next: bigint
}

/** Positions that one part of the log covers, and bytes that its rows should not exceed by their declared sizes. */
const SPAN = 8192
const LEAST_SPAN = 64
const PART_BYTES = 16 * 1024 * 1024
/** How long a database retains its log unless it says otherwise. */
export const RETENTION_SECONDS = 3600
/** How much longer what is no longer retained can be read, at most. */
const GRACE_MS = 10_000
/** Positions that are looked through at a time for the next row. */
const PROBE_SPAN = 1n << 20n

/** Reads a topic's log. Positions are the engine's `_seq`: what was written before `end` and after another position is found between them. */
export class TopicLog {
  readonly #engine: Engine
  readonly topic: Topic
  readonly #clock: LogClock
  readonly #parts: { readonly from: bigint; readonly view: LogView; readonly part: Promise<LogPart> }[] = []
  readonly #tables = new WeakMap<Supertable, Map<number, Subtable>>()

  constructor(engine: Engine, topic: Topic, clock: LogClock) {
    this.#engine = engine
    this.topic = topic
    this.#clock = clock
  }

  /** The position before which the log is older than the database retains it. */
  get begin(): bigint {
    return this.#before(0)
  }

  /** The first position that can still be read: who was told where the log begins has time to go there. */
  get first(): bigint {
    return this.#before(GRACE_MS)
  }

  #before(grace: number): bigint {
    const ms = Number(this.#database?.options.get('WAL_RETENTION_PERIOD') ?? RETENTION_SECONDS) * 1000
    return ms < 0 ? 0n : this.#clock.before(Date.now() - ms - Math.min(ms / 10, grace))
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
    const normal = [...database.tables.values()].filter(isPlain)
    return [...database.supertables.values(), ...normal]
  }

  /** The part of the log that begins at a position; the last few parts are kept for the other vgroups and consumers. */
  read(from: bigint, view: LogView): Promise<LogPart> {
    const known = this.#parts.find((each) => each.from === from && each.view.excluded === view.excluded && each.view.timed === view.timed)
    if (known) return known.part
    const part = this.#read(from, view)
    const entry = { from, view, part }
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

  /** Lets go of what was read: nobody reads on. */
  forget(): void {
    this.#parts.length = 0
  }

  async #read(from: bigint, { excluded, timed }: LogView): Promise<LogPart> {
    const { end } = this
    let low = from
    for (;;) {
      if (!this.mayHave(low)) return { from, to: later(end, low), messages: new Map() }
      const group = timed ? this.#clock.group(low) : undefined
      const to = sooner(low + this.#span, sooner(group?.end ?? end, end))
      const gaps = excluded ? await this.#gaps(low, to) : []
      const messages = await this.#messages(from, low, to, gaps)
      if (messages.size > 0 || to === end) return { from, to, messages, ...(group && { written: group.at }) }
      low = await this.#nextFrom(to, end)
    }
  }

  /** What was written back from another server's messages in a part of the log. */
  async #gaps(from: bigint, to: bigint): Promise<Gap[]> {
    const reader = await this.#engine.storage.lease()
    try {
      const rows = await reader.all(`select first, next from ${REPLICATED_TABLE} where first < ${to} and next > ${from} order by first`)
      return rows.map(([first, next]) => ({ first: first as bigint, next: next as bigint }))
    } finally {
      await reader.release()
    }
  }

  /** How many positions a part covers: fewer where rows may be long, so that messages stay small. */
  get #span(): bigint {
    const database = this.#database
    let widest = 1
    for (const { columns } of database ? this.#owners(database) : []) {
      widest = Math.max(
        widest,
        columns.reduce((sum, { type }) => sum + schemaBytes(type.code, type.length), 0),
      )
    }
    return BigInt(Math.min(SPAN, Math.max(LEAST_SPAN, Math.floor(PART_BYTES / widest))))
  }

  /** Where the next row of the topic's tables, or the next change, stands at the earliest; `end` when there is none. */
  async #nextFrom(from: bigint, end: bigint): Promise<bigint> {
    const database = this.#database
    const tables = database ? this.#owners(database).filter(({ lastSeq }) => lastSeq !== undefined && lastSeq >= from) : []
    const names = tables.map(dataTable)
    if (this.topic.meta !== 'no' && (database?.lastEvent ?? -1n) >= from) names.push(EVENT_TABLE)
    const reader = await this.#engine.storage.lease()
    try {
      for (let low = from; low < end; low += PROBE_SPAN) {
        let next: bigint | undefined
        for (const name of names) {
          const [[found] = []] = await reader.all(`select min(_seq) from ${name} where _seq >= ${low} and _seq < ${low + PROBE_SPAN}`)
          if (typeof found === 'bigint' && (next === undefined || found < next)) next = found
        }
        if (next !== undefined) return sooner(next, end)
      }
      return end
    } finally {
      await reader.release()
    }
  }

  async #messages(start: bigint, from: bigint, to: bigint, gaps: readonly Gap[]): Promise<ReadonlyMap<number, readonly TopicMessage[]>> {
    const { topic } = this
    const database = this.#database!
    const logged = topic.meta !== 'no' && (database.lastEvent ?? -1n) >= from ? await this.#events(database, from, to) : []
    const events = gaps.length === 0 ? logged : logged.filter(({ seq }) => !isInGap(gaps, seq))
    const lanes = new Map(this.vgroups.map((vgroup) => [vgroup, new Lane(topic, vgroup)]))
    const altered = topic.meta !== 'only' && topic.source.kind !== 'query' && (database.lastEvent ?? -1n) >= from
    const alterations = altered ? await this.#alterations(database, from) : undefined
    if (alterations && topic.meta === 'no') {
      const own = this.#owners(database).flatMap(
        (owner) => alterations.get(owner.kind === 'supertable' ? `s${owner.id}` : `${owner.uid}`) ?? [],
      )
      const seqs = own.filter((each) => each.seq < to && shapes(each)).map(({ seq }) => seq)
      for (const seq of seqs.sort((a, b) => (a < b ? -1 : 1))) for (const lane of lanes.values()) lane.cut(seq)
    }
    for (const event of events) {
      for (const lane of lanes.values()) if (event.vgroup === null || event.vgroup === lane.vgroup) lane.event(event)
    }
    for (const source of topicSources(this.#engine, topic)) {
      if (source.owner.lastSeq !== undefined && source.owner.lastSeq >= from) await this.#rows(source, lanes, from, to, gaps)
    }
    const messages = new Map<number, readonly TopicMessage[]>()
    for (const [vgroup, lane] of lanes) {
      const found = lane.messages(start, to, alterations)
      if (found.length > 0) messages.set(vgroup, found)
    }
    return messages
  }

  async #rows(source: TopicSource, lanes: ReadonlyMap<number, Lane>, from: bigint, to: bigint, gaps: readonly Gap[]): Promise<void> {
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
          if (lane) {
            for (let row = first; row < last; row++) {
              const seq = seqs[row]!
              // DuckDB leaves a condition out that held for all rows when the query was prepared: rows committed just after come as well.
              if (seq >= from && seq < to && (gaps.length === 0 || !isInGap(gaps, seq))) lane.row(source, table, block, precision, seq, row)
            }
          }
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

  async #events(database: Database, from: bigint, to: bigint): Promise<LoggedChange[]> {
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
      return rows.flatMap(([seq, kind, vgroup, , uid, batch, body]): LoggedChange[] => {
        const meta = body === null ? children.get(Number(uid)) : readMeta(body as string)
        if (!meta) return []
        return [{ seq: seq as bigint, kind: kind as EventKind, vgroup: vgroup as number | null, batch: batch as bigint, meta }]
      })
    } finally {
      await reader.release()
    }
  }
}

function isInGap(gaps: readonly Gap[], seq: bigint): boolean {
  let low = 0
  let high = gaps.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (gaps[middle]!.next <= seq) low = middle + 1
    else high = middle
  }
  return low < gaps.length && gaps[low]!.first <= seq
}

function later(a: bigint, b: bigint): bigint {
  if (a > b) return a
  return b
}

function sooner(a: bigint, b: bigint): bigint {
  if (a < b) return a
  return b
}
