import type { Precision } from '../types/precision.ts'
import { schemaBytes, type TypeCode, typeOfName } from '../types/types.ts'
import { utf8Text } from './bytes.ts'
import type { Block } from './column.ts'
import { parseJson } from './json.ts'
import { type CellParser, INCOMPLETE, type RestClock } from './rest-cell.ts'
import { cellParser } from './rest-cells.ts'
import { WireError } from './wire-error.ts'

/** A column of a REST answer; `length` is the user's: VARCHAR bytes, NCHAR characters. */
export interface RestColumn {
  readonly name: string
  readonly type: TypeCode
  readonly length: number
  /** Digits of a DECIMAL, 0 for other types. */
  readonly precision: number
  readonly scale: number
}

/** What stands in a REST answer before its rows, or all of an error. */
export interface RestHeader {
  /** 0, or TDengine's code of the error. */
  readonly code: number
  /** The error's text. */
  readonly message: string
  readonly columns: readonly RestColumn[]
}

/** Rows of the first blocks are few, so that a small result costs little. */
const BLOCK_ROWS = [64, 1024, 4096] as const
/** Room after the bytes for parsers that look ahead; all zero. */
const PADDING = 32
/** A row cut off after this many bytes is read again only when twice as many are there. */
const LONG_ROW = 65_536

/** Reads the body of a REST answer as it arrives, straight into columns. */
export class RestDecoder {
  /** Undefined until `column_meta` (or the whole of an error) has arrived. */
  header: RestHeader | undefined
  /** Nanoseconds the server spent, where it says so (known at the end). */
  timing: number | undefined
  /** Rows read so far. */
  rows = 0
  readonly #clock: RestClock = { precision: undefined }
  #state: 'head' | 'rows' | 'tail' = 'head'
  #parsers: CellParser[] = []
  /** What has arrived and is not read yet, followed by PADDING zeros. */
  #buffer = new Uint8Array(PADDING)
  #end = 0
  #at = 0
  /** Bytes of the body before the buffer. */
  #base = 0
  #wait = 0
  #capacity = 0
  #row = 0
  #blocks = 0

  /** The unit of the timestamps: known from the first that is not NULL. */
  get precision(): Precision | undefined {
    return this.#clock.precision
  }

  /** Takes more of the body and gives the blocks that are now full. Throws a WireError for what is no REST answer. */
  push(chunk: Uint8Array): Block[] {
    this.#append(chunk)
    return this.#read(false)
  }

  /** The body is over: gives what is left; throws a WireError when it ended too early. */
  end(): Block[] {
    const blocks = this.#read(true)
    if (this.#state !== 'tail') this.#finishWhole()
    else this.#finishTail()
    const last = this.#flush()
    if (last) blocks.push(last)
    return blocks
  }

  #append(chunk: Uint8Array): void {
    const rest = this.#end - this.#at
    const size = rest + chunk.length
    if (size + PADDING > this.#buffer.length || this.#at > 0) {
      const target = size + PADDING > this.#buffer.length ? new Uint8Array(Math.max(size + PADDING, 2 * rest)) : this.#buffer
      target.set(this.#buffer.subarray(this.#at, this.#end))
      this.#buffer = target
      this.#base += this.#at
      this.#at = 0
      this.#end = rest
    }
    this.#buffer.set(chunk, this.#end)
    this.#end = size
    this.#buffer.fill(0, size, size + PADDING)
  }

  #read(last: boolean): Block[] {
    const blocks: Block[] = []
    try {
      if (this.#state === 'head') this.#readHead()
      if (this.#state === 'rows' && (last || this.#end - this.#at >= this.#wait)) this.#readRows(blocks)
    } catch (error) {
      throw error instanceof WireError ? new WireError(error.reason, this.#base + error.offset) : error
    }
    return blocks
  }

  /** Looks for `"data":[` after `column_meta`; what comes before is mostly small, so it is looked for at the front first. */
  #readHead(): void {
    for (let size = 2048; this.#state === 'head'; size *= 8) {
      this.#readHeadIn(Math.min(size, this.#end))
      if (size >= this.#end) return
    }
  }

  #readHeadIn(size: number): void {
    const text = latin1(this.#buffer, size)
    const start = /^\s*\{\s*"code"\s*:\s*0\s*,\s*"column_meta"\s*:\s*/.exec(text)
    if (!start) return
    const end = valueEnd(text, start[0].length)
    if (end < 0) return
    const data = /^\s*,\s*"data"\s*:\s*\[/.exec(text.slice(end))
    if (!data) return
    const columns = restColumns(parseJson(utf8Text(this.#buffer.subarray(start[0].length, end))))
    this.header = { code: 0, message: '', columns }
    this.#parsers = columns.map((column) =>
      cellParser(
        { type: column.type, bytes: schemaBytes(column.type, column.length), precision: column.precision, scale: column.scale },
        this.#clock,
      ),
    )
    this.#at = end + data[0].length
    this.#state = 'rows'
  }

  #readRows(blocks: Block[]): void {
    const bytes = this.#buffer
    const parsers = this.#parsers
    const width = parsers.length
    let at = this.#at
    let row = this.#row
    let capacity = this.#capacity
    for (;;) {
      if (bytes[at] !== 91) {
        at = space(bytes, at)
        if (bytes[at] === 44) at = space(bytes, at + 1)
        if (bytes[at] === 93) {
          at++
          this.#state = 'tail'
          break
        }
        if (bytes[at] === 0) break
        if (bytes[at] !== 91) throw new WireError('a row must be an array', at)
      }
      if (row === capacity) {
        this.#row = row
        const full = this.#flush()
        if (full) blocks.push(full)
        capacity = this.#begin()
        row = 0
      }
      let next = at
      for (let i = 0; i < width; i++) {
        next = parsers[i]!.parse(bytes, next + 1, row)
        if (next < 0) break
        if (bytes[next] !== 44 && (bytes[next] !== 93 || i < width - 1)) {
          if (bytes[next] !== 0) throw new WireError(`column ${i} is not followed as it should be`, next)
          next = INCOMPLETE
          break
        }
      }
      if (next < 0) break
      if (bytes[next] !== 93) throw new WireError(`a row has more than ${width} columns`, next)
      row++
      at = next + 1
      if (bytes[at] === 44) at++
    }
    this.#row = row
    this.#at = at
    const pending = this.#end - at
    this.#wait = pending > LONG_ROW ? 2 * pending : 0
  }

  #begin(): number {
    this.#capacity = BLOCK_ROWS[Math.min(this.#blocks, BLOCK_ROWS.length - 1)]!
    this.#blocks++
    for (const parser of this.#parsers) parser.begin(this.#capacity)
    return this.#capacity
  }

  #flush(): Block | null {
    const rows = this.#row
    if (rows === 0) return null
    const block = { rows, columns: this.#parsers.map((parser) => parser.finish(rows)) }
    this.rows += rows
    this.#row = 0
    this.#capacity = 0
    return block
  }

  #finishTail(): void {
    const tail = utf8Text(this.#buffer.subarray(this.#at, this.#end))
    const object = parseJson(`{"data":0${tail}`) as { timing?: number }
    if (typeof object.timing === 'number') this.timing = object.timing
  }

  /** An error, or something else that is not an answer with rows. */
  #finishWhole(): void {
    if (this.#state === 'rows') throw new WireError('the body ends in the middle of its rows', this.#base + this.#end)
    const text = utf8Text(this.#buffer.subarray(0, this.#end))
    const body = parseJson(text)
    if (typeof body === 'string') {
      // The adapter's answer under memory pressure is a bare string.
      this.header = { code: 0xffff, message: body, columns: [] }
      return
    }
    const { code, desc, timing } = (body ?? {}) as { code?: unknown; desc?: unknown; timing?: unknown }
    if (typeof code !== 'number' || code === 0) throw new WireError('the body is no answer of a TDengine REST service', 0)
    if (typeof timing === 'number') this.timing = timing
    this.header = { code, message: typeof desc === 'string' ? desc : '', columns: [] }
  }
}

/** Whether a REST answer is that of a statement without a result; its one cell then counts the rows written. */
export function isRestUpdate(columns: readonly RestColumn[]): boolean {
  return columns.length === 1 && columns[0]!.name === 'affected_rows' && columns[0]!.type === 4
}

/** Reads `column_meta`: `[name, type name, length]` of each column. Throws a WireError. */
export function restColumns(meta: unknown): RestColumn[] {
  if (!Array.isArray(meta)) throw new WireError('column_meta is no array', 0)
  return meta.map((entry: unknown) => {
    const [name, typeName, length] = Array.isArray(entry) ? (entry as unknown[]) : []
    const type = typeof typeName === 'string' ? typeOfName(typeName) : undefined
    if (typeof name !== 'string' || !type || typeof length !== 'number')
      throw new WireError(`column_meta has an unknown column ${String(typeName)}`, 0)
    return { name, type: type.code, length, precision: type.precision, scale: type.scale }
  })
}

function space(bytes: Uint8Array, at: number): number {
  let next = at
  while (bytes[next] === 32 || bytes[next] === 10 || bytes[next] === 13 || bytes[next] === 9) next++
  return next
}

/** One character a byte, so that places in the text are places in the bytes. */
function latin1(bytes: Uint8Array, end: number): string {
  let text = ''
  for (let at = 0; at < end; at += 4096) text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + 4096)))
  return text
}

/** Where the JSON array or object that starts at `at` ends; −1 if it does not end here. */
function valueEnd(text: string, at: number): number {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    const char = text[i]
    if (char === '"') {
      for (i++; text[i] !== '"'; i++) {
        if (i >= text.length) return -1
        if (text[i] === '\\') i++
      }
    } else if (char === '[' || char === '{') depth++
    else if (char === ']' || char === '}') {
      depth--
      if (depth === 0) return i + 1
    }
  }
  return -1
}
