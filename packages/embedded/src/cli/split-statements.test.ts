import { expect, test } from 'vitest'
import { splitStatements } from './split-statements.ts'

test('semicolons in strings, names and comments split nothing', () => {
  const text = "select ';\\'' ; select `a;b` -- c;d\n; /* e;f */ select 1;; select"
  expect(splitStatements(text)).toEqual({
    statements: ["select ';\\''", 'select `a;b` -- c;d', '/* e;f */ select 1'],
    rest: ' select',
  })
})
