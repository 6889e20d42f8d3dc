import { ByteReader, decodeTmqData, TMQ_DATA, TMQ_METADATA, type TmqBlock, utf8Text, WireError } from 'taosts/wire'
import { SqlError } from '../errors.ts'
import { readMeta } from './message.ts'
import type { MetaObject } from './meta-json.ts'
import { createTable, readServerChange } from './server-change.ts'

const JSON_START = 0x7b

/** What a raw message says: changes of tables first, then rows. */
export interface ReadMessage {
  readonly changes: readonly MetaObject[]
  readonly blocks: readonly TmqBlock[]
}

/** Reads a raw message of this engine or of a TDengine server. Throws 0x0115 for what is none. */
export function readRawMessage(metaType: number, bytes: Uint8Array): ReadMessage {
  try {
    if (metaType !== TMQ_DATA && metaType !== TMQ_METADATA) return { changes: changesOf(metaType, bytes), blocks: [] }
    const { blocks, createTables } = decodeTmqData(bytes, metaType)
    return { changes: createTables.map(created), blocks }
  } catch (error) {
    if (error instanceof WireError) throw new SqlError(0x0115, `Invalid message: ${error.reason}`)
    if (error instanceof SyntaxError) throw new SqlError(0x0115, 'Invalid message')
    throw error
  }
}

function changesOf(metaType: number, bytes: Uint8Array): readonly MetaObject[] {
  if (bytes[0] !== JSON_START) return [readServerChange(metaType, bytes)]
  const meta = readMeta(utf8Text(bytes))
  return Array.isArray(meta['metas']) ? (meta['metas'] as MetaObject[]) : [meta]
}

function created(bytes: Uint8Array): MetaObject {
  if (bytes[0] !== JSON_START) return createTable(new ByteReader(bytes))
  return { type: 'create', tableType: 'child', ...readMeta(utf8Text(bytes)) }
}
