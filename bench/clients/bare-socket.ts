import WebSocket from 'ws'

/** taosAdapter's protocol with nothing around it: what is sent and received, byte for byte, and no decoding of blocks. */
export class BareSocket {
  readonly #socket: WebSocket
  #receive: ((message: Buffer) => void) | undefined
  #next = 1

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => this.#receive?.(data as Buffer))
  }

  static async open(url: string): Promise<BareSocket> {
    const socket = new WebSocket(`${url}/ws`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      maxPayload: 0,
      // As taosts does on loopback: a zero mask spares masking and copying.
      generateMask: () => {},
    })
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const bare = new BareSocket(socket)
    await bare.#ask(JSON.stringify({ action: 'conn', args: { req_id: bare.#next++, user: 'root', password: 'taosdata', db: '' } }))
    return bare
  }

  /** Runs a query and fetches all its blocks, one request at a time; gives every message to `each`, the query's reply first. */
  async drain(sql: string, each: (message: Buffer) => void): Promise<void> {
    const text = Buffer.from(sql)
    const query = Buffer.alloc(30 + text.length)
    query.writeBigUInt64LE(BigInt(this.#next++), 0)
    query.writeBigUInt64LE(6n, 16)
    query.writeUInt16LE(1, 24)
    query.writeUInt32LE(text.length, 26)
    text.copy(query, 30)
    const head = await this.#ask(query)
    each(head)
    const { id, code, message } = JSON.parse(head.toString()) as { id: number; code: number; message: string }
    if (code !== 0) throw new Error(message)
    await new Promise<void>((resolve) => {
      this.#receive = (reply) => {
        // Finished is the byte after the message (u32 length @38) and the result's id.
        const finished = reply[50 + reply.readUInt32LE(38)] !== 0
        if (!finished) this.#fetch(id)
        each(reply)
        if (finished) resolve()
      }
      this.#fetch(id)
    })
  }

  close(): void {
    this.#socket.terminate()
  }

  #fetch(id: number): void {
    const request = Buffer.alloc(26)
    request.writeBigUInt64LE(BigInt(this.#next++), 0)
    request.writeBigUInt64LE(BigInt(id), 8)
    request.writeBigUInt64LE(7n, 16)
    request.writeUInt16LE(1, 24)
    this.#socket.send(request)
  }

  #ask(message: string | Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#receive = resolve
      this.#socket.send(message)
    })
  }
}
