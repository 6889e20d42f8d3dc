import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { Engine } from '../engine.ts'
import { isZone } from '../plan/functions/zone.ts'
import { type ListenOptions, listen } from '../server/http-server.ts'
import type { Limits } from '../server/limits.ts'
import { CliError } from './cli-error.ts'
import { readOptions } from './read-options.ts'

const DEFAULT_USER = 'root'
const DEFAULT_PASSWORD = 'taosdata'

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  data: { type: 'string' },
  memory: { type: 'string' },
  timezone: { type: 'string' },
  user: { type: 'string' },
  password: { type: 'string' },
  insecure: { type: 'boolean' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'cloud-token': { type: 'string' },
  database: { type: 'string' },
  'query-timeout': { type: 'string' },
  'max-connections': { type: 'string' },
  'max-message': { type: 'string' },
  'max-statements': { type: 'string' },
  'idle-timeout': { type: 'string' },
} as const

/** `taosts serve`: prints the URL when the server is ready, and stops cleanly on SIGINT or SIGTERM. Throws a CliError for options that cannot be. */
export async function serve(args: string[]): Promise<void> {
  const { values, positionals } = readOptions(args, OPTIONS)
  if (positionals.length > 0) throw new CliError(`serve takes no argument ${JSON.stringify(positionals[0])}`)
  const memory = values.memory
  if (memory !== undefined && !/^\d+(\.\d+)?\s*([KMGT]i?B|%)$/i.test(memory))
    throw new CliError(`--memory takes a size with its unit, such as 2GB, or a share such as 50%, not ${JSON.stringify(memory)}`)
  const { timezone } = values
  if (timezone !== undefined && !isZone(timezone))
    throw new CliError(`--timezone takes a name such as Asia/Shanghai or an offset such as +08:00, not ${JSON.stringify(timezone)}`)
  const user = values.user ?? DEFAULT_USER
  const password = values.password ?? process.env['TAOSTS_PASSWORD'] ?? DEFAULT_PASSWORD
  const host = values.host ?? '127.0.0.1'
  if (password === DEFAULT_PASSWORD && values['cloud-token'] === undefined && !values.insecure && !isLoopback(host)) {
    throw new CliError(
      `the default password must not be reachable on ${host}: set --password (or --insecure to listen all the same)`,
      false,
    )
  }
  const listenOptions: ListenOptions = {
    host,
    port: integer('port', values.port, 0, 65535) ?? 6041,
    tls: readTls(values['tls-cert'], values['tls-key']),
    cloudToken: values['cloud-token'],
    limits: readLimits(values),
  }
  const queryTimeout = integer('query-timeout', values['query-timeout'], 1, 86400 * 365)
  const stop = stopSignal()
  const engine = await Engine.open({
    directory: values.data,
    ...(memory === undefined ? {} : { memory }),
    ...(timezone === undefined ? {} : { timezone }),
    queryTimeoutMs: queryTimeout === undefined ? undefined : queryTimeout * 1000,
  })
  try {
    await prepare(engine, user, password, values.database)
    const server = await listen(engine, listenOptions).catch((error: NodeJS.ErrnoException) => {
      throw cannotListen(error, host, listenOptions.port)
    })
    console.log(`taosts listens on ${server.url}${values.data === undefined ? ' (data in memory)' : ` (data in ${values.data})`}`)
    const signal = await stop
    console.log(`taosts stops (${signal})`)
    await server.close()
  } finally {
    await engine.close()
  }
}

/** Sees to the user and the database that the options name. */
async function prepare(engine: Engine, user: string, password: string, database: string | undefined): Promise<void> {
  const session = engine.session({ user: DEFAULT_USER })
  try {
    if (user !== DEFAULT_USER && !engine.catalog.users.has(user)) {
      await session.execute(`create user ${user} pass '${quoted(password)}'`)
    } else if (password !== DEFAULT_PASSWORD || user !== DEFAULT_USER) {
      await session.execute(`alter user ${user} pass '${quoted(password)}'`)
    }
    if (database !== undefined) await session.execute(`create database if not exists \`${database.replaceAll('`', '``')}\``)
  } finally {
    await session.close()
  }
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number | undefined): Error {
  if (error.code === 'EADDRINUSE')
    return new CliError(`port ${port} of ${host} is in use: stop what listens there, or choose another --port (0 takes a free one)`, false)
  if (error.code === 'EACCES') return new CliError(`port ${port} of ${host} is not allowed: choose a --port from 1024 on`, false)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new CliError(`--host ${host} is no address of this machine`, false)
  return error
}

function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
      resolve(signal)
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

function readTls(cert: string | undefined, key: string | undefined): ListenOptions['tls'] {
  if (cert === undefined && key === undefined) return undefined
  if (cert === undefined || key === undefined) throw new CliError('TLS needs both --tls-cert and --tls-key')
  return { cert: readPem('tls-cert', cert), key: readPem('tls-key', key) }
}

function readPem(name: string, path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new CliError(`--${name}: ${(error as Error).message}`, false)
  }
}

function readLimits(values: {
  readonly 'max-connections'?: string
  readonly 'max-message'?: string
  readonly 'max-statements'?: string
  readonly 'idle-timeout'?: string
}): Partial<Limits> {
  const limits: { -readonly [key in keyof Limits]?: Limits[key] } = {}
  const connections = integer('max-connections', values['max-connections'], 1, 1_000_000)
  const message = integer('max-message', values['max-message'], 1, 2047)
  const statements = integer('max-statements', values['max-statements'], 1, 1_000_000)
  const idle = integer('idle-timeout', values['idle-timeout'], 1, 86400)
  if (connections !== undefined) limits.connections = connections
  if (message !== undefined) limits.messageBytes = message * 1024 * 1024
  if (statements !== undefined) limits.statements = statements
  if (idle !== undefined) limits.idleMs = idle * 1000
  return limits
}

function integer(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max)) throw new CliError(`--${name} must be an integer from ${min} to ${max}, not ${JSON.stringify(text)}`)
  return value
}
