import { expect, test } from 'vitest'
import { CsvError, csvField, parseCsv } from './csv.ts'

test('quotes, commas and line ends inside quotes, both kinds of line end, an empty last field', () => {
  const text = 'a,"q,uote",\r\n\r\n"two\nlines","say ""hi""",x\nlast,,'
  expect([...parseCsv(text)]).toEqual([
    ['a', 'q,uote', ''],
    ['two\nlines', 'say "hi"', 'x'],
    ['last', '', ''],
  ])
})

test('a quoted field that does not end or is followed by text is refused with its line', () => {
  expect(() => [...parseCsv('a\n"open')]).toThrow(CsvError)
  expect(() => [...parseCsv('a\n"x"y')]).toThrow(/line 2/)
})

test('what is written reads back', () => {
  const fields = ['plain', '', 'a,b', 'say "hi"', 'two\r\nlines']
  expect([...parseCsv(fields.map(csvField).join(','))]).toEqual([fields])
})
