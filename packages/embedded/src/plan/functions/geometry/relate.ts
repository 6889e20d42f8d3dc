import { onSegment, side } from './orientation.ts'
import { inside, locate, locateStretch, middle, type On, type Part, type Pieces, type Segment, same } from './pieces.ts'
import type { Position } from './shape.ts'

/**
 * How two geometries lie to each other: whether the interior, boundary and exterior of the first meet those of the second (the nine intersections of DE-9IM,
 * as truth values). Found by cutting the edges of both at their meeting points, so that each piece lies wholly in one part of the other geometry.
 */
export interface Relation {
  readonly meets: ReadonlySet<`${Part}${Part}`>
}

/** A place where a segment is cut, by its distance from 0 to 1 along it. */
interface Cut {
  readonly along: number
  readonly at: Position
  on: On
}

/** A stretch of a segment between two cuts. */
interface Stretch {
  readonly segment: Segment
  readonly on: On
}

const higher = (a: On, b: On): On => (a === 'ring' || b === 'ring' ? 'ring' : a === 'line' || b === 'line' ? 'line' : 'none')

/** A segment cut at everything of the other geometry that meets it; places and stretches know what they lie on. */
function cut([a, b]: Segment, other: Pieces): { places: Cut[]; stretches: Stretch[] } {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const along = (p: Position): number => (Math.abs(dx) >= Math.abs(dy) ? (p[0] - a[0]) / dx : (p[1] - a[1]) / dy)
  const places: Cut[] = [
    { along: 0, at: a, on: 'none' },
    { along: 1, at: b, on: 'none' },
  ]
  const add = (at: Position, where: number, on: On): void => {
    const known = places.find((place) => same(place.at, at))
    if (known) known.on = higher(known.on, on)
    else places.push({ along: where, at, on })
  }
  /** Stretches of this segment that run along one of the other's. */
  const shared: { from: number; to: number; on: On }[] = []
  const meet = (segment: Segment, on: On): void => {
    const [c, d] = segment
    if (Math.max(a[0], b[0]) < Math.min(c[0], d[0]) || Math.min(a[0], b[0]) > Math.max(c[0], d[0])) return
    if (Math.max(a[1], b[1]) < Math.min(c[1], d[1]) || Math.min(a[1], b[1]) > Math.max(c[1], d[1])) return
    const [sa, sb, sc, sd] = [side(c, d, a), side(c, d, b), side(a, b, c), side(a, b, d)]
    for (const p of [a, b]) if (onSegment(p, segment)) add(p, p === a ? 0 : 1, on)
    for (const p of segment) if (onSegment(p, [a, b])) add(p, along(p), on)
    if (sa === 0 && sb === 0) {
      const [from, to] = [along(c), along(d)]
      shared.push({ from: Math.min(from, to), to: Math.max(from, to), on })
    } else if (sa !== sb && sa !== 0 && sb !== 0 && sc !== sd && sc !== 0 && sd !== 0) {
      const where = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / (dx * (d[1] - c[1]) - dy * (d[0] - c[0]))
      add([a[0] + dx * where, a[1] + dy * where], where, on)
    }
  }
  for (const segment of other.lineSegments) meet(segment, 'line')
  for (const segment of other.ringSegments) meet(segment, 'ring')
  for (const p of other.points) if (onSegment(p, [a, b])) add(p, along(p), 'none')
  places.sort((x, y) => x.along - y.along)
  const stretches: Stretch[] = []
  for (let i = 1; i < places.length; i++) {
    const [from, to] = [places[i - 1]!, places[i]!]
    if (to.along <= from.along) continue
    const half = (from.along + to.along) / 2
    const on = shared.reduce<On>((done, s) => (s.from <= half && half <= s.to ? higher(done, s.on) : done), 'none')
    stretches.push({ segment: [from.at, to.at], on })
  }
  return { places, stretches }
}

/** Whether the areas of a geometry lie left and right of a stretch, on whose middle one of its rings runs or none does. */
function sides([a, b]: Segment, g: Pieces, onRing: boolean): readonly [boolean, boolean] {
  const at = middle([a, b])
  if (!onRing) {
    const within = inside(at, g.areas)
    return [within, within]
  }
  // The area lies on one side of its ring: step off it by little against the stretch, and look.
  const step = 1e-7
  const [nx, ny] = [-(b[1] - a[1]) * step, (b[0] - a[0]) * step]
  return [inside([at[0] + nx, at[1] + ny], g.areas), inside([at[0] - nx, at[1] - ny], g.areas)]
}

/** Enters where the points, lines and rings of `from` lie in `to`; gives the stretches of its rings. */
function walk(from: Pieces, to: Pieces, enter: (mine: Part, theirs: Part) => void): Stretch[] {
  for (const p of from.points) enter('I', locate(p, to))
  for (const line of from.lineSegments) {
    const { places, stretches } = cut(line, to)
    for (const { segment, on } of stretches) enter('I', locateStretch(segment, to, on))
    for (const { at, on } of places) enter(from.ends.some((e) => same(e, at)) ? 'B' : 'I', locate(at, to, on))
  }
  const rings: Stretch[] = []
  for (const edge of from.ringSegments) {
    const { places, stretches } = cut(edge, to)
    for (const { segment, on } of stretches) enter('B', locateStretch(segment, to, on))
    for (const { at, on } of places) enter('B', locate(at, to, on))
    rings.push(...stretches)
  }
  return rings
}

/** What of a geometry lies outside the other one when that is at most the position `but`. */
function outside(g: Pieces, but: Position | undefined): Part[] {
  if (g.areas.length > 0) return ['I', 'B']
  const left = (p: Position): boolean => !but || !same(p, but)
  const parts: Part[] = []
  if (g.lineSegments.length > 0 || g.points.some(left)) parts.push('I')
  if (g.ends.some(left)) parts.push('B')
  return parts
}

const onePoint = (g: Pieces): Position | undefined =>
  g.points.length === 1 && g.lines.length === 0 && g.areas.length === 0 ? g.points[0] : undefined

const apart = (a: Pieces['box'], b: Pieces['box']): boolean => a[2] < b[0] || b[2] < a[0] || a[3] < b[1] || b[3] < a[1]

/** The relation of two geometries. */
export function relate(first: Pieces, second: Pieces): Relation {
  const meets = new Set<`${Part}${Part}`>(['EE'])
  if (apart(first.box, second.box)) {
    for (const part of outside(first, undefined)) meets.add(`${part}E`)
    for (const part of outside(second, undefined)) meets.add(`E${part}`)
    return { meets }
  }
  const [p, q] = [onePoint(first), onePoint(second)]
  if (p) {
    meets.add(`I${locate(p, second)}`)
    for (const part of outside(second, p)) meets.add(`E${part}`)
    return { meets }
  }
  if (q) {
    meets.add(`${locate(q, first)}I`)
    for (const part of outside(first, q)) meets.add(`${part}E`)
    return { meets }
  }
  const mine = walk(first, second, (part, theirs) => meets.add(`${part}${theirs}`))
  const theirs = walk(second, first, (part, other) => meets.add(`${other}${part}`))
  // Every face of the cut-up plane has an edge: what lies left and right of each says which areas overlap.
  const faces = (stretch: Stretch, own: Pieces, other: Pieces, enter: (inOwn: boolean, inOther: boolean) => void): void => {
    const [l, r] = sides(stretch.segment, own, true)
    const [ol, or] = sides(stretch.segment, other, stretch.on === 'ring')
    enter(l, ol)
    enter(r, or)
  }
  const cell = (a: boolean, b: boolean): `${Part}${Part}` => `${a ? 'I' : 'E'}${b ? 'I' : 'E'}`
  for (const stretch of mine) faces(stretch, first, second, (a, b) => meets.add(cell(a, b)))
  for (const stretch of theirs) faces(stretch, second, first, (b, a) => meets.add(cell(a, b)))
  if (first.areas.length > 0 && second.areas.length === 0) meets.add('IE')
  if (second.areas.length > 0 && first.areas.length === 0) meets.add('EI')
  return { meets }
}

const any = ({ meets }: Relation, ...cells: `${Part}${Part}`[]): boolean => cells.some((cell) => meets.has(cell))

/** The predicates of ST_* functions, as the patterns of DE-9IM define them. */
export const PREDICATES = {
  intersects: (r: Relation) => any(r, 'II', 'IB', 'BI', 'BB'),
  equals: (r: Relation) => !any(r, 'IE', 'BE', 'EI', 'EB'),
  touches: (r: Relation) => !any(r, 'II') && any(r, 'IB', 'BI', 'BB'),
  covers: (r: Relation) => any(r, 'II', 'IB', 'BI', 'BB') && !any(r, 'EI', 'EB'),
  contains: (r: Relation) => any(r, 'II') && !any(r, 'EI', 'EB'),
  containsProperly: (r: Relation) => any(r, 'II') && !any(r, 'BI', 'BB', 'EI', 'EB'),
} as const
