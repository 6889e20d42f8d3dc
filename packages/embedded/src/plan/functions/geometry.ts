import { SqlError } from '../../errors.ts'
import type { NativeFunction } from '../../storage/native-functions.ts'
import { castSql } from './cast.ts'
import { at } from './check.ts'
import { type Pieces, takeApart } from './geometry/pieces.ts'
import { PREDICATES, relate } from './geometry/relate.ts'
import type { Shape } from './geometry/shape.ts'
import { decodeWkb, encodePoint, encodeWkb } from './geometry/wkb.ts'
import { formatWkt, parseWkt, WktError } from './geometry/wkt.ts'
import { orNull, scalar } from './scalar.ts'
import type { ScalarFunction } from './spec.ts'
import { BOOL, DOUBLE, geometry, isGeometry, isNull, isNumeric, isVarchar, NULL, varchar } from './types.ts'

/** Bytes of the WKB of a point. */
const POINT_BYTES = 21

const NAMES: Readonly<Record<keyof typeof PREDICATES, string>> = {
  intersects: 'st_intersects',
  equals: 'st_equals',
  touches: 'st_touches',
  covers: 'st_covers',
  contains: 'st_contains',
  containsProperly: 'st_containsproperly',
}

const predicates = Object.entries(NAMES).map(([key, name]) =>
  scalar({
    name,
    usage: `ST_${key.charAt(0).toUpperCase()}${key.slice(1)}(geometry, geometry)`,
    least: 2,
    params: [orNull(isGeometry)],
    type: () => BOOL,
    sql: (args) => `td_${name}(${at(args, 0).sql}, ${at(args, 1).sql})`,
  }),
)

export const GEOMETRY: readonly ScalarFunction[] = [
  scalar({
    name: 'st_geomfromtext',
    usage: 'ST_GeomFromText(wkt)',
    least: 1,
    params: [orNull(isVarchar)],
    type: (args) => (isNull(at(args, 0).type) ? NULL : geometry(at(args, 0).type.length)),
    sql: (args) => `td_wkb(${at(args, 0).sql})`,
  }),
  scalar({
    name: 'st_astext',
    usage: 'ST_AsText(geometry)',
    least: 1,
    params: [orNull(isGeometry)],
    type: (args) => (isNull(at(args, 0).type) ? NULL : varchar(at(args, 0).type.length)),
    sql: (args) => `td_wkt(${at(args, 0).sql})`,
  }),
  scalar({
    name: 'st_makepoint',
    usage: 'ST_MakePoint(x, y)',
    least: 2,
    params: [orNull(isNumeric)],
    type: () => geometry(POINT_BYTES),
    sql: (args, context) => `td_point(${args.map((arg) => castSql(arg.sql, arg.type, DOUBLE, context)).join(', ')})`,
  }),
  ...predicates,
]

const notGeometry = (): SqlError => new SqlError(0x2803, 'Invalid function para value')

/** WKB of well-known text. Throws SqlError. */
function wkbOf(text: string): Uint8Array {
  try {
    return encodeWkb(parseWkt(text))
  } catch (error) {
    if (error instanceof WktError) throw notGeometry()
    throw error
  }
}

function shapeOf(bytes: Uint8Array): Shape {
  const shape = decodeWkb(bytes)
  if (!shape) throw notGeometry()
  return shape
}

/** Decodes one argument of a predicate; a constant one stays taken apart while its bytes are the same. */
function remembering(): (bytes: Uint8Array) => Pieces {
  let known: Uint8Array | undefined
  let pieces: Pieces | undefined
  return (bytes) => {
    if (!pieces || !known || !sameBytes(known, bytes)) {
      pieces = takeApart(shapeOf(bytes))
      known = bytes
    }
    return pieces
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** The native functions of geometry. */
export function geometryFunctions(): NativeFunction[] {
  return [
    { name: 'td_wkb', parameters: ['VARCHAR'], returns: 'BLOB', value: ([text]) => wkbOf(text as string) },
    { name: 'td_wkt', parameters: ['BLOB'], returns: 'VARCHAR', value: ([bytes]) => formatWkt(shapeOf(bytes as Uint8Array)) },
    {
      name: 'td_point',
      parameters: ['DOUBLE', 'DOUBLE'],
      returns: 'BLOB',
      value: ([x, y]) => encodePoint([x as number, y as number]),
    },
    ...Object.entries(PREDICATES).map(([key, holds]): NativeFunction => {
      const [left, right] = [remembering(), remembering()]
      return {
        name: `td_${NAMES[key as keyof typeof PREDICATES]}`,
        parameters: ['BLOB', 'BLOB'],
        returns: 'BOOLEAN',
        value: ([a, b]) => holds(relate(left(a as Uint8Array), right(b as Uint8Array))),
      }
    }),
  ]
}
