import { ByteReader, readJsonTag, readVarint, readZigzag, TYPES, TypeCode, userLength, utf8Text, WireError } from 'taosts/wire'
import type { MetaObject } from './meta-json.ts'

/** Numbers of a server's requests, by which changes are told in raw messages. */
const REQUEST = { CREATE_TABLES: 515, ALTER_TABLE: 517, DROP_TABLES: 519, CREATE_STABLE: 531, DELETE: 579 } as const

/**
 * Reads a change as a TDengine server writes it, as far as recordings show the format. Each begins with i32 length and i32 vgroup; texts and counts are
 * those of message payloads. Throws a WireError for what is unknown.
 */
export function readServerChange(metaType: number, bytes: Uint8Array): MetaObject {
  const reader = new ByteReader(bytes)
  reader.skip(8)
  switch (metaType) {
    case REQUEST.CREATE_STABLE:
      return createStable(reader)
    case REQUEST.CREATE_TABLES: {
      reader.skip(4)
      const tables = Array.from({ length: readZigzag(reader) }, () => createTable(reader))
      const [first] = tables
      if (!first) throw new WireError('a request that creates no table', 8)
      return tables.length > 1 ? { ...first, createList: tables } : first
    }
    case REQUEST.ALTER_TABLE:
      return alterTable(reader)
    case REQUEST.DROP_TABLES: {
      reader.skip(4)
      const names = Array.from({ length: readZigzag(reader) }, () => {
        const end = reader.i32() + reader.at
        const name = text(reader)
        reader.at = end
        return name
      })
      return { type: 'drop', tableNameList: names }
    }
    case REQUEST.DELETE:
      return deleteRows(reader)
    default:
      throw new WireError(`unknown kind of change ${metaType}`, 0)
  }
}

function createStable(reader: ByteReader): MetaObject {
  reader.skip(4)
  const tableName = text(reader)
  // The server's id of the supertable, and a byte of its kind.
  reader.skip(9)
  return { type: 'create', tableType: 'super', tableName, columns: columns(reader), tags: columns(reader) }
}

/** One table of a request that creates some, as it also stands in messages whose rows made their tables. */
export function createTable(reader: ByteReader): MetaObject {
  const end = reader.i32() + reader.at
  reader.skip(1)
  const tableName = text(reader)
  // The server's id, the time of creation, days to live.
  reader.skip(8 + 8 + 4)
  const kind = reader.u8()
  const comment = reader.i32()
  if (comment >= 0) reader.skip(comment + 1)
  const table =
    kind === 2 ? child(reader, tableName) : { type: 'create', tableType: 'normal', tableName, columns: columns(reader), tags: [] }
  reader.at = end
  return table
}

function child(reader: ByteReader, tableName: string): MetaObject {
  const using = text(reader)
  const tagNum = reader.u8()
  reader.skip(8)
  const size = readVarint(reader)
  const start = reader.at
  const values = tagValues(reader)
  reader.at = start + size
  const names = Array.from({ length: reader.i32() }, () => text(reader))
  const tags = names.map((name, i) => ({ name, ...values[i] }))
  return { type: 'create', tableType: 'child', tableName, using, tagNum, tags, createList: [] }
}

const JSON_TAG = 0x40

/** Tag values: u8 flags, u16 length, u16 count, i32 version, u8 offsets, then number, type and value of each that is not NULL. */
function tagValues(reader: ByteReader): { readonly type: number; readonly value: unknown }[] {
  const flags = reader.u8()
  if (flags === JSON_TAG) return [{ type: TypeCode.JSON, value: readJsonTag(reader.bytes, reader.at - 1).text }]
  if (flags !== 0) throw new WireError('tags in a form that is unknown', reader.at - 1)
  reader.skip(2)
  const count = reader.u8() + reader.u8() * 256
  reader.skip(4 + count)
  return Array.from({ length: count }, () => {
    readZigzag(reader)
    const type = reader.u8()
    const info = TYPES[type]
    if (!info || type === TypeCode.JSON) throw new WireError(`a tag of type ${type}`, reader.at - 1)
    const bytes = reader.take(info.layout === 'variable' ? readVarint(reader) : info.width)
    return { type, value: tagValue(type, bytes) }
  })
}

/** A value as JSON metas carry it. */
function tagValue(type: number, bytes: Uint8Array): unknown {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (type) {
    case TypeCode.VARCHAR:
      return `"${utf8Text(bytes)}"`
    case TypeCode.NCHAR:
      return `"${Array.from({ length: bytes.length / 4 }, (_, i) => String.fromCodePoint(view.getUint32(i * 4, true))).join('')}"`
    case TypeCode.VARBINARY:
      return `"\\x${Buffer.from(bytes).toString('hex').toUpperCase()}"`
    case TypeCode.BOOL:
    case TypeCode.UTINYINT:
      return view.getUint8(0)
    case TypeCode.TINYINT:
      return view.getInt8(0)
    case TypeCode.SMALLINT:
      return view.getInt16(0, true)
    case TypeCode.USMALLINT:
      return view.getUint16(0, true)
    case TypeCode.INT:
      return view.getInt32(0, true)
    case TypeCode.UINT:
      return view.getUint32(0, true)
    case TypeCode.FLOAT:
      return view.getFloat32(0, true)
    case TypeCode.DOUBLE:
      return view.getFloat64(0, true)
    case TypeCode.BIGINT:
    case TypeCode.TIMESTAMP:
      return view.getBigInt64(0, true)
    case TypeCode.UBIGINT:
      return view.getBigUint64(0, true)
    default:
      throw new WireError(`a tag of type ${type}`, 0)
  }
}

/** Columns: count and version, then u8 type, u8 flags, size, number and name of each. */
function columns(reader: ByteReader): MetaObject[] {
  const count = readZigzag(reader)
  readZigzag(reader)
  return Array.from({ length: count }, () => {
    const type = reader.u8()
    reader.skip(1)
    const bytes = readZigzag(reader)
    readZigzag(reader)
    return { name: text(reader), type, ...length(type, bytes) }
  })
}

function length(type: number, bytes: number): { readonly length?: number } {
  if (type === TypeCode.DECIMAL || type === TypeCode.DECIMAL64) throw new WireError('a decimal column, whose digits are not told', 0)
  return TYPES[type]?.layout === 'variable' ? { length: userLength(type, bytes) } : {}
}

const SET_TAG = 4
const ADD_COLUMN = 5

function alterTable(reader: ByteReader): MetaObject {
  reader.skip(4)
  const tableName = text(reader)
  const alterType = reader.u8()
  reader.skip(4)
  const colName = text(reader)
  const head = { type: 'alter', tableName, alterType, colName }
  if (alterType === ADD_COLUMN) {
    const colType = reader.u8()
    reader.skip(1)
    const { length: colLength } = length(colType, readZigzag(reader))
    return { ...head, tableType: 'normal', colType, ...(colLength !== undefined && { colLength }) }
  }
  if (alterType !== SET_TAG) throw new WireError(`unknown kind of alteration ${alterType}`, reader.at)
  if (reader.u8() !== 0) return { ...head, tableType: 'child', colValueNull: true }
  const type = reader.u8()
  return { ...head, tableType: 'child', colValue: String(tagValue(type, reader.take(readVarint(reader)))), colValueNull: false }
}

function deleteRows(reader: ByteReader): MetaObject {
  reader.skip(8)
  const uids = readZigzag(reader)
  reader.skip(8 * uids)
  const low = reader.i64()
  const high = reader.i64()
  readZigzag(reader)
  const table = text(reader)
  const ts = text(reader)
  return { type: 'delete', sql: `delete from \`${table}\` where \`${ts}\` >= ${low} and \`${ts}\` <= ${high}` }
}

/** A text with its NUL, both counted. */
function text(reader: ByteReader): string {
  const bytes = reader.take(readVarint(reader))
  return utf8Text(bytes.subarray(0, Math.max(0, bytes.length - 1)))
}
