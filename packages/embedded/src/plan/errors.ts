import { SqlError } from '../errors.ts'
import type { Span } from '../sql/ast.ts'

/** What is wrong with a query, by TDengine's numbers and in its words. `near` gives the position. */
export const Wrong = {
  operation: (near?: Span) => new SqlError(0x0200, 'Invalid operation', near?.start),
  timestamp: (near?: Span) => new SqlError(0x0127, 'Invalid timestamp format', near?.start),
  function: (near?: Span) => new SqlError(0x0374, 'Func not exists', near?.start),
  noDatabase: (near?: Span) => new SqlError(0x0388, 'Database not exist', near?.start),
  json: (near?: Span) => new SqlError(0x072d, 'Json not support in this place', near?.start),
  jsonGroup: (near?: Span) => new SqlError(0x072e, 'Json not support in group/partition by', near?.start),
  incomplete: (near?: Span) => new SqlError(0x2601, 'Incomplete SQL statement', near?.start),
  syntax: (text: string, near?: Span) => new SqlError(0x2600, text, near?.start),
  column: (name: string, near?: Span) => new SqlError(0x2602, `Invalid column name: ${name}`, near?.start),
  noTable: (near?: Span) => new SqlError(0x2603, 'Table does not exist', near?.start),
  alias: (name: string, near?: Span) => new SqlError(0x2603, `Table does not exist: ${name}`, near?.start),
  ambiguous: (name: string, near?: Span) => new SqlError(0x2604, `Column ambiguously defined: ${name}`, near?.start),
  value: (text: string, near?: Span) => new SqlError(0x2605, text, near?.start),
  aggregation: (near?: Span) => new SqlError(0x2608, "There mustn't be aggregation", near?.start),
  itemNumber: (near?: Span) => new SqlError(0x2609, 'ORDER BY / GROUP BY item must be the number of a SELECT-list expression', near?.start),
  notGrouped: (near?: Span) => new SqlError(0x260a, 'Not a GROUP BY expression', near?.start),
  notSelected: (near?: Span) => new SqlError(0x260b, 'Not SELECTed expression', near?.start),
  notSingleGroup: (near?: Span) => new SqlError(0x260c, 'Not a single-group group function', near?.start),
  noCurrentDatabase: (near?: Span) => new SqlError(0x2616, 'Database not specified', near?.start),
  groupAndWindow: (near?: Span) => new SqlError(0x2624, "GROUP BY and WINDOW-clause can't be used together", near?.start),
  nestedAggregate: (near?: Span) => new SqlError(0x2627, 'Aggregate functions do not support nesting', near?.start),
  stateType: (near?: Span) => new SqlError(0x2628, 'Only support STATE_WINDOW on integer/bool/varchar column', near?.start),
  stateTag: (near?: Span) => new SqlError(0x2629, 'Not support STATE_WINDOW on tag column', near?.start),
  sessionGap: (near?: Span) => new SqlError(0x262b, 'SESSION gap should be fixed time window, and greater than 0', near?.start),
  sessionColumn: (near?: Span) => new SqlError(0x262c, 'Only support SESSION on primary timestamp column', near?.start),
  intervalOffset: (near?: Span) => new SqlError(0x262f, 'Interval offset should be shorter than interval', near?.start),
  naturalSliding: (near?: Span) => new SqlError(0x2630, 'Does not support sliding when interval is natural month/year', near?.start),
  slimit: (near?: Span) => new SqlError(0x2638, 'slimit/soffset only available for PARTITION/GROUP BY query', near?.start),
  fillRange: (near?: Span) => new SqlError(0x263b, 'Start(end) time of query range required or time range too large', near?.start),
  countSliding: (near?: Span) => new SqlError(0x2645, 'sliding value no larger than the count value.', near?.start),
  notAllowed: (text: string, near?: Span) => new SqlError(0x264f, text, near?.start),
  mixed: (near?: Span) =>
    new SqlError(
      0x264f,
      'Some functions are allowed only in the SELECT list of a query. And, cannot be mixed with other non scalar functions or columns.',
      near?.start,
    ),
  /** A window needs a primary timestamp, which a subquery must give. */
  windowInput: (near?: Span) =>
    new SqlError(0x2650, 'Window query not supported, since no valid timestamp column included in the result of subquery', near?.start),
  tbname: (near?: Span) => new SqlError(0x264c, 'Invalid tbname pseudo column', near?.start),
  tagsOnly: (near?: Span) =>
    new SqlError(0x2665, 'The _TAGS pseudo column can only be used for child table and super table queries', near?.start),
  windowPseudo: (near?: Span) => new SqlError(0x2658, '_WSTART, _WEND and _WDURATION can only be used in window query', near?.start),
  interpClauses: (near?: Span) => new SqlError(0x265d, 'Missing RANGE clause, EVERY clause or FILL clause', near?.start),
  windowFunction: (near?: Span) => new SqlError(0x265e, 'No valid function in window query', near?.start),
  notUniqueAlias: (name: string, near?: Span) => new SqlError(0x2663, `Not unique table/alias: '${name}'`, near?.start),
  join: (text: string, near?: Span) => new SqlError(0x2664, text, near?.start),
  usage: (name: string, near?: Span) => new SqlError(0x2667, `Invalid usage of expr: ${name}`, near?.start),
  orderAmbiguous: (name: string, near?: Span) => new SqlError(0x266f, `ORDER BY "${name}" is ambiguous`, near?.start),
  pattern: (near?: Span) => new SqlError(0x2681, 'Syntax error in regular expression', near?.start),
  crossJoin: (near?: Span) => new SqlError(0x2702, 'not support cross join', near?.start),
  joinCondition: (near?: Span) => new SqlError(0x2703, 'Not supported join conditions', near?.start),
} as const
