import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { connect } from 'taosts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildJudge, compiler, verdict } from '../test/judge.ts'
import { libraryVersion } from './index.ts'
import { LibraryError, loadLibrary } from './library.ts'

const url = 'taos://localhost:6030'
const directory = mkdtempSync(join(tmpdir(), 'taos-library-'))
const decimals = { sql: 'SELECT 1', fields: [{ name: 'v', type: 4, bytes: 4, precision: 3, scale: 2 }], blocks: [] }
let judge = ''
let old = ''
let ancient = ''
const saved = process.env['TAOS_LIBRARY']

beforeAll(() => {
  const built = buildJudge([decimals])
  judge = built.path
  old = buildJudge([decimals], ['-DOLD']).path
  process.env['TAOS_JUDGE_SCRIPT'] = built.scriptPath
  delete process.env['TAOS_LIBRARY']
})
afterAll(() => {
  for (const each of [directory, dirname(judge), dirname(old), dirname(ancient)]) rmSync(each, { recursive: true, force: true })
  if (saved !== undefined) process.env['TAOS_LIBRARY'] = saved
})

describe('which library is loaded', () => {
  it('is the one of the option, then of TAOS_LIBRARY, then the system’s', async () => {
    await using connection = await connect({ url, library: judge })
    expect(connection.serverInfo).toBe('3.3.7.5')
    expect(libraryVersion(judge)).toBe('3.3.7.5')
    expect(() => loadLibrary()).toThrow(/Install the TDengine client, or give its path as the option library or in TAOS_LIBRARY/)
    await expect(connect({ url: 'ws://localhost:6041', library: judge })).rejects.toMatchObject({ name: 'InterfaceError' })
  })
})

describe('a library that cannot be used', () => {
  it('is none: the error says where to put its path', async () => {
    await expect(connect({ url, library: '/nowhere/libtaos.so' })).rejects.toMatchObject({
      name: 'InterfaceError',
      message: expect.stringContaining('There is no library at /nowhere/libtaos.so'),
    })
    await expect(connect({ url, library: 'no-such-libtaos.so' })).rejects.toMatchObject({
      name: 'InterfaceError',
      message: expect.stringContaining('ws:// needs no library'),
    })
  })

  it('is made for another machine, cut off, or no library at all', () => {
    // ELF header: class @4 (2 = 64 bits), machine @18 (u16).
    const foreign = Buffer.from(readFileSync(judge))
    foreign.writeUInt16LE(process.arch === 'x64' ? 183 : 62, 18)
    const files: [string, Uint8Array][] = [
      ['foreign.so', foreign],
      ['narrow.so', Buffer.concat([foreign.subarray(0, 4), Buffer.from([1]), foreign.subarray(5)])],
      ['cut.so', readFileSync(judge).subarray(0, 40)],
      ['text.so', Buffer.from('no library at all\n')],
      ['empty.so', Buffer.alloc(0)],
    ]
    for (const [name, bytes] of files) {
      const path = join(directory, name)
      writeFileSync(path, bytes)
      expect(() => loadLibrary(path), name).toThrow(LibraryError)
      expect(() => loadLibrary(path), name).toThrow(new RegExp(`${name} is no library for ${process.platform} ${process.arch}`))
    }
  })

  it('is another library, or libtaos of long ago', () => {
    const source = join(directory, 'other.c')
    writeFileSync(source, 'int answer(void) { return 42; }\n')
    execFileSync(compiler()!, ['-shared', '-fPIC', source, '-o', join(directory, 'other.so')])
    expect(() => loadLibrary(join(directory, 'other.so'))).toThrow(/is not TDengine's client library/)
    ancient = buildJudge([], ['-DOLD', '-DANCIENT']).path
    expect(() => loadLibrary(ancient)).toThrow(/is too old for taosts: it lacks taos_fetch_raw_block. Install the client of TDengine 3.3/)
  })
})

describe('an older library', () => {
  it('promises only what it has, and says which version has the rest', async () => {
    await using connection = await connect({ url, library: old })
    for (const feature of ['statements', 'parameters', 'timezone'] as const) expect(connection.features.has(feature)).toBe(false)
    for (const feature of ['query', 'subscription', 'schemaless', 'bi'] as const) expect(connection.features.has(feature)).toBe(true)
    await expect(connection.prepare('INSERT INTO t VALUES (?)')).rejects.toMatchObject({
      name: 'StatementError',
      message: expect.stringMatching(/lacks prepared statements \(stmt2\) \(taos_stmt2_init, .*TDengine 3\.3\.5 or newer/),
    })
    await expect(connection.setOption('userApp', 'x')).rejects.toMatchObject({ name: 'InterfaceError' })
    for (const option of [{ timezone: 'UTC' }, { userApp: 'x' }, { userIp: '10.0.0.1' }]) {
      await expect(connect({ url, library: old, ...option })).rejects.toMatchObject({
        name: 'InterfaceError',
        message: expect.stringContaining(`${Object.keys(option)[0]}: this libtaos lacks options of one connection`),
      })
    }
    await expect(connect({ url, library: old, bearerToken: 'good-token' })).rejects.toMatchObject({ name: 'InterfaceError' })
    // Fields without precision and scale: what lies there is not read.
    const result = await connection.query('SELECT 1')
    expect(result.fields).toEqual([{ name: 'v', type: 'INT', bytes: 4 }])
    await result.values()
    await connection.close()
    expect(verdict(old)).toMatchObject({ connections: 0, results: 0, nullHandle: 0, wrongHandle: 0 })
  })
})

describe('options', () => {
  it('reach the library: character set, time zone, address, application, BI mode, token and one-time password', async () => {
    const { seen } = await import('../test/judge.ts')
    const options = { url, library: judge }
    seen(judge)
    await using _plain = await connect({ ...options, timezone: 'Asia/Tokyo', userIp: '10.0.0.1', userApp: 'mailer', biMode: true })
    expect(seen(judge)).toEqual([
      'taos_options 1 UTF-8',
      'taos_connect',
      'taos_options_connection 1 Asia/Tokyo',
      'taos_options_connection 2 10.0.0.1',
      'taos_options_connection 3 mailer',
      'taos_set_conn_mode 0 1',
    ])
    await using _token = await connect({ ...options, bearerToken: 'good-token' })
    await expect(connect({ ...options, bearerToken: 'bad' })).rejects.toMatchObject({ code: 0x0357 })
    await using _totp = await connect({ ...options, totpCode: () => '123456' })
    await expect(connect({ ...options, totpCode: '1' })).rejects.toMatchObject({ code: 0x0357 })
    seen(judge)
    await _plain.setOption('timezone', null)
    expect(seen(judge)).toEqual(['taos_options_connection 1 (null)'])
  })
})
