import { Engine, type EngineOptions } from './engine.ts'
import { connectInProcess, type InProcessSocket } from './server/in-process.ts'
import { ServerContext } from './server/server-context.ts'

export type { InProcessSocket } from './server/in-process.ts'

/** An engine in this process with its WebSocket endpoints, reached without a socket. */
export interface Embedded {
  readonly engine: Engine
  /** Connects to `/ws` or another WebSocket path of taosAdapter. Throws a RangeError for a path that there is not. */
  connect(path: string): InProcessSocket
  /** Closes every connection and then the engine. */
  close(): Promise<void>
}

/** Opens an engine, in memory or in a directory. Throws a StorageOpenError when the directory cannot be had. */
export async function openEmbedded(options: EngineOptions = {}): Promise<Embedded> {
  const engine = await Engine.open(options)
  const server = new ServerContext(engine)
  const open = new Set<ReturnType<typeof connectInProcess>>()
  return {
    engine,
    connect(path) {
      const socket = connectInProcess(server, path)
      open.add(socket)
      void socket.closed.then(() => open.delete(socket))
      return socket
    },
    async close() {
      const sockets = [...open]
      for (const socket of sockets) socket.close()
      await Promise.all(sockets.map(({ closed }) => closed))
      await engine.close()
    },
  }
}
