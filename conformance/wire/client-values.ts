import { type Block, blockToArrays, columnReader, formatTimestamp, type Precision, parseTimestamp, TypeCode } from 'taosts/wire'

/** The rows of a result under the policy that loses nothing: ticks, bigints, exact text, bytes of JSON as text. */
export function exactRows(blocks: readonly Block[], precision: Precision): unknown[][] {
  return blocks.flatMap((block) => {
    const readers = block.columns.map((column) => columnReader(column.type, precision, { timestamp: 'bigint', json: 'text' }))
    return blockToArrays(block, readers)
  })
}

/** Whether what a recorded client reported of a cell means the value that we decoded; `client` for the oddities that golden/wire/README.md lists. */
export function sameValue(type: number, ours: unknown, reported: unknown, precision: Precision, client: string): boolean {
  // JDBC's NULL BLOB is an object that cannot be read. Node says "NULL"; Go's REST driver hands out a NULL JSON value as the text null.
  if (ours === null)
    return (
      reported === null ||
      isBlobError(reported) ||
      (client === 'node' && reported === 'NULL') ||
      (client === 'go-rest' && unwrap(reported) === '6e756c6c')
    )
  // The REST driver of JDBC reports decimals as null.
  if (reported === null) return client === 'jdbc-rs' && (type === TypeCode.DECIMAL || type === TypeCode.DECIMAL64)
  const plain = unwrap(reported)
  switch (type) {
    case TypeCode.BOOL:
      return ours === plain
    case TypeCode.FLOAT:
      return client === 'node'
        ? Math.abs(Number(plain) - (ours as number)) <= Math.abs(ours as number) * 1e-6 + 1e-6
        : Math.fround(Number(plain)) === Math.fround(ours as number)
    case TypeCode.DOUBLE:
      // Node rounds to 15 decimals.
      return Number(plain) === ours || (client === 'node' && Math.abs(Number(plain) - (ours as number)) <= 1e-15)
    case TypeCode.TIMESTAMP:
      return sameTime(ours as bigint, plain as string, precision, client)
    case TypeCode.VARCHAR:
    case TypeCode.NCHAR:
      return plain === ours || plain === Buffer.from(ours as string).toString('hex')
    case TypeCode.JSON:
      return plain === ours || plain === Buffer.from(ours as string).toString('hex') || sameJson(ours as string, reported)
    case TypeCode.VARBINARY:
    case TypeCode.BLOB:
    case TypeCode.GEOMETRY:
      return plain === Buffer.from(ours as Uint8Array).toString('hex')
    default:
      return String(plain) === String(ours)
  }
}

function isBlobError(reported: unknown): boolean {
  return typeof reported === 'object' && reported !== null && 'blobError' in reported
}

/** The value inside `{"hex"}`, `{"decimal"}`, `{"datetime"}`, `{"time"}`, `{"json"}` or JDBC's `{"repr":"IntNode 5"}`. */
function unwrap(reported: unknown): unknown {
  if (typeof reported !== 'object' || reported === null) return reported
  const [key, value] = Object.entries(reported)[0] as [string, unknown]
  if (key !== 'repr') return value
  return String(value)
    .replace(/^\w+Node "?/, '')
    .replace(/"$/, '')
}

/** taosrest and JDBC-REST hand out parsed JSON; only its text form is in the expected file. */
function sameJson(ours: string, reported: unknown): boolean {
  if (typeof reported !== 'object') return JSON.stringify(JSON.parse(ours)) === JSON.stringify(reported)
  const letters = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll('null', 'none')
      .replace(/[\s'"]/g, '')
  return letters(String(unwrap(reported))) === letters(ours) || Number(unwrap(reported)) === Number(ours)
}

function sameTime(ticks: bigint, reported: string, precision: Precision, client: string): boolean {
  if (/^-?\d+$/.test(reported)) return BigInt(reported) === ticks
  const clock = / CST$/.test(reported)
  const text = reported.replace(/ (CST|UTC)$/, '').replace(/ ([+-]\d\d:\d\d)$/, '$1')
  const theirs = parseTimestamp(text, 'ns', clock ? { timezone: '+08:00' } : {})
  // taosrest cuts nanoseconds to what a datetime holds.
  const cut =
    client === 'py-rest' && precision === 'ns' ? `${formatTimestamp(ticks, 'ns').slice(0, 26)}Z` : formatTimestamp(ticks, precision)
  return theirs === parseTimestamp(cut, 'ns')
}
