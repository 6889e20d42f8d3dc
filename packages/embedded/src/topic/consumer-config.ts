/** How a consumer reads, in the engine's terms. */
export interface ConsumerConfig {
  readonly group: string
  readonly clientId: string
  /** Where the client is, for SHOW CONSUMERS. */
  readonly fqdn: string
  /** Where a group begins that has committed nothing. */
  readonly reset: 'earliest' | 'latest' | 'none'
  readonly autoCommit: boolean
  readonly autoCommitMs: number
  readonly withTableName: boolean
  /** Changes that follow each other come in one message. */
  readonly batchMeta: boolean
  /** Rows that the log no longer holds are read from the tables. */
  readonly snapshot: boolean
  /** Rows come at the pace at which they were written, from the beginning each time. */
  readonly replay: boolean
  /** What was written back from another server's messages is left out. */
  readonly excluded: boolean
  /** Rows that a message should have at least; 0 where that was not asked for. */
  readonly minRows: number
  /** The longest that a message waits for them. */
  readonly maxWaitMs: number
  /** Silence after which a consumer that is watched leaves its group. */
  readonly sessionTimeoutMs: number
  readonly heartbeatMs: number
  readonly maxPollIntervalMs: number
}
