import type { Config } from '../options.ts'
import type { Session } from './driver.ts'
import type { ClientName } from './websocket.ts'

/** Opens what runs in this process: the engine of `embedded:`, or TDengine's client library of `taos://`. */
export type OpenLocalSession = (config: Config, client: ClientName, signal: AbortSignal) => Promise<Session>
