import { castSql, raiseSql } from '../functions/index.ts'
import type { Typed } from '../functions/spec.ts'
import { BIGINT, DOUBLE, isFloating, isUnsigned } from '../functions/types.ts'
import { BEFORE, type Lie, over, type SequenceMaker, SO_FAR } from './sequence.ts'

/** A literal whole number of an argument. */
const numberOf = (arg: Typed | undefined, otherwise: number): number => (arg?.literal ? Number(arg.literal.text) : otherwise)

/** Fails the query when two rows of a partition have one time, between which no difference makes sense. */
function once(lie: Lie): string {
  if (lie.composite) return 'true'
  return `CASE WHEN ${lie.ts} = lag(${lie.ts}) ${over(lie)} THEN ${raiseSql(0x2805, 'Duplicate timestamps not allowed in function')} ELSE true END`
}

/** The value and time of the last row before that has a value. */
function previous(x: string, lie: Lie): { value: string; time: string } {
  return {
    value: `last_value(${x} IGNORE NULLS) ${over(lie, BEFORE)}`,
    time: `last_value(CASE WHEN ${x} IS NOT NULL THEN ${lie.ts} END IGNORE NULLS) ${over(lie, BEFORE)}`,
  }
}

/** DIFF(x, option): the difference to the last value before; option 1 makes negative ones NULL, 2 leaves NULLs out, 3 does both. */
export const diff: SequenceMaker = (args, lie) => {
  const x = args[0]!
  const { id } = lie
  const option = numberOf(args[1], 0)
  const value = isFloating(x.type) ? castSql(x.sql, x.type, DOUBLE, lie.functions) : `CAST(${x.sql} AS HUGEINT)`
  const difference = isFloating(x.type) ? `${id}x - ${id}p` : `td_h2i64(${id}x - ${id}p)`
  const shown = option % 2 === 1 ? `CASE WHEN ${difference} >= 0 THEN ${difference} END` : difference
  return {
    layers: [
      [`${value} AS ${id}x`, `${once(lie)} AS ${id}o`],
      [`${previous(`${id}x`, lie).value} AS ${id}p`, `row_number() ${over(lie)} AS ${id}n`],
    ],
    value: shown,
    keeps: `${id}n > 1 AND ${id}o${option >= 2 ? ` AND ${shown} IS NOT NULL` : ''}`,
  }
}

/** DERIVATIVE(x, unit, positive): the change per unit of time; with a third argument of 1 only where it is not negative. */
export const derivative: SequenceMaker = (args, lie) => {
  const x = args[0]!
  const { id } = lie
  const unit = args[1]!.duration ? args[1]!.sql : castSql(args[1]!.sql, args[1]!.type, BIGINT, lie.functions)
  const value = `(${id}x - ${id}p) / (CAST(${lie.ts} - ${id}t AS DOUBLE) / ${unit})`
  const positive = numberOf(args[2], 0) === 1
  const before = previous(`${id}x`, lie)
  return {
    looks: `${x.sql} IS NOT NULL`,
    layers: [
      [`${castSql(x.sql, x.type, DOUBLE, lie.functions)} AS ${id}x`, `${once(lie)} AS ${id}o`],
      [`${before.value} AS ${id}p`, `${before.time} AS ${id}t`],
    ],
    value,
    keeps: `${id}x IS NOT NULL AND ${id}p IS NOT NULL AND ${id}o${positive ? ` AND ${value} >= 0` : ''}`,
  }
}

/** CSUM(x): the sum so far; rows without a value are left out. */
export const csum: SequenceMaker = (args, lie) => {
  const x = args[0]!
  const { id } = lie
  const whole = isUnsigned(x.type) ? 'td_h2u64' : 'td_h2i64'
  const sum = isFloating(x.type) ? `sum(CAST(${x.sql} AS DOUBLE)) ${over(lie, SO_FAR)}` : `${whole}(sum(${x.sql}) ${over(lie, SO_FAR)})`
  return { looks: `${x.sql} IS NOT NULL`, layers: [[`${sum} AS ${id}s`]], value: `${id}s` }
}

/** MAVG(x, k): the mean of the last k values, from the k-th on. */
export const mavg: SequenceMaker = (args, lie) => {
  const x = args[0]!
  const { id } = lie
  const k = numberOf(args[1], 1)
  const value = castSql(x.sql, x.type, DOUBLE, lie.functions)
  return {
    looks: `${x.sql} IS NOT NULL`,
    layers: [
      [`avg(${value}) ${over(lie, `ROWS BETWEEN ${k - 1} PRECEDING AND CURRENT ROW`)} AS ${id}m`, `row_number() ${over(lie)} AS ${id}n`],
    ],
    value: `${id}m`,
    keeps: `${id}n >= ${k}`,
  }
}

const COMPARE: Readonly<Record<string, string>> = { lt: '<', gt: '>', le: '<=', ge: '>=', ne: '<>', eq: '=' }

/** The run of rows that meet `x op value`: NULL rows neither end nor lengthen it. */
function run(args: readonly Typed[], lie: Lie): { layers: string[][]; id: string } {
  const { id } = lie
  const x = args[0]!
  const hit = `(${x.sql} ${COMPARE[args[1]!.literal?.text.toLowerCase() ?? ''] ?? '='} ${args[2]!.sql})`
  return {
    id,
    layers: [[`${hit} AS ${id}h`], [`sum(CASE WHEN ${id}h THEN 0 WHEN ${id}h IS NULL THEN 0 ELSE 1 END) ${over(lie, SO_FAR)} AS ${id}g`]],
  }
}

/** STATECOUNT(x, op, value): the how manieth row of its run, -1 outside of one. */
export const statecount: SequenceMaker = (args, lie) => {
  const { layers, id } = run(args, lie)
  const inside = over({ ...lie, partition: [...lie.partition, `${id}g`] }, SO_FAR)
  return {
    layers: [...layers, [`sum(CAST(${id}h AS INTEGER)) ${inside} AS ${id}c`]],
    value: `CASE WHEN ${id}h THEN ${id}c WHEN NOT ${id}h THEN -1 END`,
  }
}

/** STATEDURATION(x, op, value, unit): the time since its run began, -1 outside of one. */
export const stateduration: SequenceMaker = (args, lie) => {
  const { layers, id } = run(args, lie)
  const inside = over({ ...lie, partition: [...lie.partition, `${id}g`] }, SO_FAR)
  const unit = args[3]?.duration ? args[3].sql : args[3] ? castSql(args[3].sql, args[3].type, BIGINT, lie.functions) : '1'
  const first = `min(CASE WHEN ${id}h THEN ${lie.ts} END) ${inside}`
  return {
    layers: [...layers, [`${first} AS ${id}c`]],
    value: `CASE WHEN ${id}h THEN (${lie.ts} - ${id}c) // ${unit} WHEN NOT ${id}h THEN -1 END`,
  }
}
