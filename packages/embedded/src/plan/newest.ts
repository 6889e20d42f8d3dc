import type { Table } from '../catalog/model.ts'
import type { GroupPlan } from './group-query.ts'
import { physicalKeys } from './groups.ts'

/** The newest rows of tables, found without looking at the others. */
export interface Newest {
  /** Condition on the table's rows (`s`). */
  readonly only: string
  /** Conditions on the groups without which the newest rows do not give the answer. */
  readonly having: readonly string[]
  /** Groups that there must be; fewer say that the rows were not the ones. */
  readonly rows: number
}

/** Most subtables whose newest times are written into a query. */
const MOST_TABLES = 20_000

/**
 * LAST_ROW, and LAST where the newest row has a value, need no more than the newest row of the table or of each subtable, whose time is known.
 * The time may be of a row that is still being written, so that the answer counts only when all rows were found.
 */
export function newestRows({ input, keys, window, frame, having }: GroupPlan): Newest | undefined {
  const { select, calls, conditions, from } = input
  const source = from.scope.first
  const { table } = source
  if (!input.outermost || !table || from.scope.sources.length > 1 || source.key || window || having) return undefined
  if (select.distinct || select.limit || select.slimit || calls.length === 0) return undefined
  if (conditions.constant.length > 0 || conditions.rows.length > 0 || conditions.subtables.length > 0) return undefined
  if (!calls.every(({ spec }) => spec.name === 'last_row' || spec.name === 'last')) return undefined
  const grouping = physicalKeys(keys)
  if (grouping.some(({ sql }) => sql !== source.uid) || (grouping.length > 0 && table.kind !== 'supertable')) return undefined
  const filled = calls.some(({ spec }) => spec.name === 'last') ? frame.aggregates.map(({ alias }) => `${alias} IS NOT NULL`) : []
  const times = newestTimes(table)
  if (times.length === 0) return undefined
  if (grouping.length === 0) {
    const [uid, ts] = times.reduce((a, b) => (b[1] > a[1] ? b : a))
    return { only: `${table.kind === 'normal' ? '' : `s.uid = ${uid} AND `}s.ts = ${ts}`, having: filled, rows: 1 }
  }
  if (times.length > MOST_TABLES) return undefined
  const [uids, stamps] = [times.map(([uid]) => uid).join(','), times.map(([, ts]) => ts).join(',')]
  return { only: `(s.uid, s.ts) IN (SELECT unnest([${uids}]), unnest([${stamps}]))`, having: filled, rows: times.length }
}

function newestTimes(table: Table): (readonly [uid: number, ts: bigint])[] {
  const tables = table.kind === 'supertable' ? [...table.subtables.values()] : [table]
  return tables.flatMap(({ uid, maxTs }) => (maxTs === null ? [] : [[uid, maxTs] as const]))
}
