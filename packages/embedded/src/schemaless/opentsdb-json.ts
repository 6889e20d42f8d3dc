import { type JsonValue, parseJson, stringifyJson, TypeCode } from 'taosts/wire'
import type { SqlError } from '../errors.ts'
import { type Member, type Point, type Time, type TimeUnit, tableName, type Value } from './point.ts'
import { SchemalessCode, schemalessError } from './schemaless-error.ts'
import { telnetTime } from './telnet.ts'
import { INTEGERS, integerValue, textValue } from './value.ts'

type JsonObject = { readonly [key: string]: JsonValue }

/** Reads OpenTSDB's JSON: an object or an array of `{metric, timestamp, value, tags}`. Throws a SqlError in TDengine's words. */
export function parseOpentsdbJson(data: string): Point[] {
  let value: JsonValue
  try {
    value = parseJson(data)
  } catch {
    throw schemalessError(SchemalessCode.JSON, 'Invalid JSON format')
  }
  const records = Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
  if (records.length === 0) throw schemalessError(SchemalessCode.INPUT, 'invalid input')
  return records.map(parseRecord)
}

function parseRecord(record: JsonValue): Point {
  if (!isObject(record)) throw schemalessError(SchemalessCode.JSON, 'Invalid JSON format')
  const { metric, timestamp, value, tags } = record
  if (typeof metric !== 'string' || metric === '') throw invalid('metric', record)
  if (timestamp === undefined) throw invalid('timestamp', record)
  if (value === undefined) throw invalid('value', record)
  if (!isObject(tags) || Object.keys(tags).length === 0) throw invalid('tags', record)
  const members: Member[] = []
  const tagTexts = new Map<string, string>()
  for (const [name, content] of Object.entries(tags)) {
    const tag = jsonValue(content)
    if (name === '' || !tag) throw invalid('tags', record)
    tagTexts.set(name, tag.text)
    members.push({ name, value: tag.value, context: name })
  }
  const field = jsonValue(value)
  if (!field) throw invalid('value', record)
  return {
    measurement: tableName(metric),
    tags: members,
    tagTexts,
    fields: [{ name: '_value', value: field.value, context: '_value' }],
    time: jsonTime(timestamp, record),
  }
}

function invalid(what: string, record: JsonValue): SqlError {
  return schemalessError(SchemalessCode.DATA, `OTD:JSON invalid ${what}: ${stringifyJson(record)}`)
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const UNITS: { readonly [name: string]: TimeUnit } = { h: 'h', m: 'm', s: 's', ms: 'ms', us: 'us', ns: 'ns' }

/** Digits alone say their unit as in the telnet form; `{value, type}` names it. */
function jsonTime(time: JsonValue, record: JsonValue): Time {
  if (isObject(time)) {
    const { value, type } = time
    const unit = typeof type === 'string' ? UNITS[type.toLowerCase()] : undefined
    if (unit === undefined || !isInteger(value) || Object.keys(time).length !== 2) throw invalid('timestamp', record)
    return { value: Number(value) === 0 ? null : BigInt(value), unit }
  }
  const found = isInteger(time) ? telnetTime(String(time)) : undefined
  if (!found) throw schemalessError(SchemalessCode.TIMESTAMP, `OTD:JSON invalid timestamp: ${stringifyJson(record)}`)
  return found
}

function isInteger(value: JsonValue | undefined): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
}

const INTEGER_NAMES: { readonly [name: string]: string } = {
  i8: 'i8',
  tinyint: 'i8',
  i16: 'i16',
  smallint: 'i16',
  i32: 'i32',
  int: 'i32',
  i64: 'i64',
  bigint: 'i64',
}
const TEXT_TYPES: { readonly [name: string]: TypeCode } = {
  binary: TypeCode.VARCHAR,
  varchar: TypeCode.VARCHAR,
  varbinary: TypeCode.VARBINARY,
  nchar: TypeCode.NCHAR,
}

/** A bare value, or `{value, type}`; undefined where type and value do not fit. `text` is what names a subtable. */
function jsonValue(value: JsonValue): { readonly value: Value; readonly text: string } | undefined {
  if (!isObject(value)) return bareValue(value)
  const { value: content, type } = value
  if (typeof type !== 'string' || content === undefined || Object.keys(value).length !== 2) return undefined
  const name = type.toLowerCase()
  const suffix = INTEGER_NAMES[name]
  if (suffix !== undefined) {
    const number = isInteger(content) ? integerValue(INTEGERS[suffix]!, BigInt(content)) : undefined
    return number && { value: number, text: number.literal }
  }
  if (name === 'bool') return typeof content === 'boolean' ? bareValue(content) : undefined
  if (name === 'f32' || name === 'float' || name === 'f64' || name === 'double') {
    if (typeof content !== 'number' && typeof content !== 'bigint') return undefined
    const literal = String(content)
    const code = name === 'f32' || name === 'float' ? TypeCode.FLOAT : TypeCode.DOUBLE
    if (code === TypeCode.FLOAT && !Number.isFinite(Math.fround(Number(content)))) return undefined
    return { value: { type: code, literal, bytes: 8 }, text: literal }
  }
  const code = TEXT_TYPES[name]
  return code !== undefined && typeof content === 'string' ? { value: textValue(code, content), text: content } : undefined
}

function bareValue(value: JsonValue): { readonly value: Value; readonly text: string } | undefined {
  if (typeof value === 'boolean') return { value: { type: TypeCode.BOOL, literal: String(value), bytes: 1 }, text: String(value) }
  if (typeof value === 'number' || typeof value === 'bigint') {
    return { value: { type: TypeCode.DOUBLE, literal: String(value), bytes: 8 }, text: String(value) }
  }
  return typeof value === 'string' ? { value: textValue(TypeCode.VARCHAR, value), text: value } : undefined
}
