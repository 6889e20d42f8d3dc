import type { Column, Expr, Literal, Name, SelectItem, TableName, TypeName } from './ast.ts'
import { encodeString } from './escapes.ts'
import { needsQuotes } from './keywords.ts'

/** A name, backquoted where it would not be read back as the same name. */
export function printName(name: Name): string {
  return name.quoted || needsQuotes(name.text) ? `\`${name.text.replaceAll('`', '``')}\`` : name.text
}

export function printTableName(table: TableName): string {
  return table.database ? `${printName(table.database)}.${printName(table.name)}` : printName(table.name)
}

export function printType(type: TypeName): string {
  if (type.precision !== null) return `DECIMAL(${type.precision}, ${type.scale})`
  return type.length === null ? type.name : `${type.name}(${type.length})`
}

export function printLiteral(literal: Literal): string {
  if (literal.type === 'string') return encodeString(literal.text)
  if (literal.type === 'timestamp') return `TIMESTAMP ${encodeString(literal.text)}`
  if (literal.type === 'null' || literal.type === 'boolean') return literal.text.toUpperCase()
  return literal.text
}

export function printItem(item: SelectItem): string {
  const text = printExpression(item.expr)
  return item.alias ? `${text} AS ${printName(item.alias)}` : text
}

export function printList<N>(items: readonly N[], print: (item: N) => string): string {
  return items.map(print).join(', ')
}

const POWER: Readonly<Record<string, number>> = { '&': 1, '|': 1, '+': 2, '-': 2, '*': 3, '/': 3, '%': 3, '->': 9 }

/** How tightly an expression holds together: conditions below values. */
const OR = -4
const AND = -3
const NOT = -2
const PREDICATE = -1

/** An expression as canonical SQL: upper-case keywords, single spaces, no parentheses but the needed ones. */
export function printExpression(expr: Expr, power = OR): string {
  const own = powerOf(expr)
  const text = printed(expr)
  return own < power ? `(${text})` : text
}

function powerOf(expr: Expr): number {
  switch (expr.kind) {
    case 'logical':
      return expr.op === 'or' ? OR : AND
    case 'not':
      return NOT
    case 'compare':
    case 'between':
    case 'in':
    case 'is-null':
      return PREDICATE
    case 'binary':
      return POWER[expr.op]!
    default:
      return 10
  }
}

function printed(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return printLiteral(expr)
    case 'column':
      return printColumn(expr)
    case 'star':
      return expr.table ? `${printName(expr.table)}.*` : '*'
    case 'pseudo':
      return expr.table ? `${printName(expr.table)}.${expr.name.toUpperCase()}` : expr.name.toUpperCase()
    case 'unary':
      return printUnary(expr.op, expr.operand)
    case 'binary': {
      const power = POWER[expr.op]!
      return `${printExpression(expr.left, power)} ${expr.op} ${printExpression(expr.right, power + 1)}`
    }
    case 'compare':
      return `${printExpression(expr.left, 1)} ${expr.op.toUpperCase()} ${printExpression(expr.right, 1)}`
    case 'logical': {
      const power = expr.op === 'or' ? AND : NOT
      return expr.operands.map((operand) => printExpression(operand, power)).join(` ${expr.op.toUpperCase()} `)
    }
    case 'not':
      return `NOT ${printExpression(expr.operand, NOT)}`
    case 'between':
      return `${printExpression(expr.value, 1)}${expr.negated ? ' NOT' : ''} BETWEEN ${printExpression(expr.low, 1)} AND ${printExpression(expr.high, 1)}`
    case 'in':
      return `${printExpression(expr.value, 1)}${expr.negated ? ' NOT' : ''} IN (${printList(expr.list, (item) => printExpression(item))})`
    case 'is-null':
      return `${printExpression(expr.value, 1)} IS${expr.negated ? ' NOT' : ''} NULL`
    case 'case': {
      const branches = expr.branches.map(({ when, result }) => ` WHEN ${printExpression(when)} THEN ${printExpression(result)}`).join('')
      const otherwise = expr.otherwise ? ` ELSE ${printExpression(expr.otherwise)}` : ''
      return `CASE${expr.operand ? ` ${printExpression(expr.operand)}` : ''}${branches}${otherwise} END`
    }
    case 'cast':
      return `CAST(${printExpression(expr.value)} AS ${printType(expr.type)})`
    case 'call':
      return printCall(expr)
    case 'cols':
      return `COLS(${printCall(expr.call)}, ${printList(expr.items, printItem)})`
  }
}

function printColumn(column: Column): string {
  return column.table ? `${printName(column.table)}.${printName(column.name)}` : printName(column.name)
}

/** A minus before a minus must not become a comment. */
function printUnary(op: string, operand: Expr): string {
  const text = printExpression(operand, 9)
  return text.startsWith(op) ? `${op} ${text}` : `${op}${text}`
}

function printCall(call: Extract<Expr, { kind: 'call' }>): string {
  const name = needsQuotes(call.name) && !SPELT.test(call.name) ? `\`${call.name.replaceAll('`', '``')}\`` : call.name.toUpperCase()
  const args = call.args.map((arg) => printExpression(arg))
  if (call.bare) return name
  if (call.name === 'position' && args.length === 2) return `${name}(${args[0]} IN ${args[1]})`
  if (call.from) return `${name}(${args[0]} FROM ${args[1]}${args[2] === undefined ? '' : ` FOR ${args[2]}`})`
  if (call.name === 'trim' && (call.trim || args.length === 2)) {
    const mode = call.trim ? `${call.trim.toUpperCase()} ` : ''
    return `${name}(${mode}${args[1] === undefined ? '' : `${args[1]} `}FROM ${args[0]})`
  }
  return `${name}(${args.join(', ')})`
}

/** Keywords that are functions are spelt as they are; any other name that needs quotes gets them. */
const SPELT = /^[a-z][a-z0-9_]*$/
