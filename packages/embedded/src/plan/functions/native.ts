import { crc32 } from 'node:zlib'
import type { Precision } from 'taosts/wire'
import { SqlError } from '../../errors.ts'
import type { DatabaseFunctions, NativeFunction } from '../../storage/native-functions.ts'
import { civil, weekOf } from './civil-time.ts'
import { geometryFunctions } from './geometry.ts'
import { macroStatements } from './macros.ts'
import { parseTime, TICKS_PER_SECOND } from './parse-time.ts'
import { raiseText } from './raise.ts'
import { formatParts, formatTime, iso8601 } from './time-pattern.ts'
import { parseFormatted } from './time-reading.ts'
import { utcOffset, type ZoneCache } from './zone.ts'

/** Remembers the last result for the last argument: formats are nearly always constants. */
function last<T>(make: (key: string) => T): (key: string) => T {
  let known: { key: string; value: T } | undefined
  return (key) => {
    if (known?.key !== key) known = { key, value: make(key) }
    return known.value
  }
}

/** Conversions between text and time. */
function timeFunctions(zones: ZoneCache): NativeFunction[] {
  const parts = last(formatParts)
  return [
    {
      name: 'td_parse_time',
      parameters: ['VARCHAR', 'VARCHAR', 'VARCHAR'],
      returns: 'BIGINT',
      varying: 1,
      value: ([text, precision, zone]) => parseTime(text as string, precision as Precision, zone as string, zones) ?? null,
    },
    {
      name: 'td_to_char',
      parameters: ['BIGINT', 'VARCHAR', 'VARCHAR', 'VARCHAR'],
      returns: 'VARCHAR',
      varying: 2,
      value: ([ticks, format, precision, zone]) =>
        formatTime(civil(ticks as bigint, precision as Precision, zone as string, zones), parts(format as string)),
    },
    {
      name: 'td_to_timestamp',
      parameters: ['VARCHAR', 'VARCHAR', 'VARCHAR', 'VARCHAR'],
      returns: 'BIGINT',
      varying: 2,
      value: ([text, format, precision, zone]) =>
        parseFormatted(text as string, parts(format as string), precision as Precision, zone as string, zones),
    },
    {
      name: 'td_iso8601',
      parameters: ['BIGINT', 'VARCHAR', 'VARCHAR', 'VARCHAR'],
      returns: 'VARCHAR',
      varying: 1,
      value: ([ticks, precision, zone, suffix]) =>
        iso8601(ticks as bigint, precision as Precision, zone as string, (suffix as string) || undefined, zones),
    },
    {
      name: 'td_utc_offset',
      parameters: ['BIGINT', 'VARCHAR', 'VARCHAR'],
      returns: 'BIGINT',
      varying: 1,
      value([ticks, precision, zone]) {
        const per = TICKS_PER_SECOND[precision as Precision]
        return BigInt(utcOffset(zone as string, Number(((ticks as bigint) * 1000n) / per), zones)) * per
      },
    },
    {
      name: 'td_week',
      parameters: ['BIGINT', 'BIGINT'],
      returns: 'BIGINT',
      value([days, mode]) {
        if ((mode as bigint) < 0n || (mode as bigint) > 7n) throw new SqlError(0x2803, 'Invalid function para value')
        return BigInt(weekOf(Number(days), Number(mode)))
      },
    },
  ]
}

function hashFunctions(): NativeFunction[] {
  return [
    { name: 'td_crc32', parameters: ['BLOB'], returns: 'UINTEGER', value: ([bytes]) => crc32(bytes as Uint8Array) },
    {
      name: 'td_crc32_wide',
      parameters: ['VARCHAR'],
      returns: 'UINTEGER',
      value([text]) {
        const points = Uint32Array.from(text as string, (c) => c.codePointAt(0) ?? 0)
        return crc32(new Uint8Array(points.buffer))
      },
    },
  ]
}

/** The first number of glibc's generator after a seed, from 0 to 1: what a seeded RAND gives. */
function seededRandom(seed: number): number {
  const state = new Int32Array(34)
  state[0] = seed === 0 ? 1 : seed
  for (let i = 1; i < 31; i++) {
    const word = (16807 * (state[i - 1]! % 127773) - 2836 * Math.trunc(state[i - 1]! / 127773)) | 0
    state[i] = word < 0 ? word + 2147483647 : word
  }
  for (let i = 31; i < 34; i++) state[i] = state[i - 31]!
  const ring = new Uint32Array(345)
  ring.set(state)
  for (let i = 34; i < 345; i++) ring[i] = ring[i - 31]! + ring[i - 3]!
  return (ring[344]! >>> 1) / 2147483647
}

function textFunctions(): NativeFunction[] {
  return [
    {
      name: 'td_substring_index_of',
      parameters: ['VARCHAR', 'VARCHAR', 'BIGINT'],
      returns: 'VARCHAR',
      value([text, delimiter, count]) {
        if (delimiter === '' || count === 0n) return ''
        const parts = (text as string).split(delimiter as string)
        const n = Number(count)
        return (n > 0 ? parts.slice(0, n) : parts.slice(n)).join(delimiter as string)
      },
    },
    {
      name: 'td_rand',
      parameters: ['BIGINT'],
      returns: 'DOUBLE',
      value: ([seed]) => seededRandom(Number(BigInt.asIntN(32, seed as bigint))),
    },
  ]
}

/** A TDengine error thrown by a native function reaches the statement through DuckDB's message. */
function marked(f: NativeFunction): NativeFunction {
  return {
    ...f,
    value(args) {
      try {
        return f.value(args)
      } catch (error) {
        throw error instanceof SqlError ? new Error(raiseText(error.code, error.message)) : error
      }
    },
  }
}

/** Everything that functions and casts need inside DuckDB: give it to `Storage.open` (or `installFunctions`) before the first query. */
export function databaseFunctions(): DatabaseFunctions {
  const zones: ZoneCache = new Map()
  return {
    statements: macroStatements(),
    natives: [...timeFunctions(zones), ...hashFunctions(), ...textFunctions(), ...geometryFunctions()].map(marked),
  }
}
