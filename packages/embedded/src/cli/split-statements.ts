/** Splits a text at the semicolons outside quotes and comments; `rest` is what follows the last one. */
export function splitStatements(text: string): { readonly statements: string[]; readonly rest: string } {
  const statements: string[] = []
  let start = 0
  let at = 0
  while (at < text.length) {
    const character = text[at]!
    if (character === "'" || character === '"' || character === '`') at = afterQuote(text, at)
    else if (text.startsWith('--', at)) at = lineEnd(text, at)
    else if (text.startsWith('/*', at)) at = afterComment(text, at)
    else if (character === ';') {
      const statement = text.slice(start, at).trim()
      if (statement !== '') statements.push(statement)
      start = ++at
    } else at++
  }
  return { statements, rest: text.slice(start) }
}

function afterQuote(text: string, at: number): number {
  const quote = text[at]!
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\' && quote !== '`') i++
    else if (text[i] === quote) return i + 1
  }
  return text.length
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

function afterComment(text: string, at: number): number {
  const end = text.indexOf('*/', at + 2)
  return end < 0 ? text.length : end + 2
}
