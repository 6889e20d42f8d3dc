import { test } from 'vitest'
import { askEveryQuery } from './every-query.ts'

test('a query of any functions over columns of any types ends in rows or in an error of TDengine', { timeout: 120_000 }, () =>
  askEveryQuery(600),
)
