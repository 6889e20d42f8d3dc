import { SqlError } from '../errors.ts'
import type { ConsumerConfig } from '../topic/consumer-config.ts'
import { adapterError } from './failure.ts'

/** What `subscribe` is given, by the names of its arguments. */
export interface SubscribeArguments {
  readonly user: string
  readonly password: string
  readonly group_id: string
  readonly client_id: string
  readonly offset_rest: string
  readonly offset_reset: string
  readonly auto_commit: string
  readonly auto_commit_interval_ms: string
  readonly snapshot_enable: string
  readonly with_table_name: string
  readonly enable_batch_meta: string
  readonly msg_consume_excluded: string
  readonly msg_consume_rawdata: string
  readonly session_timeout_ms: string
  readonly max_poll_interval_ms: string
  readonly config: { readonly [key: string]: string }
}

const LONGEST_GROUP = 192

const wrong = (key: string, value: string) => new SqlError(0x0118, `invalid value for key '${key}': ${value}`)

type Check = (value: string) => boolean

const whole =
  (least: number, most: number): Check =>
  (value) =>
    /^\d{1,15}$/.test(value) && Number(value) >= least && Number(value) <= most
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value.toLowerCase())
const any: Check = () => true
const flag = oneOf('true', 'false')

/** The native keys and what they may be. */
const KEYS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['group.id', (value) => Buffer.byteLength(value) <= LONGEST_GROUP],
  ['client.id', any],
  ['auto.offset.reset', oneOf('earliest', 'latest', 'none')],
  ['enable.auto.commit', flag],
  ['auto.commit.interval.ms', whole(0, Number.MAX_SAFE_INTEGER)],
  ['experimental.snapshot.enable', flag],
  ['msg.with.table.name', flag],
  // The Rust client's tests ask for it with a word.
  ['msg.enable.batchmeta', (value) => flag(value) || whole(0, 0x7fffffff)(value)],
  ['msg.consume.excluded', whole(0, 0x7fffffff)],
  ['msg.consume.rawdata', whole(0, 0x7fffffff)],
  ['session.timeout.ms', whole(6000, 1_800_000)],
  ['max.poll.interval.ms', whole(1000, 0x7fffffff)],
  ['heartbeat.interval.ms', whole(1000, 1_800_000)],
  ['enable.replay', flag],
  ['fetch.max.wait.ms', whole(1, 0x7fffffff)],
  ['min.poll.rows', whole(1, 0x7fffffff)],
  ['td.connect.db', any],
  ['td.connect.user', any],
  ['td.connect.pass', any],
  ['td.connect.ip', any],
  ['td.connect.port', any],
])

/** Go's words for a text that is no bool or no integer. */
const BOOLS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
])

function goBool(text: string): boolean {
  const value = BOOLS.get(text)
  if (value === undefined) throw adapterError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`)
  return value
}

function goInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw adapterError(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

/** Reads the settings of a consumer. Throws 0x0118 for an unknown key or a wrong value, 0xFFFF for what taosAdapter itself reads. */
export function consumerConfig(args: SubscribeArguments, fqdn: string): ConsumerConfig {
  const settings = new Map<string, string>()
  const set = (key: string, value: string): void => {
    if (value !== '') settings.set(key, value)
  }
  set('group.id', args.group_id)
  set('client.id', args.client_id)
  set('auto.offset.reset', args.offset_reset || args.offset_rest)
  set('enable.auto.commit', args.auto_commit)
  set('auto.commit.interval.ms', args.auto_commit_interval_ms)
  set('experimental.snapshot.enable', args.snapshot_enable)
  set('msg.with.table.name', args.with_table_name)
  set('msg.enable.batchmeta', args.enable_batch_meta)
  set('msg.consume.excluded', args.msg_consume_excluded)
  set('msg.consume.rawdata', args.msg_consume_rawdata)
  set('session.timeout.ms', args.session_timeout_ms)
  set('max.poll.interval.ms', args.max_poll_interval_ms)
  for (const [key, value] of Object.entries(args.config)) settings.set(key.toLowerCase(), value)
  // taosAdapter commits by itself and reads these two before the client library sees any.
  const autoCommit = settings.has('enable.auto.commit') && goBool(settings.get('enable.auto.commit')!)
  const interval = settings.get('auto.commit.interval.ms')
  const autoCommitMs = interval === undefined ? 5000 : goInteger(interval)
  settings.delete('enable.auto.commit')
  for (const [key, value] of settings) {
    const check = KEYS.get(key)
    if (!check) throw new SqlError(0x0118, `unknown configuration key: ${key}`)
    if (!check(value)) throw wrong(key, value)
  }
  const group = settings.get('group.id') ?? ''
  if (group === '') throw adapterError('malloc tmq element failed or group is empty')
  const flagged = (key: string): boolean => settings.get(key)?.toLowerCase() === 'true'
  const number = (key: string, otherwise: number): number => Number(settings.get(key) ?? otherwise)
  const sessionTimeoutMs = number('session.timeout.ms', 12_000)
  const heartbeat = settings.get('heartbeat.interval.ms')
  if (heartbeat !== undefined && Number(heartbeat) >= sessionTimeoutMs) throw wrong('heartbeat.interval.ms', heartbeat)
  return {
    group,
    clientId: settings.get('client.id') ?? '',
    fqdn,
    reset: (settings.get('auto.offset.reset')?.toLowerCase() ?? 'latest') as ConsumerConfig['reset'],
    autoCommit,
    autoCommitMs,
    withTableName: flagged('msg.with.table.name'),
    batchMeta: flagged('msg.enable.batchmeta') || Number(settings.get('msg.enable.batchmeta')) > 0,
    snapshot: flagged('experimental.snapshot.enable'),
    replay: flagged('enable.replay'),
    excluded: number('msg.consume.excluded', 0) !== 0,
    minRows: number('min.poll.rows', 0),
    maxWaitMs: number('fetch.max.wait.ms', 1000),
    sessionTimeoutMs,
    heartbeatMs: Number(heartbeat ?? 3000),
    maxPollIntervalMs: number('max.poll.interval.ms', 300_000),
  }
}
