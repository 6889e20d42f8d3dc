import type { ColumnDef, NormalTable, Table } from '../catalog/model.ts'
import type { OutputColumn, Rows } from '../session/answer.ts'
import type { Describe } from '../sql/ast.ts'
import type { MetadataContext, Row } from './context.ts'
import { findTable } from './find-table.ts'
import { metadataError } from './metadata-error.ts'
import { int, text } from './output-columns.ts'
import { rowsAnswer } from './rows-answer.ts'
import { sourceText } from './source-text.ts'
import { isSystemDatabase, systemTable } from './system-databases.ts'
import { describedLength, describedTypeText } from './type-text.ts'

const HEAD = [text('field', 325), text('type', 20), int('length'), text('note', 16)]
const COMPRESSION = [text('encode', 12), text('compress', 12), text('level', 12)]

/** What BI mode adds to a supertable's columns and tags. */
const TBNAME: Row = ['tbname', 'VARCHAR', 192, 'TAG', 'disabled', 'disabled', 'disabled']

/** DESCRIBE of a table of the catalog or of a system table. */
export function describe({ table }: Describe, context: MetadataContext): Rows {
  const database = table.database?.text ?? context.database
  if (database !== undefined && isSystemDatabase(database)) {
    const found = systemTable(database, table.name.text)
    if (found === undefined) throw metadataError.noTable(table.name)
    return rowsAnswer(HEAD, found.columns.map(systemRow))
  }
  const found = findTable(table, context)
  if (found.kind === 'normal' && found.sources) return rowsAnswer([...HEAD, text('ref', 259)], virtualRows(found))
  const rows = tableRows(found)
  if (context.biMode && found.kind === 'supertable') rows.push(TBNAME)
  return rowsAnswer([...HEAD, ...COMPRESSION], rows)
}

function systemRow({ name, type }: OutputColumn): Row {
  return [name, describedTypeText(type), describedLength(type), '']
}

/** The columns of a virtual table, each with the column it shows. */
function virtualRows({ columns, sources }: NormalTable): Row[] {
  return columns.map((column) => [...columnRow(column).slice(0, HEAD.length), sourceText(sources!.get(column.id))])
}

function tableRows(table: Table): Row[] {
  const { columns, tags } = table.kind === 'subtable' ? table.supertable : { tags: [], ...table }
  return [...columns.map(columnRow), ...tags.map(tagRow)]
}

function columnRow({ name, type, primaryKey, encode, compress, level }: ColumnDef): Row {
  return [name, describedTypeText(type), describedLength(type), primaryKey ? 'COMPOSITE KEY' : '', encode, compress, level]
}

function tagRow({ name, type }: ColumnDef): Row {
  return [name, describedTypeText(type), describedLength(type), 'TAG', 'disabled', 'disabled', 'disabled']
}
