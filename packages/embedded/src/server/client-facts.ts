import { isIP } from 'node:net'
import process from 'node:process'
import { SqlError } from '../errors.ts'
import type { SessionOptions } from '../session/session.ts'

/** What SHOW CONNECTIONS says of a client of this server, as of one behind taosAdapter. Throws 0x0118 for an `ip` that is no address. */
export function clientFacts(
  endpoint: string,
  { app, ip }: { readonly app?: string | undefined; readonly ip?: string | undefined },
): Pick<SessionOptions, 'app' | 'pid' | 'endpoint' | 'userApp' | 'userIp'> {
  return { app: 'taosadapter', pid: process.pid, endpoint, userApp: app ?? '', userIp: checkedAddress(ip ?? '') }
}

/** The address of a user, or nothing. Throws 0x0118. */
export function checkedAddress(ip: string): string {
  if (ip !== '' && isIP(ip) === 0) throw new SqlError(0x0118, 'Invalid parameters')
  return ip
}
