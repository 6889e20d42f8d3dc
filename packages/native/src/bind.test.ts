import fc from 'fast-check'
import koffi from 'koffi'
import { type BindField, encodeBind, TYPES, TypeCode, toBytes } from 'taosts/wire'
import { expect, it } from 'vitest'
import { KINDS } from '../../../conformance/writing/kinds.ts'
import { layOutBindings } from './bind.ts'

const CODES: Readonly<Record<string, TypeCode>> = {
  bo: TypeCode.BOOL,
  i8: TypeCode.TINYINT,
  u8: TypeCode.UTINYINT,
  i16: TypeCode.SMALLINT,
  u16: TypeCode.USMALLINT,
  i32: TypeCode.INT,
  u32: TypeCode.UINT,
  i64: TypeCode.BIGINT,
  u64: TypeCode.UBIGINT,
  f32: TypeCode.FLOAT,
  f64: TypeCode.DOUBLE,
  vc: TypeCode.VARCHAR,
  nc: TypeCode.NCHAR,
  vb: TypeCode.VARBINARY,
  ge: TypeCode.GEOMETRY,
  d18: TypeCode.DECIMAL64,
  d38: TypeCode.DECIMAL,
}

/** Reads TAOS_STMT2_BINDV as libtaos does, by taos.h's offsets on 64-bit platforms. */
function readBindings(memory: Uint8Array, tags: number, columns: number) {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength)
  const base = koffi.address(memory)
  const follow = (at: number): number => Number(view.getBigUint64(at, true) - base)
  const isNull = (at: number): boolean => view.getBigUint64(at, true) === 0n
  const bind = (at: number) => {
    const type = view.getInt32(at, true) as TypeCode
    const rows = view.getInt32(at + 32, true)
    const [buffer, nulls] = [follow(at + 8), follow(at + 24)]
    let data = buffer
    return Array.from({ length: rows }, (_, row) => {
      const width = isNull(at + 16) ? TYPES[type]!.width : view.getInt32(follow(at + 16) + 4 * row, true)
      const start = isNull(at + 16) ? buffer + row * width : data
      data += width
      return memory[nulls + row] === 1 ? null : Buffer.from(memory.subarray(start, start + width)).toString('hex')
    })
  }
  const list = (at: number, table: number, count: number) => {
    const start = follow(follow(at) + 8 * table)
    return Array.from({ length: count }, (_, c) => bind(start + 40 * c))
  }
  return Array.from({ length: view.getInt32(0, true) }, (_, table) => {
    const name = follow(follow(8) + 8 * table)
    return {
      name: Buffer.from(memory.subarray(name, memory.indexOf(0, name))).toString('utf8'),
      tags: list(16, table, tags),
      columns: list(24, table, columns),
    }
  })
}

/** A value's bytes as they are bound. */
function boundBytes(type: TypeCode, value: unknown): string | null {
  if (value === null) return null
  const view = new DataView(new ArrayBuffer(8))
  const fixed = (set: () => void, width: number): string => {
    set()
    return Buffer.from(view.buffer, 0, width).toString('hex')
  }
  const number = value as number
  switch (type) {
    case TypeCode.BOOL:
      return value === true ? '01' : '00'
    case TypeCode.FLOAT:
      return fixed(() => view.setFloat32(0, number, true), 4)
    case TypeCode.DOUBLE:
      return fixed(() => view.setFloat64(0, number, true), 8)
    case TypeCode.VARCHAR:
    case TypeCode.NCHAR:
    case TypeCode.DECIMAL:
    case TypeCode.DECIMAL64:
      return Buffer.from(String(value), 'utf8').toString('hex')
    case TypeCode.VARBINARY:
      return Buffer.from(toBytes(value) as Uint8Array).toString('hex')
    default: {
      const { width } = TYPES[type]!
      return fixed(() => view.setBigUint64(0, BigInt.asUintN(64, BigInt(value as bigint)), true), width)
    }
  }
}

it('lays out every type, with its extremes and NULLs, so that libtaos finds them', () => {
  const kinds = KINDS.map((kind) => ({ ...kind, type: CODES[kind.column]! }))
  const field = (type: TypeCode, name: string): BindField => ({ type, name, bytes: 0, precision: 'ms' })
  const shape = {
    names: true,
    tags: [field(TypeCode.NCHAR, 'tag')],
    columns: kinds.map(({ type, column }) => field(type, column)),
  }
  const cells = fc.tuple(...kinds.map(({ values }) => fc.option(values, { nil: null, freq: 4 })))
  const tables = fc.array(fc.array(cells, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(tables, (drawn) => {
      const bound = drawn.map((rows, i) => ({
        name: `樱${i}`,
        tags: [{ values: [i === 1 ? null : `tag ${i}`] }],
        columns: kinds.map((_, c) => ({ values: rows.map((row) => row[c]) })),
        rows: rows.length,
      }))
      const memory = layOutBindings(encodeBind(shape, bound))
      const read = readBindings(memory, 1, kinds.length)
      for (const [t, rows] of drawn.entries()) {
        expect(read[t]!.name).toBe(`樱${t}`)
        expect(read[t]!.tags).toEqual([[t === 1 ? null : boundBytes(TypeCode.NCHAR, `tag ${t}`)]])
        for (const [c, { type, column, read: asRead }] of kinds.entries()) {
          const expected = rows.map((row) => {
            const value = row[c]
            if (value === null || type !== TypeCode.GEOMETRY) return boundBytes(type, value)
            return Buffer.from(asRead!(value) as Uint8Array).toString('hex')
          })
          expect(read[t]!.columns[c], column).toEqual(expected)
        }
      }
    }),
    { numRuns: 60 },
  )
})
