import type { Compare, Expr } from '../sql/ast.ts'
import { ticksOf } from './context.ts'
import { dayTicks, readDuration, roughTicks } from './duration.ts'
import type { Frame } from './expression.ts'
import { parseTime } from './functions/parse-time.ts'
import { utcOffset } from './functions/zone.ts'

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
      return { low: constantTime(node.low, frame), high: constantTime(node.high, frame) }
    }
    case 'in': {
      if (node.negated || !isTs(node.value)) return {}
      const times = node.list.map((item) => constantTime(item, frame))
      return times.map((at): TimeRange => ({ low: at, high: at })).reduce(hull)
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
  const at = constantTime(flipped ? node.left : node.right, frame)
  if (at === undefined) return {}
  const op = flipped ? (({ '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as Record<string, string>)[node.op] ?? node.op) : node.op
  if (op === '=') return { low: at, high: at }
  if (op === '>=') return { low: at }
  if (op === '>') return { low: at + 1n }
  if (op === '<=') return { high: at }
  return op === '<' ? { high: at - 1n } : {}
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

/** The ticks of an expression that is a time without looking at rows; undefined for any other. */
export function constantTime(node: Expr, frame: Frame): bigint | undefined {
  const { precision, timezone } = frame.functions
  switch (node.kind) {
    case 'literal':
      if (node.type === 'integer') return BigInt(node.text)
      if (node.type === 'float') return BigInt(Math.trunc(Number(node.text)))
      if (node.type === 'string' || node.type === 'timestamp') return parseTime(node.text, precision, timezone, frame.plan.zones)
      return node.type === 'duration' ? roughTicks(readDuration(node, precision), precision) : undefined
    case 'unary': {
      const value = constantTime(node.operand, frame)
      return value === undefined || node.op === '+' ? value : -value
    }
    case 'binary': {
      if (node.op !== '+' && node.op !== '-') return undefined
      const left = constantTime(node.left, frame)
      const right = constantTime(node.right, frame)
      if (left === undefined || right === undefined) return undefined
      return node.op === '+' ? left + right : left - right
    }
    case 'cast':
      return node.type.name === 'TIMESTAMP' || node.type.name === 'BIGINT' ? constantTime(node.value, frame) : undefined
    case 'call':
      if (node.name === 'now') return ticksOf(frame.plan.now, precision)
      if (node.name === 'today') {
        const ms = Number(frame.plan.now / 1_000_000n)
        const wall = ms + utcOffset(timezone, ms, frame.plan.zones) * 1000
        const offset = BigInt(utcOffset(timezone, ms, frame.plan.zones)) * (dayTicks(precision) / 86_400n)
        return BigInt(Math.floor(wall / 86_400_000)) * dayTicks(precision) - offset
      }
      if ((node.name === 'to_unixtimestamp' || node.name === 'to_timestamp') && node.args[0]?.kind === 'literal')
        return constantTime(node.args[0], frame)
      return undefined
    default:
      return undefined
  }
}
