import { milliseconds, show } from './duration.ts'
import { InterfaceError } from './errors.ts'
import type { ConnectOptions, TlsOptions, ValueOptions } from './options.ts'

/** Checks one option's value and returns it as the configuration keeps it; throws an InterfaceError that names the option. */
export type Check<T> = (option: string, value: unknown) => T

export const text: Check<string> = (option, value) => {
  if (typeof value !== 'string' || value === '') throw wrong(option, 'a text that is not empty', value)
  if (value.includes('\0')) throw new InterfaceError(`${option} contains a NUL character`)
  return value
}

/** A secret's value never shows in an error. */
export const secret: Check<string | (() => string | Promise<string>)> = (option, value) => {
  if (typeof value === 'function') return value as () => string
  if (typeof value !== 'string')
    throw new InterfaceError(
      `${option} has to be a text or a function that returns one, not ${value === null ? 'null' : `a value of type ${typeof value}`}`,
    )
  if (value === '') throw new InterfaceError(`${option} is empty`)
  if (value.includes('\0')) throw new InterfaceError(`${option} contains a NUL character`)
  return value
}

export const flag: Check<boolean> = (option, value) => {
  if (value === 'true') return true
  if (value === 'false') return false
  if (typeof value !== 'boolean') throw wrong(option, 'true or false', value)
  return value
}

export function integer(least: number, most: number): Check<number> {
  return (option, value) => {
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
    if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > most) {
      throw wrong(option, `a whole number from ${least} to ${most}`, value)
    }
    return number
  }
}

export const duration: Check<number> = (option, value) => milliseconds(option, value)

export const durationOrFalse: Check<number | false> = (option, value) =>
  value === false || value === 'false' ? false : milliseconds(option, value)

export function oneOf<const T extends string>(...values: readonly T[]): Check<T> {
  return (option, value) => {
    if (!values.includes(value as T)) throw wrong(option, values.map((each) => `'${each}'`).join(' or '), value)
    return value as T
  }
}

// biome-ignore lint/complexity/noBannedTypes: any function will do; its use gives its type
export const callback: Check<Function> = (option, value) => {
  if (typeof value !== 'function') throw wrong(option, 'a function', value)
  return value
}

export const object: Check<object> = (option, value) => {
  if (typeof value !== 'object' || value === null) throw wrong(option, 'an object', value)
  return value
}

export const abortSignal: Check<AbortSignal> = (option, value) => {
  if (typeof (value as AbortSignal | null)?.addEventListener !== 'function') throw wrong(option, 'an AbortSignal', value)
  return value as AbortSignal
}

export const headers: Check<Readonly<Record<string, string>>> = (option, value) => {
  const entries = Object.entries(object(option, value))
  for (const [name, each] of entries) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      throw new InterfaceError(`${option} has a name that HTTP does not allow: ${show(name)}`)
    if (typeof each !== 'string' || /[^\t\x20-\x7e\x80-\xff]/.test(each))
      throw new InterfaceError(`${option}: the value of ${name} has to be a text of one line`)
    if (name.toLowerCase() === 'authorization')
      throw new InterfaceError(`${option} must not set Authorization; use user and password, token or bearerToken`)
  }
  return Object.fromEntries(entries)
}

const TLS_OPTIONS: Readonly<Record<keyof TlsOptions, true>> = {
  ca: true,
  cert: true,
  key: true,
  passphrase: true,
  servername: true,
  rejectUnauthorized: true,
}

export const tls: Check<TlsOptions> = (option, value) => {
  const settings = object(option, value)
  for (const name of Object.keys(settings)) {
    if (!Object.hasOwn(TLS_OPTIONS, name))
      throw new InterfaceError(`unknown option ${option}.${name}; known are ${Object.keys(TLS_OPTIONS).join(', ')}`)
  }
  const given = settings as { readonly [name: string]: unknown }
  for (const name of ['passphrase', 'servername']) if (given[name] !== undefined) hidden(`${option}.${name}`, given[name], false)
  for (const name of ['ca', 'cert', 'key']) {
    const value = given[name]
    for (const each of name === 'ca' && Array.isArray(value) ? value : [value])
      if (each !== undefined) hidden(`${option}.${name}`, each, true)
  }
  if (given['rejectUnauthorized'] !== undefined) flag(`${option}.rejectUnauthorized`, given['rejectUnauthorized'])
  return settings
}

/** A text or bytes; keys and passphrases never show in an error. */
function hidden(option: string, value: unknown, orBytes: boolean): void {
  if ((typeof value === 'string' && value !== '') || (orBytes && value instanceof Uint8Array)) return
  const what = value === '' ? 'empty' : value === null ? 'null' : `a value of type ${typeof value}`
  throw new InterfaceError(`${option} has to be a text${orBytes ? ' in PEM format, or its bytes' : ''}, not ${what}`)
}

/** An IANA name; a whole-hour offset becomes the `Etc/` zone of that offset. */
export const timezone: Check<string> = (option, value) => {
  const name = text(option, value)
  const offset = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(name)
  if (offset) {
    const hours = Number(offset[2])
    const minutes = Number(offset[3] ?? 0)
    if (hours > 14 || minutes > 59) throw new InterfaceError(`${option}: ${show(name)} is no offset`)
    if (minutes !== 0)
      throw new InterfaceError(`${option}: TDengine has no zone for the offset ${name}; use the name of a place, such as Asia/Kolkata`)
    // The signs of Etc/ zones are POSIX's: Etc/GMT-8 is UTC+8.
    return hours === 0 ? 'UTC' : `Etc/GMT${offset[1] === '+' ? '-' : '+'}${hours}`
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    throw new InterfaceError(
      `${option}: there is no time zone ${show(name)}; use an IANA name such as Asia/Shanghai, or an offset such as +08:00`,
    )
  }
  return name
}

/** TDengine keeps 23 bytes of an application's name. */
export const userApp: Check<string> = (option, value) => {
  const name = text(option, value)
  if (new TextEncoder().encode(name).length > 23) throw new InterfaceError(`${option} has to be at most 23 bytes long`)
  return name
}

export const userIp: Check<string> = (option, value) => {
  const address = text(option, value)
  if (!/^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*)$/i.test(address)) throw wrong(option, 'an IP address', value)
  return address
}

/** Value policies, common to connections and single calls. */
export const VALUE_CHECKS: { readonly [K in keyof ValueOptions]-?: Check<unknown> } = {
  int64: oneOf('bigint', 'number', 'string'),
  timestamp: oneOf('auto', 'date', 'bigint', 'string', 'temporal'),
  varchar: oneOf('string', 'bytes'),
  geometry: oneOf('wkb', 'geojson'),
  decimal: callback,
  json: oneOf('parse', 'text'),
}

/** Options themselves; throws an InterfaceError for what is no object. */
export function optionsObject<T extends object>(options: T): T {
  if (typeof options !== 'object' || options === null) throw new InterfaceError(`options have to be an object, not ${show(options)}`)
  return options
}

/** Refuses names that are no options, with the nearest known one. */
export function refuseUnknown(given: object, known: object, where = ''): void {
  optionsObject(given)
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(known, name)) continue
    const near = nearest(name, Object.keys(known))
    throw new InterfaceError(
      `unknown option ${name}${where}${near ? `; did you mean ${near}?` : `; known are ${Object.keys(known).join(', ')}`}`,
    )
  }
}

/** Names that other connectors and databases use for our options. */
const SYNONYMS: Readonly<Record<string, keyof ConnectOptions>> = {
  username: 'user',
  pass: 'password',
  pwd: 'password',
  db: 'database',
  host: 'url',
  hostname: 'url',
  port: 'url',
  tz: 'timezone',
  application: 'userApp',
  app: 'userApp',
  ip: 'userIp',
  ssl: 'tls',
  connectiontimeout: 'connectTimeout',
  conntimeout: 'connectTimeout',
  readtimeout: 'timeout',
  connretries: 'retries',
  bigint: 'int64',
  totp: 'totpCode',
}

function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = name.replaceAll('_', '').toLowerCase()
  const synonym = SYNONYMS[plain]
  if (synonym && known.includes(synonym)) return synonym
  const same = known.find((each) => each.toLowerCase() === plain)
  return same ?? known.find((each) => distance(each.toLowerCase(), plain) <= 2)
}

/** Edits between two short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}

function wrong(option: string, expected: string, value: unknown): InterfaceError {
  return new InterfaceError(`${option} has to be ${expected}, not ${show(value)}`)
}
