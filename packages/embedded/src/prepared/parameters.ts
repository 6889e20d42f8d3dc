import { type BoundColumn, isDecimal, TypeCode } from 'taosts/wire'
import { SqlError } from '../errors.ts'
import type { Expr, Literal } from '../sql/ast.ts'

/** Every `?` of a tree in the order of the statement. */
export function placeholders(tree: object): Literal[] {
  const found: Literal[] = []
  visit(tree, found)
  return found.sort((a, b) => a.start - b.start)
}

function visit(node: unknown, found: Literal[]): void {
  if (typeof node !== 'object' || node === null) return
  if (isPlaceholder(node)) found.push(node)
  else for (const child of Object.values(node)) visit(child, found)
}

function isPlaceholder(node: object): node is Literal {
  return 'kind' in node && node.kind === 'literal' && (node as Literal).type === 'placeholder'
}

/** A copy of a tree with its `?` replaced by the values bound to them. Throws 0x0236 when their numbers differ. */
export function substitute<T extends object>(tree: T, values: readonly BoundColumn[]): T {
  const order = placeholders(tree)
  if (order.length !== values.length) throw new SqlError(0x0236, 'bind number out of range or not match')
  const byStart = new Map(order.map((node, i) => [node.start, parameterExpression(node, values[i]!)]))
  const copy = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null) return node
    if (isPlaceholder(node)) return byStart.get(node.start)
    if (Array.isArray(node)) return node.map(copy)
    return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, copy(child)]))
  }
  return copy(tree) as T
}

/** A bound value as the expression that it would be in the statement. */
export function parameterExpression({ start, end }: Literal, source: BoundColumn): Expr {
  const literal = (type: Literal['type'], text: string): Literal => ({ kind: 'literal', type, text, start, end })
  const signed = (type: 'integer' | 'float', text: string): Expr =>
    text.startsWith('-') ? { kind: 'unary', op: '-', operand: literal(type, text.slice(1)), start, end } : literal(type, text)
  const { type, data } = source
  if (source.rows !== 1) throw new SqlError(0x0236, 'bind number out of range or not match')
  if (source.nulls[0] !== 0 || type === TypeCode.NULL) return literal('null', 'null')
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const text = () => Buffer.from(data.buffer, data.byteOffset, data.length).toString('utf8')
  if (isDecimal(type)) return signed('float', text())
  const integer = INTEGERS[type]
  if (integer) {
    if (data.length < integer.bytes) throw new SqlError(0x0200, 'column type mis-match with buffer type')
    return signed('integer', integer.read(view).toString())
  }
  switch (type) {
    case TypeCode.BOOL:
      return literal('boolean', data[0] === 0 ? 'false' : 'true')
    case TypeCode.FLOAT:
    case TypeCode.DOUBLE: {
      const width = type === TypeCode.FLOAT ? 4 : 8
      if (data.length < width) throw new SqlError(0x0200, 'column type mis-match with buffer type')
      const value = width === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true)
      return Number.isFinite(value) ? signed('float', floatText(value)) : literal('null', 'null')
    }
    case TypeCode.VARCHAR:
    case TypeCode.NCHAR:
    case TypeCode.JSON:
      return literal('string', text())
    default:
      return literal('string', `\\x${Buffer.from(data).toString('hex')}`)
  }
}

/** A float that reads back as one: with a point or an exponent. */
function floatText(value: number): string {
  const text = String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

interface IntegerReader {
  readonly bytes: number
  read(view: DataView): number | bigint
}

const INTEGERS: { readonly [type: number]: IntegerReader } = {
  [TypeCode.TINYINT]: { bytes: 1, read: (view) => view.getInt8(0) },
  [TypeCode.UTINYINT]: { bytes: 1, read: (view) => view.getUint8(0) },
  [TypeCode.SMALLINT]: { bytes: 2, read: (view) => view.getInt16(0, true) },
  [TypeCode.USMALLINT]: { bytes: 2, read: (view) => view.getUint16(0, true) },
  [TypeCode.INT]: { bytes: 4, read: (view) => view.getInt32(0, true) },
  [TypeCode.UINT]: { bytes: 4, read: (view) => view.getUint32(0, true) },
  [TypeCode.BIGINT]: { bytes: 8, read: (view) => view.getBigInt64(0, true) },
  [TypeCode.TIMESTAMP]: { bytes: 8, read: (view) => view.getBigInt64(0, true) },
  [TypeCode.UBIGINT]: { bytes: 8, read: (view) => view.getBigUint64(0, true) },
}
