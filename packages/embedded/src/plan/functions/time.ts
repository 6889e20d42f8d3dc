import type { Precision } from 'taosts/wire'
import type { SqlType } from '../../catalog/model.ts'
import { castSql, parseTimeSql } from './cast.ts'
import { at, failed, integerLiteral, textLiteral, unitTooSmall, wrongType, wrongUnit, wrongValue } from './check.ts'
import { civil } from './civil-time.ts'
import { parseTime, TICKS_PER_SECOND } from './parse-time.ts'
import { orNull, scalar } from './scalar.ts'
import type { FunctionContext, ScalarFunction, Typed } from './spec.ts'
import { BIGINT, isInteger, isText, isTimestamp, quote, TIMESTAMP, varchar } from './types.ts'
import { fixedOffset, fromWall, isZone, utcOffset, type ZoneCache } from './zone.ts'

const timeLike = orNull((t: SqlType) => isTimestamp(t) || isInteger(t) || isText(t))
const text = orNull(isText)

/** Ticks of a time, of a whole number of ticks, or of text that is one; NULL for other text. */
function ticks(arg: Typed, context: FunctionContext): string {
  // DuckDB takes a small literal for an INTEGER, which a difference could overflow.
  if (!isText(arg.type)) return arg.literal ? `CAST(${arg.sql} AS BIGINT)` : castSql(arg.sql, arg.type, BIGINT, context)
  const literal = textLiteral(arg)
  if (literal === undefined) return parseTimeSql(arg.sql, context)
  const parsed = parseTime(literal, context.precision, context.timezone, new Map())
  return parsed === undefined ? 'CAST(NULL AS BIGINT)' : `CAST(${parsed} AS BIGINT)`
}

/** Nanoseconds of the units that have a fixed length. */
const NANOS: Readonly<Record<string, bigint>> = {
  b: 1n,
  u: 1000n,
  a: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
}

/** Ticks of a unit given as `1s`: one of a fixed unit, not finer than the precision. Throws as function `name`. */
export function unitTicks(name: string, arg: Typed, precision: Precision): bigint {
  if (!arg.duration) throw wrongType(name)
  const nanos = NANOS[arg.duration.unit]
  if (arg.duration.amount !== 1n || nanos === undefined) throw wrongUnit(name)
  const tick = 1_000_000_000n / TICKS_PER_SECOND[precision]
  if (nanos < tick) throw unitTooSmall(name)
  return nanos / tick
}

/** DuckDB SQL of the ticks to add to an instant for local time. */
function offsetSql(at: string, context: FunctionContext): string {
  const fixed = fixedOffset(context.timezone)
  const per = TICKS_PER_SECOND[context.precision]
  if (fixed !== undefined) return `${BigInt(fixed) * per}`
  return `td_utc_offset(${at}, ${quote(context.precision)}, ${quote(context.timezone)})`
}

/** DuckDB SQL of the wall-clock ticks of an instant. */
function localSql(instant: string, context: FunctionContext): string {
  const offset = offsetSql(instant, context)
  return offset === '0' ? instant : `td_plus(${instant}, ${offset})`
}

/** DuckDB SQL of the local day of an instant, counted from 1970-01-01. */
function daySql(arg: Typed, context: FunctionContext): string {
  const instant = ticks(arg, context)
  return `td_floor_div(${localSql(instant, context)}, ${86400n * TICKS_PER_SECOND[context.precision]})`
}

const whole = (
  name: string,
  least: 1 | 2,
  most: 1 | 2,
  sql: ScalarFunction['sql'],
  check?: (args: readonly Typed[]) => void,
): ScalarFunction =>
  scalar({
    name,
    usage: `${name.toUpperCase()}(${most === 1 ? 'time' : 'time[, mode]'})`,
    least,
    most,
    params: [timeLike, orNull(isInteger)],
    type(args) {
      check?.(args)
      return BIGINT
    },
    sql,
  })

function checkMode(args: readonly Typed[]): void {
  const mode = integerLiteral(args[1])
  if (mode !== undefined && (mode < 0n || mode > 7n)) throw wrongValue('week')
}

const WEEK = whole(
  'week',
  1,
  2,
  (args, context) =>
    `td_week(${daySql(at(args, 0), context)}, ${args.length > 1 ? castSql(at(args, 1).sql, at(args, 1).type, BIGINT, context) : '0::BIGINT'})`,
  checkMode,
)

const TIMEDIFF = scalar({
  name: 'timediff',
  usage: 'TIMEDIFF(time, time[, unit])',
  least: 2,
  most: 3,
  params: [timeLike, timeLike, { argument: (arg) => arg.duration !== undefined }],
  type(args, context) {
    if (args.length > 2) unitTicks('timediff', at(args, 2), context.precision)
    return BIGINT
  },
  sql(args, context) {
    const difference = `td_minus(${ticks(at(args, 0), context)}, ${ticks(at(args, 1), context)})`
    return args.length > 2 ? `(${difference} // ${unitTicks('timediff', at(args, 2), context.precision)})` : difference
  },
})

const TIMETRUNCATE = scalar({
  name: 'timetruncate',
  usage: 'TIMETRUNCATE(time, unit[, use_current_timezone])',
  least: 2,
  most: 3,
  params: [timeLike, { argument: (arg) => arg.duration !== undefined }, isInteger],
  type(args, context) {
    unitTicks('timetruncate', at(args, 1), context.precision)
    const local = integerLiteral(args[2])
    if (args.length > 2 && local !== 0n && local !== 1n) throw wrongValue('timetruncate')
    return TIMESTAMP
  },
  sql(args, context) {
    const instant = ticks(at(args, 0), context)
    const unit = unitTicks('timetruncate', at(args, 1), context.precision)
    const inDays = at(args, 1).duration?.unit === 'd' || at(args, 1).duration?.unit === 'w'
    if (!inDays || integerLiteral(args[2]) === 0n) return `(${instant} // ${unit} * ${unit})`
    return `(${instant} - ${localSql(instant, context)} % ${unit})`
  },
})

/** TO_ISO8601's second argument: `z`, `+hh`, `+hhmm` or `+hh:mm` of a zone with whole hours, or +03:30 and +05:30. */
function isIsoZone(zone: string): boolean {
  if (/^[zZ]$/.test(zone)) return true
  const m = /^([+-])(\d{2})(?::?(\d{2}))?$/.exec(zone)
  if (!m) return false
  const [hour, minute] = [Number(m[2]), Number(m[3] ?? 0)]
  return hour <= 12 && (minute === 0 || (minute === 30 && (hour === 3 || hour === 5) && m[1] === '+'))
}

const TO_ISO8601 = scalar({
  name: 'to_iso8601',
  usage: 'TO_ISO8601(time[, zone])',
  least: 1,
  most: 2,
  params: [orNull((t) => isTimestamp(t) || isInteger(t)), { argument: (arg) => isText(arg.type) && arg.literal !== undefined }],
  type(args) {
    const zone = textLiteral(args[1])
    if (zone !== undefined && !isIsoZone(zone)) throw failed('Invalid timzone format')
    return varchar(62)
  },
  sql(args, context) {
    const { sql, type } = at(args, 0)
    // A whole number counts milliseconds, whatever the database's precision.
    const precision = isTimestamp(type) ? context.precision : 'ms'
    return `td_iso8601(${castSql(sql, type, BIGINT, context)}, ${quote(precision)}, ${quote(context.timezone)}, ${quote(textLiteral(args[1]) ?? '')})`
  },
})

const TO_UNIXTIMESTAMP = scalar({
  name: 'to_unixtimestamp',
  usage: 'TO_UNIXTIMESTAMP(text[, as_timestamp])',
  least: 1,
  most: 2,
  params: [isText, isInteger],
  type(args) {
    const flag = integerLiteral(args[1])
    if (args.length > 1 && flag !== 0n && flag !== 1n) throw wrongValue('to_unixtimestamp')
    return flag === 1n ? TIMESTAMP : BIGINT
  },
  sql: (args, context) => ticks(at(args, 0), context),
})

const TO_CHAR = scalar({
  name: 'to_char',
  usage: 'TO_CHAR(time, format)',
  least: 2,
  params: [orNull(isTimestamp), text],
  type: () => varchar(4094),
  sql: (args, context) => `td_to_char(${at(args, 0).sql}, ${at(args, 1).sql}, ${quote(context.precision)}, ${quote(context.timezone)})`,
})

const TO_TIMESTAMP = scalar({
  name: 'to_timestamp',
  usage: 'TO_TIMESTAMP(text, format)',
  least: 2,
  params: [isText],
  type: () => TIMESTAMP,
  sql: (args, context) =>
    `td_to_timestamp(${at(args, 0).sql}, ${at(args, 1).sql}, ${quote(context.precision)}, ${quote(context.timezone)})`,
})

/** The start of the local day that holds `now`. */
function midnight(context: FunctionContext): bigint {
  const zones: ZoneCache = new Map()
  const day = civil(context.now, context.precision, context.timezone, zones)
  const wall = Date.UTC(day.year, day.month - 1, day.day)
  return (BigInt(fromWall(context.timezone, wall, zones)) * TICKS_PER_SECOND[context.precision]) / 1000n
}

/** Short names of zones that Intl writes as an offset. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  'Asia/Shanghai': 'CST',
  'Asia/Tokyo': 'JST',
  'Asia/Seoul': 'KST',
  'Asia/Hong_Kong': 'HKT',
  'Asia/Taipei': 'CST',
  'Asia/Kolkata': 'IST',
  UTC: 'UTC',
}

/** A zone as TIMEZONE() and SHOW VARIABLES write it: `Asia/Shanghai (CST, +0800)`. */
export function zoneText(zone: string, nowMs: number): string {
  const offset = utcOffset(zone, nowMs, new Map())
  const minutes = Math.abs(Math.trunc(offset / 60))
  const numeric = `${offset < 0 ? '-' : '+'}${String(Math.trunc(minutes / 60)).padStart(2, '0')}${String(minutes % 60).padStart(2, '0')}`
  // A name that is no zone counts as UTC.
  let short = isZone(zone) ? ABBREVIATIONS[zone] : 'UTC'
  if (short === undefined && fixedOffset(zone) === undefined) {
    short = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'short' })
      .formatToParts(nowMs)
      .find((part) => part.type === 'timeZoneName')?.value
    if (short?.startsWith('GMT') && short.length > 3) short = numeric.slice(0, 3)
  }
  return `${zone} (${short ?? zone}, ${numeric})`
}

const zoneNow = (context: FunctionContext): string =>
  zoneText(context.timezone, Number((context.now * 1000n) / TICKS_PER_SECOND[context.precision]))

export const TIME: readonly ScalarFunction[] = [
  scalar({
    name: 'now',
    usage: 'NOW()',
    least: 0,
    params: [],
    type: () => TIMESTAMP,
    sql: (_args, context) => `CAST(${context.now} AS BIGINT)`,
  }),
  scalar({
    name: 'today',
    usage: 'TODAY()',
    least: 0,
    params: [],
    type: () => TIMESTAMP,
    sql: (_args, context) => `CAST(${midnight(context)} AS BIGINT)`,
  }),
  scalar({
    name: 'timezone',
    usage: 'TIMEZONE()',
    least: 0,
    params: [],
    type: (_args, context) => varchar(zoneNow(context).length),
    sql: (_args, context) => quote(zoneNow(context)),
  }),
  TIMEDIFF,
  TIMETRUNCATE,
  TO_ISO8601,
  TO_UNIXTIMESTAMP,
  TO_CHAR,
  TO_TIMESTAMP,
  WEEK,
  whole('weekofyear', 1, 1, (args, context) => `td_week(${daySql(at(args, 0), context)}, 3::BIGINT)`),
  whole('dayofweek', 1, 1, (args, context) => `(td_floor_mod(${daySql(at(args, 0), context)} + 4, 7) + 1)`),
  whole('weekday', 1, 1, (args, context) => `td_floor_mod(${daySql(at(args, 0), context)} + 3, 7)`),
]
