import { expect, test } from 'vitest'
import { mutate, randomNumbers } from '../../../../conformance/sql/mutations.ts'
import { recordedStatements } from '../../../../conformance/sql/recorded-statements.ts'
import { SqlError } from '../errors.ts'
import { InsertReader } from './insert.ts'
import { print } from './print.ts'
import { parse } from './statement.ts'

/** Reads a statement whatever it is: only a SqlError may come out. What is read can be printed and read again. */
function survive(sql: string): void {
  try {
    const tree = parse(sql)
    if (tree.kind === 'insert-values') new InsertReader(sql, tree.start).next()
    else parse(print(tree))
  } catch (error) {
    if (!(error instanceof SqlError)) throw new Error(`crashed on ${JSON.stringify(sql.slice(0, 300))}`, { cause: error })
  }
}

test('mutated statements give a SqlError or a tree, quickly', () => {
  const statements = recordedStatements()
  const random = randomNumbers(20_240_101)
  const began = performance.now()
  for (let i = 0; i < 8000; i++) survive(mutate(statements[random(statements.length)]!.sql, random))
  expect(performance.now() - began).toBeLessThan(20_000)
})

test('nesting and chains of any length are refused before the stack overflows', () => {
  for (const sql of [
    `SELECT ${'('.repeat(100_000)}`,
    `SELECT ${'- '.repeat(100_000)}1`,
    `SELECT * FROM ${'('.repeat(100_000)}t`,
    `SELECT ${'ABS('.repeat(50_000)}1${')'.repeat(50_000)}`,
    `SELECT 1 WHERE ${'NOT '.repeat(100_000)}1 = 1`,
    `SELECT 1${' + 1'.repeat(200_000)}`,
    `SELECT 1 WHERE 1 = 1${' AND 1 = 1'.repeat(90_000)}`,
    `SELECT ${'CASE WHEN '.repeat(90_000)}`,
    `SELECT 1${' UNION ALL SELECT 1'.repeat(50_000)}`,
    `SELECT * FROM a${', b'.repeat(100_000)}`,
    `SELECT * FROM a${' JOIN b'.repeat(100_000)}`,
  ])
    survive(sql)
})
