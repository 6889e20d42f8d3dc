/** Cuts what a WebSocket client sends into messages, payloads unmasked; keeps the bytes of each as they were. */
export class ClientFrames {
  #buffer: Buffer = Buffer.alloc(0)

  /** Takes more bytes and gives the frames that are complete. */
  push(chunk: Buffer): { readonly raw: Buffer; readonly payload: Buffer }[] {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk])
    const frames: { raw: Buffer; payload: Buffer }[] = []
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame)
    return frames
  }

  #next(): { raw: Buffer; payload: Buffer } | undefined {
    const bytes = this.#buffer
    if (bytes.length < 2) return undefined
    let length = bytes[1]! & 0x7f
    let at = 2
    if (length === 126) {
      if (bytes.length < 4) return undefined
      length = bytes.readUInt16BE(2)
      at = 4
    } else if (length === 127) {
      if (bytes.length < 10) return undefined
      length = Number(bytes.readBigUInt64BE(2))
      at = 10
    }
    const masked = (bytes[1]! & 0x80) !== 0
    const end = at + (masked ? 4 : 0) + length
    if (bytes.length < end) return undefined
    const payload = Buffer.from(bytes.subarray(end - length, end))
    if (masked) for (let i = 0; i < length; i++) payload[i]! ^= bytes[at + (i & 3)]!
    this.#buffer = bytes.subarray(end)
    return { raw: bytes.subarray(0, end), payload }
  }
}
