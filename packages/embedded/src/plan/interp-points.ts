import { soFar, sorted, startsPartition } from './windows/in-order.ts'

/** Points in time one step apart, both ends included; none when the last comes before the first. */
export interface Points {
  readonly first: bigint
  readonly last: bigint
  readonly step: bigint
}

export interface PointsInput {
  /** SQL of rows with the columns `it` (their time), `partition` and `values`. */
  readonly rows: string
  readonly partition: readonly string[]
  readonly values: readonly string[]
  readonly points: Points
  /** Points are made even where there is no row at all (only without partitions). */
  readonly forced: boolean
}

/**
 * SQL of the points of every partition with the rows around them: `ip` (the partition's number), `it`, the partition's columns, `pt` and `nt` (times of the
 * last row not after and the first not before the point, NULL where there is none), and of every value `x` its `xp` and `xn` there.
 *
 * One pass: a row belongs to the points from its own time up to the next row's, and the first row of a partition to the points before it as well.
 * Most rows belong to none, so that little is left after it.
 */
export function pointsSql({ rows, partition, values, points, forced }: PointsInput): string {
  const { first, last, step } = points
  const count = last < first ? 0n : (last - first) / step + 1n
  const input = { partition, ts: 'it', ties: [] }
  /** Number of the first point that is not before a time; times before the first point give 0 or less. */
  const from = (time: string) => `(${time} - ${first} + ${step - 1n}) // ${step}`
  const marked = `SELECT *, row_number() OVER () = 1 OR ${startsPartition(input)} AS zf FROM (${sorted(rows, input)}) r`
  const next = values.map((x) => `lead(${x}) OVER () AS ${x}z`)
  const paired = `SELECT ${['*', `${soFar('count(*) FILTER (WHERE zf)')} AS ip`, 'coalesce(lead(zf) OVER (), true) AS zl', 'lead(it) OVER () AS zn', ...next].join(', ')} FROM (${marked}) r`
  const owned = `SELECT *, ${from('it')} AS zk, CASE WHEN zl THEN ${count} ELSE least(${count}, ${from('zn')}) END AS ze FROM (${paired}) r`
  const spread = `SELECT *, unnest(range(CASE WHEN zf THEN 0 ELSE greatest(zk, 0) END, ze)) AS zi FROM (${owned}) r WHERE ze > greatest(zk, 0) OR zf AND ze > 0`
  const placed = `SELECT *, ${first} + zi * ${step} AS zt FROM (${spread}) r`
  const side = (own: string, after: string) => `CASE WHEN zi < zk OR zt = it THEN ${own} WHEN NOT zl THEN ${after} END`
  const columns = [
    'ip',
    'zt AS it',
    ...partition,
    'CASE WHEN zi >= zk THEN it END AS pt',
    `${side('it', 'zn')} AS nt`,
    ...values.flatMap((x) => [`CASE WHEN zi >= zk THEN ${x} END AS ${x}p`, `${side(x, `${x}z`)} AS ${x}n`]),
  ]
  const found = `SELECT ${columns.join(', ')} FROM (${placed}) r`
  if (!forced || partition.length > 0) return found
  const nothing = values.flatMap((x) => [`NULL AS ${x}p`, `NULL AS ${x}n`])
  return `${found} UNION ALL SELECT ${['0', `${first} + zi * ${step}`, 'NULL', 'NULL', ...nothing].join(', ')} FROM (SELECT unnest(range(0, ${count})) AS zi) g WHERE NOT EXISTS (${rows})`
}
