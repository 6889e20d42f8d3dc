import { onSegment, side } from './orientation.ts'
import type { Position, Shape } from './shape.ts'

export type Segment = readonly [Position, Position]

/** Interior, boundary, exterior. */
export type Part = 'I' | 'B' | 'E'

/** A geometry taken apart: positions, lines, and areas with their rings. */
export interface Pieces {
  readonly points: readonly Position[]
  readonly lines: readonly (readonly Position[])[]
  readonly areas: readonly (readonly (readonly Position[])[])[]
  readonly lineSegments: readonly Segment[]
  readonly ringSegments: readonly Segment[]
  /** Ends of lines that an odd number of lines share: the boundary of a line work. */
  readonly ends: readonly Position[]
  /** Smallest x and y, largest x and y; of nothing, none. */
  readonly box: readonly [number, number, number, number]
}

interface Gathered {
  readonly points: Position[]
  readonly lines: (readonly Position[])[]
  readonly areas: (readonly (readonly Position[])[])[]
}

function gather(shape: Shape, into: Gathered): void {
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

export const same = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1]

function segmentsOf(points: readonly Position[]): Segment[] {
  const segments: Segment[] = []
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1]!, points[i]!]
    if (!same(from, to)) segments.push([from, to])
  }
  return segments
}

const NOTHING: readonly never[] = []

/** Takes a geometry apart, once for all its relations. */
export function takeApart(shape: Shape): Pieces {
  if (shape.kind === 'point' && shape.at) {
    const [x, y] = shape.at
    return {
      points: [shape.at],
      lines: NOTHING,
      areas: NOTHING,
      lineSegments: NOTHING,
      ringSegments: NOTHING,
      ends: NOTHING,
      box: [x, y, x, y],
    }
  }
  const parts: Gathered = { points: [], lines: [], areas: [] }
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
  for (const p of [parts.points, ...parts.lines, ...parts.areas.map(([outer]) => outer ?? [])].flat()) {
    box[0] = Math.min(box[0], p[0])
    box[1] = Math.min(box[1], p[1])
    box[2] = Math.max(box[2], p[0])
    box[3] = Math.max(box[3], p[1])
  }
  return { ...parts, lineSegments: parts.lines.flatMap(segmentsOf), ringSegments: parts.areas.flat().flatMap(segmentsOf), ends, box }
}

/** Whether a position that lies on no ring is inside one of the areas: odd crossings of a ray to the right. */
export function inside(p: Position, areas: Pieces['areas']): boolean {
  return areas.some((rings) => {
    let odd = false
    for (const ring of rings) {
      for (let i = 1; i < ring.length; i++) {
        const [a, b] = [ring[i - 1]!, ring[i]!]
        // The ray meets the edge where p lies left of it, taken upwards.
        if (a[1] > p[1] !== b[1] > p[1] && side(a, b, p) === (b[1] > a[1] ? 1 : -1)) odd = !odd
      }
    }
    return odd
  })
}

/** What of a geometry an edge or a cut of another one runs along. */
export type On = 'ring' | 'line' | 'none'

/** Where a position lies; `on` says that it is known to be on a ring or a line of the geometry, however its coordinates are rounded. */
export function locate(p: Position, g: Pieces, on?: On): Part {
  if (on === 'ring' || (on === undefined && g.ringSegments.some((s) => onSegment(p, s)))) return 'B'
  if (inside(p, g.areas)) return 'I'
  if (on === 'line' || (on === undefined && g.lineSegments.some((s) => onSegment(p, s)))) return g.ends.some((e) => same(e, p)) ? 'B' : 'I'
  return g.points.some((q) => same(p, q)) ? 'I' : 'E'
}

/** Where a stretch between two cuts lies: nothing of the geometry begins or ends on it. */
export function locateStretch([a, b]: Segment, g: Pieces, on: On): Part {
  if (on === 'ring') return 'B'
  return on === 'line' || inside(middle([a, b]), g.areas) ? 'I' : 'E'
}

export const middle = ([a, b]: Segment): Position => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
