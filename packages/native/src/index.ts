/**
 * The native connection of taosts, through TDengine's client library libtaos. `connect('taos://…')` finds this package by itself; nothing
 * here needs to be called.
 */
import type { Config, Session } from 'taosts/driver'
import { NativeSession } from './session.ts'

/** Opens a connection of libtaos. Called by `connect()`. */
export function openSession(config: Config, signal?: AbortSignal): Promise<Session> {
  return NativeSession.open(config, signal === undefined ? {} : { signal })
}

export { type Library, LibraryError, loadLibrary } from './library.ts'
export { featuresOf } from './session.ts'
export { SIGNATURES } from './signatures.ts'
