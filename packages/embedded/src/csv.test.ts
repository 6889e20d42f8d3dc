import { expect, test } from 'vitest'
import { csvField, parseCsv } from './csv.ts'

test('quotes, commas and line ends inside quotes, both kinds of line end, an empty last field, a byte order mark', () => {
  const text = '\ufeffa,"q,uote",\r\n\r\n"two\nlines","say ""hi""",x\nlast,,\r'
  expect([...parseCsv(text)]).toEqual([
    ['a', 'q,uote', null],
    ['two\nlines', 'say "hi"', 'x'],
    ['last', null, null],
  ])
})

test('only what has no quotes is null', () => {
  expect([...parseCsv('"",,NULL,"NULL"\n')]).toEqual([['', null, 'NULL', 'NULL']])
  expect([...parseCsv('"",,NULL,"NULL"', ['', 'NULL'])]).toEqual([['', null, null, 'NULL']])
})

test.each([
  ['a\n"open', 'parse error on line 2, column 6: extraneous or missing " in quoted-field'],
  ['a\n"open\n', 'parse error on line 2, column 7: extraneous or missing " in quoted-field'],
  ['a\n"open\nx', 'record on line 2; parse error on line 3, column 2: extraneous or missing " in quoted-field'],
  ['a\né,"x"y', 'parse error on line 2, column 6: extraneous or missing " in quoted-field'],
  ['a,b\n"two\nlines",b"c', 'record on line 2; parse error on line 3, column 9: bare " in non-quoted-field'],
  ['a,b\n\nc\n', 'record on line 3: wrong number of fields'],
])('%j is refused with its place', (text, message) => {
  expect(() => [...parseCsv(text)]).toThrow(expect.objectContaining({ name: 'CsvError', message }))
})

test('what is written reads back', () => {
  const fields = ['plain', '', 'a,b', 'say "hi"', 'two\r\nlines', 'NULL']
  expect([...parseCsv(fields.map(csvField).join(','), ['', 'NULL'])]).toEqual([fields])
})
