import type { Join } from '../../sql/ast.ts'
import type { Side } from '../join.ts'
import type { RowFrame } from '../row-frame.ts'
import { namesIn } from '../scope.ts'
import type { JoinTerms } from './terms.ts'

/**
 * ASOF JOIN: every row of the probing side with the nearest rows (one, or JLIMIT) of the other whose time compares as asked.
 * The other side's rows are numbered in time order; an ASOF join finds the nearest number, the rows around it follow from that.
 */
export function asofRows(node: Join, terms: JoinTerms, left: Side, right: Side, _frame: RowFrame): Side {
  const swapped = node.type === 'right'
  const [probe, other] = swapped ? [right, left] : [left, right]
  const limit = node.jlimit ? BigInt(node.jlimit.text) : 1n
  const written = terms.time
  const at = written ? (swapped ? written.right : written.left) : probe.sources[0]!.ts!.sql
  const time = written ? (swapped ? written.left : written.right) : other.sources[0]!.ts!.sql
  // `probe op other`
  const op = written ? (swapped ? FLIPPED[written.op] : written.op) : '>='
  const equal = terms.equal.map((term) => (swapped ? { probe: term.right, other: term.left } : { probe: term.left, other: term.right }))
  const sources = [...left.sources, ...right.sources]
  const rows = (used: ReadonlySet<string>): string => {
    const ts = other.sources[0]!.ts!.sql
    const all = new Set([...used, ...namesIn([at, time, ts, ...equal.flatMap((term) => [term.probe, term.other])])])
    const partition = equal.length > 0 ? `PARTITION BY ${equal.map((term) => term.other).join(', ')} ` : ''
    const keys = equal.map((_, i) => `jk${i}`)
    const backwards = op === '>=' || op === '>'
    // Rows whose compared times are equal stay in their own order, the earliest nearest.
    const keyed = equal.map((term, i) => `${term.other} AS jk${i}, `).join('')
    const numbered = `SELECT *, ${keyed}${time} AS jt, row_number() OVER (${partition}ORDER BY ${time}${backwards ? ' DESC' : ''}, ${ts}) AS jn FROM (${other.rows(all)}) o`
    const firsts = `SELECT ${['jt', 'min(jn) AS jm', ...keys].join(', ')} FROM (${numbered}) o GROUP BY ${['jt', ...keys].join(', ')}`
    // An ASOF join compares with = alone; inside of a row NULL equals NULL.
    const same = keys.map((key, i) => `row(p.pk${i}) = row(f.${key})`)
    const probing = `(SELECT *, ${equal.map((term, i) => `${term.probe} AS pk${i}, `).join('')}${at} AS ja FROM (${probe.rows(all)}) p) p`
    const found =
      op === '='
        ? `${probing} LEFT JOIN (${firsts}) f ON ${[...same, 'p.ja = f.jt'].join(' AND ')}`
        : `${probing} ASOF LEFT JOIN (${firsts}) f ON ${[...same, `p.ja ${op} f.jt`].join(' AND ')}`
    const near = [
      ...keys.map((key, i) => `p.pk${i} IS NOT DISTINCT FROM o.${key}`),
      'o.jn >= p.jm',
      `o.jn < p.jm + ${limit}`,
      ...(op === '=' ? ['o.jt = p.jt'] : []),
    ]
    return `SELECT * FROM (SELECT * FROM ${found}) p LEFT JOIN (${numbered}) o ON ${near.join(' AND ')}`
  }
  return { sources, rows }
}

const FLIPPED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const
