/** How wide a text stands in a terminal: East Asian wide characters and emoji take two cells, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) {
    if (/\p{Mark}|\u200d|[\ufe00-\ufe0f]/u.test(character)) continue
    width +=
      /\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        character,
      )
        ? 2
        : 1
  }
  return width
}

/** Rows as a table with a line under the names; numbers stand to the right. */
export function textTable(names: readonly string[], rows: readonly (readonly string[])[], right: readonly boolean[]): string {
  const widths = names.map((name, i) => Math.max(displayWidth(name), ...rows.map((row) => displayWidth(row[i]!))))
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, i) => {
      const space = ' '.repeat(widths[i]! - displayWidth(cell))
      return right[i] ? space + cell : cell + space
    })
    return padded.join(' │ ').trimEnd()
  }
  return [line(names), widths.map((width) => '─'.repeat(width)).join('─┼─'), ...rows.map(line)].join('\n')
}
