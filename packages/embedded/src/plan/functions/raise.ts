import { SqlError } from '../../errors.ts'
import { quote } from './types.ts'

const MARK = 'taosts:'

/** DuckDB SQL that fails while running with TDengine's code and words; `raised` finds them again in DuckDB's message. */
export function raiseSql(code: number, message: string): string {
  return `error(${quote(`${MARK}${code}:${message}`)})`
}

/** The text a JavaScript function throws inside DuckDB so that `raised` finds it again. */
export function raiseText(code: number, message: string): string {
  return `${MARK}${code}:${message}`
}

/** What RE2 says of a pattern that comes from a column; those in the statement are checked before it runs. */
const PATTERN =
  /Invalid Input Error: (?:trailing \\|missing [\])]|unexpected \)|no argument for repetition|bad repetition|invalid (?:escape|perl|repetition|character class|UTF-8|named|group)|bad (?:named|character|capture)|pattern too large)/

/** The TDengine error inside a DuckDB error message, if one of ours is there; otherwise what DuckDB's own words mean in TDengine's. */
export function raised(message: string): SqlError | undefined {
  const found = /taosts:(\d+):([^\n]*)/.exec(message)
  if (found) return new SqlError(Number(found[1]), found[2] ?? '')
  if (PATTERN.test(message)) return new SqlError(0x2681, 'Syntax error in regular expression')
  if (/(DECIMAL|Decimal|INT128|HUGEINT)/.test(message) && /(Conversion Error|Out of Range Error|overflow)/i.test(message))
    return new SqlError(0x13d, 'Decimal value overflow')
  return undefined
}
