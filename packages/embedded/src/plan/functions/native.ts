import {
  BIGINT as DUCK_BIGINT,
  VARCHAR as DUCK_VARCHAR,
  type DuckDBConnection,
  DuckDBScalarFunction,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { Precision } from 'taosts/wire'
import { macroStatements } from './macros.ts'
import { parseTime } from './parse-time.ts'
import type { ZoneCache } from './zone.ts'

/** A function of ours inside DuckDB. NULL in any argument gives NULL unless `nulls` is set; an exception fails the statement with its message. */
export interface NativeFunction {
  readonly name: string
  readonly parameters: readonly DuckDBType[]
  readonly returns: DuckDBType
  readonly nulls?: boolean
  /** Leading parameters that vary by row; the rest are constants of the statement and are read once a chunk. All vary when absent. */
  readonly varying?: number
  value(args: readonly DuckDBValue[]): DuckDBValue
}

/** The functions that SQL cannot express well, over one connection's cache of time zones. */
export function nativeFunctions(): NativeFunction[] {
  const zones: ZoneCache = new Map()
  return [
    {
      name: 'td_parse_time',
      parameters: [DUCK_VARCHAR, DUCK_VARCHAR, DUCK_VARCHAR],
      returns: DUCK_BIGINT,
      varying: 1,
      value: ([text, precision, zone]) => parseTime(text as string, precision as Precision, zone as string, zones) ?? null,
    },
  ]
}

/** Registers every macro and native function; call once for a database, before its first query. */
export async function registerFunctions(connection: DuckDBConnection): Promise<void> {
  for (const statement of macroStatements()) await connection.run(statement)
  for (const f of nativeFunctions()) connection.registerScalarFunction(toDuck(f))
}

function toDuck(f: NativeFunction): DuckDBScalarFunction {
  return DuckDBScalarFunction.create({
    name: f.name,
    parameterTypes: f.parameters,
    returnType: f.returns,
    specialHandling: f.nulls === true,
    mainFunction: (_info, input, output) => {
      const vectors = f.parameters.map((_, i) => input.getColumnVector(i))
      const varying = f.varying ?? vectors.length
      const args: DuckDBValue[] = new Array(vectors.length).fill(null)
      const rows = input.rowCount
      for (let i = varying; i < vectors.length; i++) args[i] = (rows > 0 ? vectors[i]?.getItem(0) : null) ?? null
      for (let row = 0; row < rows; row++) {
        let missing = false
        for (let i = 0; i < varying; i++) {
          const value = vectors[i]?.getItem(row) ?? null
          if (value === null) missing = true
          args[i] = value
        }
        output.setItem(row, missing && f.nulls !== true ? null : f.value(args))
      }
      output.flush()
    },
  })
}
