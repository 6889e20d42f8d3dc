import type { Span } from './ast.ts'

/** Longest name of a result's column, in bytes of UTF-8. */
const NAME_BYTES = 64

/** ASCII letters in lower case; all other characters as they are. */
export function lowerAscii(text: string): string {
  const lower = text.toLowerCase()
  // Locale-free, but toLowerCase also changes É and the like, which TDengine leaves alone.
  if (/^[\0-\x7f]*$/.test(text)) return lower
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** The statement's text in lower case except inside quotes of any kind, as TDengine quotes it in names and messages. */
export function lowerOutsideQuotes(text: string): string {
  if (!/['"`]/.test(text)) return lowerAscii(text)
  let out = ''
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c !== "'" && c !== '"' && c !== '`') continue
    out += lowerAscii(text.slice(from, i))
    const start = i
    i = endOfQuote(text, i) - 1
    out += text.slice(start, i + 1)
    from = i + 1
  }
  return out + lowerAscii(text.slice(from))
}

function endOfQuote(text: string, start: number): number {
  const quote = text[start]
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === '\\' && quote !== '`') i++
    else if (text[i] === quote) return i + 1
  }
  return text.length
}

/** Cuts a text to so many bytes of UTF-8, never inside a character. */
export function cutBytes(text: string, bytes: number): string {
  if (text.length * 3 <= bytes) return text
  let used = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.codePointAt(i)!
    used += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4
    if (used > bytes) return text.slice(0, i)
    if (c >= 0x10000) i++
  }
  return text
}

/**
 * The name TDengine gives an expression without an alias: its text as written, lower-case outside quotes, comments and spaces kept,
 * without the backquotes at its ends, at most 64 bytes.
 */
export function textOf(node: Span, sql: string): string {
  let text = lowerOutsideQuotes(sql.slice(node.start, node.end))
  if (text.length > 1 && text.startsWith('`') && text.endsWith('`')) text = text.slice(1, -1)
  return cutBytes(text, NAME_BYTES)
}
