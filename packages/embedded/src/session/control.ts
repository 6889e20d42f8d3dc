import { SqlError } from '../errors.ts'
import type { AlterVariable, Kill } from '../sql/ast.ts'
import type { EngineAnswer } from './answer.ts'
import { DONE } from './done.ts'
import type { StatementContext } from './statement-context.ts'

/** What KILL says of an id that names nothing. */
const NOTHING_TO_KILL: Readonly<Record<string, readonly [number, string]>> = {
  connection: [0x030e, 'Invalid connection id'],
  query: [0x030c, 'Invalid query id'],
  transaction: [0x03d1, 'Transaction not exists'],
  compact: [0x04b1, 'Invalid compact id'],
  ssmigrate: [0x04b1, 'Invalid ssmigrate id'],
}

/** KILL CONNECTION and KILL QUERY end what they name; of the other kinds there is never anything to end. */
export function kill({ what, id, start }: Kill, { engine }: StatementContext): EngineAnswer {
  if (what === 'connection' && engine.live.endConnection(Number(id))) return DONE
  if (what === 'query' && engine.live.endQuery(id)) return DONE
  const [code, message] = NOTHING_TO_KILL[what] ?? [0x04b1, `Invalid ${what} id`]
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
