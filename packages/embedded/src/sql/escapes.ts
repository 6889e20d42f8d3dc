/**
 * The content of a string literal (with its quotes): doubled quotes are one; `\n \t \r \0 \' \" \\` are the characters they say;
 * `\%`, `\_` and `\x` keep their backslash, for LIKE and for hexadecimal VARBINARY; of any other pair the backslash goes.
 */
export function decodeString(literal: string): string {
  const quote = literal[0]
  const body = literal.slice(1, -1)
  if (!body.includes('\\') && !body.includes(quote!)) return body
  let out = ''
  for (let i = 0; i < body.length; i++) {
    const c = body[i]!
    if (c === quote) {
      out += c
      i++
    } else if (c === '\\' && i + 1 < body.length) {
      const next = body[++i]!
      out +=
        next === 'n' ? '\n' : next === 't' ? '\t' : next === 'r' ? '\r' : next === '%' || next === '_' || next === 'x' ? `\\${next}` : next
    } else out += c
  }
  return out
}

/** The content of a backquoted name (with its backquotes). */
export function decodeName(quoted: string): string {
  return quoted.slice(1, -1).replaceAll('``', '`')
}

/** A string as a literal that {@link decodeString} reads back. */
export function encodeString(text: string): string {
  const body = text.replace(/\\(?![%_x])|['\n\t\r]/g, (c) =>
    c === '\n' ? '\\n' : c === '\t' ? '\\t' : c === '\r' ? '\\r' : c === "'" ? "''" : '\\\\',
  )
  return `'${body}'`
}
