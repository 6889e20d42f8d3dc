import { SqlError } from '../errors.ts'

/** TDengine's number for a statement that a server does not do. */
const OPERATION_NOT_SUPPORTED = 0x0100

/** What the embedded engine does not do, and what to use instead. */
export interface NotSupported {
  /** In the user's words; a parsed statement's `feature` is looked up by these. */
  readonly features: readonly string[]
  readonly instead: string
}

/** Statements that are rightly written and that the engine does not do. The documentation's list is made from this one. */
export const NOT_SUPPORTED: readonly NotSupported[] = [
  {
    features: ['CREATE STREAM', 'DROP STREAM', 'START STREAM', 'STOP STREAM', 'PAUSE STREAM', 'RESUME STREAM'],
    instead: "Run the stream's query on a timer in your application, or connect to a TDengine server.",
  },
  {
    features: ['CREATE FUNCTION', 'CREATE AGGREGATE FUNCTION', 'DROP FUNCTION'],
    instead: 'Compute the value in your application from the rows of a query, or connect to a TDengine server.',
  },
  {
    features: ['CREATE TSMA', 'DROP TSMA', 'CREATE SMA INDEX'],
    instead: 'INTERVAL queries are computed from the rows each time and need none: leave it out.',
  },
  { features: ['EXPLAIN'], instead: 'Run the query: its plan here would not be that of a TDengine server.' },
  {
    features: ['ANOMALY_WINDOW', 'FORECAST', 'IMPUTATION', 'CREATE ANODE', 'UPDATE ANODE', 'DROP ANODE'],
    instead: 'They need an analysis node. Connect to a TDengine server that has one.',
  },
  {
    features: ['CREATE VTABLE … USING', 'CREATE STABLE … VIRTUAL', 'ALTER VTABLE'],
    instead: 'Make a virtual table without a supertable by CREATE VTABLE name (…), or read the tables with a JOIN on their timestamps.',
  },
  { features: ['CREATE TABLE … FILE'], instead: 'Import the file with `taosts import`, or send the rows as INSERT … USING.' },
  {
    features: [
      'CREATE DNODE',
      'DROP DNODE',
      'CREATE MNODE',
      'DROP MNODE',
      'CREATE QNODE',
      'DROP QNODE',
      'CREATE SNODE',
      'DROP SNODE',
      'CREATE BNODE',
      'DROP BNODE',
      'BALANCE VGROUP',
      'BALANCE VGROUP LEADER',
      'MERGE VGROUP',
      'REDISTRIBUTE VGROUP',
      'SPLIT VGROUP',
      'RESTORE',
    ],
    instead: 'The engine is one server in one process. Connect to a TDengine cluster for more nodes and replicas.',
  },
  { features: ['COMPACT'], instead: 'DuckDB keeps the file compact by itself.' },
  { features: ['CREATE ENCRYPT_KEY', 'CREATE ACCOUNT'], instead: 'A community server does not have it either; TDengine Enterprise does.' },
]

/** The error of a rightly written statement that the engine does not do: it says so, and what to use instead. */
export function notSupported(feature: string, position?: number): SqlError {
  const known = NOT_SUPPORTED.find(({ features }) => features.includes(feature))
  const advice = known ? known.instead : 'Connect to a TDengine server for it.'
  return new SqlError(OPERATION_NOT_SUPPORTED, `${feature} is not supported by the embedded engine. ${advice}`, position)
}
