import { type Duration, milliseconds, show } from './duration.ts'
import { InterfaceError } from './errors.ts'
import { abortSignal, callback } from './option-checks.ts'

/** Options of a consumer; each also has its native name, to be given under `config` where there is none here. */
export interface ConsumerOptions {
  /** `group.id`: consumers of one group share the topic's vgroups. Required. */
  readonly groupId: string
  /** `client.id`, as SHOW CONSUMERS lists it. */
  readonly clientId?: string | undefined
  /** `auto.offset.reset`: where a group without committed offsets starts. Default `latest`, as TDengine has it. */
  readonly offsetReset?: 'earliest' | 'latest' | 'none' | undefined
  /** Commit what the application has finished with: all messages before the one it asks for. Default true. */
  readonly autoCommit?: boolean | undefined
  /** How often at most; default 5 s. */
  readonly autoCommitInterval?: Duration | undefined
  /** `session.timeout.ms`: silence after which the server gives the vgroups to others; 6 s … 30 min, default 12 s. The socket answers the server's pings while the program is at work. */
  readonly sessionTimeout?: Duration | undefined
  /** `max.poll.interval.ms`: the longest between two polls; at least 1 s. Default 5 min. */
  readonly maxPollInterval?: Duration | undefined
  /** `min.poll.rows`: rows that the server collects before it answers; 1 … 2^31−1. */
  readonly minPollRows?: number | undefined
  /** `fetch.max.wait.ms`: the longest that it collects; default 1 s. */
  readonly fetchMaxWait?: Duration | undefined
  /** `msg.with.table.name`: default true. */
  readonly tableNames?: boolean | undefined
  /** `experimental.snapshot.enable`: read what was written before the log starts. Default false. */
  readonly snapshot?: boolean | undefined
  /** `enable.replay`: rows at the pace at which they were written, from `offsetReset` each time; nothing is committed. Of queries over one vgroup. Default false. */
  readonly replay?: boolean | undefined
  /** `msg.consume.excluded`: leave out what `writeRaw` wrote, so that two servers can replicate each other. Default false. */
  readonly excludeReplicated?: boolean | undefined
  /** How long one waiting poll lasts; the loop then polls again. Default 1 s. */
  readonly pollTimeout?: Duration | undefined
  /** Native keys beyond these, as text: `{ 'heartbeat.interval.ms': '1000' }`. */
  readonly config?: Readonly<Record<string, string>> | undefined
  /** Told of what happens beside messages. It must not throw. */
  readonly onEvent?: ((event: ConsumerEvent) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a consumer tells beside its messages. */
export type ConsumerEvent =
  /** The vgroups of a topic that this consumer reads, at first and when they have changed. */
  | { readonly kind: 'assignment'; readonly topic: string; readonly vgroups: readonly number[] }
  /** How far a vgroup's log goes beyond what was polled; every five seconds. */
  | { readonly kind: 'lag'; readonly topic: string; readonly vgroup: number; readonly lag: bigint }
  | { readonly kind: 'rebalancing' }
  /** The server had put the consumer out of its group, as after `maxPollInterval`; it has joined again. */
  | { readonly kind: 'rejoined' }
  | { readonly kind: 'disconnect'; readonly cause: unknown }
  | { readonly kind: 'reconnect' }

const KNOWN = new Set<keyof ConsumerOptions>([
  'groupId',
  'clientId',
  'offsetReset',
  'autoCommit',
  'autoCommitInterval',
  'sessionTimeout',
  'maxPollInterval',
  'minPollRows',
  'fetchMaxWait',
  'tableNames',
  'snapshot',
  'replay',
  'excludeReplicated',
  'pollTimeout',
  'config',
  'onEvent',
  'signal',
])

const INT32_MAX = 2_147_483_647

/** The consumer's own settings, and what the subscribe action carries. */
export interface ConsumerSettings {
  readonly autoCommit: boolean
  readonly autoCommitMs: number
  readonly pollMs: number
  readonly subscribe: Readonly<Record<string, unknown>>
}

/** Checks the options. Throws an InterfaceError that names the one that is wrong. */
export function consumerSettings(options: ConsumerOptions): ConsumerSettings {
  if (typeof options !== 'object' || options === null)
    throw new InterfaceError("subscribe needs options, at least the consumer's group: { groupId: 'mailer' }")
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name as keyof ConsumerOptions))
      throw new InterfaceError(`there is no consumer option ${name}; native keys go under config`)
  }
  const { groupId, clientId, offsetReset, autoCommit, minPollRows, tableNames, snapshot, replay, excludeReplicated, config } = options
  if (typeof groupId !== 'string' || groupId === '' || new TextEncoder().encode(groupId).length > 192)
    throw new InterfaceError('groupId has to be a text of 1 to 192 bytes')
  if (clientId !== undefined && typeof clientId !== 'string') throw new InterfaceError(`clientId has to be a text, not ${show(clientId)}`)
  if (offsetReset !== undefined && !['earliest', 'latest', 'none'].includes(offsetReset))
    throw new InterfaceError(`offsetReset has to be earliest, latest or none, not ${show(offsetReset)}`)
  for (const [name, value] of Object.entries({ autoCommit, tableNames, snapshot, replay, excludeReplicated }))
    if (value !== undefined && typeof value !== 'boolean') throw new InterfaceError(`${name} has to be true or false, not ${show(value)}`)
  if (minPollRows !== undefined && (!Number.isInteger(minPollRows) || minPollRows < 1 || minPollRows > INT32_MAX))
    throw new InterfaceError(`minPollRows has to be a whole number from 1 to ${INT32_MAX}, not ${show(minPollRows)}`)
  if (options.signal !== undefined) abortSignal('signal', options.signal)
  if (options.onEvent !== undefined) callback('onEvent', options.onEvent)
  const native: Record<string, string> = {}
  for (const [key, value] of Object.entries(config ?? {})) {
    if (typeof value !== 'string') throw new InterfaceError(`config['${key}'] has to be a text, not ${show(value)}`)
    native[key] = value
  }
  const ms = (name: string, value: Duration | undefined, least = 1, most = INT32_MAX): string => {
    if (value === undefined) return ''
    const given = milliseconds(name, value)
    if (given < least || given > most)
      throw new InterfaceError(`${name} has to be ${least / 1000} to ${most / 1000} seconds, not ${show(value)}`)
    return String(given)
  }
  if (minPollRows !== undefined) native['min.poll.rows'] = String(minPollRows)
  if (replay !== undefined) native['enable.replay'] = String(replay)
  if (options.fetchMaxWait !== undefined) native['fetch.max.wait.ms'] = ms('fetchMaxWait', options.fetchMaxWait)
  return {
    autoCommit: (autoCommit ?? true) && replay !== true,
    autoCommitMs: milliseconds('autoCommitInterval', options.autoCommitInterval ?? 5),
    pollMs: milliseconds('pollTimeout', options.pollTimeout ?? 1),
    subscribe: {
      group_id: groupId,
      client_id: clientId ?? '',
      // The first spelling is the protocol's own, and the one that every server reads.
      offset_rest: offsetReset ?? 'latest',
      // This client commits by itself, so that only finished messages are committed.
      auto_commit: 'false',
      auto_commit_interval_ms: '',
      snapshot_enable: snapshot === undefined ? '' : String(snapshot),
      with_table_name: String(tableNames ?? true),
      enable_batch_meta: '1',
      msg_consume_excluded: excludeReplicated ? '1' : '',
      session_timeout_ms: ms('sessionTimeout', options.sessionTimeout, 6000, 1_800_000),
      max_poll_interval_ms: ms('maxPollInterval', options.maxPollInterval, 1000),
      config: native,
    },
  }
}
