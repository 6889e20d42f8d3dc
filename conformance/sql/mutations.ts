/** A small generator of pseudo-random numbers, so that a failing mutation can be made again from its seed. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0 || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state % below
  }
}

const INSERTED = [
  '(',
  ')',
  "'",
  '"',
  '`',
  ',',
  '.',
  ';',
  '--',
  '/*',
  '*/',
  '\\',
  '\0',
  '1e',
  '0x',
  '?',
  '->',
  '😀',
  ' SELECT ',
  ' FROM ',
  ' NOT ',
  ' UNION ',
  ' CASE ',
  '((((',
  ' AND ',
  '-',
]

/** The statement with a few characters or words removed, doubled, swapped or put in. */
export function mutate(sql: string, random: (below: number) => number): string {
  let text = sql
  for (let times = 1 + random(3); times > 0; times--) {
    const at = random(text.length + 1)
    const length = random(12)
    const insertion = INSERTED[random(INSERTED.length)]!
    const kind = random(5)
    if (kind === 0) text = text.slice(0, at) + text.slice(at + length)
    else if (kind === 1) text = text.slice(0, at) + insertion + text.slice(at)
    else if (kind === 2) text = text.slice(0, at)
    else if (kind === 3) text = text.slice(0, at + length) + text.slice(at)
    else text = text.slice(0, at) + insertion + text.slice(at + length)
  }
  return text
}
