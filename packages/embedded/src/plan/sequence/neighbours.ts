import { castSql, raiseSql } from '../functions/index.ts'
import type { Typed } from '../functions/spec.ts'
import { BIGINT, DOUBLE, isFloating, isUnsigned } from '../functions/types.ts'
import { before, soFar } from '../windows/in-order.ts'
import { FIRST, FIRST_NUMBER, type Lie, NUMBER, over, type SequenceMaker, SO_FAR } from './sequence.ts'

// All of these run over rows sorted by partition and time, in one pass: see windows/in-order.ts for why that matters.

/** A literal whole number of an argument. */
const numberOf = (arg: Typed | undefined, otherwise: number): number => (arg?.literal ? Number(arg.literal.text) : otherwise)

/** Whole numbers that fit into 32 bits: their sums and differences need no care. */
const isSmall = (arg: Typed): boolean => !isFloating(arg.type) && arg.type.length <= 4

/** Fails the query when two rows of a partition have one time, between which no difference makes sense. */
function once(lie: Lie): string {
  if (lie.composite) return 'true'
  return `CASE WHEN NOT ${FIRST} AND ${lie.ts} = ${before(lie.ts)} THEN ${raiseSql(0x2805, 'Duplicate timestamps not allowed in function')} ELSE true END`
}

/** DIFF(x, option): the difference to the last value before; option 1 makes negative ones NULL, 2 leaves NULLs out, 3 does both. */
export const diff: SequenceMaker = (args, lie) => {
  const x = args[0]!
  const { id } = lie
  const option = numberOf(args[1], 0)
  const plain = isFloating(x.type) || isSmall(x)
  const value = isFloating(x.type) ? castSql(x.sql, x.type, DOUBLE, lie.functions) : `CAST(${x.sql} AS ${plain ? 'BIGINT' : 'HUGEINT'})`
  const difference = plain ? `${id}x - ${id}p` : `td_h2i64(${id}x - ${id}p)`
  const shown = option % 2 === 1 ? `CASE WHEN ${difference} >= 0 THEN ${difference} END` : difference
  return {
    onceATime: true,
    layers: [
      [`${value} AS ${id}x`, `${once(lie)} AS ${id}o`],
      // The last value so far, and the row it stands in.
      [`${soFar(`arg_max(${id}x, ${NUMBER})`)} AS ${id}l`, `${soFar(`max(${NUMBER}) FILTER (WHERE ${id}x IS NOT NULL)`)} AS ${id}m`],
      [`CASE WHEN ${before(`${id}m`)} >= ${FIRST_NUMBER} THEN ${before(`${id}l`)} END AS ${id}p`],
    ],
    value: shown,
    keeps: `NOT ${FIRST} AND ${id}o${option >= 2 ? ` AND ${shown} IS NOT NULL` : ''}`,
  }
}

/** DERIVATIVE(x, unit, positive): the change per unit of time; with a third argument of 1 only where it is not negative. */
export const derivative: SequenceMaker = (args, lie) => {
  const x = args[0]!
  const { id } = lie
  const unit = args[1]!.duration ? args[1]!.sql : castSql(args[1]!.sql, args[1]!.type, BIGINT, lie.functions)
  const value = `(${id}x - ${id}p) / (CAST(${lie.ts} - ${id}t AS DOUBLE) / ${unit})`
  const positive = numberOf(args[2], 0) === 1
  const first = [`${castSql(x.sql, x.type, DOUBLE, lie.functions)} AS ${id}x`, `${once(lie)} AS ${id}o`]
  if (!lie.alone) {
    // Other calls keep rows that have no value for this one: it looks back to the last that has.
    const valued = (sql: string, as: string) => `${soFar(`arg_max(${sql}, ${NUMBER}) FILTER (WHERE ${id}x IS NOT NULL)`)} AS ${id}${as}`
    return {
      looks: `${x.sql} IS NOT NULL`,
      onceATime: true,
      layers: [
        first,
        [valued(`${id}x`, 'l'), valued(lie.ts, 'm'), valued(NUMBER, 'n')],
        [`CASE WHEN ${before(`${id}n`)} >= ${FIRST_NUMBER} THEN ${before(`${id}l`)} END AS ${id}p`, `${before(`${id}m`)} AS ${id}t`],
      ],
      value,
      keeps: `NOT ${FIRST} AND ${id}o AND ${value} IS NOT NULL`,
    }
  }
  return {
    looks: `${x.sql} IS NOT NULL`,
    onceATime: true,
    layers: [first, [`${before(`${id}x`)} AS ${id}p`, `${before(lie.ts)} AS ${id}t`]],
    value,
    keeps: `NOT ${FIRST} AND ${id}o${positive ? ` AND ${value} >= 0` : ''}`,
  }
}

/** CSUM(x): the sum so far; rows without a value are left out. */
export const csum: SequenceMaker = (args, lie) => {
  const x = args[0]!
  const { id } = lie
  const looks = `${x.sql} IS NOT NULL`
  // Taking one sum from another loses digits of floating numbers: only where there are no partitions is the running sum the sum.
  if (isFloating(x.type) && lie.partition.length > 0)
    return { looks, layers: [[`sum(CAST(${x.sql} AS DOUBLE)) ${over(lie, SO_FAR)} AS ${id}s`]], value: `${id}s` }
  if (isFloating(x.type)) return { looks, layers: [[`${soFar(`sum(CAST(${x.sql} AS DOUBLE))`)} AS ${id}s`]], value: `${id}s` }
  const whole = isUnsigned(x.type) ? 'td_h2u64' : 'td_h2i64'
  return {
    looks,
    layers: [
      [`coalesce(${soFar(`sum(${x.sql})`)}, 0) AS ${id}s`],
      [`${soFar(`arg_max(CASE WHEN ${FIRST} THEN ${id}s - coalesce(${x.sql}, 0) END, ${NUMBER})`)} AS ${id}b`],
    ],
    value: `${whole}(${id}s - ${id}b)`,
  }
}

/** MAVG(x, k): the mean of the last k values, from the k-th on. */
export const mavg: SequenceMaker = (args, lie) => {
  const x = args[0]!
  const { id } = lie
  const k = numberOf(args[1], 1)
  const common = { looks: `${x.sql} IS NOT NULL`, value: `${id}m`, keeps: `${NUMBER} - ${FIRST_NUMBER} >= ${k - 1}` }
  if (isFloating(x.type)) {
    const value = castSql(x.sql, x.type, DOUBLE, lie.functions)
    return { ...common, layers: [[`avg(${value}) ${over(lie, `ROWS BETWEEN ${k - 1} PRECEDING AND CURRENT ROW`)} AS ${id}m`]] }
  }
  // Whole numbers are summed exactly, so that the sum of the last k is a difference of two sums.
  return {
    ...common,
    layers: [[`${soFar(`sum(${x.sql})`)} AS ${id}s`], [`CAST(${id}s - lag(${id}s, ${k}, 0) OVER () AS DOUBLE) / ${k} AS ${id}m`]],
  }
}

const COMPARE: Readonly<Record<string, string>> = { lt: '<', gt: '>', le: '<=', ge: '>=', ne: '<>', eq: '=' }

/**
 * The run of rows that meet `x op value`: NULL rows neither end nor lengthen it. Gives its layers, and the SQL of a row's number in its run (from 1):
 * the rows that met it so far, without those that did when the run before had ended.
 */
function run(args: readonly Typed[], lie: Lie): { layers: string[][]; number: string } {
  const { id } = lie
  const x = args[0]!
  const hit = `(${x.sql} ${COMPARE[args[1]!.literal?.text.toLowerCase() ?? ''] ?? '='} ${args[2]!.sql})`
  const ended = `CASE WHEN ${FIRST} AND ${id}h THEN ${id}t - 1 WHEN ${FIRST} OR NOT ${id}h THEN ${id}t END`
  return {
    layers: [[`${hit} AS ${id}h`], [`${soFar(`count(*) FILTER (WHERE ${id}h)`)} AS ${id}t`], [`${soFar(`max(${ended})`)} AS ${id}b`]],
    number: `${id}t - ${id}b`,
  }
}

/** STATECOUNT(x, op, value): the how manieth row of its run, -1 outside of one. */
export const statecount: SequenceMaker = (args, lie) => {
  const { layers, number } = run(args, lie)
  return { layers, value: `CASE WHEN ${lie.id}h THEN ${number} WHEN NOT ${lie.id}h THEN -1 END` }
}

/** STATEDURATION(x, op, value, unit): the time since its run began, -1 outside of one. */
export const stateduration: SequenceMaker = (args, lie) => {
  const { id } = lie
  const { layers, number } = run(args, lie)
  const unit = args[3]?.duration ? args[3].sql : args[3] ? castSql(args[3].sql, args[3].type, BIGINT, lie.functions) : '1'
  const began = soFar(`arg_max(CASE WHEN ${id}h AND ${number} = 1 THEN ${lie.ts} END, ${NUMBER})`)
  return {
    layers: [...layers, [`${began} AS ${id}c`]],
    value: `CASE WHEN ${id}h THEN (${lie.ts} - ${id}c) // ${unit} WHEN NOT ${id}h THEN -1 END`,
  }
}
