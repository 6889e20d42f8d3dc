import { test } from 'vitest'
import { askEveryQuery, runEveryStatement } from './every-query.ts'

test('30 000 queries of any functions over columns of any types end in rows or in errors of TDengine', () => askEveryQuery(30_000))

test('so do statements that write and define, on what others left', async () => {
  for (let i = 0; i < 10; i++) await runEveryStatement(2000)
})
