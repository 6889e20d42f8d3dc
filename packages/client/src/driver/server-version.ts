import { ConnectionError } from '../errors.ts'

/** The first server with binary query and fetch in one round trip a block. */
const OLDEST = [3, 3, 2, 0] as const

/** Refuses a server that is too old for this driver, naming what works with it. A version that is no number is taken as new enough. */
export function assertSupported(version: string, where: string): void {
  if (isAtLeast(version, OLDEST)) return
  throw new ConnectionError(
    `${where} is TDengine ${version}; WebSocket needs ${OLDEST.join('.')} or newer: update the server, or use a URL that begins with http:// (REST)`,
  )
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
