/** What a rule may know of the exchange. */
export interface RuleContext {
  /** The statement that the answer belongs to, where it is known. */
  readonly sql: string
  /** The client freed the result or closed the statement while its answer was under way. */
  readonly raced: boolean
}

interface Rule {
  readonly name: string
  /** Changes both sides alike where the rule applies, else returns them as they are. */
  apply(recorded: unknown, given: unknown, context: RuleContext): readonly [unknown, unknown]
}

/** Everything in which an answer may differ from the recorded one; nothing else may. */
export const RULES: readonly Rule[] = [
  {
    name: 'timings',
    apply: (a, b) => [without(a, 'timing'), without(b, 'timing')],
  },
  {
    name: 'numbers of schemaless writes',
    apply: (a, b) => [replaceText(a, /SML:0x[0-9a-f]+/g, 'SML:0x?'), replaceText(b, /SML:0x[0-9a-f]+/g, 'SML:0x?')],
  },
  {
    name: 'addresses',
    apply: (a, b, { sql }) => (/\buser\s*\(/i.test(sql) ? [true, true] : [a, b]),
  },
  {
    name: 'ids of vgroups',
    apply: (a, b) => [idsOnly(a, 'vgIDs'), idsOnly(b, 'vgIDs')],
  },
  {
    name: 'rows without ORDER BY stand in any order',
    apply: (a, b, { sql }) => (/order\s+by/i.test(sql) ? [a, b] : [sorted(a), sorted(b)]),
  },
  {
    name: 'an answer under way while its result is freed: nothing, an end or the rows',
    apply: (a, b, { raced }) => (raced ? [true, true] : [a, b]),
  },
]

export function applyRules(recorded: unknown, given: unknown, context: RuleContext): readonly [unknown, unknown] {
  return RULES.reduce<readonly [unknown, unknown]>(([a, b], rule) => rule.apply(a, b, context), [recorded, given])
}

type JsonObject = { readonly [key: string]: unknown }

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function bigText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

function without(value: unknown, key: string): unknown {
  if (!isObject(value)) return value
  const { [key]: _, ...rest } = value
  return rest
}

function replaceText(value: unknown, pattern: RegExp, by: string): unknown {
  if (typeof value === 'string') return value.replace(pattern, by)
  if (Array.isArray(value)) return value.map((each) => replaceText(each, pattern, by))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replaceText(each, pattern, by)]))
}

function idsOnly(value: unknown, key: string): unknown {
  if (!isObject(value) || !Array.isArray(value[key])) return value
  return { ...value, [key]: (value[key] as unknown[]).map((id) => typeof id) }
}

/** Sorts the rows of a REST answer or of a block. */
function sorted(value: unknown): unknown {
  if (!isObject(value)) return value
  const copy: { [key: string]: unknown } = { ...value }
  if (Array.isArray(copy['data'])) copy['data'] = sortRows(copy['data'])
  if (isObject(copy['block'])) copy['block'] = sorted(copy['block'])
  if (Array.isArray(copy['rows'])) copy['rows'] = sortRows(copy['rows'])
  return copy
}

function sortRows(rows: readonly unknown[]): unknown[] {
  return [...rows]
    .map((row) => [JSON.stringify(row, bigText), row] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, row]) => row)
}
