/**
 * The native connection of taosts, through TDengine's client library libtaos. `connect('taos://…')` finds this package by itself; nothing
 * here needs to be called.
 */
import type { Config, Session } from 'taosts/driver'
import { loadLibrary } from './library.ts'
import { NativeSession } from './session.ts'

/** Opens a connection of libtaos. Called by `connect()`. */
export function openSession(config: Config, signal?: AbortSignal): Promise<Session> {
  return NativeSession.open(config, signal === undefined ? {} : { signal })
}

/** The version of a libtaos, such as `3.3.7.5`; by default of the one that `connect` would load. Throws a LibraryError. */
export function libraryVersion(path?: string): string {
  return String(loadLibrary(path).functions.taos_get_client_info!())
}

export { type Library, LibraryError, loadLibrary } from './library.ts'
export { featuresOf } from './session.ts'
export { SIGNATURES } from './signatures.ts'
