import type { ColumnDef, Supertable } from '../../catalog/model.ts'
import type { Name } from '../../sql/ast.ts'
import { type RowSet, TagSet, type Target } from '../../storage/row-set.ts'
import { cellOf } from './cell.ts'
import { InsertWrong, nearRest, nearText } from './insert-error.ts'
import { checkGiven } from './read-insert.ts'
import { endOfCell, RowReader } from './row-reader.ts'
import type { ValueSource } from './value-source.ts'
import { readValue } from './value-token.ts'

/** Longest name of a table in bytes. */
const TABLE_NAME_BYTES = 192

/** Reads the rows of `INSERT INTO stable (tbname, tags…, columns…) VALUES …`: each row names its table, which is made when it is missing. */
export class SupertableReader {
  readonly #supertable: Supertable
  readonly #rows: RowReader
  readonly #tags: TagSet
  readonly #steps: readonly ((source: ValueSource, row: number, tagRow: number) => void)[]
  #tbname = ''

  constructor(supertable: Supertable, names: readonly Name[]) {
    this.#supertable = supertable
    this.#tags = new TagSet(supertable)
    const { precision } = supertable.database
    const columns: ColumnDef[] = []
    for (const { text, start } of names) {
      const column = supertable.columns.find(({ name }) => name === text)
      if (column) columns.push(column)
      else if (text !== 'tbname' && !supertable.tags.some(({ name }) => name === text)) throw InsertWrong.column(text, start)
    }
    const position = names[0]!.start
    if (!names.some(({ text }) => text === 'tbname')) throw InsertWrong.operation('tbname column should not be null', position)
    checkGiven(supertable, columns, position)
    this.#rows = new RowReader(supertable, '', columns, precision)
    this.#steps = names.map(({ text }) => {
      if (text === 'tbname') return (source) => this.#readName(source)
      const tag = supertable.tags.findIndex(({ name }) => name === text)
      if (tag >= 0) {
        const read = cellOf(supertable.tags[tag]!, this.#tags.columns[tag]!, precision)
        return (source, _row, tagRow) => this.#tags.set(tag, tagRow, () => read(source, tagRow))
      }
      const cell = this.#rows.cell(columns.findIndex(({ name }) => name === text))
      return (source, row) => cell(source, row)
    })
  }

  read(source: ValueSource): RowSet {
    const { set } = this.#rows
    const last = this.#steps.length - 1
    const targets = new Map<string, Target>()
    let c = source.skip()
    while (c === 40) {
      source.pos++
      const row = set.addRow()
      const tagRow = this.#tags.addRow()
      for (let i = 0; i <= last; i++) {
        if (i === 0 && source.skip() === 41) throw InsertWrong.columns(source.pos)
        this.#steps[i]!(source, row, tagRow)
        endOfCell(source, source.skip(), i === last)
      }
      this.#rows.check(source, row)
      let target = targets.get(this.#tbname)
      if (!target) {
        target = this.#target(this.#tbname, tagRow, source.pos)
        targets.set(this.#tbname, target)
      }
      // The tags of a row whose table is known are not used: their place is taken by the next row's.
      if (target.kind !== 'new' || target.row !== tagRow) this.#tags.rows--
      const segment = set.segments[set.segments.length - 1]
      if (segment?.target === target) set.segments[set.segments.length - 1] = { target, from: segment.from, to: row + 1 }
      else set.segments.push({ target, from: row, to: row + 1 })
      c = source.skip()
      if (c === 44) {
        source.pos++
        c = source.skip()
      }
    }
    if (set.rows === 0) throw nearText('no any data points', source.pos)
    return set
  }

  #readName(source: ValueSource): void {
    const token = readValue(source.sql, source.pos)
    source.pos = token.end
    if (token.kind === 'null') throw InsertWrong.operation('tbname can not be null', token.start)
    if (token.kind === 'other' || token.kind === 'end') throw nearRest(source.sql, token.start, 'invalid data or symbol')
    const name = token.text
    checkTableName(name, token.start)
    this.#tbname = name
  }

  #target(name: string, row: number, position: number): Target {
    const { database } = this.#supertable
    const table = database.tables.get(name)
    if (table) {
      if (table.kind !== 'subtable' || table.supertable !== this.#supertable) throw InsertWrong.noTable(position)
      return table
    }
    if (database.supertables.has(name)) throw InsertWrong.noTable(position)
    return { kind: 'new', name, supertable: this.#supertable, tags: this.#tags, row }
  }
}

/** Refuses a table's name that is empty, too long or has a point in it. */
export function checkTableName(name: string, position: number): void {
  if (name === '') throw InsertWrong.operation('tbname can not be empty', position)
  if (name.includes('.')) throw InsertWrong.operation("tbname can not contain '.'", position)
  if (Buffer.byteLength(name) > TABLE_NAME_BYTES) throw InsertWrong.operation('tbname is too long', position)
}
