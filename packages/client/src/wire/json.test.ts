import { describe, expect, it } from 'vitest'
import { parseJson, stringifyJson } from './json.ts'
import { WireError } from './wire-error.ts'

describe('parseJson', () => {
  it('keeps every integer exact and every other number a number', () => {
    expect(parseJson('{"req_id":18446744073709551615,"a":[9007199254740991,-9007199254740993,1234567890123456.5,1e22]}')).toEqual({
      req_id: 18446744073709551615n,
      a: [9007199254740991, -9007199254740993n, 1234567890123456.5, 1e22],
    })
    expect(parseJson('{"text":"9007199254740993 \\u00e9 \\"x\\"","n":9007199254740993}')).toEqual({
      text: '9007199254740993 é "x"',
      n: 9007199254740993n,
    })
  })

  it('makes own members of keys that mean something to JavaScript', () => {
    const value = parseJson('{"__proto__":{"id":9007199254740993}}') as object
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  it('says where text is no JSON', () => {
    const at = (text: string): number => {
      try {
        parseJson(text)
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
        return (error as WireError).offset
      }
      return -1
    }
    expect(at('{"a":9007199254740993,}')).toBe(22)
    expect(at('[9007199254740993')).toBe(17)
    expect(at('[9007199254740993] x')).toBe(19)
    expect(at('"1234567890123456')).toBeGreaterThanOrEqual(0)
    expect(at(`${'['.repeat(100_000)}9007199254740993`)).toBeGreaterThan(900)
    expect(at('{"a":1')).toBeGreaterThanOrEqual(0)
  })
})

describe('stringifyJson', () => {
  it('writes bigints as digits and leaves out what is undefined', () => {
    expect(stringifyJson({ req_id: 2n ** 64n - 1n, a: undefined, b: [null, undefined, true, 'é"\n', 1.5] })).toBe(
      '{"req_id":18446744073709551615,"b":[null,null,true,"é\\"\\n",1.5]}',
    )
  })
})
