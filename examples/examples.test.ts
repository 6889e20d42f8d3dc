import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { generate } from 'selfsigned'
import { connect } from 'taosts'
import { type Served, serve } from 'taosts-embedded'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Each program runs as a user runs it, in a process of its own, on every connection that can run it. */

const TOKEN = 'a-token/with:@?#%&='
const directory = mkdtempSync(join(tmpdir(), 'taosts-examples-'))
const servers: Served[] = []
const ways: Record<string, Record<string, string>> = {
  WebSocket: {},
  REST: {},
  embedded: {},
  'Cloud by REST and token': {},
  'Cloud by WebSocket and token': {},
}
const CLOUD = 'Cloud by REST and token'

async function withPower(options: Parameters<typeof serve>[0] = {}): Promise<Served> {
  const server = await serve({ port: 0, ...options })
  servers.push(server)
  return server
}

beforeAll(async () => {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  } as never)
  const ca = join(directory, 'ca.pem')
  writeFileSync(ca, cert)
  for (const name of ['WebSocket', 'REST'] as const) {
    const server = await withPower()
    const url = name === 'REST' ? server.restUrl : server.url
    await using connection = await connect(server.url)
    await connection.execute('CREATE DATABASE power KEEP 36500')
    ways[name] = { TAOS_URL: url }
  }
  {
    const data = `embedded:${join(directory, 'data')}`
    await using connection = await connect(data)
    await connection.execute('CREATE DATABASE power KEEP 36500')
    ways['embedded'] = { TAOS_URL: data }
  }
  for (const name of [CLOUD, 'Cloud by WebSocket and token']) {
    const server = await withPower({ tls: { cert, key }, cloudToken: TOKEN } as never)
    const port = server.port
    await using connection = await connect({ url: `wss://localhost:${port}`, token: TOKEN, tls: { ca: cert } })
    await connection.execute('CREATE DATABASE power KEEP 36500')
    ways[name] = {
      ...(name === CLOUD
        ? { TDENGINE_CLOUD_URL: `https://localhost:${port}`, TDENGINE_CLOUD_TOKEN: TOKEN }
        : { TAOS_URL: `wss://localhost:${port}?token=${encodeURIComponent(TOKEN)}` }),
      NODE_EXTRA_CA_CERTS: ca,
    }
  }
})

afterAll(async () => {
  for (const server of servers) await server.close()
  rmSync(directory, { recursive: true, force: true })
})

interface Output {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function program(name: string, way: string): Promise<Output> {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', ...ways[way]! }
  for (const variable of ['TAOS_URL', 'TDENGINE_CLOUD_URL', 'TDENGINE_CLOUD_TOKEN', 'NODE_OPTIONS'])
    if (!(variable in ways[way]!)) delete env[variable]
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL(`${name}.ts`, import.meta.url))], { env })
  let out = ''
  let err = ''
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString()
  })
  const code = await new Promise<number>((resolve) => child.once('close', (status) => resolve(status ?? -1)))
  expect(out + err).not.toContain(TOKEN)
  return { code, out, err }
}

describe.each(Object.keys(ways))('the sample programs over %s', (way) => {
  it('connection.ts', async () => {
    const { code, out, err } = await program('connection', way)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('created: 0\n')
    expect(out).toContain('inserted rows: 8\n')
    expect(out).toMatch(/fields: \[\s*\{ name: 'ts', type: 'TIMESTAMP', bytes: 8 \},\s*\{ name: 'current', type: 'FLOAT', bytes: 4 \}\s*\]/)
    expect(out).toMatch(/row: 2018-10-03T14:38:\d\d\.\d{3}Z 1[0-3]\.\d\n/)
    expect(out).toContain('row count: 2\n')
  })

  it('cursor.ts', async () => {
    const { code, out, err } = await program('cursor', way)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('inserted row count: 8\n')
    expect(out).toContain('queried row count: 3\n')
    expect(out).toContain('columns: ts, current, voltage, phase, location, groupid\n')
    expect(out.match(/California\.(SanFrancisco|LosAngeles)/g)).toHaveLength(3)
  })

  it('handle-error.ts', async () => {
    const { code, out, err } = await program('handle-error', way)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('[0x2600]: syntax error near "123"\n')
    expect(out).toContain('class: ProgrammingError - a ProgrammingError: true\n')
    expect(out).toContain('number: 9728')
    expect(out).toContain('reason: syntax error near "123"\n')
    expect(out).toContain('InterfaceError: ')
  })

  it('nanoseconds.ts', async () => {
    const { code, out, err } = await program('nanoseconds', way)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('exact: true 1700000000123456789n\n')
    expect(out).toContain('as a Date, cut to milliseconds: 2023-11-14T22:13:20.123Z\n')
  })

  // The token of TAOS_URL and the program's user contradict each other; Cloud's pair of variables shows both kinds of connection.
  if (way === 'Cloud by WebSocket and token') return

  it('connect.ts', async () => {
    const { code, out, err } = await program('connect', way)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const lines =
      way === CLOUD
        ? ['REST with a token, server 3.3.7.5', 'WebSocket with a token, server 3.3.7.5']
        : ['User and password, server 3.3.7.5']
    for (const line of lines) expect(out).toContain(line)
  })
})

describe.each(['REST', CLOUD])('rest-client.ts over %s', (way) => {
  it('prints the server’s whole answer', async () => {
    await program('connection', way)
    const { code, out, err } = await program('rest-client', way)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('code: 0\n')
    expect(out).toMatch(/column_meta: \[ \[ 'ts', 'TIMESTAMP', 8 \], \[ 'current', 'FLOAT', 4 \] \]/)
    expect(out).toContain('rows: 2\n')
    expect(out.match(/row: \[ 2018-10-03T14:38:\d\d\.\d{3}Z, 1[0-3]\.\d \]/g)).toHaveLength(2)
    expect(out).toMatch(/text: \[ '2018-10-03T14:38:05\.000Z' \]/)
  })
})

describe('a database of microseconds', () => {
  it('is read by the same programs, whatever database the URL names', async () => {
    const server = await withPower()
    await using connection = await connect(server.url)
    await connection.execute("CREATE DATABASE power KEEP 36500 PRECISION 'us'")
    await connection.execute('CREATE DATABASE other')
    ways['microseconds'] = { TAOS_URL: `${server.url}/other` }
    const { code, out, err } = await program('connection', 'microseconds')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/row: 2018-10-03T14:38:\d\d\.\d{3}Z 1[0-3]\.\d\n/)
    const { code: cursorCode, err: cursorErr } = await program('cursor', 'microseconds')
    expect({ code: cursorCode, err: cursorErr }).toEqual({ code: 0, err: '' })
  })
})

describe('a database that is not there', () => {
  it('is an error that says where to make it', async () => {
    const server = await withPower()
    ways['without power'] = { TAOS_URL: server.url }
    const { code, err } = await program('connection', 'without power')
    expect(code).toBe(1)
    expect(err).toMatch(/Database not exist/)
    expect(err).toMatch(/CREATE DATABASE|console/)
  })
})

describe('verify.ts', () => {
  it('prints name and version of the client', async () => {
    expect((await program('verify', 'WebSocket')).out).toMatch(/^taosts \d+\.\d+\.\d+/)
  })
})
