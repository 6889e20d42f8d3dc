import { describe, expect, test } from 'vitest'
import { InterfaceError } from './errors.ts'
import { parseUrl } from './url.ts'

const parse = (url: string) => {
  const { parameters, ...rest } = parseUrl(url)
  return parameters.size === 0 ? rest : { ...rest, parameters: Object.fromEntries(parameters) }
}

const message = (url: string): string => {
  try {
    parseUrl(url)
  } catch (error) {
    expect(error).toBeInstanceOf(InterfaceError)
    return (error as Error).message
  }
  throw new Error(`${url} was accepted`)
}

describe('a connection URL', () => {
  test.each([
    ['ws://localhost:6041', { scheme: 'ws', endpoints: [{ host: 'localhost', port: 6041 }] }],
    ['WSS://Gw.Example', { scheme: 'wss', endpoints: [{ host: 'Gw.Example', port: 0 }] }],
    [
      'http://alice:pw@h:1/power',
      { scheme: 'http', endpoints: [{ host: 'h', port: 1 }], user: 'alice', password: 'pw', database: 'power' },
    ],
    [
      'ws://h:,[::1]:',
      {
        scheme: 'ws',
        endpoints: [
          { host: 'h', port: 0 },
          { host: '::1', port: 0 },
        ],
      },
    ],
    ['taos://h', { scheme: 'taos', endpoints: [{ host: 'h', port: 0 }] }],
    ['localhost', { endpoints: [{ host: 'localhost', port: 0 }] }],
    ['localhost:6041/db', { endpoints: [{ host: 'localhost', port: 6041 }], database: 'db' }],
    ['root:pw@host', { endpoints: [{ host: 'host', port: 0 }], user: 'root', password: 'pw' }],
    ['ws://[::1]:6041', { scheme: 'ws', endpoints: [{ host: '::1', port: 6041 }] }],
    [
      'ws://a:1,b,[fe80::1]:3/db',
      {
        scheme: 'ws',
        endpoints: [
          { host: 'a', port: 1 },
          { host: 'b', port: 0 },
          { host: 'fe80::1', port: 3 },
        ],
        database: 'db',
      },
    ],
    [
      'wss://gw?token=a%2Bb@c&user_app=x',
      { scheme: 'wss', endpoints: [{ host: 'gw', port: 0 }], parameters: { token: 'a+b@c', userApp: 'x' } },
    ],
    ['embedded:', { scheme: 'embedded', endpoints: [] }],
    ['embedded:./data', { scheme: 'embedded', endpoints: [], directory: './data' }],
    ['embedded:///srv/taos%20data', { scheme: 'embedded', endpoints: [], directory: '/srv/taos data' }],
    ['embedded:?name=x', { scheme: 'embedded', endpoints: [], parameters: { name: 'x' } }],
  ])('%s', (url, expected) => {
    expect(parse(url)).toEqual(expected)
  })

  test('passwords may hold any character, encoded where the URL needs it', () => {
    const password = ':@/?#%密码 &='
    expect(parseUrl(`ws://root:${encodeURIComponent(password)}@h/db`).password).toBe(password)
    expect(parseUrl('ws://root:p@ss/w#rd@h:6041/db')).toMatchObject({ user: 'root', password: 'p@ss/w#rd', database: 'db' })
    expect(parseUrl('ws://:pw@h')).not.toHaveProperty('user')
  })

  test.each([
    ['', 'empty'],
    ['ftp://h', 'unknown scheme ftp: (use ws://'],
    ['taosws://h', 'called ws:'],
    ['jdbc:TAOS-RS://h', 'called http:'],
    ['ws://', 'no host'],
    ['ws://h:0', '1 to 65535'],
    ['ws://h:65536', '1 to 65535'],
    ['ws://h:port', '1 to 65535'],
    ['ws://::1', 'brackets'],
    ['ws://a b', 'malformed host'],
    ['ws://h,', 'no host'],
    ['http://h:6041/rest/sql', 'leave it out'],
    ['wss://h/ws', 'leave it out'],
    ['ws://h/a/b', 'only one name'],
    ['ws://h/db#x', '%23'],
    ['ws://h?token', 'without a value'],
    ['ws://h?token=a&token=b', 'twice'],
    ['ws://h/%E0%A4%A', 'stray'],
  ])('refuses %s', (url, words) => {
    expect(message(url)).toContain(words)
  })

  test.each([
    'ws://root:hunter2?x@h',
    'ws://root:hunter2%@h',
    'ws://root:hunter2@h:port',
    'foo://root:hunter2@h',
    'ws://root:hunter2@h/a/b/hunter',
    'ws://h?token=hunter2&token=hunter2',
  ])('an error about %s does not repeat the secret', (url) => expect(message(url)).not.toContain('hunter2'))
})
