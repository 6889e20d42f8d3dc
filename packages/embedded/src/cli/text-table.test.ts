import { expect, test } from 'vitest'
import { displayWidth, textTable } from './text-table.ts'

test('numbers to the right, wide characters take two cells', () => {
  expect(
    textTable(
      ['v', 'name'],
      [
        ['1', '中文'],
        ['-20', 'é'],
      ],
      [true, false],
    ),
  ).toBe(['  v │ name', '────┼─────', '  1 │ 中文', '-20 │ é'].join('\n'))
})

test('a combining mark takes no cell, an emoji two', () => {
  expect(displayWidth('e\u0301')).toBe(1)
  expect(displayWidth('😀')).toBe(2)
})
