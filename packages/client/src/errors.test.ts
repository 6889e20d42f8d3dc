import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { codeInfo } from './codes.ts'
import {
  ConnectionError,
  DatabaseError,
  DataError,
  errorOfCode,
  InterfaceError,
  isTaosError,
  OperationalError,
  ProgrammingError,
  SchemalessError,
  StatementError,
  TaosError,
  TimeoutError,
  TmqError,
} from './errors.ts'

describe('an error of the server', () => {
  const error = errorOfCode(0x80002600 | 0, 'syntax error near "123"', { sql: 'CREATE TABLE 123', reqId: 7n })

  test('reads as TDengine prints it and carries the number in every form', () => {
    expect(error.message).toBe('[0x2600]: syntax error near "123"')
    expect(error.code).toBe(9728)
    expect(error.codeName).toBe('SYNTAX_ERROR')
    expect(error.reason).toBe('syntax error near "123"')
    expect(error.reqId).toBe(7n)
    expect(String(error)).toBe('ProgrammingError: [0x2600]: syntax error near "123"')
  })

  test('says where in the statement the culprit stands', () => {
    expect(error.position).toBe('CREATE TABLE '.length)
    expect(errorOfCode(9728, 'syntax error near "a"', { sql: 'a b a c' }).position).toBeUndefined()
    expect(errorOfCode(9728, 'anything', { sql: 'a b', position: 2 }).position).toBe(2)
  })

  test('is of the class that fits its number', () => {
    expect(error).toBeInstanceOf(ProgrammingError)
    expect(error).toBeInstanceOf(DatabaseError)
    expect(errorOfCode(0x0357, 'Authentication failure')).toBeInstanceOf(ConnectionError)
    expect(errorOfCode(0x2653, 'Value too long for column/tag: v')).toBeInstanceOf(DataError)
    expect(errorOfCode(0x3002, 'invalid data')).toBeInstanceOf(SchemalessError)
    expect(errorOfCode(0x022a, 'Stmt API usage error')).toBeInstanceOf(StatementError)
    expect(errorOfCode(0x4007, 'Offset out of range')).toBeInstanceOf(TmqError)
    expect(errorOfCode(0x26fe, 'some error of the parser')).toBeInstanceOf(ProgrammingError)
    expect(errorOfCode(0xfeff, 'unheard of').constructor).toBe(DatabaseError)
    expect(errorOfCode(0x0388, 'Database not exist', {}, 'connection')).toBeInstanceOf(ConnectionError)
  })

  test('says what to do where newcomers fall', () => {
    expect(errorOfCode(0x0388, 'Database not exist').hint).toMatch(/Cloud/)
    expect(errorOfCode(0x0357, 'Authentication failure').hint).toMatch(/user and password/)
    expect(error.hint).toBeUndefined()
  })

  test('knows which errors pass by themselves', () => {
    expect(errorOfCode(0x03d3, 'Conflict transaction not completed').retryable).toBe(true)
    expect(error.retryable).toBe(false)
    expect(codeInfo(0x9999)).toEqual({ name: '0x9999', kind: 'database', retryable: false })
  })
})

describe('the tree', () => {
  test('places every class where PEP 249 does', () => {
    expect(new ConnectionError('x')).toBeInstanceOf(OperationalError)
    expect(new TimeoutError('x')).toBeInstanceOf(OperationalError)
    expect(new StatementError('x')).toBeInstanceOf(ProgrammingError)
    expect(new InterfaceError('x')).not.toBeInstanceOf(DatabaseError)
    expect(new InterfaceError('x')).toBeInstanceOf(TaosError)
    expect(new SchemalessError('x', { affectedRows: 3 }).affectedRows).toBe(3)
  })

  test('is recognised across copies of the library, and nothing else is', () => {
    expect(isTaosError(new DataError('x'))).toBe(true)
    expect(isTaosError(Object.create({ [Symbol.for('taosts.TaosError')]: true }))).toBe(true)
    expect(isTaosError(new Error('x'))).toBe(false)
    expect(isTaosError(undefined)).toBe(false)
  })

  test('a client-side error is its bare reason', () => {
    const error = new InterfaceError('the result was already read')
    expect(error.message).toBe('the result was already read')
    expect([error.code, error.codeName, error.sql]).toEqual([0, 'CLIENT', undefined])
    expect(error.name).toBe('InterfaceError')
  })
})

describe('secrets', () => {
  test('passwords of user statements and tokens of URLs never stay in an error', () => {
    const error = errorOfCode(9728, 'syntax error near "PASS \'hunter2\' NOPE"', { sql: "CREATE USER u PASS 'hunter2' NOPE" })
    const url = new ConnectionError('no answer from wss://gw.example?token=s3cr3t&x=1')
    for (const shown of [inspect(error), error.stack, JSON.stringify(error), inspect(url)]) expect(shown).not.toMatch(/hunter2|s3cr3t/)
    expect(error.sql).toBe("CREATE USER u PASS '***' NOPE")
    const open = errorOfCode(9728, `unrecognized token: "'hunter2"`, { sql: "CREATE USER u PASS 'hunter2" })
    expect([open.message, open.sql]).toEqual([`[0x2600]: unrecognized token: "'***"`, "CREATE USER u PASS '***'"])
  })

  test('long statements are cut', () => {
    const error = errorOfCode(9728, 'x', { sql: 'a'.repeat(100_000) })
    expect(error.sql?.length).toBe(1001)
  })
})
