import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { connect } from './connect.ts'
import { InterfaceError } from './errors.ts'
import type { ConnectOptions } from './options.ts'
import { createPool } from './pool.ts'
import { RestClient } from './rest-client.ts'
import { StubServer } from './testing/stub-server.ts'

/** What a call rejects with, which has to be an InterfaceError; nothing may throw before there is a promise. */
async function refusal(call: () => Promise<unknown>): Promise<string> {
  const outcome = await call().then(
    () => 'accepted',
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(InterfaceError)
  return (outcome as Error).message
}

const symbol = Symbol('x')
const noText = [5, '', true, {}, [], null, 'a\0b']
const noSecret = [5, '', true, {}, [], null, 'a\0b', symbol]
const noFlag = ['yes', 1, 0, {}, null]
const noDuration = [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 601, 5000, '5 days', '', '0ms', '1000h', {}, [], null, true]
const noFunction = ['log', {}, 1, null, true]
const noChoice = ['', 'other', 1, true, null, {}]

/** Every option, with values of wrong types and out of range. */
const WRONG: { readonly [K in keyof Required<ConnectOptions>]-?: readonly unknown[] } = {
  url: [5, true, {}, null, '', 'ftp://h', 'ws://h:99999', 'ws://', 'ws://a b', 'ws://h/%zz', 'ws://h?zebra=1'],
  token: noSecret,
  bearerToken: noSecret,
  totpCode: noSecret,
  user: noText,
  password: noSecret,
  database: noText,
  timezone: [...noText, 'Mars/Olympus', '+25:00', '+05:30', '+8 hours'],
  timeout: noDuration,
  connectTimeout: noDuration,
  heartbeat: noDuration.filter((value) => value !== 'false'),
  userApp: [...noText, 'a'.repeat(24), '樱'.repeat(8)],
  userIp: [...noText, 'me', '1.2.3', 'host.name'],
  biMode: noFlag,
  compression: noFlag,
  tls: ['ca', 5, null, true],
  headers: ['x', 5, null, { 'a b': 'x' }, { a: 5 }, { a: 'x\r\ny' }, { authorization: 'x' }],
  agent: ['x', 5, null, true],
  library: noText,
  restAuth: noChoice,
  allowInsecureToken: noFlag,
  reconnect: noFlag,
  retries: [-1, 1.5, 1001, Number.NaN, '5x', true, null, {}],
  retryBackoff: noDuration,
  retryBackoffMax: noDuration,
  retryInserts: noFlag,
  cancel: noChoice,
  onNotice: noFunction,
  onStatement: noFunction,
  int64: noChoice,
  timestamp: noChoice,
  varchar: noChoice,
  geometry: noChoice,
  decimal: noFunction,
  json: noChoice,
}

describe('connect refuses, before it sends anything, and names the option', () => {
  test.each(Object.entries(WRONG))('%s', async (option, values) => {
    for (const value of values) {
      const message = await refusal(() => connect({ [option]: value } as never))
      if (option !== 'url') expect(message, inspect(value)).toMatch(new RegExp(`^${option}\\b`))
      expect(() => createPool({ [option]: value } as never), inspect(value)).toThrow(InterfaceError)
    }
  })

  test('parts of tls, whose secrets do not show', async () => {
    for (const [name, value] of [
      ['ca', 5],
      ['ca', ''],
      ['ca', [1]],
      ['cert', {}],
      ['key', 123456],
      ['key', null],
      ['passphrase', 123456],
      ['servername', ''],
      ['rejectUnauthorized', 'no'],
      ['verify', false],
    ] as const) {
      const message = await refusal(() => connect({ url: 'wss://h', tls: { [name]: value } as never }))
      expect(message).toContain(`tls.${name}`)
      expect(message).not.toContain('123456')
    }
    expect(await refusal(() => connect({ url: 'ws://h', tls: {} }))).toContain('tls needs a URL that begins with wss://')
  })

  test.each([
    ['token', 'user'],
    ['token', 'password'],
    ['token', 'bearerToken'],
    ['token', 'totpCode'],
    ['bearerToken', 'password'],
    ['bearerToken', 'totpCode'],
  ])('%s beside %s', async (a, b) => {
    expect(await refusal(() => connect({ url: 'wss://h', [a]: 'secret1', [b]: 'secret2' }))).toBe(
      `${a} and ${b} exclude each other: give one way to log in`,
    )
  })

  test.each(['token', 'bearerToken'])('%s over plain ws or http to another host, unless told to', async (option) => {
    for (const url of [
      'ws://example.com',
      'http://10.0.0.1',
      'ws://localhost,example.com',
      'ws://localhost.example.com',
      'http://[fe80::1]',
    ]) {
      const message = await refusal(() => connect({ url, [option]: 'hunter2' }))
      expect(message).toMatch(new RegExp(`^${option} would travel unencrypted to .*use (wss|https)://`))
      expect(message).not.toContain('hunter2')
    }
    await using stub = await StubServer.start()
    stub.version = '3.4.0.0'
    await using _ = await connect({ url: stub.url, [option]: 'hunter2' })
    const elsewhere = { url: 'ws://192.0.2.1', [option]: 'hunter2', allowInsecureToken: true, connectTimeout: '20ms' }
    await expect(connect(elsewhere)).rejects.not.toThrow('unencrypted')
  })

  test('what is no list of options at all', async () => {
    for (const nothing of [5, null, true]) {
      expect(await refusal(() => connect(nothing as never))).toContain('an object of options')
      expect(() => createPool(nothing as never)).toThrow(InterfaceError)
    }
    expect(await refusal(() => connect('ws://h', null as never))).toContain('an object of options')
    expect(await refusal(() => connect({ signal: 'now' as never }))).toBe('signal has to be an AbortSignal, not "now"')
    expect(() => new RestClient('http://h', { convertTimestamp: 'yes' } as never)).toThrow('convertTimestamp has to be true or false')
  })
})

test('options of a single call are refused in the same way', async () => {
  await using stub = await StubServer.start()
  await using connection = await connect({ url: stub.url })
  await using pool = createPool({ url: stub.url })
  const asked = stub.requests.length
  for (const [option, values] of Object.entries({
    reqId: [0, -1, 1.5, 2 ** 60, 2n ** 64n, '1', null],
    signal: [5, 'now', {}, null],
    timeout: [0, 5000, 'soon', null],
    idempotent: ['yes', 1, null],
    int64: ['float'],
    zebra: [1],
  })) {
    for (const value of values) {
      const call = { [option]: value } as never
      expect(await refusal(() => connection.query('numbers 1 1', null, call)), `${option} ${inspect(value)}`).toContain(option)
      expect(await refusal(() => connection.execute('write', null, call))).toContain(option)
      // Values come out of a prepared statement's results, not out of the statement.
      if (option !== 'int64') expect(await refusal(() => connection.prepare('write', call))).toContain(option)
    }
  }
  expect(await refusal(() => connection.query('numbers 1 1', null, 5 as never))).toContain('options have to be an object')
  expect(await refusal(() => connection.subscribe('t', undefined as never))).toContain('groupId')
  expect(await refusal(() => connection.subscribe('t', { groupId: 'g', signal: 1 as never }))).toContain('signal')
  expect(await refusal(() => connection.subscribe('t', { groupId: 'g', onEvent: 1 as never }))).toContain('onEvent')
  expect(await refusal(() => pool.acquire({ signal: 5 as never }))).toContain('signal')
  expect(await refusal(() => pool.acquire({ timeout: 5000 }))).toContain('timeout')
  expect(await refusal(() => connection.setOption('timezone', 'Mars/Olympus'))).toContain('there is no time zone "Mars/Olympus"')
  expect(stub.requests.slice(asked)).toEqual([])
})

test('limits of a pool', () => {
  for (const [option, values] of Object.entries({
    min: [-1, 1.5, '3', 11],
    max: [0, 1.5, '3', 100_001],
    maxWaiting: [-1, 0.5, '3'],
    acquireTimeout: noDuration,
    idleTimeout: noDuration,
    maxLifetime: noDuration,
    checkAfter: noDuration,
  })) {
    for (const value of values.filter((each) => each !== null))
      expect(() => createPool({ [option]: value } as never), `${option} ${inspect(value)}`).toThrow(new RegExp(`^${option}`))
  }
})
