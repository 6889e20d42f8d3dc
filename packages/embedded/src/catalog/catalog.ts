import { INITIAL_PASSWORD } from '../session/password.ts'
import { CREATE_EVENT_TABLE, EVENT_TABLE } from '../storage/event-log.ts'
import type { Cell, Storage, Transaction } from '../storage/index.ts'
import { createSql, dataTable, layoutOf, tagLayout, tagTable } from '../storage/layout.ts'
import { CREATE_REPLICATED_TABLE, REPLICATED_TABLE } from '../storage/replicated-log.ts'
import { readBody, type Stored, writeBody } from './body.ts'
import type { Database, NormalTable, Subtable, Supertable, TableOptions, Topic, User } from './model.ts'
import { vgroupOf } from './vgroup.ts'

const NO_OPTIONS: TableOptions = { comment: null, ttl: 0, sma: [], other: new Map() }

/** What exists: databases, tables, users, topics. In memory, and kept in DuckDB's `_catalog` by the transactions that change it. */
export class Catalog {
  readonly databases = new Map<string, Database>()
  readonly users = new Map<string, User>()
  readonly topics = new Map<string, Topic>()
  /** Grows with every committed change; plans made before it are stale. */
  version = 0
  #nextId = 1
  #nextUid = 1
  #nextVgroup = 2

  /** A new id for a database, table, user or topic. */
  takeId(): number {
    return this.#nextId++
  }

  takeUid(): number {
    return this.#nextUid++
  }

  takeVgroups(count: number): number[] {
    return Array.from({ length: count }, () => this.#nextVgroup++)
  }

  /** Reads the catalog of an opened storage, making its tables when it is new; returns the next `_seq`. */
  async load(storage: Storage): Promise<bigint> {
    this.#forget()
    await storage.bootstrap('create table if not exists _catalog (kind varchar, id bigint, body varchar)')
    const rows = await storage.bootstrap('select kind, id, body from _catalog order by id')
    const databases = new Map<number, Database>()
    const of = (kind: string): Stored[] => rows.filter((row) => row[0] === kind).map((row) => readBody(Number(row[1]), row[2] as string))
    for (const stored of of('counter')) this.#nextVgroup = Math.max(this.#nextVgroup, stored.nextVgroup ?? 2)
    for (const stored of of('database')) {
      const database = stored.database!
      databases.set(database.id, database)
      this.databases.set(database.name, database)
    }
    let seq = 0n
    for (const stored of of('supertable')) {
      const table = stored.supertable!(databases)
      table.database.supertables.set(table.name, table)
      const last = await this.#loadSubtables(storage, table)
      if (last !== null) table.lastSeq = last
      seq = maxSeq(seq, last)
    }
    for (const stored of of('normal')) {
      const table = stored.normal!(databases)
      if (table.sources) {
        table.database.tables.set(table.name, table)
        this.#nextUid = Math.max(this.#nextUid, table.uid + 1)
        continue
      }
      const [[newest, oldest, last]] = (await storage.bootstrap(`select max(ts), min(ts), max(_seq) from ${dataTable(table)}`)) as [
        [Cell, Cell, Cell],
      ]
      table.maxTs = newest as bigint | null
      if (oldest !== null) table.minTs = oldest as bigint
      if (last !== null) table.lastSeq = last as bigint
      seq = maxSeq(seq, last as bigint | null)
      table.database.tables.set(table.name, table)
      this.#nextUid = Math.max(this.#nextUid, table.uid + 1)
    }
    for (const stored of of('user')) this.users.set(stored.user!.name, stored.user!)
    if (!this.users.has('root')) this.users.set('root', rootUser())
    for (const stored of of('topic')) this.topics.set(stored.topic!.name, stored.topic!)
    for (const row of rows) this.#nextId = Math.max(this.#nextId, Number(row[1]) + 1)
    for (const { vgroups } of this.databases.values()) for (const id of vgroups) this.#nextVgroup = Math.max(this.#nextVgroup, id + 1)
    seq = maxSeq(seq, await this.#loadEvents(storage, databases))
    return seq + 1n
  }

  /** Makes the log of changes when there is none, and notes where each database's ends. */
  async #loadEvents(storage: Storage, databases: ReadonlyMap<number, Database>): Promise<bigint | null> {
    await storage.bootstrap(CREATE_EVENT_TABLE)
    await storage.bootstrap(CREATE_REPLICATED_TABLE)
    const [[written]] = (await storage.bootstrap(`select max(next) - 1 from ${REPLICATED_TABLE}`)) as [[Cell]]
    let seq = written as bigint | null
    for (const [id, last] of await storage.bootstrap(`select database, max(_seq) from ${EVENT_TABLE} group by database`)) {
      const database = databases.get(Number(id))
      if (database) database.lastEvent = last as bigint
      seq = maxSeq(seq ?? 0n, last as bigint)
    }
    return seq
  }

  /** Empties the catalog; who still holds a table of it finds it dropped. */
  #forget(): void {
    for (const database of this.databases.values()) {
      database.dropped = true
      for (const table of [...database.tables.values(), ...database.supertables.values()]) table.dropped = true
    }
    this.databases.clear()
    this.users.clear()
    this.topics.clear()
  }

  async #loadSubtables(storage: Storage, supertable: Supertable): Promise<bigint | null> {
    const byUid = new Map<number, Subtable>()
    for (const [uid, name, created, vgroup, ttl, comment] of await storage.bootstrap(
      `select uid, tbname, _created, _vgroup, _ttl, _comment from ${tagTable(supertable)}`,
    )) {
      const table: Subtable = {
        kind: 'subtable',
        id: uid as number,
        uid: uid as number,
        name: name as string,
        dropped: false,
        database: supertable.database,
        supertable,
        created: Number(created),
        options: { ...NO_OPTIONS, ttl: ttl as number, comment: comment as string | null },
        maxTs: null,
        vgroup: vgroup as number,
      }
      byUid.set(table.uid, table)
      supertable.subtables.set(table.name, table)
      supertable.database.tables.set(table.name, table)
      this.#nextUid = Math.max(this.#nextUid, table.uid + 1)
    }
    let seq: bigint | null = null
    for (const [uid, newest, oldest, last] of await storage.bootstrap(
      `select uid, max(ts), min(ts), max(_seq) from ${dataTable(supertable)} group by uid`,
    )) {
      if (supertable.minTs === undefined || (oldest as bigint) < supertable.minTs) supertable.minTs = oldest as bigint
      const table = byUid.get(uid as number)
      if (table) table.maxTs = newest as bigint
      seq = maxSeq(seq ?? 0n, last as bigint)
    }
    return seq
  }

  /** Writes a database's row. */
  async saveDatabase(transaction: Transaction, database: Database): Promise<void> {
    await save(transaction, 'database', database.id, database)
    await save(transaction, 'counter', 0, { nextVgroup: this.#nextVgroup })
  }

  /** Writes a supertable's, normal table's, user's or topic's row. */
  async save(transaction: Transaction, kind: 'supertable' | 'normal' | 'user' | 'topic', value: { readonly id: number }): Promise<void> {
    await save(transaction, kind, value.id, value)
  }

  async remove(transaction: Transaction, kind: 'database' | 'supertable' | 'normal' | 'user' | 'topic', id: number): Promise<void> {
    await transaction.run('delete from _catalog where kind = ? and id = ?', [kind, BigInt(id)])
  }

  /** Makes the DuckDB tables of a new supertable or normal table and writes its row. */
  async create(transaction: Transaction, table: Supertable | NormalTable): Promise<void> {
    await transaction.run(createSql(layoutOf(table)))
    if (table.kind === 'supertable') await transaction.run(createSql(tagLayout(table)))
    await this.save(transaction, table.kind, table)
  }

  /** Makes the DuckDB view of a new virtual table and writes its row. */
  async createView(transaction: Transaction, table: NormalTable, query: string): Promise<void> {
    await transaction.run(`create view ${dataTable(table)} as ${query}`)
    await this.save(transaction, table.kind, table)
  }

  /** Drops the DuckDB tables and the row of a supertable or normal table. */
  async destroy(transaction: Transaction, table: Supertable | NormalTable): Promise<void> {
    await transaction.run(`drop ${table.kind === 'normal' && table.sources ? 'view' : 'table'} ${dataTable(table)}`)
    if (table.kind === 'supertable') await transaction.run(`drop table ${tagTable(table)}`)
    await this.remove(transaction, table.kind, table.id)
  }

  /** The vgroup that a table of this name belongs to. */
  vgroup(database: Database, name: string): number {
    return vgroupOf(database, name)
  }
}

/** The user that every TDengine begins with; it is kept once it changes. */
function rootUser(): User {
  return {
    id: 0,
    name: 'root',
    super: true,
    enabled: true,
    sysinfo: true,
    createdb: true,
    created: Date.now(),
    password: INITIAL_PASSWORD,
    hosts: [],
    privileges: [],
  }
}

function maxSeq(a: bigint, b: bigint | null): bigint {
  return b !== null && b > a ? b : a
}

async function save(transaction: Transaction, kind: string, id: number, value: object): Promise<void> {
  await transaction.run('delete from _catalog where kind = ? and id = ?', [kind, BigInt(id)])
  await transaction.run('insert into _catalog values (?, ?, ?)', [kind, BigInt(id), writeBody(value)])
}
