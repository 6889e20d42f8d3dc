/** A CSV text that breaks the format, at a line counted from 1. */
export class CsvError extends Error {
  override readonly name = 'CsvError'
  readonly line: number

  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

const BARE_QUOTE = 'bare " in non-quoted-field'
const QUOTE = 'extraneous or missing " in quoted-field'

/**
 * Records of a CSV text (RFC 4180: commas, quotes doubled inside quotes, LF or CRLF), with or without a byte order mark; empty lines are left out. A field
 * without quotes that is one of `nulls` is null. Throws a CsvError, in the words of taosAdapter, also for a record of another length than the first.
 */
export function* parseCsv(text: string, nulls: readonly string[] = ['']): Generator<(string | null)[]> {
  const end = text.endsWith('\r') ? text.length - 1 : text.length
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  let line = 1
  let lineStart = at
  let width: number | undefined
  /** The error at a place of the record that began on line `started`. */
  const fail = (problem: string, place: number, started: number): CsvError => {
    const column = Buffer.byteLength(text.slice(lineStart, place)) + 1
    const record = started === line ? '' : `record on line ${started}; `
    return new CsvError(`${record}parse error on line ${line}, column ${column}: ${problem}`, line)
  }
  const lineEnd = (): number => (text.charCodeAt(at) === 10 ? 1 : text.startsWith('\r\n', at) ? 2 : 0)
  const nextLine = (): void => {
    at += lineEnd()
    line++
    lineStart = at
  }
  while (at < end) {
    if (lineEnd() > 0) {
      nextLine()
      continue
    }
    const record: (string | null)[] = []
    const started = line
    for (;;) {
      if (text.charCodeAt(at) === 34) {
        let field = ''
        for (let from = at + 1; ; from = at + 1) {
          const quote = text.indexOf('"', from)
          const piece = text.slice(from, quote < 0 ? end : quote)
          for (let newline = piece.indexOf('\n'); newline >= 0; newline = piece.indexOf('\n', newline + 1)) {
            if (quote < 0 && from + newline + 1 === end) break
            line++
            lineStart = from + newline + 1
          }
          if (quote < 0) throw fail(QUOTE, end, started)
          field += piece
          at = quote + 1
          if (text.charCodeAt(at) !== 34) break
          field += '"'
        }
        if (at < end && text.charCodeAt(at) !== 44 && lineEnd() === 0) throw fail(QUOTE, at - 1, started)
        record.push(field)
      } else {
        const start = at
        while (at < end && text.charCodeAt(at) !== 44 && lineEnd() === 0) at++
        const field = text.slice(start, at)
        const quote = field.indexOf('"')
        if (quote >= 0) throw fail(BARE_QUOTE, start + quote, started)
        record.push(nulls.includes(field) ? null : field)
      }
      if (text.charCodeAt(at) !== 44) break
      at++
    }
    if (record.length !== (width ??= record.length)) throw new CsvError(`record on line ${started}: wrong number of fields`, started)
    nextLine()
    yield record
  }
}

/** A field as CSV writes it: quoted where it must be, also where it would be read as NULL. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) || text === '' || text === 'NULL' ? `"${text.replaceAll('"', '""')}"` : text
}
