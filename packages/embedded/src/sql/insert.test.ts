import { describe, expect, test } from 'vitest'
import { SqlError } from '../errors.ts'
import { InsertReader } from './insert.ts'
import { parse } from './statement.ts'

/** Reads all clauses; rows are taken to end at the next `)` that no `(` or comma follows. */
function clauses(sql: string) {
  const reader = new InsertReader(sql)
  const found = []
  for (let clause = reader.next(); clause; clause = reader.next()) {
    found.push({
      table: sql.slice(clause.table.start, clause.table.end),
      using: clause.using && {
        stable: clause.using.stable.name.text,
        names: clause.using.tagNames?.map((name) => name.text) ?? null,
        values: clause.using.tagValues.map((span) => sql.slice(span.start, span.end)),
      },
      columns: clause.columns?.map((name) => name.text) ?? null,
      rows: clause.rows.kind,
    })
    if (clause.rows.kind === 'values') {
      const rows = /\s*(\([^()]*\)\s*,?\s*)*/y
      rows.lastIndex = clause.rows.at
      rows.exec(sql)
      reader.resume(rows.lastIndex)
    }
  }
  return found
}

function messageOf(sql: string): string {
  try {
    clauses(sql)
    return ''
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    expect(error.code).toBe(0x216)
    return error.message
  }
}

describe('InsertReader', () => {
  test('reads one table after another, with tags and columns', () => {
    const sql =
      "INSERT INTO db.a USING db.s (loc, g) TAGS ('x', -1) (ts, v) VALUES ('t', 1) ('u', 2) b VALUES (3, 4) `C` (ts) USING s TAGS (NOW + 1d, f(1, 2)) VALUES (1)"
    expect(clauses(sql)).toEqual([
      { table: 'db.a', using: { stable: 's', names: ['loc', 'g'], values: ["'x'", '-1'] }, columns: ['ts', 'v'], rows: 'values' },
      { table: 'b', using: null, columns: null, rows: 'values' },
      { table: '`C`', using: { stable: 's', names: null, values: ['NOW + 1d', 'f(1, 2)'] }, columns: ['ts'], rows: 'values' },
    ])
  })

  test('TBNAME is a column of its own, FILE names a path', () => {
    expect(clauses("INSERT INTO s (tbname, ts) FILE '/x.csv'")).toEqual([
      { table: 's', using: null, columns: ['tbname', 'ts'], rows: 'file' },
    ])
  })

  test('no tags at all are read as such', () => {
    expect(clauses('INSERT INTO a USING s TAGS () VALUES (1)')[0]?.using?.values).toEqual([])
  })

  test.each([
    [
      "INSERT errors_db.n2 VALUES ('2024-01-01 00:12:00', 1)",
      "syntax error near 'errors_db.n2 values ('2024-01-01 00:12:00', 1)' (keyword INTO is expected)",
    ],
    ["INSERT INTO nt (ts, v VALUES ('2024-01-01', 1)", "syntax error near ') expected'"],
    ['INSERT INTO nt 5 VALUES (1)', "syntax error near '5 values (1)' (keyword VALUES or FILE is expected)"],
    ['INSERT INTO nt USING st (1) VALUES (1)', "syntax error near '1) values (1)' (invalid column/tag name)"],
    ['INSERT INTO nt USING st VALUES (1)', "syntax error near 'values (1)' (TAGS is expected)"],
  ])('%s', (sql, message) => {
    expect(messageOf(sql)).toBe(message)
  })

  test('the grammar hands it every INSERT with VALUES or FILE, and keeps those with SELECT', () => {
    expect(parse('INSERT INTO t VALUES (1)').kind).toBe('insert-values')
    expect(parse("  insert into t file 'x'")).toMatchObject({ kind: 'insert-values', start: 2 })
    expect(parse('INSERT INTO t (ts) SELECT ts FROM u').kind).toBe('insert-select')
  })
})
