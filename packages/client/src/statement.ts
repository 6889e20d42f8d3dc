import { isBindableInsert } from './bound-insert.ts'
import { literal } from './literal.ts'

/** A piece of a statement: text of the program's own, or the literal of a value. */
interface Piece {
  readonly text: string
  readonly secret: boolean
}

const NO_PIECES: readonly Piece[] = []

/** A statement with its values in place, that can show itself without them. */
export class Statement {
  /** The statement with `?` for each value: for errors, logs and traces. */
  readonly sql: string
  /** The values where they stand. */
  readonly values: readonly unknown[]
  readonly #pieces: readonly Piece[]
  readonly #unwritable: Error | undefined

  private constructor(sql: string, pieces: readonly Piece[], values: readonly unknown[], unwritable?: Error) {
    this.sql = sql
    this.values = values
    this.#pieces = pieces
    this.#unwritable = unwritable
  }

  /** Whether there are values to hide. */
  get hasValues(): boolean {
    return this.values.length > 0
  }

  /** What is sent as text, values and all. Throws a DataError for a value that no text can hold. */
  get text(): string {
    if (this.#unwritable) throw this.#unwritable
    return this.hasValues ? this.#pieces.map(({ text }) => text).join('') : this.sql
  }

  /** A statement without values. */
  static plain(sql: string): Statement {
    return new Statement(sql, NO_PIECES, NO_PIECES)
  }

  /**
   * Puts the literals of values between texts: one more text than values. `name` says what a value is, for errors. Throws a DataError for what is
   * no SQL value; one that only binding can carry is refused when the text is asked for, unless all of them can be bound.
   */
  static join(texts: readonly string[], values: readonly unknown[], name: (at: number) => string): Statement {
    const sql = texts.join('?')
    const pieces: Piece[] = []
    let before = ''
    let unwritable: Error | undefined
    texts.forEach((text, i) => {
      if (text !== '') pieces.push({ text, secret: false })
      before = text === '' ? before : text
      if (i >= values.length) return
      let written = ''
      try {
        written = literal(values[i], name(i))
      } catch (error) {
        const bindable = typeof values[i] === 'string' && (values[i] as string).includes('\0') && isBindableInsert(sql)
        if (!bindable) throw error
        unwritable ??= error as Error
      }
      // Two minus signs begin a comment.
      pieces.push({ text: written.startsWith('-') && before.endsWith('-') ? ` ${written}` : written, secret: true })
      before = written
    })
    return new Statement(sql, pieces, values, unwritable)
  }

  /** The same statement with other literals for some values: `write` gives one, or undefined where it stays. */
  rewritten(write: (value: unknown) => string | undefined): Statement {
    let at = 0
    const pieces = this.#pieces.map((piece) => {
      if (!piece.secret) return piece
      const text = write(this.values[at++])
      return text === undefined ? piece : { text: ` ${text}`, secret: true }
    })
    return new Statement(this.sql, pieces, this.values, this.#unwritable)
  }

  /** What the server says of the statement, without the values that it repeats. */
  redact(reason: string): string {
    if (!this.hasValues) return reason
    const sent = this.#pieces.map(({ text }) => text).join('')
    const near = reason.replace(/near (["'])([\s\S]+?)\1(?= \(|$)/, (whole, mark: string, quoted: string) => {
      const at = findQuoted(sent, quoted)
      return at < 0 ? whole : `near ${mark}${this.#shownBetween(at, at + quoted.length)}${mark}`
    })
    return this.#pieces.reduce((text, { text: value, secret }) => {
      if (!secret) return text
      const bare = value.startsWith("'") ? value.slice(1, -1) : value
      return bare.length < 3 ? text : text.replaceAll(bare, '?')
    }, near)
  }

  /** Where a place in what was sent is in what is shown; within a value, where its `?` is. */
  place(position: number): number {
    let sent = 0
    let shown = 0
    for (const { text, secret } of this.#pieces) {
      if (position < sent + text.length) return secret ? shown : shown + position - sent
      sent += text.length
      shown += secret ? 1 : text.length
    }
    return shown
  }

  #shownBetween(from: number, to: number): string {
    let at = 0
    let shown = ''
    for (const { text, secret } of this.#pieces) {
      const start = Math.max(from, at)
      const end = Math.min(to, at + text.length)
      if (start < end) shown += secret ? '?' : text.slice(start - at, end - at)
      at += text.length
    }
    return shown
  }
}

/** Where the server's quotation begins in what was sent; it writes some words in lower case. */
function findQuoted(sent: string, quoted: string): number {
  if (sent.endsWith(quoted)) return sent.length - quoted.length
  const at = sent.indexOf(quoted)
  if (at >= 0) return at
  const lower = sent.toLowerCase()
  return lower.length === sent.length ? lower.indexOf(quoted.toLowerCase()) : -1
}
