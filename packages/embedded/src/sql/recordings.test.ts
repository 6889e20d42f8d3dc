import { describe, expect, test } from 'vitest'
import { recordedStatements } from '../../../../conformance/sql/recorded-statements.ts'
import { withoutPositions } from '../../../../conformance/sql/same-tree.ts'
import { SqlError } from '../errors.ts'
import { print } from './print.ts'
import { parse } from './statement.ts'

// What a real TDengine answered to every recorded statement: the parser refuses what it refused, word for word, and nothing else.

const recorded = recordedStatements()

/** Codes of errors that reading a statement gives. Some of 0x2600 come later, when names are looked up. */
const READING = new Set([0x2600, 0x2601, 0x2617])
const LATER = new Set(['database not specified', 'Columns are forbidden in where clause'])

function errorOf(sql: string): { code: number; message: string } | null {
  try {
    parse(sql)
    return null
  } catch (error) {
    if (error instanceof SqlError) return { code: error.code, message: error.message }
    throw error
  }
}

describe('recorded statements', () => {
  test('what TDengine refuses to read is refused with its code and words', () => {
    const refused = recorded.filter(({ code, desc }) => READING.has(code) && !LATER.has(desc))
    const wrong = refused.flatMap(({ sql, code, desc }) => {
      const got = errorOf(sql)
      return got?.code === code && got.message === desc ? [] : [{ sql, want: desc, got: got?.message }]
    })
    console.log(`${refused.length - wrong.length} of ${refused.length} recorded syntax errors agree word for word`)
    expect(wrong).toEqual([])
    expect(refused.length).toBeGreaterThan(150)
  })

  test('what TDengine accepts, or refuses only later, is read', () => {
    const read = recorded.filter(({ sql, code, desc }) => sql !== '' && (!READING.has(code) || LATER.has(desc)))
    expect(read.flatMap(({ sql }) => (errorOf(sql) ? [{ sql, got: errorOf(sql)?.message }] : []))).toEqual([])
    expect(read.length).toBeGreaterThan(1500)
  })

  test('printing a statement and reading it again gives the same tree', () => {
    let printed = 0
    for (const { sql } of recorded) {
      if (errorOf(sql)) continue
      const tree = parse(sql)
      if (tree.kind === 'insert-values') continue
      printed++
      expect(JSON.stringify(withoutPositions(parse(print(tree)))), sql).toBe(JSON.stringify(withoutPositions(tree)))
    }
    expect(printed).toBeGreaterThan(1000)
  })
})
