/** Matches as TDengine's LIKE: `%` any text, `_` one character, `\` makes the next one plain, letters of both cases alike. */
export function matchesLike(text: string, pattern: string): boolean {
  let source = ''
  const characters = [...pattern]
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!
    if (character === '%') source += '.*'
    else if (character === '_') source += '.'
    else if (character === '\\' && i + 1 < characters.length) source += quote(characters[++i]!)
    else source += quote(character)
  }
  return new RegExp(`^${source}$`, 'isu').test(text)
}

function quote(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character
}
