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
  readonly sessionTimeoutMs: number
  readonly maxPollIntervalMs: number
}
