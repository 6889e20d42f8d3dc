/**
 * JSON text of rows, or of anything that holds their values. A bigint becomes a string of its digits, so that no reader rounds it; bytes become
 * lower-case hexadecimal; a Date is RFC 3339 in UTC; what JSON lacks (NaN, Infinity) is null.
 */
export function toJson(value: unknown, space?: number): string {
  return JSON.stringify(value, jsonValue, space) ?? 'null'
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? hex(value) : value
}

function hex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte < 16 ? `0${byte.toString(16)}` : byte.toString(16)
  return text
}
