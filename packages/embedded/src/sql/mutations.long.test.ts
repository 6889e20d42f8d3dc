import { test } from 'vitest'
import { mutate, randomNumbers } from '../../../../conformance/sql/mutations.ts'
import { recordedStatements } from '../../../../conformance/sql/recorded-statements.ts'
import { SqlError } from '../errors.ts'
import { print } from './print.ts'
import { parse } from './statement.ts'

test('100 000 mutated statements neither crash nor hang', { timeout: 300_000 }, () => {
  const statements = recordedStatements()
  for (let i = 0; i < 100_000; i++) {
    const random = randomNumbers(i + 1)
    random(2)
    const sql = mutate(statements[random(statements.length)]!.sql, random)
    const began = performance.now()
    try {
      const tree = parse(sql)
      if (tree.kind !== 'insert-values') parse(print(tree))
    } catch (error) {
      if (!(error instanceof SqlError)) throw new Error(`crashed on seed ${i}: ${JSON.stringify(sql)}`, { cause: error })
    }
    if (performance.now() - began > 2000) throw new Error(`slow on seed ${i}: ${JSON.stringify(sql)}`)
  }
})
