import { MINUTES, minutesOf } from '../../catalog/keep.ts'
import type { DatabaseOption, Literal, Span } from '../../sql/ast.ts'
import { DdlWrong } from './ddl-error.ts'

/** A number option: its name in messages and the range it may have. */
interface NumberOption {
  readonly words: string
  readonly min: number
  readonly max: number
}

const NUMBERS: Readonly<Record<string, NumberOption>> = {
  BUFFER: { words: 'buffer', min: 3, max: 16384 },
  CACHESIZE: { words: 'cacheSize', min: 1, max: 65536 },
  COMP: { words: 'compression', min: 0, max: 2 },
  WAL_FSYNC_PERIOD: { words: 'fsyncPeriod', min: 0, max: 180000 },
  MAXROWS: { words: 'maxRowsPerBlock', min: 200, max: 10000 },
  MINROWS: { words: 'minRowsPerBlock', min: 10, max: 1000 },
  PAGES: { words: 'pages', min: 64, max: 2147483647 },
  PAGESIZE: { words: 'pagesize', min: 1, max: 16384 },
  TSDB_PAGESIZE: { words: 'tsdbPageSize', min: 1, max: 16384 },
  REPLICA: { words: 'replications', min: 1, max: 3 },
  VGROUPS: { words: 'vgroups', min: 1, max: 1024 },
  SINGLE_STABLE: { words: 'singleStable', min: 0, max: 1 },
  SCHEMALESS: { words: 'schemaless', min: 0, max: 1 },
  WAL_LEVEL: { words: 'walLevel', min: 0, max: 2 },
  WAL_RETENTION_PERIOD: { words: 'walRetentionPeriod', min: -1, max: 2147483647 },
  WAL_RETENTION_SIZE: { words: 'walRetentionSize', min: -1, max: 2147483647 },
  WAL_ROLL_PERIOD: { words: 'walRollPeriod', min: 0, max: 2147483647 },
  WAL_SEGMENT_SIZE: { words: 'walSegmentSize', min: 0, max: 2147483647 },
  STT_TRIGGER: { words: 'sstTrigger', min: 1, max: 16 },
  TABLE_PREFIX: { words: 'tablePrefix', min: -191, max: 191 },
  TABLE_SUFFIX: { words: 'tableSuffix', min: -191, max: 191 },
  SS_CHUNKPAGES: { words: 'ssChunkSize', min: 131072, max: 1048576 },
  SS_COMPACT: { words: 'ssCompact', min: 0, max: 1 },
}

const WORDS: Readonly<Record<string, { readonly words: string; readonly values: readonly string[] }>> = {
  CACHEMODEL: { words: 'cacheModel', values: ['none', 'last_row', 'last_value', 'both'] },
  STRICT: { words: 'strict', values: ['on', 'off'] },
  ENCRYPT_ALGORITHM: { words: 'encryptAlgorithm', values: ['none', 'sm4'] },
  PRECISION: { words: 'precision', values: ['ms', 'us', 'ns'] },
}

/** Options that take a time and how they are kept: minutes shown by their largest unit. */
const DURATIONS: ReadonlySet<string> = new Set(['DURATION', 'KEEP_TIME_OFFSET', 'SS_KEEPLOCAL', 'COMPACT_INTERVAL', 'COMPACT_TIME_OFFSET'])

/** The options of CREATE or ALTER DATABASE, checked, as the catalog keeps them. Throws 0x2619 with TDengine's words. */
export function databaseOptions(written: readonly DatabaseOption[]): Map<string, string | number> {
  const options = new Map<string, string | number>()
  for (const option of written) {
    if (option.name === 'KEEP') options.set('KEEP', keep(option))
    else if (option.name === 'COMPACT_TIME_RANGE')
      options.set(option.name, option.values.map((value) => minutesText(minutes(value))).join(','))
    else if (option.name === 'RETENTIONS' || option.name === 'DNODES')
      options.set(option.name, option.values.map(({ text }) => text).join(','))
    else if (DURATIONS.has(option.name)) options.set(option.name, duration(option))
    else options.set(option.name, single(option))
  }
  return options
}

function single(option: DatabaseOption): string | number {
  const { text } = option.values[0]!
  const word = WORDS[option.name]
  if (word) {
    const value = text.toLowerCase()
    if (!word.values.includes(value))
      throw DdlWrong.option(`Invalid option ${word.words}: ${option.name === 'PRECISION' ? text.slice(0, 2) : text}`, option)
    return value
  }
  const number = NUMBERS[option.name]
  const value = Number(text)
  if (number && (value < number.min || value > number.max)) {
    throw DdlWrong.option(`Invalid option ${number.words}: ${text}, valid range: [${number.min}, ${number.max}]`, option)
  }
  if (option.name === 'REPLICA') {
    if (value === 2) throw DdlWrong.option('Invalid option replications: 2, only 1, 3 allowed', option)
    // One process is one node.
    if (value === 3) throw DdlWrong.fewNodes(option)
  }
  return value
}

function minutes(value: Literal): number {
  const unit = value.text.slice(-1).toLowerCase()
  if (/\d/.test(unit)) return Number(value.text) * 1440
  const factor = MINUTES[unit]
  if (factor === undefined) throw DdlWrong.option(`Invalid option unit: ${unit}, only m, h, d allowed`, value)
  return Number(value.text.slice(0, -1)) * factor
}

/** Minutes as days, hours or minutes, whichever is whole: `10d`, `100h`, `90m`. */
export function minutesText(value: number): string {
  if (value % 1440 === 0) return `${value / 1440}d`
  return value % 60 === 0 ? `${value / 60}h` : `${value}m`
}

function duration(option: DatabaseOption): string {
  const value = minutes(option.values[0]!)
  if (option.name === 'DURATION' && (value < 60 || value > 3650 * 1440)) {
    throw DdlWrong.option(`Invalid option duration(daysPerFile): ${value}m, valid range: [60m, 5256000m]`, option)
  }
  if (option.name === 'KEEP_TIME_OFFSET')
    return `${Math.trunc(/\d$/.test(option.values[0]!.text) ? Number(option.values[0]!.text) : value / 60)}`
  if (option.name === 'SS_KEEPLOCAL') return `${value}m`
  if (option.name === 'COMPACT_TIME_OFFSET') return `${Math.trunc(value / 60)}h`
  return minutesText(value)
}

function keep(option: DatabaseOption): string {
  const values = option.values.map(minutes)
  if (values.length > 3) throw DdlWrong.option('Invalid number of keep options, only 1, 2, 3 allowed', option)
  for (const value of values) {
    if (value < 1440 || value > 365000 * 1440)
      throw DdlWrong.option(`Invalid option keep: ${value}m, valid range: [1440m, 525600000m]`, option)
  }
  const last = values[values.length - 1]!
  const [keep0, keep1 = last, keep2 = last] = values as [number, number?, number?]
  return [keep0, keep1, keep2].map(minutesText).join(',')
}

/** Checks what options say together: KEEP must not fall, and hold three files of DURATION at least. */
export function checkOptions(options: ReadonlyMap<string, string | number>, near: Span): void {
  const kept = String(options.get('KEEP') ?? '3650d,3650d,3650d')
    .split(',')
    .map(minutesOf)
  const perFile = minutesOf(String(options.get('DURATION') ?? '10d'))
  const [keep0, keep1, keep2] = kept as [number, number, number]
  if (keep1 < keep0 || keep2 < keep1 || keep0 < 3 * perFile) {
    throw DdlWrong.option('Invalid duration value, should be keep2 >= keep1 >= keep0 >= 3 * duration', near)
  }
}
