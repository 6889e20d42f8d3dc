import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { configure, type Environment } from './configure.ts'
import { InterfaceError } from './errors.ts'
import type { ConnectOptions } from './options.ts'

const config = (options: ConnectOptions = {}, environment: Environment = {}) => configure(options, environment)

function refusal(options: unknown, environment: Environment = {}): string {
  try {
    configure(options as ConnectOptions, environment)
  } catch (error) {
    expect(error).toBeInstanceOf(InterfaceError)
    return (error as Error).message
  }
  throw new Error('accepted')
}

describe('where to connect', () => {
  test('without arguments: root on the local server', async () => {
    const { password, ...rest } = config()
    expect(await password.reveal()).toBe('taosdata')
    expect(rest).toEqual({
      scheme: 'ws',
      endpoints: [{ host: 'localhost', port: 6041 }],
      user: 'root',
      connectTimeoutMs: 10_000,
      heartbeatMs: 30_000,
      biMode: false,
      restAuth: 'basic',
      reconnect: true,
      retries: 5,
      retryBackoffMs: 200,
      retryBackoffMaxMs: 2000,
      retryInserts: false,
      cancel: 'free',
      values: {},
    })
  })

  test('the argument goes before TAOS_URL, that before TDENGINE_CLOUD_URL', () => {
    const environment = { TAOS_URL: 'http://own/db', TDENGINE_CLOUD_URL: 'https://cloud', TDENGINE_CLOUD_TOKEN: 't' }
    expect(config({ url: 'taos://there' }, environment)).toMatchObject({ scheme: 'taos', endpoints: [{ host: 'there', port: 6030 }] })
    expect(config({}, environment)).toMatchObject({ scheme: 'http', endpoints: [{ host: 'own', port: 6041 }], database: 'db' })
    expect(config({}, { ...environment, TAOS_URL: '' })).toMatchObject({ scheme: 'https', endpoints: [{ host: 'cloud', port: 443 }] })
  })

  test("the environment's token goes only to the environment's Cloud URL", async () => {
    const environment = { TDENGINE_CLOUD_URL: 'https://cloud', TDENGINE_CLOUD_TOKEN: 'secret' }
    expect(await config({}, environment).token?.reveal()).toBe('secret')
    expect(config({ url: 'https://other' }, environment).token).toBeUndefined()
    expect(config({}, { ...environment, TAOS_URL: 'https://own' }).token).toBeUndefined()
    expect(await config({ token: 'mine' }, environment).token?.reveal()).toBe('mine')
  })

  test('an option overrides the URL of the environment but must not contradict that of the argument', async () => {
    const environment = { TAOS_URL: 'ws://alice:pw@h/db' }
    expect(config({ database: 'other' }, environment)).toMatchObject({ user: 'alice', database: 'other' })
    expect(config({ bearerToken: 't', allowInsecureToken: true }, environment).user).toBe('root')
    expect(config({ url: 'ws://alice@h', user: 'alice' }).user).toBe('alice')
    expect(refusal({ url: 'ws://alice@h', user: 'bob' })).toContain('user is given twice')
  })

  test('a bare host is ws, or wss with a token', () => {
    expect(config({ url: 'h' })).toMatchObject({ scheme: 'ws', endpoints: [{ host: 'h', port: 6041 }] })
    expect(config({ url: 'h', token: 't' })).toMatchObject({ scheme: 'wss', endpoints: [{ host: 'h', port: 443 }] })
    expect(config({ url: new URL('http://h:1/db') })).toMatchObject({ scheme: 'http', endpoints: [{ host: 'h', port: 1 }], database: 'db' })
  })

  test('the URL may carry options, also under the names of taospy', () => {
    expect(config({ url: 'ws://h?user_app=x&timeout=5&int64=number&compression=true&retries=2' })).toMatchObject({
      userApp: 'x',
      timeoutMs: 5000,
      compression: true,
      retries: 2,
      values: { int64: 'number' },
    })
    expect(config({ url: 'embedded:?name=shared' })).toMatchObject({ scheme: 'embedded', name: 'shared' })
  })
})

describe('durations are seconds, or say their unit', () => {
  test.each([
    [5, 5000],
    [0.25, 250],
    ['500ms', 500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['900s', 900_000],
  ])('%s', (timeout, expected) => expect(config({ timeout }).timeoutMs).toBe(expected))

  test('connect gives up after 10 s, or sooner where statements have to be faster', () => {
    expect(config({ timeout: 300 }).connectTimeoutMs).toBe(10_000)
    expect(config({ timeout: 1 }).connectTimeoutMs).toBe(1000)
    expect(config({ timeout: 1, connectTimeout: '30s' }).connectTimeoutMs).toBe(30_000)
    expect(config({ heartbeat: false }).heartbeatMs).toBeUndefined()
  })

  test('what looks like milliseconds is refused with a hint', () => {
    expect(refusal({ timeout: 5000 })).toBe(
      "timeout: 5000 looks like milliseconds, but bare numbers are seconds: write timeout: 5 or '5000ms' (or '5000s' if you mean it)",
    )
    for (const timeout of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, '5 days', {}, null, '0ms'])
      expect(refusal({ timeout })).toMatch(/^timeout has to be/)
    expect(refusal({ timeout: '1000h' })).toContain('24 days')
  })
})

test('time zones are names or whole-hour offsets', () => {
  expect(config({ timezone: 'Asia/Shanghai' }).timezone).toBe('Asia/Shanghai')
  expect(config({ timezone: '+08:00' }).timezone).toBe('Etc/GMT-8')
  expect(config({ timezone: '-3' }).timezone).toBe('Etc/GMT+3')
  expect(config({ timezone: '+00:00' }).timezone).toBe('UTC')
  expect(refusal({ timezone: 'Mars/Olympus' })).toContain('timezone: there is no time zone "Mars/Olympus"')
  expect(refusal({ timezone: '+05:30' })).toContain('Asia/Kolkata')
})

describe('wrong options name themselves', () => {
  test.each<[unknown, string]>([
    [{ username: 'x' }, 'unknown option username; did you mean user?'],
    [{ time_out: 3 }, 'did you mean timeout?'],
    [{ pasword: 'x' }, 'did you mean password?'],
    [{ zebra: 1 }, 'unknown option zebra; known are url'],
    [{ url: 'ws://h?zebra=1' }, 'unknown option zebra in the URL'],
    [{ url: 5 }, 'url has to be'],
    [{ user: '' }, 'user has to be a text'],
    [{ user: 5 }, 'user has to be a text that is not empty, not 5'],
    [{ password: 5 }, 'password has to be a text or a function'],
    [{ token: '' }, 'token is empty'],
    [{ database: ['x'] }, 'database has to be a text that is not empty, not an array'],
    [{ biMode: 'yes' }, 'biMode has to be true or false, not "yes"'],
    [{ retries: 1.5 }, 'retries has to be a whole number from 0 to 1000'],
    [{ int64: 'float' }, "int64 has to be 'bigint' or 'number' or 'string'"],
    [{ decimal: 'x' }, 'decimal has to be a function'],
    [{ userApp: 'a'.repeat(24) }, 'userApp has to be at most 23 bytes'],
    [{ userIp: 'me' }, 'userIp has to be an IP address'],
    [{ headers: { 'a b': 'x' } }, 'headers has a name'],
    [{ headers: { a: 'x\r\ny' } }, 'headers: the value of a'],
    [{ headers: { Authorization: 'x' } }, 'headers must not set Authorization'],
    [{ tls: { ca: 'x' } }, 'tls needs a URL that begins with wss:// or https://'],
    [{ url: 'wss://h', tls: { verify: false } }, 'unknown option tls.verify'],
    [{ url: 'embedded:', compression: true }, 'compression has no meaning for embedded:'],
    [{ url: 'embedded:./d?name=x' }, 'a directory or a name'],
    [{ url: 'http://h', biMode: true }, 'biMode needs a WebSocket'],
    [{ retryBackoff: 5, retryBackoffMax: 1 }, 'retryBackoff is longer'],
    [{ token: 't', password: 'p' }, 'token and password exclude each other'],
    [{ bearerToken: 't', totpCode: '1' }, 'bearerToken and totpCode exclude each other'],
    [{ url: 'ws://example.com', token: 't' }, 'token would travel unencrypted to example.com: use wss://'],
    [{ url: 'http://10.0.0.1', bearerToken: 't' }, 'bearerToken would travel unencrypted'],
    [{ url: 'https://gw.us-east.cloud.tdengine.com' }, 'TDengine Cloud needs a token'],
  ])('%j', (options, words) => expect(refusal(options)).toContain(words))

  test('in the environment as well', () => {
    expect(refusal({}, { TAOS_URL: 'ftp://h' })).toMatch(/^TAOS_URL: /)
  })

  test('a token may go to loopback, or anywhere when the user says so', () => {
    expect(config({ url: 'ws://127.0.0.1', token: 't' }).token).toBeDefined()
    expect(config({ url: 'ws://example.com', token: 't', allowInsecureToken: true }).token).toBeDefined()
  })
})

test('secrets do not show in what prints a configuration', async () => {
  const secretive = config({ url: 'wss://h', token: () => 'hunter2' })
  const other = config({ password: 'hunter2' })
  expect(inspect([secretive, other], { depth: 9 }) + JSON.stringify([secretive, other]) + String(other.password)).not.toContain('hunter2')
  expect(await secretive.token?.reveal()).toBe('hunter2')
  await expect(config({ password: () => '' }).password.reveal()).rejects.toThrow('password')
})
