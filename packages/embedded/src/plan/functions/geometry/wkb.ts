import { type Position, type Shape, WKB_CODE } from './shape.ts'

/** Little-endian WKB: byte 0 the order (1), u32 the kind, then counts as u32 and coordinates as doubles; an empty POINT is NaN NaN. */
export function encodeWkb(shape: Shape): Uint8Array {
  if (shape.kind === 'point') return encodePoint(shape.at ?? [Number.NaN, Number.NaN])
  const bytes = new Uint8Array(size(shape))
  put(shape, new DataView(bytes.buffer), 0)
  return bytes
}

/** WKB of a point, without the detours of other kinds. */
export function encodePoint([x, y]: Position): Uint8Array {
  const bytes = new Uint8Array(21)
  const view = new DataView(bytes.buffer)
  view.setUint8(0, 1)
  view.setUint32(1, 1, true)
  view.setFloat64(5, x, true)
  view.setFloat64(13, y, true)
  return bytes
}

function size(shape: Shape): number {
  switch (shape.kind) {
    case 'point':
      return 21
    case 'linestring':
      return 9 + shape.points.length * 16
    case 'polygon':
      return 9 + shape.rings.reduce((sum, ring) => sum + 4 + ring.length * 16, 0)
    default:
      return 9 + shape.parts.reduce((sum, part) => sum + size(part), 0)
  }
}

function put(shape: Shape, view: DataView, start: number): number {
  view.setUint8(start, 1)
  view.setUint32(start + 1, WKB_CODE[shape.kind], true)
  let at = start + 5
  const coordinates = (points: readonly Position[]): void => {
    for (const [x, y] of points) {
      view.setFloat64(at, x, true)
      view.setFloat64(at + 8, y, true)
      at += 16
    }
  }
  const counted = (points: readonly Position[]): void => {
    view.setUint32(at, points.length, true)
    at += 4
    coordinates(points)
  }
  switch (shape.kind) {
    case 'point':
      coordinates([shape.at ?? [Number.NaN, Number.NaN]])
      break
    case 'linestring':
      counted(shape.points)
      break
    case 'polygon':
      view.setUint32(at, shape.rings.length, true)
      at += 4
      for (const ring of shape.rings) counted(ring)
      break
    default:
      view.setUint32(at, shape.parts.length, true)
      at += 4
      for (const part of shape.parts) at = put(part, view, at)
  }
  return at
}

const KINDS = Object.keys(WKB_CODE) as Shape['kind'][]
const DEEPEST = 100

/** Reads WKB of either byte order; undefined when the bytes are none. */
export function decodeWkb(bytes: Uint8Array): Shape | undefined {
  if (bytes.length === 21 && bytes[0] === 1 && bytes[1] === 1 && bytes[2] === 0 && bytes[3] === 0 && bytes[4] === 0) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, 21)
    const x = view.getFloat64(5, true)
    return { kind: 'point', at: Number.isNaN(x) ? null : [x, view.getFloat64(13, true)] }
  }
  try {
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 }
    const shape = take(reader, 0)
    return reader.at === bytes.length ? shape : undefined
  } catch {
    return undefined
  }
}

function take(reader: { readonly view: DataView; at: number }, depth: number): Shape {
  const { view } = reader
  const little = view.getUint8(reader.at) === 1
  const code = view.getUint32(reader.at + 1, little) & 0xff
  reader.at += 5
  const kind = KINDS[code - 1]
  if (!kind || depth > DEEPEST) throw new RangeError('no WKB')
  const count = (width: number): number => {
    const n = view.getUint32(reader.at, little)
    reader.at += 4
    if (n * width > view.byteLength - reader.at) throw new RangeError('no WKB')
    return n
  }
  const position = (): Position => {
    const at: Position = [view.getFloat64(reader.at, little), view.getFloat64(reader.at + 8, little)]
    reader.at += 16
    return at
  }
  const points = (): Position[] => Array.from({ length: count(16) }, position)
  if (kind === 'point') {
    const at = position()
    return { kind, at: Number.isNaN(at[0]) ? null : at }
  }
  if (kind === 'linestring') return { kind, points: points() }
  if (kind === 'polygon') return { kind, rings: Array.from({ length: count(4) }, points) }
  return { kind, parts: Array.from({ length: count(9) }, () => take(reader, depth + 1)) }
}
