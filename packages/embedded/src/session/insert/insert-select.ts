import { type Block, TypeCode } from 'taosts/wire'
import type { ColumnDef, NormalTable, SqlType, Supertable, Table } from '../../catalog/model.ts'
import { castSql, checkCast } from '../../plan/functions/index.ts'
import type { Relation } from '../../plan/relation.ts'
import type { InsertSelect } from '../../sql/ast.ts'
import { copyColumn } from '../../storage/column-copy.ts'
import { RowSet, type Segment, TagSet, type Target } from '../../storage/row-set.ts'
import { StaleSchema } from '../../storage/write-rows.ts'
import type { OutputColumn, Update } from '../answer.ts'
import { plan, runRelation } from '../query.ts'
import { refuseSystem, refuseVirtual, type StatementContext, tableOf } from '../statement-context.ts'
import { InsertWrong } from './insert-error.ts'
import { checkGiven } from './read-insert.ts'
import { writeSets } from './run-insert.ts'
import { checkTableName } from './supertable-reader.ts'

/** Rows read before they are written. */
const ROWS_PER_WRITE = 65536

const TBNAME: SqlType = { code: TypeCode.VARCHAR, length: 192, precision: 0, scale: 0 }

/** Where a column of the query goes. */
type Goal = ColumnDef | 'tbname'

/** INSERT INTO … SELECT: the query's values are converted to the columns' types and written block by block. */
export async function insertSelect(statement: InsertSelect, context: StatementContext): Promise<Update> {
  refuseSystem(statement.table, context.database)
  const { engine } = context
  const table = tableOf(engine.catalog, statement.table, context.database)
  refuseVirtual(table, statement.table.start)
  const goals = goalsOf(statement, table)
  const relation = await plan(statement.query, context)
  if (relation.columns.length !== goals.length) throw InsertWrong.columns(statement.query.start)
  const rows = await runRelation(converted(relation, goals, table, context), context)
  let affectedRows = 0
  try {
    const intake = new Intake(table, goals)
    for (let block = await rows.next(); block; block = await rows.next()) {
      intake.add(block)
      if (intake.rows >= ROWS_PER_WRITE) affectedRows += await writeSets(engine, [intake.take()])
    }
    if (intake.rows > 0) affectedRows += await writeSets(engine, [intake.take()])
  } catch (error) {
    throw error instanceof StaleSchema ? InsertWrong.noTable(statement.table.start) : error
  } finally {
    await rows.close()
  }
  return { kind: 'update', affectedRows }
}

/** The columns that the statement lists, or all of the table. Throws where they cannot be inserted. */
function goalsOf({ columns: names, table: { start } }: InsertSelect, table: Table): Goal[] {
  const schema = schemaOf(table)
  if (!names) {
    if (table.kind === 'supertable') throw InsertWrong.operation('tbname column should not be null', start)
    return schema.columns
  }
  const goals = names.map(({ text, start }): Goal => {
    if (table.kind === 'supertable' && text === 'tbname') return 'tbname'
    const tags = table.kind === 'supertable' ? table.tags : []
    const column = [...schema.columns, ...tags].find(({ name }) => name === text)
    if (!column) throw InsertWrong.column(text, start)
    return column
  })
  if (table.kind === 'supertable' && !goals.includes('tbname')) throw InsertWrong.operation('tbname column should not be null', start)
  checkGiven(
    schema,
    goals.filter((goal) => goal !== 'tbname'),
    start,
  )
  return goals
}

function schemaOf(table: Table): Supertable | NormalTable {
  return table.kind === 'subtable' ? table.supertable : table
}

/** The query with each column converted to the type of where it goes, as an implicit CAST does. */
function converted(relation: Relation, goals: readonly Goal[], table: Table, { session }: StatementContext): Relation {
  const cast = { precision: table.database.precision, timezone: session.timezone }
  const columns = relation.columns.map(({ name, primary }, i) => {
    const goal = goals[i]!
    return { name, primary, type: goal === 'tbname' ? TBNAME : goal.type } satisfies OutputColumn & { primary: boolean }
  })
  const exprs = columns.map(({ type }, i) => {
    const from = relation.columns[i]!.type
    if (from.code !== type.code) checkCast(from, type)
    return `${castSql(`o${i}`, from, type, cast)} AS o${i}`
  })
  return { sql: `SELECT ${exprs.join(', ')} FROM (${relation.sql}) q`, columns, precision: cast.precision }
}

/** Collects blocks as rows of a table, or of the subtables that their rows name. */
class Intake {
  readonly #table: Table
  readonly #goals: readonly Goal[]
  #set: RowSet
  #tags: TagSet | undefined
  readonly #targets = new Map<string, Target>()

  constructor(table: Table, goals: readonly Goal[]) {
    this.#table = table
    this.#goals = goals
    this.#set = this.#empty()
  }

  get rows(): number {
    return this.#set.rows
  }

  #empty(): RowSet {
    const schema = schemaOf(this.#table)
    const columns = this.#goals.filter(
      (goal): goal is ColumnDef => goal !== 'tbname' && schema.columns.includes(goal) && goal !== schema.columns[0],
    )
    this.#tags = this.#table.kind === 'supertable' ? new TagSet(this.#table) : undefined
    this.#targets.clear()
    return new RowSet(schema, columns)
  }

  add(block: Block): void {
    const set = this.#set
    const from = set.rows
    set.rows += block.rows
    set.reserve(set.rows)
    const schema = schemaOf(this.#table)
    const tagFrom = this.#tags?.rows ?? 0
    for (let i = 0; this.#tags && i < block.rows; i++) this.#tags.addRow()
    for (const [i, goal] of this.#goals.entries()) {
      if (goal === 'tbname') continue
      const column = block.columns[i]!
      if (goal === schema.columns[0]) copyColumn(set.ts, from, column, block.rows)
      else if (set.columns.includes(goal)) copyColumn(set.values[set.columns.indexOf(goal)]!, from, column, block.rows)
      else
        this.#tags!.set((this.#table as Supertable).tags.indexOf(goal), tagFrom, (buffer) =>
          copyColumn(buffer, tagFrom, column, block.rows),
        )
    }
    this.#checkKeys(from)
    if (this.#table.kind !== 'supertable') set.segments.push({ target: this.#table, from, to: set.rows })
    else this.#addSegments(this.#table, block, from, tagFrom)
  }

  #checkKeys(from: number): void {
    const set = this.#set
    const key = set.columns.findIndex(({ primaryKey }) => primaryKey)
    for (let row = from; row < set.rows; row++) {
      if (set.ts.isNull(row)) throw InsertWrong.operation('Primary timestamp column should not be null', 0)
      if (key >= 0 && set.values[key]!.isNull(row)) throw InsertWrong.key(0)
    }
  }

  /** Rows that name one table after the other become one segment. */
  #addSegments(supertable: Supertable, block: Block, from: number, tagFrom: number): void {
    const names = block.columns[this.#goals.indexOf('tbname')]!
    if (names.layout !== 'variable') throw new TypeError('a table name is text')
    const { data, offsets } = names
    for (let row = 0; row < block.rows; row++) {
      const start = offsets[row]!
      if (start < 0) throw InsertWrong.operation('tbname can not be null', 0)
      const length = data[start]! | (data[start + 1]! << 8)
      const name = Buffer.from(data.buffer, data.byteOffset + start + 2, length).toString('utf8')
      const target = this.#target(supertable, name, tagFrom + row)
      const last: Segment | undefined = this.#set.segments.at(-1)
      if (last?.target === target && last.to === from + row)
        this.#set.segments[this.#set.segments.length - 1] = { ...last, to: from + row + 1 }
      else this.#set.segments.push({ target, from: from + row, to: from + row + 1 })
    }
  }

  #target(supertable: Supertable, name: string, row: number): Target {
    let target = this.#targets.get(name)
    if (!target) {
      checkTableName(name, 0)
      const existing = supertable.database.tables.get(name)
      if (existing && (existing.kind !== 'subtable' || existing.supertable !== supertable)) throw InsertWrong.noTable(0)
      target = existing ?? { kind: 'new', name, supertable, tags: this.#tags!, row }
      this.#targets.set(name, target)
    }
    return target
  }

  take(): RowSet {
    const set = this.#set
    this.#set = this.#empty()
    return set
  }
}
