import { SqlError } from '../errors.ts'
import type { Span } from '../sql/ast.ts'

/** What is wrong with a metadata statement, by TDengine's numbers and in its words; `near` gives the position. */
export const metadataError = {
  noDatabase: (near?: Span) => new SqlError(0x0388, 'Database not exist', near?.start),
  /** Of SHOW, which takes no other database than the current one into account: lower-case, as a syntax error. */
  showNeedsDatabase: (near?: Span) => new SqlError(0x2600, 'database not specified', near?.start),
  needsDatabase: (near?: Span) => new SqlError(0x2616, 'Database not specified', near?.start),
  noTable: (near?: Span) => new SqlError(0x2603, 'Table does not exist', near?.start),
  noColumn: (name: string, near?: Span) => new SqlError(0x2602, `Invalid column name: ${name}`, near?.start),
  notSupertable: (near?: Span) => new SqlError(0x022f, 'Table is not a super table', near?.start),
  noTags: (near?: Span) => new SqlError(0x2665, 'Tags can only applied to super table and child table', near?.start),
  abandoned: (near?: Span) => new SqlError(0x2614, 'This statement is no longer supported', near?.start),
  unavailable: (near?: Span) => new SqlError(0x0100, 'Operation not supported', near?.start),
} as const
