import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generatedStatement } from '../../../../conformance/sql/generated-statements.ts'
import { withoutPositions } from '../../../../conformance/sql/same-tree.ts'
import { print } from './print.ts'
import { parse } from './statement.ts'

describe('print', () => {
  test('generated statements are read, and read alike after printing', () => {
    fc.assert(
      fc.property(generatedStatement, (sql) => {
        const tree = parse(sql)
        const printed = print(tree)
        expect(JSON.stringify(withoutPositions(parse(printed)))).toBe(JSON.stringify(withoutPositions(tree)))
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['select a+(b*c)-(d-e) from t', 'SELECT a + b * c - (d - e) FROM t'],
    ['select - -5, -(a+1)', 'SELECT - -5, -(a + 1)'],
    ['select 1 from t where (a>1 or b>2) and not (c>3 and d>4)', 'SELECT 1 FROM t WHERE (a > 1 OR b > 2) AND NOT (c > 3 AND d > 4)'],
    ['select `select`, `abc`, "x\'y" from `T`', "SELECT `select`, `abc`, 'x''y' FROM `T`"],
    ['(select 1) union all (select 2 limit 1) order by 1', 'SELECT 1 UNION ALL (SELECT 2 LIMIT 1) ORDER BY 1'],
  ])('%s', (sql, printed) => {
    expect(print(parse(sql))).toBe(printed)
  })
})
