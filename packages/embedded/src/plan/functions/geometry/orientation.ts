import type { Position } from './shape.ts'

/** Largest relative error of the plain determinant: beyond it the sign is certain. */
const CERTAIN = 3.3306690738754716e-16

/** Whether c lies left of a → b (1), right (-1) or exactly on its line (0): exact, however near. */
export function side(a: Position, b: Position, c: Position): -1 | 0 | 1 {
  const left = (a[0] - c[0]) * (b[1] - c[1])
  const right = (a[1] - c[1]) * (b[0] - c[0])
  const determinant = left - right
  if (Math.abs(determinant) > CERTAIN * (Math.abs(left) + Math.abs(right))) return determinant > 0 ? 1 : -1
  return exactSide(a, b, c)
}

/** The sign of the determinant in whole numbers: every double is one, once all share an exponent. */
function exactSide(a: Position, b: Position, c: Position): -1 | 0 | 1 {
  const parts = [a[0], a[1], b[0], b[1], c[0], c[1]].map(apart)
  const least = Math.min(...parts.map(({ exponent }) => exponent))
  const [ax, ay, bx, by, cx, cy] = parts.map(({ mantissa, exponent }) => mantissa << BigInt(exponent - least)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  const determinant = (ax - cx) * (by - cy) - (ay - cy) * (bx - cx)
  return determinant > 0n ? 1 : determinant < 0n ? -1 : 0
}

/** A double as mantissa × 2^exponent. */
function apart(x: number): { mantissa: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  const high = view.getUint32(0)
  const biased = (high >>> 20) & 0x7ff
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(view.getUint32(4))
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n)
  return { mantissa: high >>> 31 ? -mantissa : mantissa, exponent: Math.max(biased, 1) - 1075 }
}

/** Whether p lies on the segment, its ends included: exactly. */
export function onSegment(p: Position, [a, b]: readonly [Position, Position]): boolean {
  if (p[0] < Math.min(a[0], b[0]) || p[0] > Math.max(a[0], b[0]) || p[1] < Math.min(a[1], b[1]) || p[1] > Math.max(a[1], b[1])) return false
  return side(a, b, p) === 0
}
