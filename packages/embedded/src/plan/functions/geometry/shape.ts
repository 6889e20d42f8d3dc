/** A point as x and y. */
export type Position = readonly [number, number]

/** A geometry: what WKT and WKB describe. An empty POINT has no position. */
export type Shape =
  | { readonly kind: 'point'; readonly at: Position | null }
  | { readonly kind: 'linestring'; readonly points: readonly Position[] }
  | { readonly kind: 'polygon'; readonly rings: readonly (readonly Position[])[] }
  | { readonly kind: 'multipoint' | 'multilinestring' | 'multipolygon' | 'geometrycollection'; readonly parts: readonly Shape[] }

/** WKB's geometry types. */
export const WKB_CODE: Readonly<Record<Shape['kind'], number>> = {
  point: 1,
  linestring: 2,
  polygon: 3,
  multipoint: 4,
  multilinestring: 5,
  multipolygon: 6,
  geometrycollection: 7,
}
