import { expect, test } from 'vitest'
import { decodeTaosdToken, encodeTaosdToken } from './taosd-token.ts'

test('a token is the one that taosAdapter makes', () => {
  expect(encodeTaosdToken('root', 'taosdata')).toBe('/KfeAzX/f9na8qdtNZmtONryp201ma04bEl8LcvLUd7a8qdtNZmtONryp201ma04')
})

test('a token gives its name and password back', () => {
  expect(decodeTaosdToken(encodeTaosdToken('é', 'p@ss:word/with?signs')!)).toEqual({ user: 'é', password: 'p@ss:word/with?signs' })
})

test('nothing is made of names that do not fit, nothing read from text that is no token', () => {
  expect(encodeTaosdToken('a'.repeat(25), 'x')).toBeUndefined()
  expect(encodeTaosdToken('root', '')).toBeUndefined()
  expect(decodeTaosdToken('!!!')).toBeUndefined()
  expect(decodeTaosdToken('AAAA')).toBeUndefined()
})
