/** Layouts of taos.h's field structures: `char name[65]`, then one-byte members, then `int32_t bytes` at the next multiple of four. */
const NAME = 65
const FIELD_E = { size: 72, type: 65, precision: 66, scale: 67, bytes: 68 } as const
const FIELD_ALL = { size: 76, type: 65, precision: 66, scale: 67, bytes: 68, kind: 72 } as const

export interface NativeField {
  readonly name: string
  readonly type: number
  readonly precision: number
  readonly scale: number
  /** As libtaos gives it. */
  readonly bytes: number
}

export interface NativeStatementField extends NativeField {
  /** 1 column, 2 tag, 3 query parameter, 4 table name. */
  readonly kind: number
}

function readName(memory: Uint8Array, start: number): string {
  let end = start
  while (end < start + NAME && memory[end] !== 0) end++
  return Buffer.from(memory.buffer, memory.byteOffset + start, end - start).toString('utf8')
}

/** Reads `count` TAOS_FIELD_E from a copy of libtaos's memory. */
export function readFields(memory: Uint8Array, count: number): NativeField[] {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength)
  return Array.from({ length: count }, (_, i) => {
    const at = i * FIELD_E.size
    return {
      name: readName(memory, at),
      type: view.getInt8(at + FIELD_E.type),
      precision: view.getUint8(at + FIELD_E.precision),
      scale: view.getUint8(at + FIELD_E.scale),
      bytes: view.getInt32(at + FIELD_E.bytes, true),
    }
  })
}

/** TAOS_FIELD is laid out as TAOS_FIELD_E, with nothing where that has precision and scale. */
export function withoutScale(fields: readonly NativeField[]): NativeField[] {
  return fields.map((field) => ({ ...field, precision: 0, scale: 0 }))
}

/** Reads `count` TAOS_FIELD_ALL, the fields of a prepared stmt2. */
export function readStatementFields(memory: Uint8Array, count: number): NativeStatementField[] {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength)
  return Array.from({ length: count }, (_, i) => {
    const at = i * FIELD_ALL.size
    return {
      name: readName(memory, at),
      type: view.getInt8(at + FIELD_ALL.type),
      precision: view.getUint8(at + FIELD_ALL.precision),
      scale: view.getUint8(at + FIELD_ALL.scale),
      bytes: view.getInt32(at + FIELD_ALL.bytes, true),
      kind: view.getUint8(at + FIELD_ALL.kind),
    }
  })
}

export const FIELD_E_SIZE: number = FIELD_E.size
export const FIELD_ALL_SIZE: number = FIELD_ALL.size
