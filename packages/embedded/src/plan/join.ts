import type { Expr, Join, Select, Source as SourceNode } from '../sql/ast.ts'
import { conjuncts } from './conditions.ts'
import type { PlanContext } from './context.ts'
import { Wrong } from './errors.ts'
import { condition } from './expression.ts'
import { type From, leafSource, type PlanQuery } from './from.ts'
import { duckType } from './functions/index.ts'
import { asofRows } from './joins/asof.ts'
import { type JoinTerms, termsOf } from './joins/terms.ts'
import { windowJoinRows } from './joins/window-join.ts'
import { RowFrame } from './row-frame.ts'
import { namesIn, Scope, type Source } from './scope.ts'
import { whereClause } from './where-clause.ts'

/** One side of a join: its sources and the SQL of their rows. */
export interface Side {
  readonly sources: readonly Source[]
  rows(used: ReadonlySet<string>): string
}

/** Most rows that JLIMIT may ask for. */
const MOST_MATCHES = 1024n

const NEEDS_TIME = "Not supported join since 'Join requires valid time series input and primary timestamp equal condition'"

/** FROM with joins. Throws where TDengine cannot join so. */
export function joinedFrom(node: Join, select: Select, plan: PlanContext, planQuery: PlanQuery): From {
  const leaves: Source[] = []
  collect(node, leaves, plan, planQuery)
  const scope = new Scope(leaves)
  let next = 0
  const frame = new RowFrame(plan, scope, 'where')
  const build = (part: SourceNode): Side => {
    if (part.kind !== 'join') {
      const source = leaves[next++]!
      return { sources: [source], rows: (used) => source.rows(used) }
    }
    const left = build(part.left)
    const right = build(part.right)
    if (part.left.kind === 'join' || part.right.kind === 'join' || part !== node) checkNested(node)
    return joined(part, left, right, select, frame)
  }
  const side = build(node)
  const swapped = node.type === 'right'
  const probe = swapped ? side.sources[side.sources.length - 1]! : side.sources[0]!
  const order = timeOrder(node, swapped ? leaves.toReversed() : leaves)
  if (node.variant === 'window') return { scope, rows: (used) => side.rows(used), probe, order }
  return { scope, rows: (used) => side.rows(used), order }
}

/** Joined rows come by time: that of the side whose rows are all kept first; a FULL JOIN's by the time of whichever side has a row. */
function timeOrder(node: Join, sources: readonly Source[]): string[] {
  const kept = node.variant === 'semi' || node.variant === 'anti' ? sources.slice(0, 1) : sources
  const times = kept.flatMap(({ ts }) => (ts ? [ts.sql] : []))
  return node.type === 'full' && times.length > 1 ? [`coalesce(${times.join(', ')})`, ...times] : times
}

function collect(node: SourceNode, leaves: Source[], plan: PlanContext, planQuery: PlanQuery): void {
  if (node.kind !== 'join') {
    leaves.push(leafSource(node, leaves.length, plan, planQuery))
    return
  }
  collect(node.left, leaves, plan, planQuery)
  collect(node.right, leaves, plan, planQuery)
}

/** Only inner joins may be joined again. */
function checkNested(node: SourceNode): void {
  if (node.kind !== 'join') return
  if (node.type !== 'inner') throw Wrong.join('unsupported nested join type', node)
  checkNested(node.left)
  checkNested(node.right)
}

function joined(node: Join, left: Side, right: Side, select: Select, frame: RowFrame): Side {
  const on = conjuncts(node.on)
  if (node.variant === 'asof' || node.variant === 'window') {
    for (const side of [left, right]) if (!side.sources[0]?.table) throw Wrong.join('Only support ASOF/WINDOW join between tables', node)
    if (node.jlimit && BigInt(node.jlimit.text) > MOST_MATCHES) throw Wrong.jlimit(node.jlimit)
    const terms = termsOf(on, left, right, frame)
    if (node.variant === 'asof') return asofRows(node, terms, left, right, frame)
    return windowJoinRows(node, terms, left, right, frame)
  }
  const where = node.type === 'inner' ? conjuncts(select.where) : []
  checkTime(node, on, where, left, right, frame)
  return plainRows(
    node,
    on.map((part) => condition(part, frame)),
    left,
    right,
  )
}

/** A join needs the primary timestamps of both sides to be equal, in ON or, when it is an inner one, in WHERE. */
function checkTime(node: Join, on: readonly Expr[], where: readonly Expr[], left: Side, right: Side, frame: RowFrame): void {
  if (node.on?.kind === 'logical' && node.on.op === 'or') throw Wrong.joinCondition(node.on)
  const all = [...on, ...where]
  const linking = all.filter((part) => {
    const names = [...namesIn([condition(part, frame)])]
    return [left, right].every((side) => side.sources.some((source) => names.some((name) => name.startsWith(`q${source.index}_`))))
  })
  if (linking.length === 0 && on.length === 0) throw Wrong.crossJoin(node)
  const terms: JoinTerms = termsOf(all, left, right, frame, true)
  if (terms.time?.op !== '=') throw Wrong.join(NEEDS_TIME, node)
}

function plainRows(node: Join, on: readonly string[], left: Side, right: Side): Side {
  const sources = [...left.sources, ...right.sources]
  const rows = (used: ReadonlySet<string>): string => {
    const all = new Set([...used, ...namesIn(on)])
    const [l, r] = [left.rows(all), right.rows(all)]
    const clause = on.length > 0 ? on.join(' AND ') : 'true'
    if (node.variant === 'semi' || node.variant === 'anti') return existing(node, clause, left, right, l, r, used, all)
    const kind = node.type === 'inner' ? 'JOIN' : `${node.type.toUpperCase()} JOIN`
    return `SELECT * FROM (${l}) l ${kind} (${r}) r ON ${clause}`
  }
  return { sources, rows }
}

/** SEMI and ANTI joins: rows of the kept side that have, or lack, a partner; the other side's columns are the first partner's or NULL. */
function existing(
  node: Join,
  on: string,
  left: Side,
  right: Side,
  l: string,
  r: string,
  used: ReadonlySet<string>,
  all: ReadonlySet<string>,
): string {
  const [kept, other, k, o] = node.type === 'right' ? [right, left, r, l] : [left, right, l, r]
  const belongs = (side: Side) => (name: string) => side.sources.some((source) => name.startsWith(`q${source.index}_`))
  const shown = [...used].filter(belongs(other))
  const columns = [...all].filter(belongs(kept))
  if (node.variant === 'anti' || shown.length === 0) {
    const known = new Map(other.sources.flatMap(({ columns }) => columns.map(({ sql, type }) => [sql, duckType(type)] as const)))
    const extra = shown.map((name) => `CAST(NULL AS ${known.get(name) ?? 'VARCHAR'}) AS ${name}`)
    return `SELECT ${[...columns, ...extra].join(', ') || '1 AS one'} FROM (${k}) k ${node.variant === 'anti' ? 'ANTI' : 'SEMI'} JOIN (${o}) o ON ${on}`
  }
  const order = other.sources[0]?.ts ? ` ORDER BY ${shown.join(', ')}` : ''
  const numbered = `SELECT *, row_number() OVER () AS jk FROM (${k}) k`
  return `SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY jk${order}) AS jn FROM (${numbered}) k JOIN (${o}) o ON ${on}) j${whereClause(['jn = 1'])}`
}
