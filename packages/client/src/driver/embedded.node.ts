import { resolve } from 'node:path'
import { ConnectionError, InterfaceError, InternalError, isTaosError, NotSupportedError } from '../errors.ts'
import type { Config } from '../options.ts'
import { importOptional } from './optional.node.ts'
import type { Socket } from './socket.ts'
import { type ClientName, logIn, type WebSocketSession } from './websocket.ts'

/** Which engine: one in a directory, one in memory shared by name, or (neither) a fresh one in memory. */
export interface EngineLocation {
  readonly directory?: string
  readonly name?: string
}

/** What `taosts-embedded` offers: an engine in this process that speaks the server's own messages. */
export interface EmbeddedEngine {
  /** The in-process end of a channel to the engine, as a WebSocket to that path would be. */
  connect(path: '/ws' | '/rest/tmq'): Socket
  close(): Promise<void>
}

/** The part of `taosts-embedded` that this driver uses. */
export interface EmbeddedPackage {
  openEmbedded(options: { readonly directory?: string }): Promise<EmbeddedEngine>
}

/** An engine that several connections use; the last to close it closes the engine. */
interface Shared {
  readonly engine: Promise<EmbeddedEngine>
  holders: number
}

const WHERE = 'embedded:'

/** A directory can be open once in a process, whichever copy of this library opens it: so the engines are known to the process, not to a module. */
const SHARED = Symbol.for('taosts.embedded')

function sharedEngines(): Map<string, Shared> {
  const place = globalThis as { [SHARED]?: Map<string, Shared> }
  place[SHARED] ??= new Map()
  return place[SHARED]
}

/**
 * Opens the engine of an `embedded:` URL, or joins those who have it open: one engine a directory, one a name, and a fresh one in memory for plain
 * `embedded:`. Its `close` gives up this hold. Rejects with a NotSupportedError when the package is missing, or a ConnectionError.
 */
export async function openEngine({ directory, name }: EngineLocation): Promise<EmbeddedEngine> {
  const key = directory !== undefined ? `directory ${resolve(directory)}` : name !== undefined ? `name ${name}` : undefined
  if (key === undefined) return await openFresh(undefined)
  const engines = sharedEngines()
  let shared = engines.get(key)
  if (!shared) engines.set(key, (shared = { engine: openFresh(directory), holders: 0 }))
  shared.holders++
  let held = true
  const release = async (): Promise<void> => {
    if (!held) return
    held = false
    if (--shared.holders > 0) return
    if (engines.get(key) === shared) engines.delete(key)
    await (await shared.engine).close()
  }
  try {
    const engine = await shared.engine
    return { connect: (path) => engine.connect(path), close: release }
  } catch (error) {
    if (engines.get(key) === shared) engines.delete(key)
    throw error
  }
}

async function openFresh(directory: string | undefined): Promise<EmbeddedEngine> {
  const found = (await importOptional('taosts-embedded')) as EmbeddedPackage | undefined
  if (!found) {
    throw new NotSupportedError(`${WHERE} needs the package taosts-embedded, and Node, Bun or Deno: npm install taosts-embedded`)
  }
  if (typeof found.openEmbedded !== 'function')
    throw new InternalError('taosts-embedded is of another version than taosts; install the same version of both')
  try {
    return await found.openEmbedded(directory === undefined ? {} : { directory })
  } catch (error) {
    if (isTaosError(error)) throw error
    throw new ConnectionError(
      `cannot open the embedded engine${directory === undefined ? '' : ` in ${directory}`}: ${(error as Error).message}`,
      { cause: error },
    )
  }
}

/** Logs in to an engine in this process, over the same messages that a WebSocket would carry. Closing the session gives up the engine. */
export async function openEmbeddedSession(config: Config, client: ClientName, signal: AbortSignal): Promise<WebSocketSession> {
  if (config.scheme !== 'embedded') throw new InterfaceError('not an embedded: URL')
  const engine = await openEngine(config)
  try {
    signal.throwIfAborted()
    return await logIn(
      engine.connect('/ws'),
      config,
      WHERE,
      client,
      signal,
      () => engine.close(),
      async () => engine.connect('/rest/tmq'),
    )
  } catch (error) {
    await engine.close()
    throw error
  }
}
