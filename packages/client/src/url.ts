import { InterfaceError } from './errors.ts'

export type Scheme = 'ws' | 'wss' | 'http' | 'https' | 'taos' | 'embedded'

/** One address of a server. `host` has no brackets around IPv6. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

/** A connection URL taken apart; what the URL leaves out is absent. */
export interface ParsedUrl {
  /** Absent for a bare host, whose scheme depends on the token. */
  readonly scheme?: Scheme
  /** At least one, but none for `embedded:`. A port of 0 stands for the scheme's default. */
  readonly endpoints: readonly Endpoint[]
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /** The directory of `embedded:./data`. */
  readonly directory?: string
  /** The arguments after `?`, names in camelCase; decoded. */
  readonly parameters: ReadonlyMap<string, string>
}

const SCHEMES: readonly string[] = ['ws', 'wss', 'http', 'https', 'taos', 'embedded']

const KNOWN = 'ws://, wss://, http://, https://, taos:// or embedded:'

/** What other connectors call our schemes. */
const FOREIGN: Readonly<Record<string, string>> = {
  taosws: 'ws',
  'taos+ws': 'ws',
  'taos+wss': 'wss',
  taoswss: 'wss',
  taosrest: 'http',
  'taos+http': 'http',
  'taos+https': 'https',
  'jdbc:taos-ws': 'ws',
  'jdbc:taos-rs': 'http',
  tmq: 'ws',
  file: 'embedded',
}

const DEFAULT_PORTS: Readonly<Record<Scheme, number>> = { ws: 6041, http: 6041, wss: 443, https: 443, taos: 6030, embedded: 0 }

export function defaultPort(scheme: Scheme): number {
  return DEFAULT_PORTS[scheme]
}

/**
 * Takes a connection URL apart: `[scheme://][user[:password]@]host[:port][,host[:port]…][/database][?name=value&…]`, or
 * `embedded:[directory][?name=value]`. User, password, database and arguments are percent-decoded.
 * Throws an InterfaceError that never contains the URL's credentials.
 */
export function parseUrl(text: string): ParsedUrl {
  const url = text.trim()
  if (url === '') throw malformed('is empty')
  if (hasControl(url)) throw malformed('contains a control character or a line break')
  const [head, query] = split(url, '?')
  const parameters = parseParameters(query)
  const prefix = /^(jdbc:[a-z-]+|[a-z][a-z0-9+.-]*):(\/\/)?/i.exec(head)
  const name = prefix?.[1]?.toLowerCase()
  // `localhost:6041` is a host and a port, not a scheme; `user:pw@host` is credentials.
  const bare = !prefix || (!prefix[2] && name !== 'embedded')
  if (!bare && !SCHEMES.includes(name!)) {
    const ours = FOREIGN[name!]
    throw malformed(`has the unknown scheme ${name}: ${ours ? `(here it is called ${ours}:)` : `(use ${KNOWN})`}`)
  }
  if (name === 'embedded' && !bare) return parseEmbedded(head.slice('embedded:'.length), parameters)
  const rest = bare ? head : head.slice(prefix[0].length)
  const slash = authorityEnd(rest)
  const authority = rest.slice(0, slash)
  const path = rest.slice(slash)
  const at = authority.lastIndexOf('@')
  const hosts = authority.slice(at + 1)
  if (at < 0 && query?.includes('@') && /:(?!\d*(?:,|$))/.test(hosts.replace(/\[[^\]]*\]/g, ''))) {
    throw malformed("has credentials with '?' in them; write %3F for it, or give user and password as options")
  }
  if (hosts.includes('#') || path.includes('#'))
    throw malformed("contains '#', which has no meaning here; write %23 where it is part of a name or a password")
  return {
    ...(bare ? {} : { scheme: name as Scheme }),
    endpoints: hosts.split(',').map(parseEndpoint),
    ...parseCredentials(at < 0 ? undefined : authority.slice(0, at)),
    ...parseDatabase(path),
    parameters,
  }
}

/** Where the authority ends: the first slash after the last `@`, so that a password may contain slashes. */
function authorityEnd(rest: string): number {
  const slash = rest.indexOf('/', rest.lastIndexOf('@') + 1)
  return slash < 0 ? rest.length : slash
}

function parseCredentials(text: string | undefined): { user?: string; password?: string } {
  if (text === undefined) return {}
  const [user, password] = split(text, ':')
  return {
    ...(user === '' ? {} : { user: decode(user, 'user') }),
    ...(password === undefined || password === '' ? {} : { password: decode(password, 'password') }),
  }
}

function parseEndpoint(text: string): Endpoint {
  const match = /^(?:\[([0-9a-f:.%]+)\]|([^\s:[\]/\\@]*))(?::(.*))?$/i.exec(text)
  if (!match) throw malformed(`has the malformed host ${JSON.stringify(text)} (an IPv6 address needs brackets)`)
  const host = match[1] ?? match[2]!
  if (host === '') throw malformed(match[3]?.includes(':') ? 'has an IPv6 address without brackets' : 'has no host')
  if (!/^[\p{L}\p{N}._:%-]+$/u.test(host)) throw malformed(`has the malformed host ${JSON.stringify(host)}`)
  // `host:` without a number is the default port, as in every URL.
  if (match[3] === undefined || match[3] === '') return { host, port: 0 }
  const port = /^\d{1,5}$/.test(match[3]) ? Number(match[3]) : 0
  if (port < 1 || port > 65535) throw malformed(`has the port ${JSON.stringify(match[3])}; it has to be 1 to 65535`)
  return { host, port }
}

function parseDatabase(path: string): { database?: string } {
  const name = path.slice(1)
  if (name === '') return {}
  if (/^rest\/(sql|login)(\/|$)/.test(name) || name === 'ws' || /^rest\/(ws|tmq|stmt|schemaless)$/.test(name)) {
    throw malformed(
      `ends in the server's own path /${name}: leave it out, taosts adds it (the scheme says which: ws:// for WebSocket, http:// for REST)`,
    )
  }
  if (name.includes('/')) throw malformed(`has the path /${name}; after the host only one name may follow, the database's`)
  return { database: decode(name, 'database') }
}

/** `embedded:` is in memory, `embedded:./data` and `embedded:///abs/data` a directory. */
function parseEmbedded(rest: string, parameters: ReadonlyMap<string, string>): ParsedUrl {
  const path = rest.startsWith('//') ? rest.slice(2) : rest
  const memory = path === '' || path === ':memory:'
  return { scheme: 'embedded', endpoints: [], ...(memory ? {} : { directory: decode(path, 'directory') }), parameters }
}

function parseParameters(query: string | undefined): Map<string, string> {
  const parameters = new Map<string, string>()
  if (query === undefined || query === '') return parameters
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const [rawName, rawValue] = split(pair, '=')
    const name = decode(rawName, 'argument').replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    if (rawValue === undefined) throw malformed(`has the argument ${name} without a value`)
    if (rawValue.includes('#')) throw malformed(`has '#' in the argument ${name}; write %23`)
    if (parameters.has(name)) throw malformed(`has the argument ${name} twice`)
    parameters.set(name, decode(rawValue, `argument ${name}`))
  }
  return parameters
}

function split(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed(`has a ${what} with a stray '%'; write %25 for it`)
  }
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 0x20 || text.charCodeAt(i) === 0x7f) return true
  return false
}

function malformed(problem: string): InterfaceError {
  return new InterfaceError(`the URL ${problem}`)
}
