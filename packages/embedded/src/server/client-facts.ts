import { isIP } from 'node:net'
import process from 'node:process'
import type { SessionOptions } from '../session/session.ts'

/** What SHOW CONNECTIONS says of a client of this server, as of one behind taosAdapter. */
export function clientFacts(
  endpoint: string,
  { app, ip }: { readonly app?: string | undefined; readonly ip?: string | undefined },
): Pick<SessionOptions, 'app' | 'pid' | 'endpoint' | 'userApp' | 'userIp'> {
  return { app: 'taosadapter', pid: process.pid, endpoint, userApp: app ?? '', userIp: addressOf(ip ?? '') }
}

/** The address of a user; a server takes what is no address without a word, as recorded, and shows nothing. */
export function addressOf(ip: string): string {
  return isIP(ip) === 0 ? '' : ip
}
