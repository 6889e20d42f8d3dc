import { encodeTmqData, parseJson, TMQ_DATA, TMQ_METADATA, type TmqBlock, utf8 } from 'taosts/wire'
import { type MetaObject, metaText, shownMeta } from './meta-json.ts'

/** The wire's `message_type`: rows, changes of tables, rows together with the tables that they made. */
export const MessageType = { DATA: 1, META: 2, METADATA: 3 } as const

/** The number that stands before the bytes of a batch of changes. */
const BATCH_META = 5

/** What a consumer is given at a time: a part of one vgroup's log. */
export interface TopicMessage {
  readonly type: 1 | 2 | 3
  readonly topic: string
  readonly database: string
  readonly vgroup: number
  /** Where it begins in the log, and where the next one does. */
  readonly start: bigint
  readonly next: bigint
  readonly rows: number
  readonly blocks: readonly TmqBlock[]
  /** Changes in their order; of type 3 the tables that were made. */
  readonly metas: readonly MetaObject[]
  /** Changes stand in an envelope even when there is one. */
  readonly batch: boolean
}

/** A message of rows with the rows of the next one of its vgroup. */
export function joined(message: TopicMessage, next: TopicMessage): TopicMessage {
  return { ...message, next: next.next, rows: message.rows + next.rows, blocks: [...message.blocks, ...next.blocks] }
}

/** What `fetch_json_meta` answers. */
export function jsonMeta({ metas, ...message }: TopicMessage): unknown {
  return enveloped({ ...message, metas: metas.map(shownMeta) })
}

function enveloped({ type, metas, batch }: TopicMessage): MetaObject | undefined {
  return batch && type === MessageType.META ? { tmq_meta_version: '1.0', metas } : metas[0]
}

/** The numbers of single changes, those of the server's own requests. */
const META_TYPES: { readonly [key: string]: number } = {
  'create super': 531,
  'create child': 515,
  'create normal': 515,
  'alter super': 531,
  'alter child': 517,
  'alter normal': 517,
  'drop super': 535,
  drop: 519,
  delete: 579,
}

/** The bytes of a message and the number that says what they are. Rows are TDengine's format; changes are JSON, which only the `write_raw` of a server like this one takes. */
export function rawMessage(message: TopicMessage): { readonly metaType: number; readonly bytes: Uint8Array } {
  const { type, start, next, blocks, metas, batch } = message
  if (type === MessageType.META) {
    const [first] = metas
    const kind = first?.['tableType'] === undefined ? String(first?.['type']) : `${String(first['type'])} ${String(first['tableType'])}`
    return { metaType: batch ? BATCH_META : (META_TYPES[kind] ?? 515), bytes: utf8(metaText(enveloped(message) ?? {})) }
  }
  const metaType = type === MessageType.DATA ? TMQ_DATA : TMQ_METADATA
  const bytes = encodeTmqData(
    {
      requestOffset: { kind: 'log', version: start },
      responseOffset: { kind: 'log', version: next },
      blocks,
      sleepTime: 0n,
      createTables: children(metas[0]).map((child) => utf8(metaText(child))),
    },
    metaType,
  )
  return { metaType, bytes }
}

/** The subtables of a change that makes one or several. */
export function children(meta: MetaObject | undefined): readonly MetaObject[] {
  if (!meta) return []
  const { createList, tableName, using, tagNum, tags } = meta as { createList?: readonly MetaObject[] } & MetaObject
  return createList && createList.length > 0 ? createList : [{ tableName, using, tagNum, tags }]
}

export const readMeta = (text: string): MetaObject => parseJson(text) as MetaObject
