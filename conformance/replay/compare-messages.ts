import { gunzipSync } from 'node:zlib'
import { type Block, blockToArrays, columnReader, decodeBlock, parseJson, stringifyJson } from 'taosts/wire'
import { applyRules, type RuleContext } from './rules.ts'

/** Why two messages differ, or undefined when they are alike but for what the rules allow. */
export type Difference = string | undefined

export function compareText(recorded: string, given: string, context: RuleContext): Difference {
  return compareValues(jsonOrText(recorded), jsonOrText(given), context)
}

function jsonOrText(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return text
  }
}

export function compareValues(recorded: unknown, given: unknown, context: RuleContext): Difference {
  const [a, b] = applyRules(recorded, given, context)
  if (stringifyJson(a) === stringifyJson(b)) return undefined
  return firstDifference(a, b, '') ?? 'keys in another order'
}

/** Where two values first differ, and how. */
function firstDifference(a: unknown, b: unknown, path: string): Difference {
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && Array.isArray(a) === Array.isArray(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const found = firstDifference((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}/${key}`)
      if (found) return found
    }
    return undefined
  }
  const [left, right] = [stringifyJson(a), stringifyJson(b)]
  return left === right ? undefined : `${path} recorded ${left.slice(0, 500)}, given ${right.slice(0, 500)}`
}

/** Compares bodies of REST: unzipped, as JSON where they are. */
export function compareBodies(
  recorded: { readonly body?: string; readonly base64?: string },
  given: { readonly bytes: Buffer; readonly gzip: boolean },
  context: RuleContext,
): Difference {
  const expected = recorded.base64 === undefined ? Buffer.from(recorded.body ?? '') : unzip(Buffer.from(recorded.base64, 'base64'))
  const actual = given.gzip ? unzip(given.bytes) : given.bytes
  return compareText(expected.toString('utf8'), actual.toString('utf8'), context)
}

function unzip(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
}

const MARKER = 0xffffffffffffffffn

/** A binary reply taken apart: heads without timings, blocks by their values. */
export function describeBinary(bytes: Buffer): unknown {
  if (bytes.readBigUInt64LE(0) !== MARKER)
    return { fetch_block: bytes.readBigUInt64LE(8), block: describeBlock(decodeBlock(bytes, { offset: 16 })) }
  const message = bytes.readUInt32LE(38)
  const at = 42 + message
  const finished = bytes[at + 8]
  return {
    action: bytes.readBigUInt64LE(8),
    version: bytes.readUInt16LE(16),
    req_id: bytes.readBigUInt64LE(26),
    code: bytes.readUInt32LE(34),
    message: bytes.toString('utf8', 42, at),
    result: bytes.readBigUInt64LE(at),
    finished,
    block: finished ? null : describeBlock(decodeBlock(bytes, { offset: at + 13, end: at + 13 + bytes.readUInt32LE(at + 9) })),
  }
}

function describeBlock(block: Block): unknown {
  const readers = block.columns.map((column) => columnReader(column.type, 'ns', { varchar: 'bytes', json: 'text', timestamp: 'bigint' }))
  return {
    columns: block.columns.map(({ type, bytes, precision, scale }) => [type, bytes, precision, scale]),
    rows: blockToArrays(block, readers).map((row) =>
      row.map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value)),
    ),
  }
}
