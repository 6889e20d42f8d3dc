const LONGEST_KEY = 256
const PRINTABLE = /^[\x20-\x7e]*$/

/** A key that a JSON tag cannot have. */
export class JsonKeyError extends Error {
  override readonly name = 'JsonKeyError'
  readonly key: string

  constructor(key: string, reason: string) {
    super(reason)
    this.key = key
  }
}

/**
 * A JSON tag as TDengine keeps it: an object of one level, keys in order, the first of equal keys, none that is empty. Null for an empty
 * text or object, undefined where the text is no such JSON. Throws JsonKeyError for a key that is too long or not printable ASCII.
 */
export function canonicalTag(text: string): string | null | undefined {
  if (text.trim() === '') return null
  const pairs = new Map<string, string>()
  try {
    const value: unknown = JSON.parse(text, function (this: unknown, _key, field: unknown) {
      return field
    })
    if (value === null) return null
    if (typeof value !== 'object' || Array.isArray(value)) return undefined
  } catch {
    return undefined
  }
  // JSON.parse keeps the last of equal keys; read again for the first.
  for (const [key, value] of entriesOf(text)) {
    if (value === undefined) return undefined
    if (!PRINTABLE.test(key)) throw new JsonKeyError(key, 'json key is not printable ASCII')
    if (key.length > LONGEST_KEY) throw new JsonKeyError(key, `json key is longer than ${LONGEST_KEY}`)
    if (key !== '' && !pairs.has(key)) pairs.set(key, value)
  }
  if (pairs.size === 0) return null
  const keys = [...pairs.keys()].sort((a, b) => (a < b ? -1 : 1))
  return `{${keys.map((key) => `${JSON.stringify(key)}:${pairs.get(key)}`).join(',')}}`
}

/** The members of a valid JSON object's text in order; a value that is an object or array is undefined. */
function* entriesOf(text: string): Generator<[string, string | undefined]> {
  const token = /\s*("(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+)/gy
  token.lastIndex = text.indexOf('{') + 1
  const next = (): string => token.exec(text)?.[1] ?? '}'
  for (let key = next(); key !== '}'; key = next()) {
    if (key === ',') continue
    next()
    const value = next()
    if (value === '{' || value === '[') {
      yield [JSON.parse(key) as string, undefined]
      return
    }
    yield [JSON.parse(key) as string, JSON.stringify(JSON.parse(value))]
  }
}
