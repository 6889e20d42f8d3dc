/** A CSV text that breaks the format, at a line counted from 1. */
export class CsvError extends Error {
  override readonly name = 'CsvError'
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

/** Records of a CSV text (RFC 4180: commas, quotes doubled inside quotes, LF or CRLF); empty lines are left out. Throws a CsvError. */
export function* parseCsv(text: string): Generator<string[]> {
  let at = 0
  let line = 1
  const end = text.length
  while (at < end) {
    const lineEnd = text.charCodeAt(at) === 10 ? 1 : text.startsWith('\r\n', at) ? 2 : 0
    if (lineEnd > 0) {
      at += lineEnd
      line++
      continue
    }
    const record: string[] = []
    const started = line
    for (;;) {
      let field = ''
      if (text.charCodeAt(at) === 34) {
        at++
        for (;;) {
          const quote = text.indexOf('"', at)
          if (quote < 0) throw new CsvError(`record on line ${started}: a quoted field does not end`, started)
          field += text.slice(at, quote)
          at = quote + 1
          if (text.charCodeAt(at) !== 34) break
          field += '"'
          at++
        }
        for (const each of field) if (each === '\n') line++
        const after = text.charCodeAt(at)
        if (at < end && after !== 44 && after !== 10 && !text.startsWith('\r\n', at)) {
          throw new CsvError(`record on line ${started}: text after a quoted field`, started)
        }
      } else {
        const start = at
        while (at < end && text.charCodeAt(at) !== 44 && text.charCodeAt(at) !== 10) at++
        field = text.slice(start, at)
        if (field.endsWith('\r') && (at >= end || text.charCodeAt(at) === 10)) field = field.slice(0, -1)
      }
      record.push(field)
      if (text.charCodeAt(at) !== 44) break
      at++
    }
    if (text.startsWith('\r\n', at)) at += 2
    else at++
    line++
    yield record
  }
}

/** A field as CSV writes it: quoted where it must be. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text
}
