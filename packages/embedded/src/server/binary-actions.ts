import { type BinaryActionName, type BinaryRequest, encodeFetchReply } from 'taosts/wire'
import { validate } from './connect-actions.ts'
import type { Connection } from './connection.ts'
import { nextBlock, runQuery } from './query-actions.ts'
import { timingSince } from './reply.ts'

type Request<Name extends BinaryActionName> = Extract<BinaryRequest, { readonly action: Name }>

/** Keys of a text reply after the envelope, or bytes for a binary reply. */
type BinaryReply = { readonly [key: string]: unknown } | Uint8Array

/** An entry of the table of binary actions. */
export interface BinaryAction<Name extends BinaryActionName> {
  /** The reply names a statement: its id stands in error replies too. */
  readonly statement?: boolean
  run(connection: Connection, request: Request<Name>, started: bigint): Promise<BinaryReply> | BinaryReply
}

/** An entry whose request is already known to be its own. */
export interface AnyBinaryAction {
  readonly statement?: boolean
  run(connection: Connection, request: BinaryRequest, started: bigint): Promise<BinaryReply> | BinaryReply
}

/** Binary actions by the name of their reply. */
export type BinaryActions = { readonly [Name in BinaryActionName]?: BinaryAction<Name> }

export const binaryQuery: BinaryAction<'binary_query'> = { run: (connection, { sql }) => runQuery(connection, sql) }

export const validateSql: BinaryAction<'validate_sql'> = {
  run: async (connection, { sql }) => ({ result_code: await validate(connection, sql) }),
}

export const fetchRawBlock: BinaryAction<'fetch_raw_block'> = {
  async run(connection, { reqId, resource }, started) {
    const block = await nextBlock(connection, idOf(resource))
    return encodeFetchReply({ timing: timingSince(started), reqId, code: 0, message: '', resultId: resource, block })
  },
}

/** An id of a frame as the maps of a connection know it. */
export function idOf(resource: bigint): number | bigint {
  return resource <= Number.MAX_SAFE_INTEGER ? Number(resource) : resource
}
