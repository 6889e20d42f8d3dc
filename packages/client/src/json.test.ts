import { expect, test } from 'vitest'
import { toJson } from './json.ts'

test('rows have a JSON form that loses nothing', () => {
  const row = {
    ts: new Date(0),
    n: 9007199254740993n,
    b: new Uint8Array([0, 255]),
    f: 1.5,
    s: 'x',
    nan: Number.NaN,
    nothing: null,
    tag: { a: [1n] },
  }
  expect(toJson([row])).toBe(
    '[{"ts":"1970-01-01T00:00:00.000Z","n":"9007199254740993","b":"00ff","f":1.5,"s":"x","nan":null,"nothing":null,"tag":{"a":["1"]}}]',
  )
  expect(toJson({ a: 1 }, 2)).toBe('{\n  "a": 1\n}')
  expect(toJson(undefined)).toBe('null')
})
