/** One thing that an issue says must be shown: what was measured, what it must reach, and whether it does. */
export interface Bar {
  readonly name: string
  readonly figure: number | string
  readonly bar: string
  readonly holds: boolean
}

/** A ratio that must be at least `least`. */
export function atLeast(name: string, figure: number, least: number): Bar {
  return { name, figure: round(figure), bar: `≥ ${least}×`, holds: figure >= least }
}

/** A ratio that must be at most `most`. */
export function atMost(name: string, figure: number, most: number): Bar {
  return { name, figure: round(figure), bar: `≤ ${most}×`, holds: figure <= most }
}

/** The figure of a client that was not there to judge or to be measured. */
export const NOT_RUN = 'not run'

/** A client whose toolchain or package could not be had: its bar does not hold. */
export function notRun(name: string, reason: string): Bar {
  return { name, figure: NOT_RUN, bar: reason, holds: false }
}

const round = (figure: number) => Number(figure.toPrecision(3))

/** Prints rows under their names, numbers to the right. */
export function printTable(rows: readonly Record<string, string | number | boolean>[]): void {
  const names = Object.keys(rows[0] ?? {})
  const widths = names.map((name) => Math.max(name.length, ...rows.map((row) => String(row[name]).length)))
  const line = (cells: readonly (string | number | boolean)[]) =>
    cells.map((cell, i) => (typeof cell === 'number' ? String(cell).padStart(widths[i]!) : String(cell).padEnd(widths[i]!))).join('  ')
  console.log(line(names))
  console.log(widths.map((width) => '-'.repeat(width)).join('  '))
  for (const row of rows) console.log(line(names.map((name) => row[name]!)))
  console.log()
}

/** The end of every measuring command: the bars as a table, and with `json` as one object on the last line. */
export function report(bars: readonly Bar[], json: boolean): void {
  printTable(bars.map(({ name, figure, bar, holds }) => ({ name, figure, bar, holds: holds ? 'yes' : 'NO' })))
  if (json) console.log(JSON.stringify({ bars }))
}
