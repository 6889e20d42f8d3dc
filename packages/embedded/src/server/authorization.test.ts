import { expect, test } from 'vitest'
import { SqlError } from '../errors.ts'
import { parseAuthorization } from './authorization.ts'

function refusal(header: string | undefined): { code: number; message: string } {
  try {
    parseAuthorization(header)
  } catch (error) {
    if (error instanceof SqlError) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('accepted')
}

test('Basic and Taosd give name and password, with colons in the password', () => {
  expect(parseAuthorization(`Basic ${Buffer.from('root:a:b').toString('base64')}`)).toEqual({ user: 'root', password: 'a:b' })
  expect(parseAuthorization('Basic:cm9vdDp0YW9zZGF0YQ==')).toEqual({ user: 'root', password: 'taosdata' })
  expect(parseAuthorization('Taosd /KfeAzX/f9na8qdtNZmtONryp201ma04bEl8LcvLUd7a8qdtNZmtONryp201ma04')).toEqual({
    user: 'root',
    password: 'taosdata',
  })
})

test('each refusal has the code and the words of taosAdapter', () => {
  expect(refusal(undefined)).toEqual({ code: 4357, message: 'no auth info input' })
  expect(refusal('Basic !!!')).toEqual({ code: 4388, message: 'invalid basic Authorization' })
  for (const encoded of ['cm9vdDo=', 'OnRhb3NkYXRh', 'cm9vdDp0YW9zZGF0YQ', 'cm9vdA=='])
    expect(refusal(`Basic ${encoded}`)).toEqual({ code: 4388, message: 'invalid basic Authorization' })
  expect(refusal('Taosd !!!')).toEqual({ code: 4389, message: 'invalid taosd Authorization' })
  for (const header of ['Foo bar', 'Basic', 'Basic ', 'Bearer abc', 'basic cm9vdDp0YW9zZGF0YQ==']) {
    expect(refusal(header)).toEqual({ code: 4386, message: 'invalid type of Authorization' })
  }
})
