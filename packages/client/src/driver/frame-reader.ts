/** What a server's frames amount to. */
export interface FrameSink {
  message(data: string | Uint8Array): void
  ping(payload: Uint8Array): void
  pong(): void
  /** The server closes: 1005 where it gave no code. */
  close(code: number, reason: string): void
  /** What came is not of the protocol; nothing more is read. */
  fail(error: Error): void
}

/** Bytes before the payload of a long frame. */
const headOf = (length: number): number => (length < 0x10000 ? 4 : 10)

export const Opcode = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const

/** Bytes that one read takes while no message is under way. */
const SCRATCH = 1 << 14
/** Messages up to this size are completed in the scratch and copied out; longer ones are read into memory of their own. */
const SMALL = 1 << 12
/** Memory that a length is trusted with before its bytes are there. */
const PIECE = 1 << 26
/** Bytes of the longest message: no block has more. */
const LARGEST = 0x7fffffff
/** Bytes of the longest text: no string of V8's has more characters. */
const LARGEST_TEXT = 0x1fffffe8
/** Bytes of a message after which memory is laid out for another one of its size. */
const EXPECTED = 1 << 20

/**
 * Takes a server's WebSocket frames apart where they arrive: `target` says where the next bytes go, `filled` that they are there. The bytes of a
 * long message are received into its own memory; after one, memory for another of its size lies ready, so that nothing copies a byte of those that
 * follow. No extensions.
 */
export class FrameReader {
  readonly #sink: FrameSink
  readonly #scratch: Buffer = Buffer.allocUnsafeSlow(SCRATCH)
  /** Bytes at the start of the scratch that are not taken apart yet. */
  #have = 0
  /** Where from a multiple of eight a long message starts in its memory: what is in it may then be aligned. */
  lead = 0
  /** Bytes of the last message where that was a long one: the next is likely as long. */
  #expected = 0
  /** Memory for the frame of such a message, and how many bytes of it are there. */
  #guess: Buffer | undefined
  #guessed = 0
  #body: Buffer | undefined
  #bodyAt = 0
  /** Bytes of the frame under way that do not fit the body. */
  #beyond = 0
  #opcode = 0
  #final = true
  /** What there is of a message in several frames, or of one too long for a piece. */
  #parts: Buffer[] = []
  /** Bytes of the frames before in a message of several. */
  #size = 0
  /** The opcode of the message in several frames; 0 while there is none. */
  #fragmented = 0
  #stopped = false

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  /** Where the next bytes go; never empty. */
  target(): Buffer {
    if (this.#body) return this.#body.subarray(this.#bodyAt)
    if (this.#expected === 0 || this.#have > 0) return this.#scratch.subarray(this.#have)
    if (!this.#guess) {
      const start = (this.lead - headOf(this.#expected)) & 7
      this.#guess = Buffer.allocUnsafeSlow(start + headOf(this.#expected) + this.#expected).subarray(start)
      this.#guessed = 0
    }
    return this.#guess.subarray(this.#guessed)
  }

  /** So many bytes are at the start of the last target. */
  filled(count: number): void {
    if (this.#stopped) return
    if (this.#body) this.#grow(count)
    else if (this.#guess) this.#check(this.#guess, (this.#guessed += count))
    else {
      this.#have += count
      this.#takeApart()
    }
  }

  /** Takes bytes from elsewhere: those that came with the answer to the upgrade. */
  feed(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const target = this.target()
      const count = Math.min(target.length, bytes.length - at)
      target.set(bytes.subarray(at, at + count))
      this.filled(count)
      at += count
    }
  }

  /** What still comes is nobody's. */
  stop(): void {
    this.#stopped = true
    this.#have = 0
    this.#expected = 0
    this.#guess = undefined
    this.#body = undefined
    this.#parts = []
  }

  /** Sees whether so many bytes in the place for another long message begin such a one; if not, they are taken apart like any. */
  #check(guess: Buffer, count: number): void {
    const length = this.#expected
    const head = headOf(length)
    const first = Opcode.BINARY | 0x80
    if (guess[0] === first && (count < 2 || guess[1] === (head === 4 ? 126 : 127)) && this.#fragmented === 0) {
      if (count < head) return
      if ((head === 4 ? guess.readUInt16BE(2) : Number(guess.readBigUInt64BE(2))) === length) {
        this.#accept(first, 0, length)
        this.#guess = undefined
        this.#body = guess.subarray(head)
        this.#bodyAt = 0
        this.#grow(count - head)
        return
      }
    }
    this.#guess = undefined
    this.#expected = 0
    this.feed(guess.subarray(0, count))
  }

  #takeApart(): void {
    const bytes = this.#scratch
    let at = 0
    while (!this.#stopped && this.#have - at >= 2) {
      const second = bytes[at + 1]!
      const short = second & 0x7f
      const head = short < 126 ? 2 : short === 126 ? 4 : 10
      if (this.#have - at < head) break
      const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
      if (!this.#accept(bytes[at]!, second, length)) return
      const start = at + head
      const end = start + length
      if (end <= this.#have) {
        at = end
        this.#frame(bytes.subarray(start, end), true)
        continue
      }
      if (length <= SMALL) break
      const memory = Math.min(length, PIECE)
      this.#body = this.#memory(memory)
      this.#beyond = length - this.#body.length
      this.#body.set(bytes.subarray(start, this.#have))
      this.#bodyAt = this.#have - start
      this.#have = 0
      return
    }
    if (this.#stopped) return
    if (at > 0) bytes.copyWithin(0, at, this.#have)
    this.#have -= at
  }

  /** Notes the head of a frame; false when it cannot be one. */
  #accept(first: number, second: number, length: number): boolean {
    this.#opcode = first & 0x0f
    this.#final = (first & 0x80) !== 0
    const wrong = this.#objection(first, second, length)
    if (wrong === undefined) return true
    this.stop()
    this.#sink.fail(new Error(`invalid WebSocket frame: ${wrong}`))
    return false
  }

  #objection(first: number, second: number, length: number): string | undefined {
    if ((first & 0x70) !== 0) return 'reserved bits are set'
    if ((second & 0x80) !== 0) return 'a server must not mask'
    const whole = length + this.#size
    if (whole > LARGEST) return `a message of ${whole} bytes`
    if (whole > LARGEST_TEXT && (this.#opcode || this.#fragmented) === Opcode.TEXT) return `a text of ${whole} bytes`
    switch (this.#opcode) {
      case Opcode.CONTINUATION:
        return this.#fragmented === 0 ? 'a continuation of nothing' : undefined
      case Opcode.TEXT:
      case Opcode.BINARY:
        return this.#fragmented === 0 ? undefined : 'a message within another'
      case Opcode.CLOSE:
      case Opcode.PING:
      case Opcode.PONG:
        return this.#final && length <= 125 ? undefined : 'a control frame in parts or too long'
      default:
        return `the opcode ${this.#opcode}`
    }
  }

  /** More of the body is there. */
  #grow(count: number): void {
    const body = this.#body!
    this.#bodyAt += count
    if (this.#bodyAt < body.length) return
    this.#bodyAt = 0
    if (this.#beyond > 0) {
      this.#parts.push(body)
      this.#size += body.length
      this.#body = Buffer.allocUnsafeSlow(Math.min(this.#beyond, PIECE))
      this.#beyond -= this.#body.length
      return
    }
    this.#body = undefined
    this.#expected = this.#opcode === Opcode.BINARY && body.length <= EXPECTED ? body.length : 0
    this.#frame(body, false)
  }

  /** A frame is whole; a borrowed payload lies in the scratch. */
  #frame(payload: Buffer, borrowed: boolean): void {
    const opcode = this.#opcode
    if (opcode === Opcode.CLOSE) {
      this.stop()
      if (payload.length < 2) this.#sink.close(1005, '')
      else this.#sink.close(payload.readUInt16BE(0), payload.toString('utf8', 2))
    } else if (opcode === Opcode.PING) this.#sink.ping(Uint8Array.from(payload))
    else if (opcode === Opcode.PONG) this.#sink.pong()
    else if (this.#final && this.#parts.length === 0) this.#message(opcode === 0 ? this.#fragmented : opcode, payload, borrowed)
    else {
      if (payload.length > 0) this.#parts.push(borrowed ? Buffer.from(payload) : payload)
      if (opcode !== 0) this.#fragmented = opcode
      this.#size += payload.length
      if (!this.#final) return
      const whole = Buffer.concat(this.#parts)
      this.#parts = []
      this.#message(this.#fragmented, whole, false)
    }
  }

  /** A copy of what lies in the scratch. */
  #keep(payload: Buffer): Buffer {
    if (payload.length <= SMALL) return Buffer.from(payload)
    this.#expected = payload.length
    const copy = this.#memory(payload.length)
    copy.set(payload)
    return copy
  }

  /** Memory of its own for a long message. */
  #memory(length: number): Buffer {
    return Buffer.allocUnsafeSlow(this.lead + length).subarray(this.lead)
  }

  #message(opcode: number, payload: Buffer, borrowed: boolean): void {
    this.#fragmented = 0
    this.#size = 0
    if (opcode === Opcode.TEXT) {
      this.#sink.message(payload.toString('utf8'))
      return
    }
    const { buffer, byteOffset, length } = borrowed ? this.#keep(payload) : payload
    // A Buffer's own `slice` would share memory where everyone else's copies.
    this.#sink.message(new Uint8Array(buffer, byteOffset, length))
  }
}
