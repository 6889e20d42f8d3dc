import koffi from 'koffi'
import { type BoundColumn, decodeBind, TYPES } from 'taosts/wire'
import { TextError } from './library.ts'

/** Sizes of taos.h's structures on 64-bit platforms, with the offsets of their members. */
const BIND = { size: 40, type: 0, buffer: 8, length: 16, isNull: 24, num: 32 } as const
const BINDV = { size: 32, count: 0, tbnames: 8, tags: 16, columns: 24 } as const
const POINTER = 8

/**
 * Lays out what a stmt2 payload holds as a TAOS_STMT2_BINDV with everything it points to, in one piece of memory that begins with it.
 * The memory has to live until the call is over: libtaos copies what it binds. Throws a TextError for a name with a NUL character.
 */
export function layOutBindings(payload: Uint8Array): Uint8Array {
  const tables = decodeBind(payload)
  // Structures, names, null flags and lengths take little; buffers take what they took in the payload, each at a multiple of eight.
  let size = BINDV.size + 3 * POINTER * tables.length
  for (const { name, tags, columns } of tables) {
    size += (name === undefined ? 0 : Buffer.byteLength(name) + 1) + POINTER
    for (const bound of [...tags, ...columns]) size += BIND.size + bound.rows * 5 + bufferLength(bound) + 4 * POINTER
  }
  const memory = new Uint8Array(size)
  const view = new DataView(memory.buffer)
  const base = koffi.address(memory)
  let used = 0
  const take = (bytes: number): number => {
    const at = used
    used = (used + bytes + 7) & ~7
    return at
  }
  const pointer = (at: number, target: number): void => view.setBigUint64(at, base + BigInt(target), true)
  const put = (bytes: Uint8Array, length = bytes.length): number => {
    const at = take(length)
    memory.set(bytes, at)
    return at
  }
  const bind = (at: number, bound: BoundColumn): void => {
    const { type, rows, nulls, lengths, data } = bound
    view.setInt32(at + BIND.type, type, true)
    view.setInt32(at + BIND.num, rows, true)
    pointer(at + BIND.buffer, put(data, bufferLength(bound)))
    pointer(at + BIND.isNull, put(nulls))
    if (lengths === null) return
    const start = take(rows * 4)
    for (let row = 0; row < rows; row++) view.setInt32(start + row * 4, lengths[row]!, true)
    pointer(at + BIND.length, start)
  }
  const list = (each: readonly (readonly BoundColumn[])[]): number => {
    const pointers = take(POINTER * each.length)
    each.forEach((columns, i) => {
      if (columns.length === 0) return
      const start = take(BIND.size * columns.length)
      pointer(pointers + i * POINTER, start)
      columns.forEach((column, c) => {
        bind(start + c * BIND.size, column)
      })
    })
    return pointers
  }
  const root = take(BINDV.size)
  view.setInt32(root + BINDV.count, tables.length, true)
  if (tables.some(({ name }) => name !== undefined)) {
    const names = take(POINTER * tables.length)
    tables.forEach(({ name }, i) => {
      if (name?.includes('\0')) throw new TextError('taos_stmt2_bind_param')
      pointer(names + i * POINTER, put(Buffer.from(`${name ?? ''}\0`, 'utf8')))
    })
    pointer(root + BINDV.tbnames, names)
  }
  if (tables.some(({ tags }) => tags.length > 0)) pointer(root + BINDV.tags, list(tables.map(({ tags }) => tags)))
  if (tables.some(({ columns }) => columns.length > 0)) {
    pointer(root + BINDV.columns, list(tables.map(({ columns }) => columns)))
  }
  return memory
}

/** A fixed column of nothing but NULLs travels without data; libtaos gets zeros. */
function bufferLength({ type, rows, lengths, data }: BoundColumn): number {
  return lengths === null && data.length === 0 ? rows * (TYPES[type]?.width ?? 8) : data.length
}
