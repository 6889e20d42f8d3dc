import type { SqlType } from '../catalog/model.ts'
import type { Call, Case, Column, Expr, Literal, Pseudo, Unary } from '../sql/ast.ts'
import { durationOf } from '../sql/ast.ts'
import { lowerOutsideQuotes } from '../sql/text.ts'
import type { PlanContext } from './context.ts'
import { readDuration, roughTicks } from './duration.ts'
import { Wrong } from './errors.ts'
import { castSql, checkCast, type FunctionContext, type FunctionSpec, functionByName, parseTime, type Typed } from './functions/index.ts'
import { BIGINT, BOOL, DOUBLE, isJson, isNull, JSON_TAG, NULL, quote, TIMESTAMP, UBIGINT, varchar } from './functions/types.ts'
import { arithmetic, negated, type Operator } from './operators/arithmetic.ts'
import { castTarget } from './operators/cast-target.ts'
import { commonType } from './operators/common-type.ts'
import { type Comparing, compareSql, inSql } from './operators/compare.ts'
import { jsonKnown, jsonMember } from './operators/json.ts'

/** Where an expression stands: what its columns, pseudo columns and aggregates mean there. */
export interface Frame {
  readonly plan: PlanContext
  readonly functions: FunctionContext
  column(node: Column): Typed
  pseudo(node: Pseudo): Typed
  /** A call of a function that is not scalar. */
  gather(node: Call, spec: Exclude<FunctionSpec, { kind: 'scalar' }>): Typed
  /** An expression that the frame knows as a whole, such as a GROUP BY item above its groups. */
  whole?(node: Expr): Typed | undefined
}

/** Functions whose value is another one each time, so that a call of them is no constant. */
const CHANGING = new Set(['now', 'today', 'rand'])

/** Resolves an expression: its type and the DuckDB SQL of its value. Throws SqlError. */
export function compile(node: Expr, frame: Frame): Typed {
  const known = frame.whole?.(node)
  if (known) return known
  const text = textIn(node, frame)
  switch (node.kind) {
    case 'literal':
      return literal(node, frame)
    case 'column':
      return frame.column(node)
    case 'pseudo':
      return frame.pseudo(node)
    case 'unary':
      return unary(node, frame, text)
    case 'binary': {
      const left = compile(node.left, frame)
      if (node.op === '->') {
        if (!isJson(left.type) || !left.column || node.right.kind !== 'literal') throw Wrong.operation(node)
        return { type: JSON_TAG, sql: jsonMember(left.sql, node.right.text), text }
      }
      const right = compile(node.right, frame)
      return { ...arithmetic(node.op as Operator, left, right, frame.functions), text, ...constant(left, right) }
    }
    case 'compare':
    case 'logical':
    case 'not':
    case 'between':
    case 'in':
    case 'is-null':
      return { type: BOOL, sql: `coalesce(${condition(node, frame)}, false)`, text }
    case 'case':
      return caseOf(node, frame, text)
    case 'cast': {
      const value = compile(node.value, frame)
      const type = castTarget(node.type, node)
      checkCast(value.type, type)
      const shown = value.constant && type.precision > 0 ? { ...type, length: 64 } : type
      return { type: shown, sql: castSql(value.sql, value.type, type, frame.functions), text, ...constant(value) }
    }
    case 'call':
      return call(node, frame, text)
    case 'star':
      return { type: BIGINT, sql: '*', text: '*', star: true }
    case 'cols':
      throw Wrong.cols(node)
  }
}

/** The text of a node as TDengine quotes it. */
export function textIn(node: Expr, frame: Frame): string {
  return lowerOutsideQuotes(frame.plan.sql.slice(node.start, node.end))
}

/** A condition for WHERE and its like: NULL counts as false, so that its parts may stay NULL except under NOT. */
export function condition(node: Expr, frame: Frame): string {
  const known = frame.whole?.(node)
  if (known) return truth(known, frame)
  const context: Comparing = { ...frame.functions, zones: frame.plan.zones }
  switch (node.kind) {
    case 'compare':
      return compareSql(node.op, compile(node.left, frame), compile(node.right, frame), context, node)
    case 'logical':
      return `(${node.operands.map((operand) => condition(operand, frame)).join(node.op === 'and' ? ' AND ' : ' OR ')})`
    case 'not':
      return `(NOT coalesce(${condition(node.operand, frame)}, false))`
    case 'between': {
      const value = compile(node.value, frame)
      const low = compile(node.low, frame)
      const high = compile(node.high, frame)
      const [from, to] = node.negated ? (['<', '>'] as const) : (['>=', '<='] as const)
      return `(${compareSql(from, value, low, context, node)} ${node.negated ? 'OR' : 'AND'} ${compareSql(to, value, high, context, node)})`
    }
    case 'in': {
      const list = node.list.map((item) => compile(item, frame))
      return inSql(compile(node.value, frame), list, node.negated, context, node)
    }
    case 'is-null': {
      const value = compile(node.value, frame)
      return `(${isJson(value.type) ? jsonKnown(value.sql) : value.sql} IS ${node.negated ? 'NOT ' : ''}NULL)`
    }
    default:
      return truth(compile(node, frame), frame)
  }
}

function truth(value: Typed, frame: Frame): string {
  return isNull(value.type) ? 'NULL::BOOLEAN' : castSql(value.sql, value.type, BOOL, frame.functions)
}

const constant = (...parts: Typed[]): { constant?: true } => (parts.every((part) => part.constant) ? { constant: true } : {})

const LARGEST = 2n ** 63n - 1n
const LARGEST_UNSIGNED = 2n ** 64n - 1n

/** A whole number: BIGINT, or BIGINT UNSIGNED where it is too large, up to whose largest value it is cut. */
function whole(value: bigint, text: string): Typed {
  const kept = value > LARGEST_UNSIGNED ? LARGEST_UNSIGNED : value < -LARGEST - 1n ? -LARGEST - 1n : value
  return { type: kept > LARGEST ? UBIGINT : BIGINT, sql: `${kept}`, text, literal: { kind: 'integer', text: `${kept}` }, constant: true }
}

const floating = (value: string, text: string): Typed => ({
  type: DOUBLE,
  sql: /e/i.test(value) ? `(${value}::DOUBLE)` : `(${value}e0)`,
  text,
  literal: { kind: 'float', text: value },
  constant: true,
})

function literal(node: Literal, frame: Frame): Typed {
  const text = textIn(node, frame)
  switch (node.type) {
    case 'integer':
      return whole(BigInt(node.text), text)
    case 'float':
      return floating(node.text, text)
    case 'string':
      return {
        type: varchar(new TextEncoder().encode(node.text).length),
        sql: quote(node.text),
        text,
        literal: { kind: 'string', text: node.text },
        constant: true,
      }
    case 'boolean':
      return { type: BOOL, sql: node.text, text, literal: { kind: 'boolean', text: node.text }, constant: true }
    case 'null':
      return { type: NULL, sql: 'NULL', text, literal: { kind: 'null', text: 'null' }, constant: true }
    case 'duration': {
      const ticks = roughTicks(readDuration(node, frame.functions.precision), frame.functions.precision)
      return {
        type: BIGINT,
        sql: `${ticks}`,
        text,
        literal: { kind: 'duration', text: node.text },
        duration: durationOf(node),
        constant: true,
      }
    }
    case 'timestamp': {
      const { precision, timezone } = frame.functions
      const ticks = parseTime(node.text, precision, timezone, frame.plan.zones)
      if (ticks === undefined) throw Wrong.value(`Invalid value type: ${node.text}`, node)
      return { type: TIMESTAMP, sql: `${ticks}`, text, literal: { kind: 'timestamp', text: `${ticks}` }, constant: true }
    }
    case 'placeholder':
      throw Wrong.syntax(`syntax error near "${lowerOutsideQuotes(frame.plan.sql.slice(node.start))}"`, node)
  }
}

/** A sign before a number belongs to the number, however deep in parentheses and signs it stands. */
function unary(node: Unary, frame: Frame, text: string): Typed {
  const operand = compile(node.operand, frame)
  if (node.op === '+') return { ...operand, text }
  if (operand.literal?.kind === 'integer') return whole(-BigInt(operand.literal.text), text)
  if (operand.literal?.kind === 'float') {
    const value = operand.literal.text.startsWith('-') ? operand.literal.text.slice(1) : `-${operand.literal.text}`
    return floating(value, text)
  }
  return { ...negated(operand, frame.functions), text, ...constant(operand) }
}

function caseOf(node: Case, frame: Frame, text: string): Typed {
  const subject = node.operand && compile(node.operand, frame)
  const context: Comparing = { ...frame.functions, zones: frame.plan.zones }
  const whens = node.branches.map(({ when }) =>
    subject ? compareSql('=', subject, compile(when, frame), context, when) : condition(when, frame),
  )
  const thens = node.branches.map(({ result }) => compile(result, frame))
  const otherwise = node.otherwise ? compile(node.otherwise, frame) : undefined
  const type = commonType([...thens, ...(otherwise ? [otherwise] : [])].map((branch) => branch.type))
  const value = (branch: Typed): string => convert(branch, type, frame)
  const branches = thens.map((then, i) => `WHEN ${whens[i]} THEN ${value(then)}`).join(' ')
  return { type, sql: `(CASE ${branches}${otherwise ? ` ELSE ${value(otherwise)}` : ''} END)`, text }
}

/** The value as another type, by TDengine's rules; NULL and values of the same type stay. */
export function convert(value: Typed, type: SqlType, frame: Frame): string {
  if (isNull(value.type) || (value.type.code === type.code && value.type.precision === type.precision && value.type.scale === type.scale))
    return value.sql
  return castSql(value.sql, value.type, type, frame.functions)
}

function call(node: Call, frame: Frame, text: string): Typed {
  // TRIM(LEADING c FROM s) has an entry of its own.
  const spec = functionByName(node.trim && node.trim !== 'both' ? `trim ${node.trim}` : node.name)
  if (!spec) throw Wrong.function(node)
  if (spec.kind !== 'scalar') return frame.gather(node, spec)
  const args = callArguments(node, frame)
  const type = spec.type(args, frame.functions)
  return { type, sql: spec.sql(args, frame.functions), text, ...(CHANGING.has(spec.name) ? {} : constant(...args)) }
}

/** The arguments of a call, resolved where it stands. TRIM's side is a leading argument of its own in the function tables. */
export function callArguments(node: Call, frame: Frame): Typed[] {
  return node.args.map((arg) => compile(arg, frame))
}
