import { Engine, type EngineOptions } from './engine.ts'
import { type ListenOptions, listen } from './server/http-server.ts'

export interface ServeOptions extends EngineOptions, ListenOptions {}

/** An engine that listens. */
export interface Served extends AsyncDisposable {
  readonly engine: Engine
  readonly port: number
  /** `ws://host:port`, or `wss://` with TLS: what `connect` takes. */
  readonly url: string
  /** The same address for REST. */
  readonly restUrl: string
  /** Closes every connection, stops listening and closes the engine. */
  close(): Promise<void>
}

/** Opens an engine (in memory unless a directory is given) and serves it over REST and WebSocket, on loopback and port 6041 unless told otherwise. */
export async function serve(options: ServeOptions = {}): Promise<Served> {
  const engine = await Engine.open(options)
  try {
    const server = await listen(engine, options)
    const close = async () => {
      await server.close()
      await engine.close()
    }
    return { engine, port: server.port, url: server.url.replace(/^http/, 'ws'), restUrl: server.url, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await engine.close()
    throw error
  }
}
