import type { Subtable, Table } from '../catalog/model.ts'
import { SqlError } from '../errors.ts'
import { chosenSubtables, conditionsOf, conjuncts, isTag } from '../plan/conditions.ts'
import { compile } from '../plan/expression.ts'
import { leafSource, singleFrom } from '../plan/from.ts'
import { isInteger, isTimestamp } from '../plan/functions/types.ts'
import { RowFrame } from '../plan/row-frame.ts'
import { namesIn } from '../plan/scope.ts'
import { constantTime, timeRange } from '../plan/time-range.ts'
import type { Delete, Expr } from '../sql/ast.ts'
import type { Transaction } from '../storage/index.ts'
import { dataTable } from '../storage/layout.ts'
import { logDeleted } from '../topic/changes.ts'
import type { EngineAnswer } from './answer.ts'
import { queryContext } from './query.ts'
import { refuseSystem, refuseVirtual, type StatementContext, tableOf } from './statement-context.ts'

const notATimeRange = (near: Expr) => new SqlError(0x2655, 'The DELETE statement must only have a definite time window range', near.start)

/** Rows that a DELETE means: one range of time, of all tables or of those that conditions over tags choose. */
interface Doomed {
  readonly table: Table
  readonly low: bigint | undefined
  readonly high: bigint | undefined
  /** SQL conditions on the data table `s`. */
  readonly conditions: readonly string[]
}

/** DELETE: the rows go, and each table's newest timestamp is found again. */
export function deleteRows(statement: Delete, context: StatementContext): Promise<EngineAnswer> {
  refuseSystem(statement.table, context.database)
  return context.engine.writer.alone(async (transaction) => {
    const doomed = understand(statement, context)
    const { table } = doomed
    const owner = table.kind === 'subtable' ? table.supertable : table
    const where = doomed.conditions.length > 0 ? ` where ${doomed.conditions.join(' and ')}` : ''
    await logDeleted(transaction, table, where)
    const affectedRows = await transaction.run(`delete from ${dataTable(owner)} as s${where}`)
    if (affectedRows > 0) await renewMaxTs(transaction, doomed)
    return { kind: 'update', affectedRows }
  })
}

function understand({ table: name, where }: Delete, context: StatementContext): Doomed {
  const table = tableOf(context.engine.catalog, name, context.database)
  refuseVirtual(table, name.start)
  const plan = queryContext(context, () => undefined)
  const source = leafSource({ kind: 'table', table: name, alias: null, start: name.start, end: name.end }, 0, plan, () => {
    throw new Error('DELETE has no subqueries')
  })
  const frame = new RowFrame(plan, singleFrom(source).scope, 'where')
  const found = conditionsOf(where, frame)
  const isTs = (node: Expr): boolean => isPrimaryTime(node, frame)
  for (const node of conjuncts(where)) checkConjunct(node, frame, isTs)
  const { low, high } = timeRange(where, frame, isTs)
  const conditions = [...found.constant]
  if (table.kind === 'subtable') conditions.push(`s.uid = ${table.uid}`)
  const overTags = found.rows.filter((sql) => [...namesIn([sql])].every((name) => isTag(source, name)))
  if (overTags.length > 0)
    conditions.push(`EXISTS (SELECT 1 FROM (${source.subtables(namesIn(overTags))}) x WHERE ${overTags.join(' AND ')})`)
  const chosen = chosenSubtables(source, found.subtables)
  if (chosen) conditions.push(chosen)
  const { sql: ts } = source.ts!
  for (const sql of found.rows) if (!overTags.includes(sql)) conditions.push(sql.replaceAll(new RegExp(`\\b${ts}\\b`, 'g'), 's.ts'))
  if (low !== undefined) conditions.push(`s.ts >= ${low}`)
  if (high !== undefined) conditions.push(`s.ts <= ${high}`)
  return { table, low, high, conditions }
}

function isPrimaryTime(node: Expr, frame: RowFrame): boolean {
  if (node.kind !== 'column' && !(node.kind === 'pseudo' && (node.name === '_rowts' || node.name === '_c0'))) return false
  return compile(node, frame).column === 'primary'
}

/** Only comparisons of the timestamp with constants and conditions over tags may stand in DELETE. */
function checkConjunct(node: Expr, frame: RowFrame, isTs: (node: Expr) => boolean): void {
  const kinds = new Set<string>()
  collect(node, (leaf) => {
    if (leaf.kind === 'pseudo' && leaf.name === 'tbname') throw new SqlError(0x264c, 'Invalid tbname pseudo column', leaf.start)
    if (leaf.kind === 'column' || leaf.kind === 'pseudo') kinds.add(compile(leaf, frame).column ?? 'column')
  })
  if (kinds.size === 0 || (kinds.size === 1 && kinds.has('tag'))) return
  const isRange =
    (node.kind === 'compare' &&
      ['=', '<', '<=', '>', '>='].includes(node.op) &&
      ((isTs(node.left) && isTime(node.right, frame)) || (isTs(node.right) && isTime(node.left, frame)))) ||
    (node.kind === 'between' && !node.negated && isTs(node.value) && isTime(node.low, frame) && isTime(node.high, frame))
  if (kinds.size > 1 || !kinds.has('primary') || !isRange) throw notATimeRange(node)
}

/** Whether an expression is a time without looking at rows. */
function isTime(node: Expr, frame: RowFrame): boolean {
  if (constantTime(node, frame) !== undefined) return true
  const { sql, type } = compile(node, frame)
  return namesIn([sql]).size === 0 && (isTimestamp(type) || isInteger(type))
}

/** Visits the columns and pseudo columns of an expression. */
function collect(node: unknown, visit: (leaf: Extract<Expr, { kind: 'column' | 'pseudo' }>) => void): void {
  if (typeof node !== 'object' || node === null) return
  if (Array.isArray(node)) {
    for (const item of node) collect(item, visit)
    return
  }
  const { kind } = node as { kind?: string }
  if (kind === 'column' || kind === 'pseudo') visit(node as never)
  else for (const part of Object.values(node)) collect(part, visit)
}

/** Finds the newest timestamp again of every table whose newest row may have gone. */
async function renewMaxTs(transaction: Transaction, { table, low, high }: Doomed): Promise<void> {
  const touched = ({ maxTs }: { maxTs: bigint | null }): boolean =>
    maxTs !== null && (low === undefined || maxTs >= low) && (high === undefined || maxTs <= high)
  if (table.kind === 'normal') {
    if (!touched(table)) return
    const [[newest]] = (await transaction.read(`select max(ts) from ${dataTable(table)}`)) as [[bigint | null]]
    transaction.onCommit(() => {
      table.maxTs = newest
    })
    return
  }
  const supertable = table.kind === 'subtable' ? table.supertable : table
  const candidates: Subtable[] = (table.kind === 'subtable' ? [table] : [...table.subtables.values()]).filter(touched)
  if (candidates.length === 0) return
  const where = candidates.length <= 1000 ? ` where uid in (${candidates.map(({ uid }) => uid).join(',')})` : ''
  const rows = await transaction.read(`select uid, max(ts) from ${dataTable(supertable)}${where} group by uid`)
  const newest = new Map(rows.map(([uid, ts]) => [uid as number, ts as bigint]))
  transaction.onCommit(() => {
    for (const candidate of candidates) candidate.maxTs = newest.get(candidate.uid) ?? null
  })
}
