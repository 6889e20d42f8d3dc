import { ConnectionError } from '../errors.ts'

/** The first server with binary query and fetch in one round trip a block. */
const OLDEST = [3, 3, 2, 0] as const

/** Refuses a server that is too old for this driver, naming what works with it. A version that is no number is taken as new enough. */
export function assertSupported(version: string, where: string): void {
  const parts = /^(\d+)\.(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version)
  if (!parts) return
  for (const [i, least] of OLDEST.entries()) {
    const part = Number(parts[i + 1] ?? 0)
    if (part > least) return
    if (part < least) {
      throw new ConnectionError(
        `${where} is TDengine ${version}; WebSocket needs ${OLDEST.join('.')} or newer: update the server, or use a URL that begins with http:// (REST)`,
      )
    }
  }
}
