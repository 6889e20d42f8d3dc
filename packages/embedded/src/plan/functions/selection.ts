import type { SqlType } from '../../catalog/model.ts'
import { at, count, type, wrongCount, wrongType } from './check.ts'
import type { AggregateFunction, FunctionContext } from './spec.ts'
import { isDecimal, isJson, isNull, isNumeric, isText, isVarbinary } from './types.ts'

/** SQL of what FIRST and LAST order by: the rows' time, and the second key where there is one. */
function time(context: FunctionContext): string {
  const ts = context.ts ?? 'NULL'
  return context.key === undefined ? ts : `{'t': ${ts}, 'k': ${context.key}}`
}

const comparable = (t: SqlType): boolean => isNumeric(t) || isDecimal(t) || isText(t) || isVarbinary(t) || isNull(t)

function extreme(name: 'min' | 'max'): AggregateFunction {
  return {
    kind: 'aggregate',
    name,
    usage: `${name.toUpperCase()}(value)`,
    type(args) {
      count(name, args, 1)
      type(name, args, 0, comparable)
      return at(args, 0).type
    },
    sql: (args) => `${name}(${at(args, 0).sql})`,
    pick: (args, _context, column) => `arg_${name}_null(${column}, ${at(args, 0).sql})`,
    panes: { partials: (args) => [`${name}(${at(args, 0).sql})`], combine: ([x]) => `${name}(${x})` },
  }
}

function edge(name: 'first' | 'last', arg: 'arg_min' | 'arg_max'): AggregateFunction {
  return {
    kind: 'aggregate',
    name,
    usage: `${name.toUpperCase()}(* | value[, …])`,
    acceptsStar: true,
    needsTs: true,
    type(args) {
      if (args.length < 1) throw wrongCount(name)
      if (at(args, 0).star) throw wrongType(name)
      return at(args, 0).type
    },
    sql: (args, context) => `${arg}(${at(args, 0).sql}, ${time(context)})`,
    pick: (args, context, column) => `${arg}_null(${column}, CASE WHEN ${at(args, 0).sql} IS NOT NULL THEN ${time(context)} END)`,
    // With a second key one row of each time counts, that of the smallest or largest key: where it has no value, those of other times are asked.
    neighbours(args, { ts, key }, over, _span, column) {
      if (key === undefined) return undefined
      const counts = `coalesce(${name === 'first' ? 'lag' : 'lead'}(${ts}) OVER (${over}, ${key}) <> ${ts}, true)`
      const x = at(args, 0).sql
      const sql = column
        ? `${arg}_null(${column}, CASE WHEN ec AND ${x} IS NOT NULL THEN ${ts} END)`
        : `${arg}(${x}, ${ts}) FILTER (WHERE ec)`
      return { columns: [{ alias: 'ec', sql: counts }], sql }
    },
    panes: {
      partials: (args, context) => {
        const x = at(args, 0).sql
        return [`${arg}(${x}, ${time(context)})`, `${arg.slice(4)}(${time(context)}) FILTER (WHERE ${x} IS NOT NULL)`]
      },
      combine: ([x, t]) => `${arg}(${x}, ${t})`,
    },
  }
}

const LAST_ROW: AggregateFunction = {
  kind: 'aggregate',
  name: 'last_row',
  usage: 'LAST_ROW(* | value[, …])',
  acceptsStar: true,
  needsTs: true,
  type(args) {
    if (args.length < 1) throw wrongCount('last_row')
    if (at(args, 0).star) throw wrongType('last_row')
    return at(args, 0).type
  },
  sql: (args, context) => `arg_max_null(${at(args, 0).sql}, ${time(context)})`,
  pick: (_args, context, column) => `arg_max_null(${column}, ${time(context)})`,
  panes: {
    partials: (args, context) => [`arg_max_null(${at(args, 0).sql}, ${time(context)})`, `max(${time(context)})`],
    combine: ([x, t]) => `arg_max_null(${x}, ${t})`,
  },
}

/** The value that is there most often; the row beside it is the last one that holds it. */
const MODE: AggregateFunction = {
  kind: 'aggregate',
  name: 'mode',
  usage: 'MODE(value)',
  type(args) {
    count('mode', args, 1)
    type('mode', args, 0, (t) => !isJson(t))
    return at(args, 0).type
  },
  sql: (args) => `mode(${at(args, 0).sql})`,
  pick(args, context, column) {
    const x = at(args, 0).sql
    return `td_mode_row(list({'x': ${x}, 'c': ${column}}${context.ts === undefined ? '' : ` ORDER BY ${time(context)}`}) FILTER (WHERE ${x} IS NOT NULL), mode(${x}))`
  },
}

export const SELECTIONS: readonly AggregateFunction[] = [
  extreme('min'),
  extreme('max'),
  edge('first', 'arg_min'),
  edge('last', 'arg_max'),
  LAST_ROW,
  MODE,
]
