import { SqlError } from '../errors.ts'

/** TDengine's number for a statement that a server does not do. */
const OPERATION_NOT_SUPPORTED = 0x0100

/** What the embedded engine does not do, and what to use instead. */
export interface NotSupported {
  /** What it is, in the user's words; a parsed statement's `feature` is looked up by this. */
  readonly feature: string
  readonly instead: string
}

const CLUSTER = 'The engine is one server in one process. Connect to a TDengine cluster for more nodes and replicas.'
const STREAM = 'Run the query of the stream on a timer in your application, or connect to a TDengine server.'
const FUNCTION = 'Compute the value in your application from the rows of a query, or connect to a TDengine server.'
const ENTERPRISE = 'A community server does not have it either; TDengine Enterprise does.'

/** Statements that are rightly written and that the engine does not do. The documentation's list is made from this one. */
export const NOT_SUPPORTED: readonly NotSupported[] = [
  { feature: 'CREATE STREAM', instead: STREAM },
  { feature: 'DROP STREAM', instead: STREAM },
  { feature: 'START STREAM', instead: STREAM },
  { feature: 'STOP STREAM', instead: STREAM },
  { feature: 'RECALCULATE STREAM', instead: STREAM },
  { feature: 'PAUSE STREAM', instead: STREAM },
  { feature: 'RESUME STREAM', instead: STREAM },
  { feature: 'CREATE FUNCTION', instead: FUNCTION },
  { feature: 'CREATE AGGREGATE FUNCTION', instead: FUNCTION },
  { feature: 'DROP FUNCTION', instead: FUNCTION },
  { feature: 'CREATE TSMA', instead: 'INTERVAL queries are computed from the rows each time; leave the TSMA out.' },
  { feature: 'CREATE RECURSIVE TSMA', instead: 'INTERVAL queries are computed from the rows each time; leave the TSMA out.' },
  { feature: 'DROP TSMA', instead: 'There are none to drop.' },
  { feature: 'CREATE SMA INDEX', instead: 'INTERVAL queries are computed from the rows each time; leave the index out.' },
  { feature: 'EXPLAIN', instead: 'Run the query: its plan here is not that of a TDengine server.' },
  { feature: 'ANOMALY_WINDOW', instead: 'It needs an analysis node. Connect to a TDengine server that has one.' },
  { feature: 'CREATE VTABLE … USING', instead: 'Read the tables with a JOIN on their timestamps.' },
  { feature: 'CREATE STABLE … VIRTUAL', instead: 'Read the tables with a JOIN on their timestamps.' },
  { feature: 'ALTER VTABLE', instead: 'Drop the virtual table and create it again.' },
  { feature: 'CREATE DNODE', instead: CLUSTER },
  { feature: 'DROP DNODE', instead: CLUSTER },
  { feature: 'RESTORE DNODE', instead: CLUSTER },
  { feature: 'CREATE MNODE', instead: CLUSTER },
  { feature: 'DROP MNODE', instead: CLUSTER },
  { feature: 'CREATE QNODE', instead: CLUSTER },
  { feature: 'DROP QNODE', instead: CLUSTER },
  { feature: 'CREATE SNODE', instead: CLUSTER },
  { feature: 'DROP SNODE', instead: CLUSTER },
  { feature: 'CREATE BNODE', instead: CLUSTER },
  { feature: 'DROP BNODE', instead: CLUSTER },
  { feature: 'CREATE ANODE', instead: 'It needs an analysis node. Connect to a TDengine server that has one.' },
  { feature: 'UPDATE ANODE', instead: 'It needs an analysis node. Connect to a TDengine server that has one.' },
  { feature: 'DROP ANODE', instead: 'It needs an analysis node. Connect to a TDengine server that has one.' },
  { feature: 'BALANCE VGROUP', instead: CLUSTER },
  { feature: 'MERGE VGROUP', instead: CLUSTER },
  { feature: 'REDISTRIBUTE VGROUP', instead: CLUSTER },
  { feature: 'SPLIT VGROUP', instead: CLUSTER },
  { feature: 'COMPACT', instead: 'DuckDB keeps the file compact by itself.' },
  { feature: 'MOUNT', instead: ENTERPRISE },
  { feature: 'UNMOUNT', instead: ENTERPRISE },
  { feature: 'CREATE ENCRYPT_KEY', instead: ENTERPRISE },
  { feature: 'SYNCDB', instead: CLUSTER },
]

/** The error of a rightly written statement that the engine does not do: it says so, and what to use instead. */
export function notSupported(feature: string, position?: number): SqlError {
  const known = NOT_SUPPORTED.find((entry) => entry.feature === feature)
  const advice = known ? known.instead : 'Connect to a TDengine server for it.'
  return new SqlError(OPERATION_NOT_SUPPORTED, `${feature} is not supported by the embedded engine. ${advice}`, position)
}
