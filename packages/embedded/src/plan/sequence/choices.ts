import { over, type Sequence, type SequenceMaker } from './sequence.ts'

/** TOP and BOTTOM: the k rows of the largest or smallest values, older ones first among equals. */
const extreme =
  (descending: boolean): SequenceMaker =>
  (args, lie): Sequence => {
    const x = args[0]!.sql
    const { id } = lie
    const order = [...(args[0]!.constant ? [] : [`${x}${descending ? ' DESC' : ''} NULLS LAST`]), ...lie.order]
    return {
      looks: `${x} IS NOT NULL`,
      layers: [[`row_number() ${over({ ...lie, order })} AS ${id}n`]],
      value: x,
      keeps: `${id}n <= ${args[1]!.literal?.text ?? '1'}`,
      first: { order, count: BigInt(args[1]!.literal?.text ?? '1'), looksLast: true },
    }
  }
export const top = extreme(true)
export const bottom = extreme(false)

/** UNIQUE(x): the first row of every value, NULL among them. */
export const unique: SequenceMaker = (args, lie) => {
  const { id } = lie
  return {
    layers: [[`row_number() ${over({ ...lie, partition: [...lie.partition, args[0]!.sql] })} AS ${id}n`]],
    value: args[0]!.sql,
    keeps: `${id}n = 1`,
  }
}

/** TAIL(x, k, offset): the last k rows but the newest `offset`. */
export const tail: SequenceMaker = (args, lie) => {
  const { id } = lie
  const k = BigInt(args[1]!.literal?.text ?? '1')
  const offset = BigInt(args[2]?.literal?.text ?? '0')
  return {
    layers: [[`row_number() ${over(lie, '', true)} AS ${id}n`]],
    value: args[0]!.sql,
    keeps: `${id}n > ${offset} AND ${id}n <= ${offset + k}`,
    first: { order: lie.order.map((sql) => `${sql} DESC`), count: k, offset },
  }
}

/** SAMPLE(x, k): k rows with a value, chosen at random. */
export const sample: SequenceMaker = (args, lie) => {
  const { id } = lie
  const x = args[0]!.sql
  return {
    looks: `${x} IS NOT NULL`,
    layers: [[`random() AS ${id}r`], [`row_number() ${over({ ...lie, order: [`${id}r`] })} AS ${id}n`]],
    value: x,
    keeps: `${id}n <= ${args[1]!.literal?.text ?? '1'}`,
    first: { order: ['random()'], count: BigInt(args[1]!.literal?.text ?? '1') },
  }
}
