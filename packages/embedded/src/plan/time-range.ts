import type { Precision } from 'taosts/wire'
import { type Call, type Compare, durationOf, type Expr, type Literal } from '../sql/ast.ts'
import { ticksOf } from './context.ts'
import { dayTicks, readDuration, roughTicks } from './duration.ts'
import type { Frame } from './expression.ts'
import { daysIn, parseTime } from './functions/parse-time.ts'
import { formatParts } from './functions/time-pattern.ts'
import { parseFormatted } from './functions/time-reading.ts'
import { fromWall, utcOffset } from './functions/zone.ts'

/** The first and last tick that WHERE lets through, both included; undefined where it is open. */
export interface TimeRange {
  readonly low?: bigint | undefined
  readonly high?: bigint | undefined
}

/** What a condition says about the primary timestamp. `isTs` tells whether an expression is that column. */
export function timeRange(node: Expr | null, frame: Frame, isTs: (node: Expr) => boolean): TimeRange {
  if (!node) return {}
  switch (node.kind) {
    case 'logical': {
      const ranges = node.operands.map((operand) => timeRange(operand, frame, isTs))
      return node.op === 'and' ? ranges.reduce(intersection) : ranges.reduce(hull)
    }
    case 'between': {
      if (node.negated || !isTs(node.value)) return {}
      return { low: constantTime(node.low, frame, 'up'), high: constantTime(node.high, frame) }
    }
    case 'in': {
      if (node.negated || !isTs(node.value)) return {}
      return node.list.map((item): TimeRange => ({ low: constantTime(item, frame, 'up'), high: constantTime(item, frame) })).reduce(hull)
    }
    case 'compare':
      return compared(node, frame, isTs)
    default:
      return {}
  }
}

function compared(node: Compare, frame: Frame, isTs: (node: Expr) => boolean): TimeRange {
  const flipped = !isTs(node.left)
  if (flipped && !isTs(node.right)) return {}
  const other = flipped ? node.left : node.right
  const [down, up] = [constantTime(other, frame), constantTime(other, frame, 'up')]
  if (down === undefined || up === undefined) return {}
  const op = flipped ? (({ '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as Record<string, string>)[node.op] ?? node.op) : node.op
  if (op === '=') return { low: up, high: down }
  if (op === '>=') return { low: up }
  if (op === '>') return { low: down + 1n }
  if (op === '<=') return { high: down }
  return op === '<' ? { high: up - 1n } : {}
}

const most = (a: bigint | undefined, b: bigint | undefined) => (a === undefined ? b : b === undefined || a > b ? a : b)
const least = (a: bigint | undefined, b: bigint | undefined) => (a === undefined ? b : b === undefined || a < b ? a : b)

function intersection(a: TimeRange, b: TimeRange): TimeRange {
  return { low: most(a.low, b.low), high: least(a.high, b.high) }
}

function hull(a: TimeRange, b: TimeRange): TimeRange {
  return {
    low: a.low === undefined || b.low === undefined ? undefined : least(a.low, b.low),
    high: a.high === undefined || b.high === undefined ? undefined : most(a.high, b.high),
  }
}

/** The ticks of an expression that is a time without looking at rows, fractions rounded down or up; undefined for any other. */
export function constantTime(node: Expr, frame: Frame, round: 'down' | 'up' = 'down'): bigint | undefined {
  const { precision, timezone } = frame.functions
  switch (node.kind) {
    case 'literal':
      if (node.type === 'integer') return BigInt(node.text)
      if (node.type === 'float') {
        const value = (round === 'up' ? Math.ceil : Math.floor)(Number(node.text))
        return Number.isFinite(value) ? BigInt(value) : undefined
      }
      if (node.type === 'string' || node.type === 'timestamp') return parseTime(node.text, precision, timezone, frame.plan.zones)
      return node.type === 'duration' ? roughTicks(readDuration(node, precision), precision) : undefined
    case 'unary': {
      const rounded = node.op === '+' ? round : opposite(round)
      const value = isText(node.operand) ? undefined : constantTime(node.operand, frame, rounded)
      return value === undefined || node.op === '+' ? value : -value
    }
    case 'binary': {
      if ((node.op !== '+' && node.op !== '-') || isText(node.left) || isText(node.right)) return undefined
      const left = constantTime(node.left, frame, round)
      const months = monthsOf(node.right, precision)
      if (months !== undefined) return left === undefined ? undefined : movedByMonths(left, node.op === '-' ? -months : months, frame)
      const leading = node.op === '+' ? monthsOf(node.left, precision) : undefined
      const right = constantTime(node.right, frame, node.op === '+' ? round : opposite(round))
      if (left === undefined || right === undefined) return undefined
      if (leading !== undefined) return movedByMonths(right, leading, frame)
      return node.op === '+' ? left + right : left - right
    }
    case 'cast':
      if (node.type.name !== 'TIMESTAMP' && (node.type.name !== 'BIGINT' || isText(node.value))) return undefined
      return constantTime(node.value, frame)
    case 'call':
      if (node.name === 'now') return ticksOf(frame.plan.now, precision)
      if (node.name === 'today') {
        const ms = Number(frame.plan.now / 1_000_000n)
        const wall = ms + utcOffset(timezone, ms, frame.plan.zones) * 1000
        const offset = BigInt(utcOffset(timezone, ms, frame.plan.zones)) * (dayTicks(precision) / 86_400n)
        return BigInt(Math.floor(wall / 86_400_000)) * dayTicks(precision) - offset
      }
      if (node.name === 'to_unixtimestamp' && node.args[0]?.kind === 'literal') return constantTime(node.args[0], frame)
      if (node.name === 'timetruncate') return truncated(node, frame)
      if (node.name === 'to_timestamp') {
        const [text, format] = node.args
        if (!text || !format || !isText(text) || !isText(format)) return undefined
        return parseFormatted(text.text, formatParts(format.text), precision, timezone, frame.plan.zones)
      }
      return undefined
    default:
      return undefined
  }
}

/** TIMETRUNCATE of a constant: days and weeks begin at midnight of the session's zone, unless its flag is 0. */
function truncated({ args: [time, unit, flag] }: Call, frame: Frame): bigint | undefined {
  const { precision, timezone } = frame.functions
  const at = time ? constantTime(time, frame) : undefined
  if (at === undefined || unit?.kind !== 'literal' || unit.type !== 'duration' || durationOf(unit).amount !== 1n) return undefined
  const length = readDuration(unit, precision)
  if (length.kind !== 'ticks' || length.ticks <= 0n) return undefined
  const inZone = (length.unit === 'd' || length.unit === 'w') && !(flag?.kind === 'literal' && flag.text === '0')
  const second = dayTicks(precision) / 86_400n
  const offset = inZone ? BigInt(utcOffset(timezone, Number((at * 1000n) / second), frame.plan.zones)) * second : 0n
  return at - ((at + offset) % length.ticks)
}

/** The months of a duration that counts in them. */
function monthsOf(node: Expr, precision: Precision): bigint | undefined {
  if (node.kind !== 'literal' || node.type !== 'duration') return undefined
  const duration = readDuration(node, precision)
  return duration.kind === 'months' ? duration.months : undefined
}

/** A time some calendar months later in the session's zone, on the last day of a month that is too short; undefined beyond the calendar. */
function movedByMonths(at: bigint, months: bigint, { functions: { precision, timezone }, plan: { zones } }: Frame): bigint | undefined {
  const tick = dayTicks(precision) / 86_400_000n
  const ms = Number((at - (((at % tick) + tick) % tick)) / tick)
  const wall = new Date(ms + utcOffset(timezone, ms, zones) * 1000)
  const day = wall.getUTCDate()
  wall.setUTCMonth(wall.getUTCMonth() + Number(months), 1)
  wall.setUTCDate(Math.min(day, daysIn(wall.getUTCFullYear(), wall.getUTCMonth() + 1)))
  if (Number.isNaN(wall.getTime())) return undefined
  return BigInt(fromWall(timezone, wall.getTime(), zones)) * tick + (at - BigInt(ms) * tick)
}

const opposite = (round: 'down' | 'up') => (round === 'up' ? 'down' : 'up')

/** Text alone is a time; in arithmetic it is a number. */
function isText(node: Expr): node is Literal {
  return node.kind === 'literal' && node.type === 'string'
}
