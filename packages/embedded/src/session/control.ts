import { SqlError } from '../errors.ts'
import type { AlterVariable, Kill } from '../sql/ast.ts'
import type { EngineAnswer } from './answer.ts'
import { DONE } from './done.ts'

const INVALID_IDS: Readonly<Record<Kill['what'], readonly [number, string]>> = {
  connection: [0x030d, 'Invalid connection id'],
  query: [0x030c, 'Invalid query id'],
  transaction: [0x03d0, 'Transaction not exists'],
  compact: [0x04b1, 'Invalid compact id'],
  ssmigrate: [0x04b1, 'Invalid ssmigrate id'],
  retention: [0x04b1, 'Invalid retention id'],
  scan: [0x04b1, 'Invalid scan id'],
}

/** KILL of what is not there: the engine's own statements end by their signal. */
export function kill({ what, start }: Kill): EngineAnswer {
  const [code, message] = INVALID_IDS[what]
  throw new SqlError(code, message, start)
}

/** ALTER LOCAL, ALTER DNODE …: settings of a server's machinery, without effect here. */
export function alterVariable(_: AlterVariable): EngineAnswer {
  return DONE
}

/** CREATE VIEW and DROP VIEW: a community server has none. */
export function view({ start }: { readonly start: number }): EngineAnswer {
  throw new SqlError(0x0100, 'Operation not supported', start)
}
