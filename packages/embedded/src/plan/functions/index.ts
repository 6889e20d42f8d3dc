import { AGGREGATES } from './aggregate.ts'
import { GEOMETRY } from './geometry.ts'
import { GREATEST } from './greatest.ts'
import { HASH } from './hash.ts'
import { HISTOGRAM } from './histogram.ts'
import { MATH } from './math.ts'
import { SELECTIONS } from './selection.ts'
import { SERIES } from './series.ts'
import type { FunctionSpec } from './spec.ts'
import { STATISTICS } from './statistics.ts'
import { STRING } from './string.ts'
import { SYSTEM } from './system.ts'
import { TIME } from './time.ts'

/** Every function by family, one entry a name. */
export const FAMILIES: Readonly<Record<string, readonly FunctionSpec[]>> = {
  Mathematics: [...MATH, ...GREATEST],
  Text: STRING,
  'Hashes and encodings': HASH,
  'Time and conversion': TIME,
  Geometry: GEOMETRY,
  System: SYSTEM,
  Aggregates: [...AGGREGATES, ...STATISTICS, HISTOGRAM],
  Selections: SELECTIONS,
  Series: SERIES,
}

/** Every function, one entry a name. */
export const FUNCTIONS: readonly FunctionSpec[] = Object.values(FAMILIES).flat()

const byName: ReadonlyMap<string, FunctionSpec> = new Map(FUNCTIONS.map((f) => [f.name, f]))

/** The function of that name (any case), or undefined: TDengine answers 0x374 `Func not exists`. */
export function functionByName(name: string): FunctionSpec | undefined {
  return byName.get(name.toLowerCase())
}

export { type CastContext, castSql, checkCast, parseTimeSql, textSql } from './cast.ts'
export { macroStatements } from './macros.ts'
export { databaseFunctions } from './native.ts'
export { parseTime } from './parse-time.ts'
export { raised, raiseSql } from './raise.ts'
export type * from './spec.ts'
export * from './types.ts'
