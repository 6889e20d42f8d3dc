import type { ConnectionFact, ConsumerFact, QueryFact, ServerFacts, SubscriptionFact } from './context.ts'

/** What a session says of itself when it opens. */
export interface Visitor {
  readonly user: string
  readonly app?: string
  readonly pid?: number
  /** `host:port` of the client; empty in-process. */
  readonly endpoint?: string
}

/** A session's entry among the connections. */
export interface Presence {
  readonly connection: ConnectionFact
  /** Marks a statement as running; call what it returns when the statement is answered. */
  statement(sql: string): () => void
  leave(): void
}

/** Those who use the engine now, for SHOW CONNECTIONS, QUERIES, CONSUMERS and SUBSCRIPTIONS. */
export class LiveRegistry implements ServerFacts {
  readonly started: number
  readonly clusterId: bigint
  readonly endpoint: string
  /** Where the subscription side puts its own; empty until it does. */
  subscribers: { consumers(): Iterable<ConsumerFact>; subscriptions(): Iterable<SubscriptionFact> } = {
    consumers: () => [],
    subscriptions: () => [],
  }
  readonly #connections = new Map<number, ConnectionFact>()
  readonly #queries = new Map<bigint, QueryFact>()
  #lastConnection = 0
  #lastQuery = 0n

  constructor({
    clusterId,
    endpoint = 'localhost:6030',
    started = Date.now(),
  }: { clusterId: bigint; endpoint?: string; started?: number }) {
    this.clusterId = clusterId
    this.endpoint = endpoint
    this.started = started
  }

  enter({ user, app = 'taosts', pid = 0, endpoint = '' }: Visitor): Presence {
    const now = Date.now()
    const connection = { id: ++this.#lastConnection, user, app, pid, endpoint, loginTime: now, lastAccess: now }
    this.#connections.set(connection.id, connection)
    return {
      connection,
      statement: (sql) => {
        connection.lastAccess = Date.now()
        const id = ++this.#lastQuery
        this.#queries.set(id, { connection, id, created: connection.lastAccess, sql })
        return () => this.#queries.delete(id)
      },
      leave: () => {
        this.#connections.delete(connection.id)
        for (const [id, query] of this.#queries) if (query.connection === connection) this.#queries.delete(id)
      },
    }
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
