import { SqlError } from '../../errors.ts'
import type { IntervalWindow } from '../../sql/ast.ts'
import { addMonths, fixedOffset, wallClock, wallTicks } from '../calendar.ts'
import { type Duration, dayTicks, readDuration, roughTicks } from '../duration.ts'
import { Wrong } from '../errors.ts'
import type { Frame } from '../expression.ts'
import type { TimeRange } from '../time-range.ts'
import type { WindowPlan } from './window.ts'

/** INTERVAL with its offset and sliding, all checked. */
export interface Interval {
  readonly length: Duration
  /** Ticks by which windows start later than midnight of the epoch (or the first of the month). */
  readonly offset: bigint
  readonly sliding: Duration
  /** Most ticks that a window may be long. */
  readonly longest: bigint
  /** SQL of the start of the window, or of the sliding step, in which a time lies. */
  floor(ts: string): string
  /** SQL of the last point not after a time that lies whole steps of another size from the windows' starts. */
  align(ts: string, size: bigint): string
  /** Where steps are of one length: SQL of the number of the step in which a time lies (small numbers group faster), and of its start. */
  readonly numbered?: { number(ts: string): string; start(number: string): string }
  /** SQL of a window's start moved by so many steps (SQL). */
  step(start: string, steps: string): string
  end(start: string): string
}

/** Reads INTERVAL(length, offset) SLIDING(step). Throws where the parts do not fit each other. */
export function readInterval(window: IntervalWindow, frame: Frame, range: TimeRange): Interval {
  const { precision, timezone } = frame.functions
  const calendar = { precision, timezone }
  const length = readDuration(window.interval, precision)
  const rough = roughTicks(length, precision)
  if (rough <= 0n) throw new SqlError(0x2615, `This interval value is too small : ${window.interval.text}`, window.interval.start)
  let offset = 0n
  if (window.offset === 'auto') offset = range.low !== undefined && length.kind === 'ticks' ? modulo(range.low, length.ticks) : 0n
  else if (window.offset) {
    const written = readDuration(window.offset, precision)
    if (written.kind === 'months' && written.unit === 'y' && length.kind === 'months' && length.unit === 'n')
      throw Wrong.yearOffset(window.offset)
    offset = roughTicks(written, precision)
    if (offset >= rough) throw Wrong.intervalOffset(window.offset)
  }
  let sliding = length
  if (window.sliding) {
    sliding = readDuration(window.sliding, precision)
    if (sliding.kind === 'months') throw Wrong.naturalSliding(window.sliding)
    if (sliding.ticks > rough) throw new SqlError(0x2631, 'sliding value no larger than the interval value', window.sliding.start)
    if (sliding.ticks * 100n < rough)
      throw new SqlError(0x2632, 'sliding value can not less than 1% of interval value', window.sliding.start)
  }
  const end = (start: string) => (length.kind === 'months' ? addMonths(start, length.months, calendar) : `(${start} + ${length.ticks})`)
  const step = (start: string, steps: string) => {
    if (sliding.kind === 'ticks') return `(${start} + (${steps}) * ${sliding.ticks})`
    return wallTicks(`(${wallClock(start, calendar)} + to_months(CAST((${steps}) * ${sliding.months} AS INTEGER)))`, calendar)
  }
  if (sliding.kind === 'months') {
    const { months } = sliding
    const floor = (ts: string) => {
      const wall = wallClock(offset === 0n ? ts : `(${ts} - ${offset})`, calendar)
      const excess = `((year(${wall}) - 1900) * 12 + month(${wall}) - 1) % ${months}`
      const first =
        months === 1n ? `date_trunc('month', ${wall})` : `(date_trunc('month', ${wall}) - to_months(CAST(${excess} AS INTEGER)))`
      const ticks = wallTicks(first, calendar)
      return offset === 0n ? ticks : `(${ticks} + ${offset})`
    }
    return { length, offset, sliding, longest: rough, floor, align: (ts) => floor(ts), step, end }
  }
  const { ticks } = sliding
  const days = length.kind === 'ticks' && (length.unit === 'd' || length.unit === 'w')
  const align = (ts: string, size: bigint) => {
    const fixed = days ? fixedOffset(timezone) : 0
    if (fixed === undefined) {
      // Days begin at midnight of the wall clock, which is not always 24 hours apart.
      const local = `(epoch_us(${wallClock(ts, calendar)}) ${precision === 'ms' ? '// 1000' : precision === 'ns' ? '* 1000' : ''})`
      const at = floorTo(local, size, offset)
      return wallTicks(`make_timestamp(${precision === 'ms' ? `(${at}) * 1000` : precision === 'ns' ? `(${at}) // 1000` : at})`, calendar)
    }
    return floorTo(ts, size, offset - (BigInt(fixed) * dayTicks(precision)) / 86_400n)
  }
  const fixed = days ? fixedOffset(timezone) : 0
  const origin = fixed === undefined ? undefined : modulo(offset - (BigInt(fixed) * dayTicks(precision)) / 86_400n, ticks)
  const numbered = origin === undefined ? undefined : stepNumbers(ticks, origin)
  return { length, offset, sliding, longest: rough, floor: (ts) => align(ts, ticks), align, numbered, step, end }
}

const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : divisor(b, a % b))

const modulo = (value: bigint, by: bigint): bigint => ((value % by) + by) % by

/** The largest multiple of `by`, counted from `origin`, that is not after the time. */
function floorTo(ts: string, by: bigint, origin: bigint): string {
  const from = modulo(origin, by)
  const shifted = from === 0n ? ts : `(${ts} - ${from})`
  // One division where nothing lies before the origin, which is nearly always.
  return `CASE WHEN ${shifted} >= 0 THEN ${ts} - ${shifted} % ${by} ELSE ${ts} - (${shifted} % ${by} + ${by}) % ${by} END`
}

function stepNumbers(by: bigint, origin: bigint): NonNullable<Interval['numbered']> {
  return {
    number: (ts) => {
      const shifted = origin === 0n ? ts : `(${ts} - ${origin})`
      return `(CASE WHEN ${shifted} >= 0 THEN ${shifted} ELSE ${shifted} - ${by - 1n} END) // ${by}`
    },
    start: (number) => `${number} * ${by} + ${origin}`,
  }
}

/** INTERVAL as a window: rows are grouped by the start of the one, or with SLIDING of each, window they lie in. */
export function intervalPlan(interval: Interval, ts: string): WindowPlan {
  const span = {
    aggregates: [],
    start: 'w0',
    end: interval.end('w0'),
    duration: interval.length.kind === 'ticks' ? `${interval.length.ticks}` : `(${interval.end('w0')} - w0)`,
  }
  if (interval.sliding === interval.length) {
    const first = interval.floor(ts)
    return {
      ...span,
      consumes: [ts],
      wrap: (rows) => rows,
      keys: [{ alias: 'w0', sql: interval.numbered?.number(ts) ?? first }],
      ...(interval.numbered ? { start0: interval.numbered.start('w0') } : {}),
      span: { first, last: `(${interval.end(first)} - 1)` },
    }
  }
  const { sliding, length } = interval
  if (sliding.kind !== 'ticks') throw Wrong.naturalSliding()
  if (length.kind === 'ticks') {
    const spread = (rows: string, at: string) =>
      `SELECT *, unnest(range(${interval.floor(at)}, ${at} - ${length.ticks}, ${-sliding.ticks})) AS w0 FROM (${rows}) r`
    return {
      ...span,
      consumes: [ts],
      wrap: (rows) => spread(rows, ts),
      keys: [{ alias: 'w0', sql: 'w0' }],
      // Windows begin and end at multiples of the pane's size, which divides both length and step.
      panes: { floor: (at) => interval.align(at, divisor(length.ticks, sliding.ticks)), expand: (rows) => spread(rows, 'p0') },
    }
  }
  // A month is at most 31 days long: starts that far back are tried, and kept where their window still holds the row.
  const starts = `range(${interval.floor(ts)}, ${ts} - ${interval.longest}, ${-sliding.ticks})`
  return {
    ...span,
    consumes: [ts],
    wrap: (rows) => `SELECT * FROM (SELECT *, unnest(${starts}) AS w0 FROM (${rows}) r) r WHERE ${ts} < ${interval.end('w0')}`,
    keys: [{ alias: 'w0', sql: 'w0' }],
  }
}
