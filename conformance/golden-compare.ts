/** The rules of `golden/check.py`, in TypeScript: when two answers to one statement count as equal. */

/** A REST answer: the body of `POST /rest/sql`, 64-bit integers as bigint where a double does not hold them. */
export interface RestAnswer {
  readonly code: number
  readonly desc?: string
  readonly column_meta?: readonly (readonly [name: string, type: string, length: number])[]
  readonly data?: readonly (readonly unknown[])[] | null
  readonly rows?: number
}

/** One line of a recording. */
export interface GoldenCase {
  readonly section: 'setup' | 'queries' | 'mutations'
  readonly sql: string
  readonly status: number
  readonly response: RestAnswer
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

function close(a: number | bigint, b: number | bigint, tolerance: number): boolean {
  // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1 is what is meant
  if (a == b) return true
  const x = Number(a)
  const y = Number(b)
  if (!Number.isFinite(x) || !Number.isFinite(y)) return false
  return Math.abs(x - y) <= Math.max(tolerance * Math.max(Math.abs(x), Math.abs(y)), 1e-12)
}

/** Equality of JSON values whatever the order of their keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (isNumber(a) && isNumber(b)) {
    // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1 is what is meant
    return a == b
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i]))
  }
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const keys = Object.keys(a)
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && sameJson(a[key as never], b[key as never]))
  }
  return a === b
}

function sameCell(a: unknown, b: unknown, tolerance: number): boolean {
  return isNumber(a) && isNumber(b) ? close(a, b, tolerance) : sameJson(a, b)
}

function sameRow(a: readonly unknown[], b: readonly unknown[], tolerances: readonly number[]): boolean {
  return a.length === b.length && a.every((cell, i) => sameCell(cell, b[i], tolerances[i]!))
}

function show(value: unknown, length: number): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item))?.slice(0, length) ?? 'nothing'
}

/** What differs between the recorded answer and ours, or `''`. */
export function compare(sql: string, want: RestAnswer, got: RestAnswer): string {
  const code = want.code ?? 0
  if (code !== (got.code ?? 0))
    return `code ${got.code} (${(got.desc ?? '').slice(0, 160)}), want ${code} (${(want.desc ?? '').slice(0, 80)})`
  if (code !== 0) return ''
  if (!sameJson(want.column_meta, got.column_meta)) return `column_meta ${show(got.column_meta, 400)}, want ${show(want.column_meta, 400)}`
  const approximate = /\b(apercentile|hyperloglog)\s*\(/i.test(sql)
  const tolerances = (want.column_meta ?? []).map((column) => (approximate ? 0.05 : column[1] === 'FLOAT' ? 1e-6 : 1e-9))
  const expected = want.data ?? []
  const actual = got.data ?? []
  if (expected.length !== actual.length)
    return `${actual.length} rows, want ${expected.length}: ${show(actual, 200)}, want ${show(expected, 200)}`
  const wrong = expected.findIndex((row, i) => !sameRow(row, actual[i]!, tolerances))
  if (wrong < 0) return ''
  if (/\border\s+by\b/i.test(sql)) return `row ${wrong}: ${show(actual[wrong], 300)}, want ${show(expected[wrong], 300)}`
  const rest = [...actual]
  for (const row of expected) {
    const found = rest.findIndex((candidate) => sameRow(row, candidate, tolerances))
    if (found < 0) return `no row like ${show(row, 300)}; left: ${show(rest[0], 300)}`
    rest.splice(found, 1)
  }
  return ''
}
