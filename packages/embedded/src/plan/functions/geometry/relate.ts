import type { Position, Shape } from './shape.ts'

/**
 * How two geometries lie to each other: whether the interior, boundary and exterior of the first meet those of the second (the nine intersections of DE-9IM,
 * as truth values). Found by cutting the edges of both at their meeting points, so that each piece lies wholly in one part of the other geometry.
 */
export interface Relation {
  readonly meets: ReadonlySet<`${Part}${Part}`>
}

/** Interior, boundary, exterior. */
type Part = 'I' | 'B' | 'E'

type Segment = readonly [Position, Position]

/** A geometry taken apart: positions, lines, and areas with their rings. */
export interface Pieces {
  readonly points: readonly Position[]
  readonly lines: readonly (readonly Position[])[]
  readonly areas: readonly (readonly (readonly Position[])[])[]
  readonly lineSegments: readonly Segment[]
  readonly ringSegments: readonly Segment[]
  /** Ends of lines that an odd number of lines share: the boundary of a line work. */
  readonly ends: readonly Position[]
  readonly scale: number
  /** Smallest x and y, largest x and y; of nothing, none. */
  readonly box: readonly [number, number, number, number]
}

const NEAR = 1e-12

function gather(
  shape: Shape,
  into: { points: Position[]; lines: (readonly Position[])[]; areas: (readonly (readonly Position[])[])[] },
): void {
  switch (shape.kind) {
    case 'point':
      if (shape.at) into.points.push(shape.at)
      break
    case 'linestring':
      if (shape.points.length > 0) into.lines.push(shape.points)
      break
    case 'polygon':
      if (shape.rings.length > 0) into.areas.push(shape.rings)
      break
    default:
      for (const part of shape.parts) gather(part, into)
  }
}

const same = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1]

function segmentsOf(points: readonly Position[]): Segment[] {
  const segments: Segment[] = []
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1]!, points[i]!]
    if (!same(from, to)) segments.push([from, to])
  }
  return segments
}

const NOTHING: readonly never[] = []

/** The most frequent geometry of all. */
function apartPoint(at: Position): Pieces {
  const [x, y] = at
  const scale = Math.max(1, Math.abs(x), Math.abs(y))
  return {
    points: [at],
    lines: NOTHING,
    areas: NOTHING,
    lineSegments: NOTHING,
    ringSegments: NOTHING,
    ends: NOTHING,
    scale,
    box: [x, y, x, y],
  }
}

/** Takes a geometry apart, once for all its relations. */
export function takeApart(shape: Shape): Pieces {
  if (shape.kind === 'point' && shape.at) return apartPoint(shape.at)
  const parts = { points: [] as Position[], lines: [] as (readonly Position[])[], areas: [] as (readonly (readonly Position[])[])[] }
  gather(shape, parts)
  const ends: Position[] = []
  for (const line of parts.lines) {
    for (const end of [line[0]!, line.at(-1)!]) {
      const known = ends.findIndex((e) => same(e, end))
      if (known >= 0) ends.splice(known, 1)
      else ends.push(end)
    }
  }
  const box: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity]
  const widen = (p: Position): void => {
    box[0] = Math.min(box[0], p[0])
    box[1] = Math.min(box[1], p[1])
    box[2] = Math.max(box[2], p[0])
    box[3] = Math.max(box[3], p[1])
  }
  parts.points.forEach(widen)
  for (const line of parts.lines) line.forEach(widen)
  for (const [outer] of parts.areas) outer?.forEach(widen)
  const scale = Math.max(1, ...box.filter(Number.isFinite).map(Math.abs))
  return { ...parts, lineSegments: parts.lines.flatMap(segmentsOf), ringSegments: parts.areas.flat().flatMap(segmentsOf), ends, scale, box }
}

/** Twice the area of the triangle: positive when c lies left of a → b. */
const cross = (a: Position, b: Position, c: Position): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

function onSegment(p: Position, [a, b]: Segment, scale: number): boolean {
  const slack = NEAR * scale
  if (p[0] < Math.min(a[0], b[0]) - slack || p[0] > Math.max(a[0], b[0]) + slack) return false
  if (p[1] < Math.min(a[1], b[1]) - slack || p[1] > Math.max(a[1], b[1]) + slack) return false
  return Math.abs(cross(a, b, p)) <= slack * Math.hypot(b[0] - a[0], b[1] - a[1])
}

/** Whether a position that lies on no ring is inside the area: odd crossings of a ray to the right. */
function inside(p: Position, rings: readonly (readonly Position[])[]): boolean {
  let odd = false
  for (const ring of rings) {
    for (let i = 1; i < ring.length; i++) {
      const [a, b] = [ring[i - 1]!, ring[i]!]
      if (a[1] > p[1] !== b[1] > p[1] && p[0] < ((b[0] - a[0]) * (p[1] - a[1])) / (b[1] - a[1]) + a[0]) odd = !odd
    }
  }
  return odd
}

function locate(p: Position, g: Pieces, scale: number): Part {
  if (g.areas.length > 0) {
    if (g.ringSegments.some((s) => onSegment(p, s, scale))) return 'B'
    if (g.areas.some((rings) => inside(p, rings))) return 'I'
  }
  if (g.lineSegments.some((s) => onSegment(p, s, scale)))
    return g.ends.some((e) => Math.abs(e[0] - p[0]) <= NEAR * scale && Math.abs(e[1] - p[1]) <= NEAR * scale) ? 'B' : 'I'
  return g.points.some((q) => same(p, q)) ? 'I' : 'E'
}

/** Positions along a segment (0 … 1) where another one meets it. */
function meetings([a, b]: Segment, other: Segment, scale: number, into: number[]): void {
  const [c, d] = other
  const dx = b[0] - a[0]
  const dy = b[1] - a[1]
  const along = (p: Position): number => ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / (dx * dx + dy * dy)
  for (const p of other) if (onSegment(p, [a, b], scale)) into.push(along(p))
  const denominator = dx * (d[1] - c[1]) - dy * (d[0] - c[0])
  if (denominator === 0) return
  const t = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / denominator
  const u = ((c[0] - a[0]) * dy - (c[1] - a[1]) * dx) / denominator
  if (t > 0 && t < 1 && u >= 0 && u <= 1) into.push(t)
}

/** A segment cut at everything of `other` that meets it: the pieces between, and the cuts with both ends. */
function cut(segment: Segment, other: Pieces, scale: number): { pieces: Segment[]; nodes: Position[] } {
  const [a, b] = segment
  const cuts = [0, 1]
  for (const s of other.lineSegments) meetings(segment, s, scale, cuts)
  for (const s of other.ringSegments) meetings(segment, s, scale, cuts)
  for (const p of other.points) meetings(segment, [p, p], scale, cuts)
  const sorted = [...new Set(cuts.map((t) => Math.min(1, Math.max(0, t))))].sort((x, y) => x - y)
  const nodes = sorted.map((t): Position => (t === 0 ? a : t === 1 ? b : [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]))
  const pieces: Segment[] = []
  for (let i = 1; i < nodes.length; i++) if (sorted[i]! - sorted[i - 1]! > 1e-14) pieces.push([nodes[i - 1]!, nodes[i]!])
  return { pieces, nodes }
}

const middle = ([a, b]: Segment): Position => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]

/** Whether the areas of `g` lie left and right of a piece whose middle is `at`. */
function sides(piece: Segment, at: Position, g: Pieces, scale: number): readonly [boolean, boolean] {
  const on = g.ringSegments.find((s) => onSegment(at, s, scale))
  if (!on) {
    const within = g.areas.some((rings) => inside(at, rings))
    return [within, within]
  }
  // The area lies on one side of its ring: step off it, by far less than any other edge is away, and look.
  const [a, b] = piece
  const length = Math.hypot(b[0] - a[0], b[1] - a[1])
  const step = Math.max(length * 1e-7, scale * 1e-11)
  const normal: Position = [(-(b[1] - a[1]) / length) * step, ((b[0] - a[0]) / length) * step]
  const within = (p: Position): boolean => g.areas.some((rings) => inside(p, rings))
  return [within([at[0] + normal[0], at[1] + normal[1]]), within([at[0] - normal[0], at[1] - normal[1]])]
}

/** Enters where the points, lines and rings of `from` lie in `to`; `enter` is told (part of from, part of to). */
function walk(from: Pieces, to: Pieces, scale: number, enter: (mine: Part, theirs: Part) => void): Segment[] {
  for (const p of from.points) enter('I', locate(p, to, scale))
  for (const line of from.lineSegments) {
    const { pieces, nodes } = cut(line, to, scale)
    for (const piece of pieces) enter('I', locate(middle(piece), to, scale))
    for (const node of nodes) enter(from.ends.some((e) => same(e, node)) ? 'B' : 'I', locate(node, to, scale))
  }
  const rings: Segment[] = []
  for (const edge of from.ringSegments) {
    const { pieces, nodes } = cut(edge, to, scale)
    for (const piece of pieces) enter('B', locate(middle(piece), to, scale))
    for (const node of nodes) enter('B', locate(node, to, scale))
    rings.push(...pieces)
  }
  return rings
}

/** What of a geometry lies outside the other one when that is at most the position `but`. */
function outside(g: Pieces, but: Position | undefined): Part[] {
  const left = (p: Position): boolean => !but || !same(p, but)
  const parts: Part[] = []
  if (g.areas.length > 0) return ['I', 'B']
  if (g.lineSegments.length > 0 || g.points.some(left)) parts.push('I')
  if (g.ends.some(left)) parts.push('B')
  return parts
}

const onePoint = (g: Pieces): Position | undefined =>
  g.points.length === 1 && g.lines.length === 0 && g.areas.length === 0 ? g.points[0] : undefined

const apart = (a: Pieces['box'], b: Pieces['box'], slack: number): boolean =>
  a[2] + slack < b[0] || b[2] + slack < a[0] || a[3] + slack < b[1] || b[3] + slack < a[1]

/** The relation of two geometries. */
export function relate(first: Pieces, second: Pieces): Relation {
  const meets = new Set<`${Part}${Part}`>(['EE'])
  const scale = Math.max(first.scale, second.scale)
  if (apart(first.box, second.box, NEAR * scale)) {
    for (const part of outside(first, undefined)) meets.add(`${part}E`)
    for (const part of outside(second, undefined)) meets.add(`E${part}`)
    return { meets }
  }
  const [p, q] = [onePoint(first), onePoint(second)]
  if (p) {
    meets.add(`I${locate(p, second, scale)}`)
    for (const part of outside(second, p)) meets.add(`E${part}`)
    return { meets }
  }
  if (q) {
    meets.add(`${locate(q, first, scale)}I`)
    for (const part of outside(first, q)) meets.add(`${part}E`)
    return { meets }
  }
  const edges = walk(first, second, scale, (mine, theirs) => meets.add(`${mine}${theirs}`))
  edges.push(...walk(second, first, scale, (mine, theirs) => meets.add(`${theirs}${mine}`)))
  // Every face of the cut-up plane has an edge: what lies left and right of each says which areas overlap.
  for (const edge of edges) {
    const at = middle(edge)
    const [mine, theirs] = [sides(edge, at, first, scale), sides(edge, at, second, scale)]
    for (const side of [0, 1] as const) meets.add(`${mine[side] ? 'I' : 'E'}${theirs[side] ? 'I' : 'E'}`)
  }
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
