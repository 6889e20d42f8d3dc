import { AlterType } from 'taosts/wire'
import type { Catalog } from '../catalog/catalog.ts'
import type { ColumnDef, Database, NormalTable, Subtable, Supertable, Table } from '../catalog/model.ts'
import type { AlterAction } from '../sql/ast.ts'
import { EVENT_TABLE, logEvent } from '../storage/event-log.ts'
import type { Cell, Transaction } from '../storage/index.ts'
import { dataTable, tagColumn, tagTable } from '../storage/layout.ts'
import { altered, changedTag, changedType, createdChild, createdTable, type MetaObject, metaText } from './meta-json.ts'

/** Subtables whose first tags are always written down before they are lost; beyond that only where a topic may ask for them. */
const FEW_SUBTABLES = 1000

/** Logs a supertable or normal table that was made. */
export function logCreated(transaction: Transaction, table: Supertable | NormalTable): void {
  const { database } = table
  const body = metaText(createdTable(table))
  if (table.kind === 'supertable') logEvent(transaction, { kind: 'create', database, vgroup: null, stable: table.id, uid: 0, body })
  else logEvent(transaction, { kind: 'create', database, vgroup: table.vgroup, stable: 0, uid: table.uid, body })
}

function logAltered(transaction: Transaction, table: Table, alterType: number, rest: MetaObject): void {
  const { database } = table
  const place =
    table.kind === 'supertable'
      ? { vgroup: null, stable: table.id, uid: 0 }
      : { vgroup: table.vgroup, stable: table.kind === 'subtable' ? table.supertable.id : 0, uid: table.uid }
  logEvent(transaction, { kind: 'alter', database, ...place, body: metaText(altered(table, alterType, rest)) })
}

/** Logs what an ALTER of columns, tags or options does to a table that still is as it was before; `typed` is the column with its new type. */
export function logAlter(transaction: Transaction, table: Table, action: AlterAction, typed?: ColumnDef): void {
  const change = changeOf(action, typed)
  if (change) logAltered(transaction, table, ...change)
}

function changeOf(action: AlterAction, typed?: ColumnDef): [alterType: number, rest: MetaObject] | undefined {
  switch (action.kind) {
    case 'add-column': {
      const { name, encode, compress, level } = action.column
      const added = { colName: name.text, ...changedType(typed!.type) }
      if (encode === null && compress === null && level === null) return [AlterType.ADD_COLUMN, added]
      return [AlterType.ADD_COMPRESSED_COLUMN, { ...added, encode: typed!.encode, compress: typed!.compress, level: typed!.level }]
    }
    case 'drop-column':
      return [AlterType.DROP_COLUMN, { colName: action.name.text }]
    case 'modify-column':
      return [AlterType.WIDEN_COLUMN, { colName: action.name.text, ...changedType(typed!.type) }]
    case 'modify-column-options': {
      const { encode, compress, level } = typed!
      return [AlterType.COMPRESSION, { colName: action.name.text, encode, compress, level }]
    }
    case 'rename-column':
      return [AlterType.RENAME_COLUMN, { colName: action.name.text, colNewName: action.to.text }]
    case 'add-tag':
      return [AlterType.ADD_TAG, { colName: action.column.name.text, ...changedType(typed!.type) }]
    case 'drop-tag':
      return [AlterType.DROP_TAG, { colName: action.name.text }]
    case 'modify-tag':
      return [AlterType.WIDEN_TAG, { colName: action.name.text, ...changedType(typed!.type) }]
    case 'rename-tag':
      return [AlterType.RENAME_TAG, { colName: action.name.text, colNewName: action.to.text }]
    case 'options': {
      const { comment, ttl } = action.options
      return [AlterType.TABLE_OPTION, { options: { ...(comment !== null && { comment }), ...(ttl !== null && { ttl: Number(ttl) }) } }]
    }
    default:
      return undefined
  }
}

/** Logs the tags that a subtable was given, read back as they stand in the transaction. */
export async function logTagsSet(transaction: Transaction, table: Subtable, tags: readonly ColumnDef[]): Promise<void> {
  const [values = []] = await transaction.read(
    `select ${tags.map(tagColumn).join(', ')} from ${tagTable(table.supertable)} where uid = ${table.uid}`,
  )
  const changes = tags.map((tag, i) => changedTag(tag, values[i] ?? null))
  if (changes.length === 1) logAltered(transaction, table, AlterType.SET_TAG, changes[0]!)
  else logAltered(transaction, table, AlterType.SET_TAGS, { tags: changes })
}

/** Writes down the tags with which subtables were made, before they change or go. */
export async function keepFirstTags(
  transaction: Transaction,
  catalog: Catalog,
  stable: Supertable,
  only?: readonly Subtable[],
): Promise<void> {
  const count = only?.length ?? stable.subtables.size
  if (count === 0) return
  if (
    count > FEW_SUBTABLES &&
    ![...catalog.topics.values()].some(({ database, meta }) => database === stable.database.name && meta !== 'no')
  )
    return
  const which = only && only.length <= FEW_SUBTABLES ? ` and t.uid in (${only.map(({ uid }) => uid).join(', ')})` : ''
  const rows = await transaction.read(
    `select t.uid, t.tbname${stable.tags.map((tag) => `, t.${tagColumn(tag)}`).join('')}
     from ${tagTable(stable)} t join ${EVENT_TABLE} e on e.stable = ${stable.id} and e.uid = t.uid and e.body is null where true${which}`,
  )
  for (const [uid, name, ...values] of rows) {
    await transaction.run(`update ${EVENT_TABLE} set body = ? where stable = ${stable.id} and uid = ${Number(uid)} and body is null`, [
      metaText(createdChild(name as string, stable, values)),
    ])
  }
}

/** Logs the tables that a DROP takes: one entry for each supertable, and one for the others of a vgroup and supertable. */
export async function logDropped(transaction: Transaction, catalog: Catalog, tables: Iterable<Table>): Promise<void> {
  const groups = new Map<string, (Subtable | NormalTable)[]>()
  for (const table of tables) {
    if (table.kind === 'supertable') {
      await keepFirstTags(transaction, catalog, table)
      const body = metaText({ type: 'drop', tableType: 'super', tableName: table.name })
      logEvent(transaction, { kind: 'drop', database: table.database, vgroup: null, stable: table.id, uid: 0, body })
      continue
    }
    const key = `${table.vgroup}.${table.kind === 'subtable' ? table.supertable.id : 0}`
    const group = groups.get(key)
    if (group) group.push(table)
    else groups.set(key, [table])
  }
  let batch: bigint | undefined
  for (const group of groups.values()) {
    const [first] = group as [Subtable | NormalTable]
    const stable = first.kind === 'subtable' ? first.supertable : undefined
    if (stable) await keepFirstTags(transaction, catalog, stable, group as Subtable[])
    const body = metaText({ type: 'drop', tableNameList: group.map(({ name }) => name) })
    const place = { database: first.database, vgroup: first.vgroup, stable: stable?.id ?? 0, uid: 0 }
    batch = logEvent(transaction, { kind: 'drop', ...place, body, ...(batch !== undefined && { batch }) })
  }
}

/** Logs the rows that a DELETE is about to take, table by table with the times of the first and last of them. */
export async function logDeleted(transaction: Transaction, table: Table, where: string): Promise<void> {
  const { database } = table
  const owner = table.kind === 'subtable' ? table.supertable : table
  const ts = owner.columns[0]!.name
  const log = (from: Table, vgroup: number | null, low: Cell, high: Cell): bigint =>
    logEvent(transaction, {
      kind: 'delete',
      database,
      vgroup,
      stable: owner.kind === 'supertable' ? owner.id : 0,
      uid: from.kind === 'supertable' ? 0 : from.uid,
      body: metaText({ type: 'delete', sql: `delete from \`${from.name}\` where \`${ts}\` >= ${low} and \`${ts}\` <= ${high}` }),
    })
  if (owner.kind === 'normal') {
    const [[low, high] = []] = await transaction.read(`select min(ts), max(ts) from ${dataTable(owner)} as s${where}`)
    if (low !== null && low !== undefined) log(owner, owner.vgroup, low, high!)
    return
  }
  const ranges = await transaction.read(
    `select s.uid, min(s.ts), max(s.ts) from ${dataTable(owner)} as s${where} group by s.uid order by s.uid`,
  )
  const touched = new Map(ranges.map(([uid, low, high]) => [uid as number, [low as bigint, high as bigint] as const]))
  for (const subtable of table.kind === 'subtable' ? [table] : owner.subtables.values()) {
    const range = touched.get(subtable.uid)
    if (range) log(subtable, subtable.vgroup, range[0], range[1])
  }
}

/** Forgets what happened in a database that goes. */
export async function forgetChanges(transaction: Transaction, database: Database): Promise<void> {
  await transaction.run(`delete from ${EVENT_TABLE} where database = ${database.id}`)
}
