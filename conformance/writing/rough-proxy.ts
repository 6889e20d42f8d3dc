import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy that cuts, resets and delays connections at random, at any byte: its luck is the seed's. */
export class RoughProxy {
  readonly #target: number
  readonly #server: Server
  readonly #random: () => number
  readonly #sockets = new Set<Socket>()
  /** Mean bytes between two faults, in either direction. */
  readonly #between: number
  /** What happened so far. */
  readonly faults = { cut: 0, reset: 0, delay: 0 }
  /** While false nothing goes wrong. */
  rough = true

  private constructor(target: number, between: number, seed: number) {
    this.#target = target
    this.#between = between
    this.#random = randomOf(seed)
    this.#server = createServer((client) => this.#accept(client))
  }

  static async start(target: number, between: number, seed: number): Promise<RoughProxy> {
    const proxy = new RoughProxy(target, between, seed)
    await new Promise<void>((resolve, reject) => proxy.#server.once('error', reject).listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1')
    const end = (): void => {
      for (const socket of [client, server]) {
        this.#sockets.delete(socket)
        socket.destroy()
      }
    }
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', end)
    }
    this.#pipe(client, server, client, end)
    this.#pipe(server, client, client, end)
  }

  #pipe(from: Socket, to: Socket, client: Socket, end: () => void): void {
    let left = this.#distance()
    from.on('data', (chunk: Buffer) => {
      left -= chunk.length
      if (!this.rough || left > 0) {
        to.write(chunk)
        return
      }
      left = this.#distance()
      const luck = this.#random()
      // Some of the bytes arrive, some never do.
      if (luck < 0.7) to.write(chunk.subarray(0, Math.floor(this.#random() * chunk.length)), () => (luck < 0.35 ? end() : reset()))
      else {
        this.faults.delay++
        from.pause()
        setTimeout(
          () => {
            to.write(chunk)
            from.resume()
          },
          20 + this.#random() * 200,
        )
      }
      if (luck < 0.35) this.faults.cut++
      else if (luck < 0.7) this.faults.reset++
      function reset(): void {
        client.resetAndDestroy()
        end()
      }
    })
  }

  #distance(): number {
    return -Math.log(1 - this.#random()) * this.#between
  }
}

/** Numbers from 0 to 1, the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
