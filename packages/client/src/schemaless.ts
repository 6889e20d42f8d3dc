import type { SchemalessCounts, SchemalessRequest } from './driver/driver.ts'
import { show } from './duration.ts'
import { DataError, InterfaceError, TaosError } from './errors.ts'
import type { QueryOptions } from './options.ts'

/** How schemaless lines are written and read. */
export interface SchemalessOptions extends QueryOptions {
  /** `line`: InfluxDB line protocol (default); `telnet`: OpenTSDB telnet lines; `json`: OpenTSDB JSON. */
  readonly protocol?: 'line' | 'telnet' | 'json' | undefined
  /** The unit of the times in InfluxDB lines; default `ns`, as InfluxDB has it. OpenTSDB's formats tell seconds from milliseconds by their digits. */
  readonly precision?: 'h' | 'm' | 's' | 'ms' | 'us' | 'ns' | undefined
  /** Days after which subtables made by this call are dropped; 0, the default, for never. */
  readonly ttl?: number | undefined
  /** The tag whose value names the subtable. */
  readonly tableNameKey?: string | undefined
}

/** What a schemaless write did. */
export interface SchemalessOutcome {
  readonly affectedRows: number
  /** Lines that the server saw. */
  readonly totalRows: number
}

const PROTOCOLS = ['line', 'telnet', 'json']
const PRECISIONS = ['h', 'm', 's', 'ms', 'us', 'ns']

/** The request for some lines. Throws an InterfaceError for what cannot be sent. */
export function schemalessRequest(lines: string | readonly string[], options: SchemalessOptions) {
  const { protocol = 'line', precision, ttl = 0, tableNameKey = '' } = options
  if (!PROTOCOLS.includes(protocol)) throw new InterfaceError(`protocol has to be one of ${PROTOCOLS.join(', ')}, not ${show(protocol)}`)
  if (precision !== undefined && !PRECISIONS.includes(precision))
    throw new InterfaceError(`precision has to be one of ${PRECISIONS.join(', ')}, not ${show(precision)}`)
  if (!Number.isInteger(ttl) || ttl < 0 || ttl > 2 ** 31 - 1)
    throw new InterfaceError(`ttl has to be a whole number of days, not ${show(ttl)}`)
  if (typeof tableNameKey !== 'string') throw new InterfaceError(`tableNameKey has to be a text, not ${show(tableNameKey)}`)
  if (typeof lines !== 'string' && !(Array.isArray(lines) && lines.every((line) => typeof line === 'string')))
    throw new InterfaceError(
      `lines have to be a text or a list of texts, not ${Array.isArray(lines) ? 'a list of something else' : show(lines)}`,
    )
  const data = typeof lines === 'string' ? lines : lines.join('\n')
  if (data.trim() === '') throw new InterfaceError('there are no lines to write')
  if (data.includes('\0')) throw new DataError('schemaless lines cannot contain NUL')
  // The wire's word for microseconds is `u`: `us` would silently mean "not given" (protocol reference, section 7).
  const unit = precision === 'us' ? 'u' : (precision ?? (protocol === 'line' ? 'ns' : ''))
  return { protocol, precision: unit, ttl, tableNameKey, data } as const
}

/** What a write did. A server that does not count has written all, if it tells no error. */
export function schemalessOutcome({ protocol, data }: SchemalessRequest, { affectedRows, totalRows }: SchemalessCounts): SchemalessOutcome {
  const point = protocol === 'json' ? /"metric"\s*:/g : /^(?!#).*\S/gm
  const affected = Number(affectedRows ?? data.match(point)?.length ?? 0)
  return { affectedRows: affected, totalRows: Number(totalRows ?? affected) }
}

/** The server's refusal, saying which lines it names. */
export function namingLines(error: unknown, data: string): unknown {
  if (!(error instanceof TaosError)) return error
  const quoted = /:\s*([^:]{4,})$/.exec(error.reason)?.[1]?.trim()
  if (quoted === undefined) return error
  const found = data.split('\n').flatMap((line, i) => (line.includes(quoted) ? [i + 1] : []))
  if (found.length === 0 || found.length > 20) return error
  const Class = error.constructor as new (reason: string, details: object) => TaosError
  return new Class(`${error.reason} (line ${found.join(', ')})`, { ...error, code: error.code, cause: error })
}

/** A point of the line protocol. */
export interface Point {
  /** The supertable. */
  readonly measurement: string
  readonly tags?: Readonly<Record<string, string | number | boolean | null | undefined>>
  /** bigint becomes a 64-bit integer, number a DOUBLE, string an NCHAR, Uint8Array a VARBINARY. At least one. */
  readonly fields: Readonly<Record<string, string | number | bigint | boolean | Uint8Array | null | undefined>>
  /** Ticks of the call's precision, or a Date (then write with precision `ms`); the server's time if absent. */
  readonly timestamp?: bigint | number | Date | undefined
}

/**
 * A line of the InfluxDB line protocol, escaped. Throws a DataError that names what cannot be written.
 *
 * ```ts
 * await connection.schemalessInsert(formatLine({ measurement: 'weather', tags: { city: 'San José' }, fields: { high: 21.5 }, timestamp: 1n }))
 * ```
 */
export function formatLine(point: Point): string {
  if (typeof point !== 'object' || point === null) throw new DataError(`a point is an object, not ${show(point)}`)
  const { measurement, tags = {}, fields, timestamp } = point
  for (const [name, values] of [
    ['tags', tags],
    ['fields', fields],
  ] as const)
    if (typeof values !== 'object' || values === null || Array.isArray(values))
      throw new DataError(`the ${name} of a point are an object of values by name, not ${show(values)}`)
  if (measurement === '' || typeof measurement !== 'string') throw new DataError('a point needs a measurement')
  let line = escaped(measurement, /[, ]/g, 'measurement')
  for (const [name, value] of Object.entries(tags)) {
    if (value === null || value === undefined || value === '') continue
    if (!['string', 'number', 'bigint', 'boolean'].includes(typeof value))
      throw new DataError(`tag ${name} has to be a text, not ${show(value)}`)
    line += `,${escaped(name, /[,= ]/g, 'the name of a tag')}=${escaped(String(value), /[,= ]/g, `tag ${name}`)}`
  }
  const cells = Object.entries(fields).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [`${escaped(name, /[,= ]/g, 'the name of a field')}=${fieldText(name, value)}`],
  )
  if (cells.length === 0) throw new DataError(`the point of ${measurement} has no field`)
  line += ` ${cells.join(',')}`
  if (timestamp === undefined) return line
  const ticks = timestamp instanceof Date ? timestamp.getTime() : timestamp
  if (typeof ticks === 'bigint') return `${line} ${ticks}`
  if (!Number.isSafeInteger(ticks)) throw new DataError('timestamp has to be a whole number, a bigint or a valid Date')
  return `${line} ${ticks}`
}

function escaped(text: string, special: RegExp, what: string): string {
  if (/[\n\r\0]/.test(text)) throw new DataError(`${what} contains a line break or NUL, which the line protocol cannot write`)
  return text.replaceAll('\\', '\\\\').replace(special, (character) => `\\${character}`)
}

function fieldText(name: string, value: string | number | bigint | boolean | Uint8Array): string {
  switch (typeof value) {
    case 'boolean':
      return value ? 't' : 'f'
    case 'bigint':
      if (value >= 2n ** 64n || value < -(2n ** 63n)) throw new DataError(`field ${name} does not fit 64 bits`)
      return value >= 2n ** 63n ? `${value}u64` : `${value}i64`
    case 'number':
      if (!Number.isFinite(value)) throw new DataError(`field ${name} is ${value}, which the line protocol cannot write`)
      return `${value}f64`
    case 'string':
      if (/[\n\r\0]/.test(value)) throw new DataError(`field ${name} contains a line break or NUL, which the line protocol cannot write`)
      return `L"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
    default:
      if (!(value instanceof Uint8Array)) throw new DataError(`field ${name} is ${show(value)}, which the line protocol cannot write`)
      return `B"\\x${[...value].map((byte) => byte.toString(16).padStart(2, '0')).join('')}"`
  }
}
