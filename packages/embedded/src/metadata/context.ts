import type { Database, Subtable, Supertable, Topic, User } from '../catalog/model.ts'

/** What metadata reads of the catalog. */
export interface MetadataCatalog {
  readonly databases: ReadonlyMap<string, Database>
  readonly users: ReadonlyMap<string, User>
  readonly topics: ReadonlyMap<string, Topic>
}

/** A logged-in client, as SHOW CONNECTIONS gives it. Times are milliseconds since the epoch. */
export interface ConnectionFact {
  readonly id: number
  readonly user: string
  readonly app: string
  readonly pid: number
  /** `host:port` of the client. */
  readonly endpoint: string
  readonly loginTime: number
  readonly lastAccess: number
  /** What the client says of itself and of the user behind it; empty where it says nothing. */
  readonly userApp: string
  readonly userIp: string
}

/** A statement that runs now, as SHOW QUERIES gives it. */
export interface QueryFact {
  readonly connection: ConnectionFact
  readonly id: bigint
  readonly created: number
  readonly sql: string
}

/** A subscriber, as SHOW CONSUMERS gives it. */
export interface ConsumerFact {
  readonly id: bigint
  readonly group: string
  readonly clientId: string
  readonly user: string
  readonly fqdn: string
  readonly status: 'ready' | 'rebalancing' | 'lost'
  readonly topics: readonly string[]
  readonly upTime: number
  readonly subscribeTime: number
  readonly rebalanceTime: number
  readonly pollTime: number | null
  /** The consumer's settings in words, such as `tbname:1,commit:1,interval:5000ms,reset:earliest`. */
  readonly parameters: string
}

/** Where a consumer group stands in one vgroup of a topic, as SHOW SUBSCRIPTIONS gives it. */
export interface SubscriptionFact {
  readonly topic: string
  readonly group: string
  readonly vgroup: number
  /** Null while no consumer of the group has the vgroup. */
  readonly consumer: ConsumerFact | null
  /** Such as `wal:123/123`, or null before anything was read. */
  readonly offset: string | null
  readonly rows: bigint
}

/** What the engine knows of itself and of those who use it now. */
export interface ServerFacts {
  /** Milliseconds since the epoch. */
  readonly started: number
  readonly clusterId: bigint
  /** `host:port` by which the one dnode is known. */
  readonly endpoint: string
  /** The server's time zone as SHOW VARIABLES writes it, such as `UTC (UTC, +0000)`. */
  readonly timezone: string
  connections(): Iterable<ConnectionFact>
  queries(): Iterable<QueryFact>
  consumers(): Iterable<ConsumerFact>
  subscriptions(): Iterable<SubscriptionFact>
}

/** A value of a virtual table: TIMESTAMP is milliseconds, binary types are bytes. */
export type Cell = string | number | bigint | boolean | Uint8Array | null
export type Row = readonly Cell[]

/** What SHOW, DESCRIBE and the system tables are answered from. */
export interface MetadataContext {
  readonly catalog: MetadataCatalog
  readonly server: ServerFacts
  readonly user: string
  /** DESCRIBE also gives the `tbname` of supertables. */
  readonly biMode?: boolean
  /** Name of the session's current database. */
  readonly database: string | undefined
  /** The tag values of every subtable of a supertable, or of one, by its `uid`, in the order of `stable.tags`; TIMESTAMP in ticks, JSON as text. */
  readTags(stable: Supertable, only?: Subtable): Promise<ReadonlyMap<number, Row>>
}
