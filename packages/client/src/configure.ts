import { isLoopback } from './driver/loopback.ts'
import { InterfaceError } from './errors.ts'
import {
  type Check,
  callback,
  duration,
  durationOrFalse,
  flag,
  headers,
  integer,
  object,
  oneOf,
  refuseUnknown,
  secret,
  text,
  timezone,
  tls,
  userApp,
  userIp,
  VALUE_CHECKS,
} from './option-checks.ts'
import { type Config, type ConnectOptions, Secret, type SecretSource } from './options.ts'
import { defaultPort, type Endpoint, type ParsedUrl, parseUrl, type Scheme } from './url.ts'

/** The environment variables that `connect` looks at. */
export interface Environment {
  readonly TAOS_URL?: string | undefined
  readonly TDENGINE_CLOUD_URL?: string | undefined
  readonly TDENGINE_CLOUD_TOKEN?: string | undefined
}

/** Every option but `url`, with the check of its value. */
const CHECKS: { readonly [K in keyof Required<Omit<ConnectOptions, 'url'>>]-?: Check<unknown> } = {
  token: secret,
  bearerToken: secret,
  totpCode: secret,
  user: text,
  password: secret,
  database: text,
  timezone,
  timeout: duration,
  connectTimeout: duration,
  heartbeat: durationOrFalse,
  userApp,
  userIp,
  biMode: flag,
  compression: flag,
  tls,
  headers,
  agent: object,
  library: text,
  restAuth: oneOf('basic', 'taosd'),
  allowInsecureToken: flag,
  reconnect: flag,
  retries: integer(0, 1000),
  retryBackoff: duration,
  retryBackoffMax: duration,
  retryInserts: flag,
  cancel: oneOf('free', 'kill'),
  onNotice: callback,
  onStatement: callback,
  ...VALUE_CHECKS,
}

/** Every option of `connect`. */
const KNOWN = { url: true, ...CHECKS }

/** Options that a URL's arguments may set; the others need values that are no text. */
const IN_URL = [
  'token',
  'bearerToken',
  'totpCode',
  'timezone',
  'timeout',
  'connectTimeout',
  'heartbeat',
  'userApp',
  'userIp',
  'biMode',
  'compression',
  'restAuth',
  'allowInsecureToken',
  'reconnect',
  'retries',
  'retryBackoff',
  'retryBackoffMax',
  'retryInserts',
  'cancel',
  'int64',
  'timestamp',
  'varchar',
  'geometry',
  'json',
] as const satisfies readonly (keyof ConnectOptions)[]

/** Options that a connection takes as they are given. */
const AS_GIVEN = [
  'database',
  'timezone',
  'userApp',
  'userIp',
  'compression',
  'tls',
  'headers',
  'agent',
  'library',
  'onNotice',
  'onStatement',
] as const satisfies readonly (keyof ConnectOptions)[]

const VALUES = Object.keys(VALUE_CHECKS)

/** Ways to log in of which one is enough. */
const EXCLUSIVE = [
  ['token', 'password'],
  ['token', 'user'],
  ['token', 'bearerToken'],
  ['token', 'totpCode'],
  ['bearerToken', 'password'],
  ['bearerToken', 'totpCode'],
] as const

type Checked = { [name: string]: unknown }

/**
 * Checks the arguments of `connect` and fills in what they leave out. The URL is, in order: the argument, `TAOS_URL`, `TDENGINE_CLOUD_URL`
 * with `TDENGINE_CLOUD_TOKEN`, `ws://localhost:6041`. Throws an InterfaceError that names the option.
 */
export function configure(options: ConnectOptions, environment: Environment): Config {
  if (typeof options !== 'object' || options === null) throw new InterfaceError('connect takes a URL, an object of options, or both')
  refuseUnknown(options, KNOWN)
  const given: Checked = {}
  for (const [name, value] of Object.entries(options)) {
    if (name !== 'url' && value !== undefined) given[name] = CHECKS[name as keyof typeof CHECKS](name, value)
  }
  const { url, token: environmentToken, fromArgument } = chooseUrl(options.url, environment)
  const inUrl = optionsOfUrl(url)
  if (environmentToken !== undefined && inUrl['token'] === undefined) inUrl['token'] = environmentToken
  for (const [name, value] of Object.entries(inUrl)) {
    if (given[name] === undefined) continue
    if (fromArgument && given[name] !== value) throw new InterfaceError(`${name} is given twice, in the URL and as an option, and differs`)
    delete inUrl[name]
  }
  if (!fromArgument) dropOverridden(inUrl, given)
  return assemble(url, { ...inUrl, ...given })
}

function chooseUrl(argument: unknown, environment: Environment): { url: ParsedUrl; token?: string; fromArgument: boolean } {
  if (argument !== undefined) {
    if (typeof argument !== 'string' && !(argument instanceof URL)) throw new InterfaceError('url has to be a text or a URL')
    return { url: parseUrl(String(argument)), fromArgument: true }
  }
  const own = environment.TAOS_URL
  if (own) return { url: fromEnvironment('TAOS_URL', own), fromArgument: false }
  const cloud = environment.TDENGINE_CLOUD_URL
  if (cloud) {
    const token = environment.TDENGINE_CLOUD_TOKEN
    return { url: fromEnvironment('TDENGINE_CLOUD_URL', cloud), ...(token ? { token } : {}), fromArgument: false }
  }
  return { url: parseUrl('ws://localhost:6041'), fromArgument: false }
}

function fromEnvironment(name: string, value: string): ParsedUrl {
  try {
    return parseUrl(value)
  } catch (error) {
    throw new InterfaceError(`${name}: ${(error as Error).message}`)
  }
}

function optionsOfUrl(url: ParsedUrl): Checked {
  const found: Checked = {}
  if (url.user !== undefined) found['user'] = text('user', url.user)
  if (url.password !== undefined) found['password'] = secret('password', url.password)
  if (url.database !== undefined) found['database'] = text('database', url.database)
  for (const [name, value] of url.parameters) {
    if (name === 'name' && url.scheme === 'embedded') continue
    if (!(IN_URL as readonly string[]).includes(name)) {
      refuseUnknown({ [name]: value }, Object.fromEntries(IN_URL.map((each) => [each, true])), ' in the URL')
    }
    found[name] = CHECKS[name as (typeof IN_URL)[number]](name, value)
  }
  return found
}

/** One way to log in, given as an option, replaces another one of the environment's URL. */
function dropOverridden(inUrl: Checked, given: Checked): void {
  const ways = ['token', 'bearerToken', 'password'] as const
  if (!ways.some((way) => given[way] !== undefined)) return
  for (const way of ways) delete inUrl[way]
  if (given['password'] === undefined && given['user'] === undefined) delete inUrl['user']
}

function assemble(url: ParsedUrl, all: Checked): Config {
  const scheme: Scheme = url.scheme ?? (all['token'] === undefined ? 'ws' : 'wss')
  const endpoints = url.endpoints.map(({ host, port }): Endpoint => ({ host, port: port || defaultPort(scheme) }))
  refuseContradictions(scheme, endpoints, url, all)
  const wrap = (name: string, fallback?: string): Secret | undefined => {
    const source = (all[name] as SecretSource | undefined) ?? fallback
    return source === undefined ? undefined : new Secret(name, source)
  }
  const timeoutMs = all['timeout'] as number | undefined
  const heartbeat = all['heartbeat'] as number | false | undefined
  const optional: Checked = {
    directory: url.directory,
    name: url.parameters.get('name'),
    token: wrap('token'),
    bearerToken: wrap('bearerToken'),
    totpCode: wrap('totpCode'),
    timeoutMs,
    heartbeatMs: heartbeat === false || scheme === 'embedded' ? undefined : (heartbeat ?? 30_000),
    ...pick(all, AS_GIVEN),
  }
  const config = {
    scheme,
    endpoints,
    user: (all['user'] as string | undefined) ?? 'root',
    password: wrap('password', 'taosdata')!,
    connectTimeoutMs: (all['connectTimeout'] as number | undefined) ?? Math.min(10_000, timeoutMs ?? 10_000),
    biMode: all['biMode'] === true,
    restAuth: (all['restAuth'] as 'basic' | 'taosd' | undefined) ?? 'basic',
    reconnect: all['reconnect'] !== false,
    retries: (all['retries'] as number | undefined) ?? 5,
    retryBackoffMs: (all['retryBackoff'] as number | undefined) ?? 200,
    retryBackoffMaxMs: (all['retryBackoffMax'] as number | undefined) ?? 2000,
    retryInserts: all['retryInserts'] === true,
    cancel: (all['cancel'] as 'free' | 'kill' | undefined) ?? 'free',
    values: pick(all, VALUES) as Config['values'],
  }
  return Object.assign(config, pick(optional, Object.keys(optional)) as Partial<Config>)
}

function refuseContradictions(scheme: Scheme, endpoints: readonly Endpoint[], url: ParsedUrl, all: Checked): void {
  const both = (a: string, b: string): boolean => all[a] !== undefined && all[b] !== undefined
  for (const [a, b] of EXCLUSIVE) {
    if (both(a, b)) throw new InterfaceError(`${a} and ${b} exclude each other: give one way to log in`)
  }
  const encrypted = scheme === 'wss' || scheme === 'https'
  if (all['tls'] !== undefined && !encrypted)
    throw new InterfaceError(`tls needs a URL that begins with wss:// or https://, not ${scheme}:`)
  const secretOption = all['token'] !== undefined ? 'token' : all['bearerToken'] !== undefined ? 'bearerToken' : undefined
  if (secretOption && (scheme === 'ws' || scheme === 'http') && all['allowInsecureToken'] !== true) {
    const open = endpoints.find(({ host }) => !isLoopback(host))
    if (open)
      throw new InterfaceError(
        `${secretOption} would travel unencrypted to ${open.host}: use ${scheme}s://, or set allowInsecureToken: true`,
      )
  }
  if (all['token'] === undefined && endpoints.some(({ host }) => isCloud(host))) {
    throw new InterfaceError(
      'TDengine Cloud needs a token: give it as the option token, as ?token=… in the URL or as TDENGINE_CLOUD_TOKEN beside TDENGINE_CLOUD_URL',
    )
  }
  if (all['library'] !== undefined && scheme !== 'taos') throw new InterfaceError(`library is for taos://, not ${scheme}:`)
  if (scheme === 'embedded') {
    for (const name of ['token', 'bearerToken', 'totpCode', 'headers', 'agent', 'compression']) {
      if (all[name] !== undefined) throw new InterfaceError(`${name} has no meaning for embedded:`)
    }
    if (url.directory !== undefined && url.parameters.has('name'))
      throw new InterfaceError('embedded: takes a directory or a name, not both')
    if (url.parameters.get('name') === '') throw new InterfaceError('the name of an embedded engine is empty')
  }
  if (scheme === 'http' || scheme === 'https') {
    for (const name of ['totpCode', 'biMode']) {
      if (all[name] !== undefined && all[name] !== false)
        throw new InterfaceError(`${name} needs a WebSocket connection: use a URL that begins with ${scheme === 'https' ? 'wss' : 'ws'}://`)
    }
  }
  const backoff = all['retryBackoff'] as number | undefined
  const most = all['retryBackoffMax'] as number | undefined
  if (backoff !== undefined && most !== undefined && backoff > most) throw new InterfaceError('retryBackoff is longer than retryBackoffMax')
}

function isCloud(host: string): boolean {
  return /(^|\.)cloud\.(tdengine|taosdata)\.com$/i.test(host)
}

function pick(all: Checked, names: readonly string[]): Checked {
  const picked: Checked = {}
  for (const name of names) if (all[name] !== undefined) picked[name] = all[name]
  return picked
}
