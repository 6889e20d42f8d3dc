/** A piece of a statement: text of the program's own, or the literal of a value. */
interface Piece {
  readonly text: string
  readonly secret: boolean
}

const NO_PIECES: readonly Piece[] = []

/** A statement with its values in place, that can show itself without them. */
export class Statement {
  /** What is sent, values and all. */
  readonly text: string
  /** The same with `?` for each value: for errors, logs and traces. */
  readonly sql: string
  readonly #pieces: readonly Piece[]

  /** Whether there are values to hide. */
  readonly hasValues: boolean

  private constructor(text: string, pieces: readonly Piece[]) {
    this.#pieces = pieces
    this.text = text
    this.hasValues = pieces.some(({ secret }) => secret)
    this.sql = this.hasValues ? pieces.map((piece) => (piece.secret ? '?' : piece.text)).join('') : text
  }

  /** A statement without values. */
  static plain(sql: string): Statement {
    return new Statement(sql, NO_PIECES)
  }

  /** Puts literals between texts: one more text than literals. */
  static join(texts: readonly string[], literals: readonly string[]): Statement {
    const pieces: Piece[] = []
    let before = ''
    texts.forEach((text, i) => {
      if (text !== '') pieces.push({ text, secret: false })
      before = text === '' ? before : text
      const value = literals[i]
      if (value === undefined) return
      // Two minus signs begin a comment.
      pieces.push({ text: value.startsWith('-') && before.endsWith('-') ? ` ${value}` : value, secret: true })
      before = value
    })
    return new Statement(pieces.map(({ text }) => text).join(''), pieces)
  }

  /** What the server says of the statement, without the values that it repeats. */
  redact(reason: string): string {
    if (!this.hasValues) return reason
    const near = reason.replace(/near (["'])([\s\S]+?)\1(?= \(|$)/, (whole, mark: string, quoted: string) => {
      const at = this.text.endsWith(quoted) ? this.text.length - quoted.length : this.text.indexOf(quoted)
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
