/** What a server answered the upgrade. */
export interface UpgradeAnswer {
  readonly status: number
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** After 101: what of the WebSocket came already. Else the body, or its start. */
  readonly body: Buffer
}

/** Bytes of a head that are read before it counts as none. */
const HEAD = 1 << 14
/** Bytes of a refusal's body that are worth keeping. */
const BODY = 4096

/** Reads what came so far; undefined while too little is there, unless no more comes. Throws what is no answer of HTTP, with a code `HPE_…`. */
export function readUpgrade(bytes: Buffer, ended: boolean): UpgradeAnswer | undefined {
  const start = bytes.toString('latin1', 0, Math.min(bytes.length, 7))
  if (!'HTTP/1.'.startsWith(start)) throw notHttp('HPE_INVALID_CONSTANT', 'what came is not HTTP')
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) {
    if (bytes.length > HEAD) throw notHttp('HPE_HEADER_OVERFLOW', 'the head of the answer is too long')
    return undefined
  }
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1] ?? Number.NaN)
  if (Number.isNaN(status)) throw notHttp('HPE_INVALID_STATUS', 'the answer has no status')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1) throw notHttp('HPE_INVALID_HEADER_TOKEN', 'a header without a name')
    headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  const rest = bytes.subarray(end + 4)
  if (status === 101) return { status, headers, body: rest }
  if (status < 200) {
    // Hints such as 103; the answer follows.
    if (bytes.length > HEAD) throw notHttp('HPE_HEADER_OVERFLOW', 'the head of the answer is too long')
    return readUpgrade(rest, ended)
  }
  const chunked = /chunked/i.test(headers.get('transfer-encoding') ?? '')
  const said = headers.get('content-length') ?? ''
  const length = status === 204 || status === 304 ? 0 : /^\d+$/.test(said) ? Number(said) : Number.POSITIVE_INFINITY
  const whole =
    ended ||
    rest.length >= Math.min(length, BODY) ||
    (chunked && rest.includes('\r\n0\r\n\r\n')) ||
    (chunked && rest.indexOf('0\r\n\r\n') === 0)
  if (!whole) return undefined
  return { status, headers, body: (chunked ? withoutChunkHeads(rest) : rest).subarray(0, Math.min(length, BODY)) }
}

function withoutChunkHeads(bytes: Buffer): Buffer {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at)
    const size = line === -1 ? 0 : Number.parseInt(bytes.toString('latin1', at, line), 16)
    if (!(size > 0)) return Buffer.concat(chunks)
    chunks.push(bytes.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}

function notHttp(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
