import { ConnectionError, NotSupportedError } from '../errors.ts'

/** The first server with binary query and fetch in one round trip a block. */
const OLDEST = [3, 3, 2, 0] as const

/** Refuses a server that is too old for this driver, naming what works with it. A version that is no number is taken as new enough. */
export function assertSupported(version: string, where: string): void {
  if (isAtLeast(version, OLDEST)) return
  throw new ConnectionError(
    `${where} is TDengine ${version}; WebSocket needs ${OLDEST.join('.')} or newer: update the server, or use a URL that begins with http:// (REST)`,
  )
}

/** The first server that knows what the name says; older ones pass it over in silence, or do not know the request. */
const SINCE = {
  bearerToken: [3, 4, 0],
  timezone: [3, 3, 5],
  setOption: [3, 3, 5],
  validateSql: [3, 3, 6],
  tableNameKey: [3, 3, 3],
  excludeReplicated: [3, 3, 2, 3],
  sessionTimeout: [3, 3, 3],
  maxPollInterval: [3, 3, 3],
  config: [3, 3, 6],
} as const

export type VersionedOption = keyof typeof SINCE

/** Whether a server of that version knows it. */
export function knows(version: string, what: VersionedOption): boolean {
  return isAtLeast(version, SINCE[what])
}

/** Refuses what a server of that version would not do. Throws a NotSupportedError. */
export function assertKnown(version: string, what: VersionedOption, where: string): void {
  if (knows(version, what)) return
  throw new NotSupportedError(`${what} needs TDengine ${SINCE[what].join('.')}; ${where} is ${version}`)
}

/** Whether a version is `least` or newer. One that is no number is taken as new. */
export function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = /^(\d+)\.(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version)
  if (!parts) return true
  for (const [i, needed] of least.entries()) {
    const part = Number(parts[i + 1] ?? 0)
    if (part !== needed) return part > needed
  }
  return true
}
