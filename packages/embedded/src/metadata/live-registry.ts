import { cutBytes } from '../sql/text.ts'
import type { ConnectionFact, ConsumerFact, QueryFact, ServerFacts, SubscriptionFact } from './context.ts'

/** What a session says of itself when it opens. */
export interface Visitor {
  readonly user: string
  readonly app?: string
  readonly pid?: number
  /** `host:port` of the client; empty in-process. */
  readonly endpoint?: string
  /** The application, of which 23 bytes are kept. */
  readonly userApp?: string
  /** The address of the user behind the application. */
  readonly userIp?: string
}

/** Bytes of an application's name that are kept. */
const APP_BYTES = 23

/** A session's entry among the connections. */
export interface Presence {
  readonly connection: ConnectionFact
  /** Changes what the client says of itself. */
  introduce(as: { readonly userApp?: string; readonly userIp?: string }): void
  /** Marks a statement as running, which `stop` ends for KILL QUERY; call what it returns when the statement is through. */
  statement(sql: string, stop: () => void): () => void
  leave(): void
}

/** Those who use the engine now, for SHOW CONNECTIONS, QUERIES, CONSUMERS and SUBSCRIPTIONS. */
export class LiveRegistry implements ServerFacts {
  readonly started: number
  readonly clusterId: bigint
  readonly endpoint: string
  readonly timezone: string
  /** Where the subscription side puts its own; empty until it does. */
  subscribers: { consumers(): Iterable<ConsumerFact>; subscriptions(): Iterable<SubscriptionFact> } = {
    consumers: () => [],
    subscriptions: () => [],
  }
  readonly #connections = new Map<number, ConnectionFact>()
  readonly #queries = new Map<bigint, QueryFact>()
  readonly #stops = new Map<ConnectionFact | bigint, () => void>()
  readonly #whenDropped = new Set<(user: string) => void>()
  #lastConnection = 0
  #lastQuery = 0n

  constructor({
    clusterId,
    endpoint = 'localhost:6030',
    timezone = 'UTC (UTC, +0000)',
    started = Date.now(),
  }: { clusterId: bigint; endpoint?: string; timezone?: string; started?: number }) {
    this.clusterId = clusterId
    this.endpoint = endpoint
    this.timezone = timezone
    this.started = started
  }

  /** Lists a session among the connections; `stop` ends it for KILL CONNECTION. */
  enter({ user, app = 'taosts', pid = 0, endpoint = '', userApp = '', userIp = '' }: Visitor, stop: () => void): Presence {
    const now = Date.now()
    const connection = {
      id: ++this.#lastConnection,
      user,
      app,
      pid,
      endpoint,
      loginTime: now,
      lastAccess: now,
      userApp: cutBytes(userApp, APP_BYTES),
      userIp,
    }
    this.#connections.set(connection.id, connection)
    this.#stops.set(connection, stop)
    return {
      connection,
      introduce: ({ userApp = connection.userApp, userIp = connection.userIp }) => {
        connection.userApp = cutBytes(userApp, APP_BYTES)
        connection.userIp = userIp
      },
      statement: (sql, stopStatement) => {
        connection.lastAccess = Date.now()
        const id = ++this.#lastQuery
        this.#queries.set(id, { connection, id, created: connection.lastAccess, sql })
        this.#stops.set(id, stopStatement)
        return () => this.#forget(id)
      },
      leave: () => {
        this.#connections.delete(connection.id)
        this.#stops.delete(connection)
        for (const [id, query] of this.#queries) if (query.connection === connection) this.#forget(id)
      },
    }
  }

  #forget(id: bigint): void {
    this.#queries.delete(id)
    this.#stops.delete(id)
  }

  /** Ends a session for KILL CONNECTION; false where there is none of that number. */
  endConnection(id: number): boolean {
    const connection = this.#connections.get(id)
    const stop = connection && this.#stops.get(connection)
    stop?.()
    return stop !== undefined
  }

  /** Calls back for each user that is dropped, until what it returns is called. */
  onDroppedUser(callback: (user: string) => void): () => void {
    this.#whenDropped.add(callback)
    return () => this.#whenDropped.delete(callback)
  }

  /** Tells of a user that is no more. */
  dropUser(name: string): void {
    for (const callback of this.#whenDropped) callback(name)
  }

  /** Ends a running statement for KILL QUERY by its `kill_id`; false where none runs by it. */
  endQuery(killId: string): boolean {
    const [connection, query] = killId.split(':').map((part) => (/^[0-9a-f]+$/i.test(part) ? BigInt(`0x${part}`) : -1n))
    const found = query !== undefined && this.#queries.get(query)
    if (!found || BigInt(found.connection.id) !== connection) return false
    this.#stops.get(found.id)?.()
    return true
  }

  connections(): Iterable<ConnectionFact> {
    return this.#connections.values()
  }

  queries(): Iterable<QueryFact> {
    return this.#queries.values()
  }

  consumers(): Iterable<ConsumerFact> {
    return this.subscribers.consumers()
  }

  subscriptions(): Iterable<SubscriptionFact> {
    return this.subscribers.subscriptions()
  }
}
