import { NotSupportedError } from '../errors.ts'
import type { Config } from '../options.ts'
import type { Session } from './driver.ts'
import { openEmbeddedSession } from './embedded.node.ts'
import type { OpenLocalSession } from './local.ts'
import { importOptional } from './optional.node.ts'

/** What `taosts-native` offers. */
interface NativePackage {
  openSession(config: Config, signal: AbortSignal): Promise<Session>
}

export const openLocalSession: OpenLocalSession = async (config, client, signal) => {
  if (config.scheme === 'embedded') return await openEmbeddedSession(config, client, signal)
  const found = (await importOptional('taosts-native')) as NativePackage | undefined
  if (!found)
    throw new NotSupportedError(
      "taos:// needs the package taosts-native (npm install taosts-native) and TDengine's client library; ws:// works without either",
    )
  return await found.openSession(config, signal)
}
