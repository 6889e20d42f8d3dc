import { test } from 'vitest'
import { askEveryQuery, runEveryStatement } from './every-query.ts'

test('a query of any functions over columns of any types ends in rows or in an error of TDengine', { timeout: 120_000 }, () =>
  askEveryQuery(600),
)

test('so does a statement that writes or defines, and the engine goes on', { timeout: 120_000 }, () => runEveryStatement(600))
