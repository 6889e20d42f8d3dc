import process from 'node:process'

/** What the tour draws: a progress bar, a table, a chart. */

const colours = process.stdout.isTTY && process.env['NO_COLOR'] === undefined
const paint = (code: number) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
export const bold = paint(1)
export const dim = paint(2)
export const green = paint(32)
export const cyan = paint(36)

/** A bar that redraws itself on a terminal and prints one line elsewhere. */
export function progress(label: string, total: number): { advance(by: number): void; done(note: string): void } {
  const width = 30
  let current = 0
  const draw = (note: string, end: string) => {
    const filled = Math.round((width * Math.min(current, total)) / total)
    process.stdout.write(
      `${process.stdout.isTTY ? '\r' : ''}  ${label.padEnd(11)} ${green('█'.repeat(filled))}${dim('░'.repeat(width - filled))} ${note}${end}`,
    )
  }
  return {
    advance(by) {
      current += by
      if (process.stdout.isTTY) draw(`${current.toLocaleString('en')} rows`, '')
    },
    done(note) {
      draw(note, '\n')
    },
  }
}

function show(value: unknown): string {
  if (value === null) return dim('NULL')
  if (value instanceof Date)
    return value
      .toISOString()
      .replace('T', ' ')
      .replace(/(:00)?\.000Z$/, '')
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(2)
  return String(value)
}

/** Rows of one shape with their names above; numbers to the right. */
export function table(rows: readonly Record<string, unknown>[]): void {
  const names = Object.keys(rows[0] ?? {})
  const right = names.map((name) =>
    rows.every((row) => typeof row[name] === 'number' || typeof row[name] === 'bigint' || row[name] === null),
  )
  const cells = rows.map((row) => names.map((name) => show(row[name])))
  const widths = names.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]!.length)))
  const line = (row: readonly string[]) => row.map((cell, i) => (right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join('  ')
  console.log(`  ${bold(line(names))}`)
  console.log(`  ${dim(widths.map((width) => '─'.repeat(width)).join('  '))}`)
  for (const row of cells) console.log(`  ${line(row)}`)
}

/** A line of values in braille dots, two across and four down a character. */
export function chart(values: readonly number[], options: { height: number; unit: string; from: string; to: string }): void {
  const low = Math.min(...values)
  const high = Math.max(...values)
  const dotsDown = options.height * 4
  const columns = Math.ceil(values.length / 2)
  const grid = Array.from({ length: options.height }, () => new Uint8Array(columns))
  const bits = [
    [0x01, 0x02, 0x04, 0x40],
    [0x08, 0x10, 0x20, 0x80],
  ]
  values.forEach((value, i) => {
    const down = Math.round(((high - value) / (high - low || 1)) * (dotsDown - 1))
    for (let dot = down; dot < dotsDown; dot++) grid[dot >> 2]![i >> 1]! |= bits[i & 1]![dot & 3]!
  })
  const label = (text: string) => dim(text.padStart(9))
  grid.forEach((row, i) => {
    const left = i === 0 ? `${high.toFixed(1)} ${options.unit}` : i === options.height - 1 ? `${low.toFixed(1)} ${options.unit}` : ''
    console.log(`  ${label(left)} ${cyan([...row].map((dots) => String.fromCharCode(0x2800 + dots)).join(''))}`)
  })
  console.log(`  ${label('')} ${dim(options.from + options.to.padStart(Math.max(1, columns - options.from.length)))}`)
}
