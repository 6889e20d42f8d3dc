import { WireError } from './wire-error.ts'

/** A column in a meta message; `length` (bytes of VARCHAR, characters of NCHAR) only of variable types. */
export interface MetaColumn {
  readonly name: string
  readonly type: number
  readonly length?: number
  readonly isPrimarykey?: boolean
  readonly encode?: string
  readonly compress?: string
  readonly level?: string
}

/** A tag of a child table; text values are in double quotes. */
export interface MetaTag {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

/** A child table of a message that creates several. */
export interface MetaChild {
  readonly tableName: string
  readonly using: string
  readonly tagNum: number
  readonly tags: readonly MetaTag[]
}

/** What `ALTER TABLE` did, by the number that `alterType` carries. */
export const AlterType = {
  ADD_TAG: 1,
  DROP_TAG: 2,
  RENAME_TAG: 3,
  SET_TAG: 4,
  ADD_COLUMN: 5,
  DROP_COLUMN: 6,
  WIDEN_COLUMN: 7,
  WIDEN_TAG: 8,
  TABLE_OPTION: 9,
  RENAME_COLUMN: 10,
  COMPRESSION: 13,
  ADD_COMPRESSED_COLUMN: 14,
  SET_TAGS: 15,
} as const

/** A change of a table, as `fetch_json_meta` tells it. Member names are the server's. */
export type TmqMeta =
  | {
      readonly type: 'create'
      readonly tableType: 'super' | 'normal'
      readonly tableName: string
      readonly columns: readonly MetaColumn[]
      readonly tags: readonly MetaColumn[]
    }
  | ({ readonly type: 'create'; readonly tableType: 'child'; readonly createList: readonly MetaChild[] } & Partial<MetaChild>)
  | {
      readonly type: 'alter'
      readonly tableType: 'super' | 'child' | 'normal'
      readonly tableName: string
      readonly alterType: number
      readonly colName?: string
      readonly colNewName?: string
      readonly colType?: number
      readonly colLength?: number
      readonly colValue?: string
      readonly colValueNull?: boolean
      readonly encode?: string
      readonly compress?: string
      readonly level?: string
      readonly tags?: readonly unknown[]
    }
  | { readonly type: 'drop'; readonly tableType?: string; readonly tableName?: string; readonly tableNameList?: readonly string[] }
  | { readonly type: 'delete'; readonly sql: string }

const KINDS: readonly string[] = ['create', 'alter', 'drop', 'delete']

/** The changes in the `data` of a `fetch_json_meta` reply: one, several in a batch, or none. Throws a WireError for anything else. */
export function parseTmqMeta(data: unknown): TmqMeta[] {
  if (data === null || data === undefined) return []
  const { metas } = data as { metas?: unknown }
  const list = Array.isArray(metas) ? (metas as unknown[]) : [data]
  return list.map((meta) => {
    const type = typeof meta === 'object' && meta !== null ? (meta as { type?: unknown }).type : undefined
    if (typeof type !== 'string' || !KINDS.includes(type)) throw new WireError(`unknown kind of meta ${JSON.stringify(type)}`, 0)
    return meta as TmqMeta
  })
}
