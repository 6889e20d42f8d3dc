import { TypeCode } from 'taosts/wire'
import { type Member, type Point, type Time, tableName } from './point.ts'
import { SchemalessCode, schemalessError } from './schemaless-error.ts'
import { plainValue, textValue } from './value.ts'

/** Reads OpenTSDB's telnet form: `metric timestamp value tag=value …`, a record a line. Throws a SqlError in TDengine's words. */
export function parseTelnet(data: string): Point[] {
  return data
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(parseRecord)
}

function parseRecord(line: string): Point {
  const [metric, afterMetric] = word(line)
  if (afterMetric === '') throw schemalessError(SchemalessCode.INVALID_MEASURE, 'SML telnet invalid measure:')
  const [timeText, afterTime] = word(afterMetric)
  const time = telnetTime(timeText)
  if (!time)
    throw schemalessError(SchemalessCode.TIMESTAMP, `SML telnet parse timestamp failed:${line.slice(line.length - afterTime.length - 1)}`)
  const [valueText, afterValue] = word(afterTime)
  const value = telnetValue(valueText)
  if (!value) throw schemalessError(SchemalessCode.DATA, `SML telnet invalid value:${valueText}`)
  const tags: Member[] = []
  const tagTexts = new Map<string, string>()
  for (let rest = afterValue; rest !== ''; ) {
    const [text, after] = word(rest)
    const equals = text.indexOf('=')
    if (equals <= 0) throw schemalessError(SchemalessCode.DATA, `SML telnet invalid tag:${rest}`)
    const name = text.slice(0, equals)
    const content = text.slice(equals + 1)
    if (content === '') throw schemalessError(SchemalessCode.DATA, `SML telnet invalid tag value:${rest}`)
    if (tagTexts.has(name)) throw schemalessError(SchemalessCode.DATA, `SML telnet duplicate tag:${name}`)
    tagTexts.set(name, content)
    tags.push({ name, value: textValue(TypeCode.NCHAR, content), context: rest })
    rest = after
  }
  return { measurement: tableName(metric), tags, tagTexts, fields: [{ name: '_value', value, context: valueText }], time }
}

/** The first word of a text, and what follows the spaces after it. */
function word(text: string): [string, string] {
  const space = text.indexOf(' ')
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space).trimStart()]
}

/** Ten digits are seconds, thirteen milliseconds, 0 is now. */
export function telnetTime(text: string): Time | undefined {
  if (text === '0') return { value: null, unit: 'ns' }
  if (!/^\d+$/.test(text)) return undefined
  if (text.length === 10) return { value: BigInt(text), unit: 's' }
  return text.length === 13 ? { value: BigInt(text), unit: 'ms' } : undefined
}

function telnetValue(text: string) {
  const quoted = /^(L?)"(.*)"$/.exec(text)
  if (quoted) return textValue(quoted[1] ? TypeCode.NCHAR : TypeCode.VARCHAR, quoted[2]!)
  return plainValue(text)
}
