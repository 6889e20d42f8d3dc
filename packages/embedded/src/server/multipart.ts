/** A part of a `multipart/form-data` body. */
export interface Part {
  readonly name: string
  readonly content: Buffer
}

/** The boundary that a `Content-Type` names, or undefined when it is not multipart/form-data. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  const match = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '')
  return match?.[1] ?? match?.[2]
}

/** The parts of a body, in order; what is not a whole part is left out. */
export function parseMultipart(body: Buffer, boundary: string): Part[] {
  const delimiter = Buffer.from(`--${boundary}`)
  const parts: Part[] = []
  let at = body.indexOf(delimiter)
  while (at >= 0) {
    const start = at + delimiter.length
    const next = body.indexOf(delimiter, start)
    if (next < 0) break
    const part = readPart(body.subarray(start, next))
    if (part) parts.push(part)
    at = next
  }
  return parts
}

/** Headers, an empty line, the content, and the line end that belongs to the next boundary. */
function readPart(bytes: Buffer): Part | undefined {
  const split = bytes.indexOf('\r\n\r\n')
  if (split < 0) return undefined
  const headers = bytes.toString('utf8', 0, split)
  const name = /content-disposition:[^\r\n]*?[;\s]name="([^"]*)"/i.exec(headers)?.[1]
  const end = bytes.length - (bytes.subarray(-2).toString('latin1') === '\r\n' ? 2 : 0)
  return name === undefined ? undefined : { name, content: bytes.subarray(split + 4, Math.max(split + 4, end)) }
}
