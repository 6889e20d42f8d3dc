import { isDecimal, TYPES, TypeCode, type TypeInfo } from '../types/types.ts'
import type { Block, Column, FixedValues, VariableColumn } from './column.ts'
import { WireError } from './wire-error.ts'

/** Bytes of the block's header: i32 version, length, rows, columns, flags; u64 group id. */
export const BLOCK_HEADER = 28

/** Which of the wire's forms a block takes. */
export interface BlockForm {
  /** 1 in results and in blocks that a client builds, 2 in TMQ payloads. The layout is the same. */
  readonly version?: 1 | 2
  /** As a server sends it: the flag 0x80000000 and one blank byte at the end. A client's block has neither. */
  readonly server?: boolean
}

/** Where a block lies in a message, and what may be done with the message. */
export interface DecodeOptions {
  /** Where the block starts; 0 if absent. */
  readonly offset?: number
  /** Where it must have ended; the end of the bytes if absent. */
  readonly end?: number
  /** The bytes are nobody else's: columns are moved by some bytes in place until they are aligned, instead of copied. */
  readonly owned?: boolean
  /** The length that the header states is not believed: clients write it wrongly (one by 24) or send more after the block. The columns say where it ends. */
  readonly anyLength?: boolean
  /** Makes text of JSON columns that may have another form. */
  readonly json?: (entries: Pick<VariableColumn, 'offsets' | 'data'>) => Pick<VariableColumn, 'offsets' | 'data'>
}

/** Reads a raw block; numbers become typed arrays (views where aligned, else one copy), strings stay bytes. Throws a WireError. */
export function decodeBlock(bytes: Uint8Array, options: DecodeOptions = {}): Block {
  const { offset = 0, end = bytes.length, owned = false } = options
  if (end - offset < BLOCK_HEADER) throw new WireError(`a block needs ${BLOCK_HEADER} bytes, ${Math.max(0, end - offset)} are left`, offset)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getInt32(offset, true)
  if (version !== 1 && version !== 2) throw new WireError(`unknown block version ${version}`, offset)
  const total = view.getInt32(offset + 4, true)
  if (!options.anyLength && (total < BLOCK_HEADER || total > end - offset)) {
    throw new WireError(`a block of ${total} bytes does not fit the ${end - offset} that are left`, offset + 4)
  }
  const limit = options.anyLength ? end : offset + total
  const rows = view.getInt32(offset + 8, true)
  const count = view.getInt32(offset + 12, true)
  if (rows < 0) throw new WireError(`negative row count ${rows}`, offset + 8)
  const directory = offset + BLOCK_HEADER
  if (count < 1 || count > Math.floor((limit - directory) / 9)) throw new WireError(`${count} columns do not fit the block`, offset + 12)
  const entries = checkDirectory(view, directory, count, rows, limit)
  const bitmap = (rows + 7) >>> 3
  const columns: Column[] = new Array(count)
  let at = directory + 9 * count
  // The header and the directory, once read, are room to move columns down into; each column uses up at most 7 bytes of it for its alignment.
  const move = owned && !isAligned(entries, bytes.byteOffset + at, rows)
  let shift = move ? at - offset : 0
  for (let i = 0; i < count; i++) {
    const { info, word, length } = entries[i]!
    const isFixed = info.layout === 'fixed'
    const head = isFixed ? bitmap : 4 * rows
    const aligned = isFixed ? at + head : at
    if (move) {
      const unit = unitOf(info)
      shift -= (((shift - bytes.byteOffset - aligned) % unit) + unit) % unit
      bytes.copyWithin(at - shift, at, at + head + length)
    }
    const start = at - shift
    const { code: type } = info
    if (isFixed) {
      const decimal = isDecimal(type)
      columns[i] = {
        layout: 'fixed',
        type,
        bytes: decimal ? info.width : word,
        // Decimals: byte 0 scale, byte 1 precision, byte 3 width, in the place of the size.
        precision: decimal ? (word >> 8) & 0xff : 0,
        scale: decimal ? word & 0xff : 0,
        nulls: bytes.subarray(start, start + bitmap),
        values: fixedValues(type, bytes, start + bitmap, rows),
      }
    } else {
      let offsets = int32s(bytes, start, rows)
      let data = bytes.subarray(start + head, start + head + length)
      if (type === TypeCode.JSON && options.json) ({ offsets, data } = options.json({ offsets, data }))
      checkEntries(offsets, data, info.width, type === TypeCode.NCHAR, at + head)
      columns[i] = { layout: 'variable', type, bytes: word, precision: 0, scale: 0, offsets, data }
    }
    at += head + length
  }
  return { rows, columns }
}

/** What the address of a column's array must be a multiple of. */
function unitOf({ layout, width }: TypeInfo): number {
  return layout === 'fixed' ? Math.min(width, 8) || 1 : 4
}

/** Whether all columns, the first at the address, lie where typed arrays can be made over them. */
function isAligned(entries: readonly DirectoryEntry[], address: number, rows: number): boolean {
  let at = address
  for (const { info, length } of entries) {
    const head = info.layout === 'fixed' ? (rows + 7) >>> 3 : 4 * rows
    if ((info.layout === 'fixed' ? at + head : at) % unitOf(info) !== 0) return false
    at += head + length
  }
  return true
}

interface DirectoryEntry {
  readonly info: TypeInfo
  /** The i32 beside the type: schema bytes, or a decimal's digits. */
  readonly word: number
  /** Bytes of the data area. */
  readonly length: number
}

/** Reads the directory and checks that every column lies inside the block. */
function checkDirectory(view: DataView, directory: number, count: number, rows: number, limit: number): DirectoryEntry[] {
  const entries: DirectoryEntry[] = []
  const lengths = directory + 5 * count
  let at = lengths + 4 * count
  for (let i = 0; i < count; i++) {
    const entry = directory + 5 * i
    const code = view.getUint8(entry)
    const info = TYPES[code]
    if (!info) throw new WireError(`unknown type code ${code} in column ${i}`, entry)
    const length = view.getInt32(lengths + 4 * i, true)
    const expected = rows * info.width
    // A column of untyped NULLs has no values worth reading, whatever length it claims.
    if (length < 0 || (info.layout === 'fixed' && length !== expected && code !== TypeCode.NULL)) {
      throw new WireError(`column ${i} holds ${length} bytes${length < 0 ? '' : `, ${rows} rows need ${expected}`}`, lengths + 4 * i)
    }
    const size = (info.layout === 'fixed' ? Math.floor((rows + 7) / 8) : 4 * rows) + length
    if (size > limit - at) throw new WireError(`column ${i} runs past the end of the block`, at)
    entries.push({ info, word: view.getInt32(entry + 1, true), length })
    at += size
  }
  return entries
}

/** The value array of `rows` values of a fixed type at `at`: a view where the bytes are aligned, else a copy. */
export function fixedValues(type: TypeCode, bytes: Uint8Array, at: number, rows: number): FixedValues {
  const start = bytes.byteOffset + at
  const width = TYPES[type]!.width
  const aligned = start % Math.min(width || 1, 8) === 0
  const buffer = aligned ? bytes.buffer : bytes.buffer.slice(start, start + rows * width)
  const from = aligned ? start : 0
  switch (type) {
    case TypeCode.NULL:
      return new Uint8Array(0)
    case TypeCode.BOOL:
    case TypeCode.UTINYINT:
      return new Uint8Array(buffer, from, rows)
    case TypeCode.TINYINT:
      return new Int8Array(buffer, from, rows)
    case TypeCode.SMALLINT:
      return new Int16Array(buffer, from, rows)
    case TypeCode.USMALLINT:
      return new Uint16Array(buffer, from, rows)
    case TypeCode.INT:
      return new Int32Array(buffer, from, rows)
    case TypeCode.UINT:
      return new Uint32Array(buffer, from, rows)
    case TypeCode.FLOAT:
      return new Float32Array(buffer, from, rows)
    case TypeCode.DOUBLE:
      return new Float64Array(buffer, from, rows)
    case TypeCode.BIGINT:
    case TypeCode.TIMESTAMP:
    case TypeCode.DECIMAL64:
      return new BigInt64Array(buffer, from, rows)
    case TypeCode.UBIGINT:
      return new BigUint64Array(buffer, from, rows)
    case TypeCode.DECIMAL:
      return new BigUint64Array(buffer, from, rows * 2)
    default:
      throw new TypeError(`type ${type} is not of fixed width`)
  }
}

function int32s(bytes: Uint8Array, at: number, rows: number): Int32Array {
  const start = bytes.byteOffset + at
  return start % 4 === 0 ? new Int32Array(bytes.buffer, start, rows) : new Int32Array(bytes.buffer.slice(start, start + 4 * rows))
}

/** Checks every entry once, so that readers need not. `base` is where the data area starts in the message. */
function checkEntries(offsets: Int32Array, data: Uint8Array, prefix: number, nchar: boolean, base: number): void {
  const size = data.length
  for (let row = 0; row < offsets.length; row++) {
    const at = offsets[row]!
    if (at === -1) continue
    if (at < 0 || at > size - prefix) throw new WireError(`row ${row} starts at ${at} of ${size} bytes`, base)
    let length = data[at]! | (data[at + 1]! << 8)
    if (prefix === 4) length += data[at + 2]! * 0x10000 + data[at + 3]! * 0x1000000
    if (length > size - prefix - at) throw new WireError(`row ${row} is ${length} bytes long and runs past its column`, base + at)
    if (nchar && (length & 3) !== 0) throw new WireError(`row ${row} is an NCHAR of ${length} bytes`, base + at)
  }
}

/** How many bytes `encodeBlock` writes. */
export function blockByteLength(block: Block, form: BlockForm = {}): number {
  let size = BLOCK_HEADER + 9 * block.columns.length + (form.server ? 1 : 0)
  for (const column of block.columns) {
    size +=
      column.layout === 'fixed' ? ((block.rows + 7) >> 3) + block.rows * TYPES[column.type]!.width : 4 * block.rows + column.data.length
  }
  return size
}

/** Writes a block as one raw block: a client's (the default) or a server's. */
export function encodeBlock(block: Block, form: BlockForm = {}): Uint8Array {
  const target = new Uint8Array(blockByteLength(block, form))
  encodeBlockInto(target, 0, block, form)
  return target
}

/** Writes the block at `at` of a target that has room for `blockByteLength` bytes (all zero there); returns where it ends. */
export function encodeBlockInto(target: Uint8Array, at: number, block: Block, form: BlockForm = {}): number {
  const { rows, columns } = block
  const view = new DataView(target.buffer, target.byteOffset, target.byteLength)
  view.setInt32(at, form.version ?? 1, true)
  view.setInt32(at + 8, rows, true)
  view.setInt32(at + 12, columns.length, true)
  view.setUint32(at + 16, form.server ? 0x80000000 : 0, true)
  const directory = at + BLOCK_HEADER
  const lengths = directory + 5 * columns.length
  let to = lengths + 4 * columns.length
  for (let i = 0; i < columns.length; i++) {
    const column = columns[i]!
    const entry = directory + 5 * i
    target[entry] = column.type
    if (isDecimal(column.type)) {
      target[entry + 1] = column.scale
      target[entry + 2] = column.precision
      target[entry + 4] = TYPES[column.type]!.width
    } else {
      view.setInt32(entry + 1, column.bytes, true)
    }
    if (column.layout === 'fixed') {
      const bitmap = (rows + 7) >>> 3
      target.set(bitmap === column.nulls.length ? column.nulls : column.nulls.subarray(0, bitmap), to)
      const length = rows * TYPES[column.type]!.width
      const { buffer, byteOffset } = column.values
      target.set(new Uint8Array(buffer, byteOffset, length), to + bitmap)
      view.setInt32(lengths + 4 * i, length, true)
      to += bitmap + length
    } else {
      target.set(new Uint8Array(column.offsets.buffer, column.offsets.byteOffset, 4 * rows), to)
      target.set(column.data, to + 4 * rows)
      view.setInt32(lengths + 4 * i, column.data.length, true)
      to += 4 * rows + column.data.length
    }
  }
  if (form.server) to += 1
  view.setInt32(at + 4, to - at, true)
  return to
}
