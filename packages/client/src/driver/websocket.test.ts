import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../connect.ts'
import { ConnectionError, DataError, InterfaceError, InternalError, NotSupportedError, ProgrammingError, TimeoutError } from '../errors.ts'
import { goldenAnswers, transcripts } from '../testing/golden.ts'
import { type StubRequest, StubServer, type StubSocket } from '../testing/stub-server.ts'
import { buildBlock, encodeFetchReply, TypeCode } from '../wire/index.ts'

let stub: StubServer

beforeEach(async () => {
  stub = await StubServer.start()
})

afterEach(async () => {
  await stub.close()
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

describe('logging in', () => {
  test('sends what the options say, in one round trip', async () => {
    const connection = await connect({
      url: stub.url,
      user: 'alice',
      password: 'p"w',
      database: 'power',
      timezone: 'Asia/Shanghai',
      userApp: 'app',
      userIp: '10.0.0.1',
      biMode: true,
    })
    expect(stub.requests).toHaveLength(1)
    expect(stub.requests[0]).toMatchObject({
      action: 'conn',
      args: {
        user: 'alice',
        password: 'p"w',
        db: 'power',
        mode: 0,
        tz: 'Asia/Shanghai',
        app: 'app',
        ip: '10.0.0.1',
        connector: expect.stringMatching(/^taosts \d/),
      },
    })
    expect(connection.serverInfo).toBe('3.3.7.5.alpha')
    await connection.close()
  })

  test('asks an older server for its version, and refuses one that is too old', async () => {
    stub.handler = (request, socket) => {
      if (request.action !== 'conn') return
      socket.reply(request)
      return true
    }
    await (await connect({ url: stub.url })).close()
    expect(stub.requests.map(({ action }) => action)).toEqual(['conn', 'version'])
    stub.version = '3.0.4.2'
    const error = await failure(connect({ url: stub.url }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain('http://')
  })

  test.each([
    ['3.3.8.23', { bearerToken: 'bear' }, 'bearerToken needs TDengine 3.4.0'],
    ['3.3.4.8', { timezone: 'Asia/Tokyo' }, 'timezone needs TDengine 3.3.5'],
  ])('refuses a server of %s that would log in without %j', async (version, options, message) => {
    stub.version = version
    const error = await failure(connect({ url: stub.url, ...options }))
    expect(error).toBeInstanceOf(NotSupportedError)
    expect(error.message).toContain(message)
    await expect.poll(() => stub.sockets.size).toBe(0)
  })

  test('sends a token with the upgrade only', async () => {
    await (await connect({ url: stub.url, token: 'a b+c' })).close()
    expect(stub.upgrades[0]!.url).toBe('/ws?token=a%20b%2Bc')
    expect(JSON.stringify(stub.requests, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toContain('a b+c')
  })

  test('sends a bearer token, or a one-time password that a function gives anew', async () => {
    stub.version = '3.4.0.0'
    await (await connect({ url: stub.url, bearerToken: 'bear' })).close()
    let code = 0
    const totp = { url: stub.url, user: 'alice', password: 'pw', totpCode: () => `00000${++code}` }
    await (await connect(totp)).close()
    await (await connect(totp)).close()
    expect(stub.requests.map(({ args }) => [args['bearer_token'], args['totp_code']])).toEqual([
      ['bear', undefined],
      [undefined, '000001'],
      [undefined, '000002'],
    ])
    await expect(connect({ url: stub.url, password: () => Promise.reject(new Error('vault is locked')) })).rejects.toThrow(
      'vault is locked',
    )
  })

  test('a refusal is a ConnectionError with the number', async () => {
    stub.handler = (request, socket) => {
      if (request.action !== 'conn') return
      socket.fail(request, 0x0357, 'Authentication failure')
      return true
    }
    const error = (await failure(connect({ url: stub.url, password: 'wrong' }))) as ConnectionError
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toBe('[0x0357]: Authentication failure')
    expect(error.code).toBe(0x0357)
    await expect.poll(() => stub.sockets.size).toBe(0)
  })

  test('a server that does not answer ends in a TimeoutError', async () => {
    stub.handler = () => true
    const error = await failure(connect({ url: stub.url, connectTimeout: '200ms' }))
    expect(error).toBeInstanceOf(TimeoutError)
    await expect.poll(() => stub.sockets.size).toBe(0)
  })

  test('an abort rejects with its reason', async () => {
    stub.handler = () => true
    const controller = new AbortController()
    const connecting = connect({ url: stub.url, signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 50)
    expect((await failure(connecting)).message).toBe('enough')
    expect((await failure(connect({ url: stub.url, signal: AbortSignal.abort(new Error('before')) }))).message).toBe('before')
  })

  test.each<[string, string | Buffer]>([
    ['an echo', 'echo'],
    ['text that is no JSON', 'hello'],
    ['JSON without a code', '[1]'],
    ['bytes', Buffer.from([1, 2, 3])],
  ])('a server that sends %s is no TDengine', async (_, message) => {
    stub.handler = (request, socket) => {
      socket.ws.send(message === 'echo' ? JSON.stringify({ action: request.action, args: request.args }) : message)
      return true
    }
    const error = await failure(connect({ url: stub.url, connectTimeout: '2s' }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain('what no TDengine sends')
  })
})

describe('what cannot be connected to', () => {
  test('a dead port says what to start', async () => {
    const { port } = stub
    await stub.close()
    const error = await failure(connect({ url: `ws://127.0.0.1:${port}` }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain(`cannot connect to ws://127.0.0.1:${port}: nothing listens there`)
  })

  test('TLS on a plain port names the scheme', async () => {
    const error = await failure(connect({ url: `wss://127.0.0.1:${stub.port}`, token: 't0ken' }))
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain('use ws://')
    expect(error.stack).not.toContain('t0ken')
  })

  test('the second address is used when the first is dead', async () => {
    const connection = await connect({ url: `ws://127.0.0.1:1,127.0.0.1:${stub.port}` })
    expect(await connection.execute('write')).toBe(3)
    await connection.close()
  })
})

describe('queries', () => {
  test('every recorded result is read with its header and rows, in all precisions', async () => {
    let seen = 0
    for (const name of transcripts(/^(go-ws|jdbc-ws|py-ws)-query-(ms|us|ns|misc|big)/)) {
      stub.answers = goldenAnswers(name)
      await using connection = await connect({ url: stub.url })
      for (const [sql, { reply }] of stub.answers) {
        const head = JSON.parse(reply) as { code: number; fields_names: string[] | null; precision: number }
        if (head.code !== 0) continue
        const result = await connection.query(sql)
        const rows = await result.values()
        expect(result.fields.map((field) => field.name)).toEqual(head.fields_names ?? [])
        expect(rows.every((row) => row.length === result.fields.length)).toBe(true)
        expect(result.rowCount).toBe(rows.length)
        seen++
      }
    }
    expect(seen).toBeGreaterThan(60)
    expect(stub.freed).toEqual([])
  })

  test('recorded errors come with number, statement and place', async () => {
    stub.answers = goldenAnswers('go-ws-errors')
    await using connection = await connect({ url: stub.url })
    const error = (await failure(connection.query('selec 1', null, { reqId: 2n ** 63n + 1n }))) as ProgrammingError
    expect(error).toBeInstanceOf(ProgrammingError)
    expect(error).toMatchObject({
      message: '[0x2600]: syntax error near "selec 1"',
      code: 0x2600,
      sql: 'selec 1',
      position: 0,
      reqId: 2n ** 63n + 1n,
    })
  })

  test('many at a time share the socket, in whatever order the answers come', async () => {
    await using connection = await connect({ url: stub.url })
    const delayed: (() => void)[] = []
    stub.handler = (request, socket) => {
      if (request.sql !== 'write') return
      delayed.unshift(() => socket.reply(request, { is_update: true, affected_rows: Number(request.id) }))
      if (delayed.length === 50) for (const send of delayed) send()
      return true
    }
    const ids = Array.from({ length: 50 }, (_, i) => i + 1)
    expect(await Promise.all(ids.map((reqId) => connection.execute('write', null, { reqId })))).toEqual(ids)
    expect(stub.sockets.size).toBe(1)
  })

  test('the next block is asked for before the last one is read, and never two at once', async () => {
    await using connection = await connect({ url: stub.url })
    stub.fetchDelayMs = 2
    const result = await connection.query<{ n: number }>('numbers 100 10')
    let next = 0
    for await (const { n } of result) expect(n).toBe(next++)
    expect(next).toBe(100)
    expect(stub.mostFetches).toBe(1)
    expect(stub.requests.filter(({ action }) => action === 'fetch_raw_block')).toHaveLength(11)
  })

  test('a statement that writes says how many rows', async () => {
    await using connection = await connect({ url: stub.url })
    expect(await connection.execute('write')).toBe(3)
    const result = await connection.query('write')
    expect([result.isUpdate, result.affectedRows, result.fields, await result.rows()]).toEqual([true, 3, [], []])
  })

  test('a request id that is under way already is refused', async () => {
    await using connection = await connect({ url: stub.url })
    stub.handler = (request) => request.sql === 'wait'
    const first = failure(connection.query('wait', null, { reqId: 7, timeout: '300ms' }))
    await expect(connection.query('write', null, { reqId: 7 })).rejects.toThrow(InterfaceError)
    expect(await first).toBeInstanceOf(TimeoutError)
  })

  test('validateSql and currentDatabase ask the server', async () => {
    await using connection = await connect({ url: stub.url })
    await connection.validateSql('good')
    await expect(connection.validateSql('bad')).rejects.toThrow('[0x2600]: syntax error')
    expect(await connection.currentDatabase()).toBe('power')
    await connection.selectDb('Power')
    expect(stub.requests.at(-1)!.sql).toBe('USE `power`')
  })

  test('options of the connection reach every value', async () => {
    stub.answers = goldenAnswers('go-ws-query-ms')
    await using connection = await connect({ url: stub.url, int64: 'string', timestamp: 'string', timezone: 'Asia/Shanghai' })
    const sql = 'select * from wire_ms.all_types order by ts'
    const [row] = await (await connection.query<{ ts: string; c_bi: string }>(sql)).rows()
    expect(row!.ts).toMatch(/\+08:00$/)
    const [other] = await (await connection.query<{ ts: bigint }>(sql, null, { timestamp: 'bigint' })).rows()
    expect(typeof other!.ts).toBe('bigint')
  })
})

describe('of an older server', () => {
  test('what it does not know is refused and not sent', async () => {
    stub.version = '3.3.2.6'
    await using connection = await connect({ url: stub.url })
    expect(connection.features.has('timezone') || connection.features.has('validate')).toBe(false)
    const sent = stub.requests.length
    await expect(connection.setOption('timezone', 'Asia/Tokyo')).rejects.toThrow('setOption needs TDengine 3.3.5')
    await expect(connection.validateSql('SELECT 1')).rejects.toThrow('validateSql needs TDengine 3.3.6')
    await expect(connection.schemalessInsert('m f=1', { tableNameKey: 't' })).rejects.toThrow('tableNameKey needs TDengine 3.3.3')
    expect(stub.requests).toHaveLength(sent)
  })

  test('rows that it does not count are counted', async () => {
    stub.version = '3.3.2.6'
    await using connection = await connect({ url: stub.url })
    expect(await connection.schemalessInsert('# a comment\nm f=1 1\n\nm f=2 2\n')).toEqual({ affectedRows: 2, totalRows: 2 })
    expect(await connection.schemalessInsert(['m 1 1 a=b', 'm 2 2 a=b'], { protocol: 'telnet' })).toMatchObject({ affectedRows: 2 })
    const point = { metric: 'm', timestamp: 1, value: 1, tags: {} }
    for (const points of [point, [point, point]])
      expect(await connection.schemalessInsert(JSON.stringify(points), { protocol: 'json' })).toMatchObject({
        affectedRows: [points].flat().length,
      })
  })
})

describe('a result is freed exactly once', () => {
  const run = async (
    read: (result: Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['query']>>) => Promise<unknown>,
  ): Promise<number[]> => {
    const connection = await connect({ url: stub.url })
    const result = await connection.query('numbers 100 10')
    await read(result).catch(() => {})
    await expect.poll(() => stub.openResults).toBe(0)
    await pause(20)
    await connection.close()
    return stub.freed
  }

  test('by its end, without our doing', async () => expect(await run((result) => result.rows())).toEqual([]))

  test('when a loop is left', async () => {
    const read = async (result: AsyncIterable<unknown>): Promise<void> => {
      for await (const _ of result) break
    }
    expect(await run(read)).toEqual([1])
  })

  test('when a loop throws', async () => {
    const read = async (result: AsyncIterable<unknown>): Promise<void> => {
      for await (const _ of result) throw new Error('stop')
    }
    expect(await run(read)).toEqual([1])
  })

  test('when only the first row is wanted', async () => expect(await run((result) => result.first())).toEqual([1]))

  test('when it is closed unread, twice', async () => {
    const read = async (result: { close(): void }): Promise<void> => {
      result.close()
      result.close()
    }
    expect(await run(read)).toEqual([1])
  })

  test('when the last block is under way, by the server', async () => {
    const connection = await connect({ url: stub.url })
    const result = await connection.query('numbers 10 10')
    for await (const _ of result) break
    await pause(30)
    expect([stub.freed, stub.openResults]).toEqual([[], 0])
    await connection.close()
  })

  test('when the signal aborts between blocks', async () => {
    const connection = await connect({ url: stub.url })
    const controller = new AbortController()
    const result = await connection.query<{ n: number }>('numbers 100 10', null, { signal: controller.signal })
    const error = await failure(
      (async () => {
        for await (const { n } of result) if (n === 5) controller.abort(new Error('enough'))
      })(),
    )
    expect(error.message).toBe('enough')
    await expect.poll(() => stub.freed).toEqual([1])
    expect(await connection.execute('write')).toBe(3)
    await connection.close()
  })

  test('when the answer to the query comes after its abort', async () => {
    const connection = await connect({ url: stub.url })
    stub.handler = (request, socket) => {
      if (request.sql !== 'slow') return
      setTimeout(() => socket.reply(request, { id: 77, is_update: false, fields_count: 0, fields_names: [], fields_types: [] }), 60)
      return true
    }
    const error = await failure(connection.query('slow', null, { signal: AbortSignal.timeout(20) }))
    expect(error.name).toBe('TimeoutError')
    await expect.poll(() => stub.freed).toEqual([77])
    await connection.close()
  })

  test('when it is garbage, with a notice', async () => {
    const notices: string[] = []
    const connection = await connect({ url: stub.url, onNotice: (notice) => notices.push(notice.kind) })
    await connection.query('numbers 100 10')
    await expect
      .poll(
        () => {
          collectGarbage()
          return stub.freed
        },
        { timeout: 5000 },
      )
      .toEqual([1])
    expect(notices).toEqual(['result-unread'])
    await connection.close()
  })
})

describe('deadlines', () => {
  test('a statement without an answer ends in time and leaves the connection usable', async () => {
    await using connection = await connect({ url: stub.url, timeout: '150ms' })
    stub.handler = (request) => request.sql === 'INSERT INTO t VALUES (1)'
    const error = (await failure(connection.execute('INSERT INTO t VALUES (1)'))) as TimeoutError
    expect(error).toBeInstanceOf(TimeoutError)
    expect(error).toMatchObject({ sql: 'INSERT INTO t VALUES (1)', maybeExecuted: true, retryable: false })
    expect(error.reqId).toBeTypeOf('bigint')
    expect(await connection.execute('write')).toBe(3)
  })

  test('a block that does not come ends in time and frees the result when it does', async () => {
    await using connection = await connect({ url: stub.url })
    let fetches = 0
    stub.handler = (request, socket) => {
      if (request.action !== 'fetch_raw_block' || ++fetches !== 2) return
      setTimeout(() => {
        stub.handler = undefined
        stub.answer(request, socket)
      }, 200)
      return true
    }
    const result = await connection.query('numbers 100 10', null, { timeout: '60ms' })
    expect(await failure(result.rows())).toBeInstanceOf(TimeoutError)
    await expect.poll(() => stub.freed).toEqual([1])
  })

  test('a silent server is found by its missing heartbeat', async () => {
    const connection = await connect({ url: stub.url, heartbeat: '40ms', reconnect: false })
    for (const socket of stub.sockets) socket.pause()
    const error = (await failure(connection.execute('write'))) as ConnectionError
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error.message).toContain('stopped answering')
    expect(error.maybeExecuted).toBe(true)
    await connection.close()
  })
})

describe("with cancel: 'kill'", () => {
  const running = (request: StubRequest, socket: StubSocket, ids: readonly string[], sql: string): true => {
    const columns = [ids, ids.map(() => sql)]
    const block = buildBlock(
      [
        { type: TypeCode.VARCHAR, bytes: 0 },
        { type: TypeCode.VARCHAR, bytes: 0 },
      ],
      columns,
    )
    stub.hold(9, [encodeFetchReply({ reqId: 0n, timing: 1n, code: 0, message: '', resultId: 9n, block })])
    socket.reply(request, {
      id: 9,
      is_update: false,
      fields_count: 2,
      fields_names: ['kill_id', 'sql'],
      fields_types: [8, 8],
      fields_lengths: [16, 1000],
      precision: 0,
    })
    return true
  }

  test.each<[readonly string[], readonly string[]]>([
    [['2a:1f'], ["KILL QUERY '2a:1f'"]],
    [['2a:1f', '2b:20'], []],
  ])('an abort ends the one query with this text on the server: %j', async (ids, killed) => {
    const notices: string[] = []
    await using connection = await connect({ url: stub.url, cancel: 'kill', onNotice: ({ kind }) => notices.push(kind) })
    const slow = 'SELECT slow FROM t'
    stub.handler = (request, socket) => {
      if (request.sql === slow) return true
      return request.sql.includes('perf_queries') ? running(request, socket, ids, slow) : undefined
    }
    await failure(connection.query(slow, null, { signal: AbortSignal.timeout(20) }))
    await expect.poll(() => notices.length + stub.requests.filter(({ sql }) => sql.startsWith('KILL')).length).toBe(1)
    expect(stub.requests.map(({ sql }) => sql).filter((sql) => sql.startsWith('KILL'))).toEqual(killed)
    expect(notices).toEqual(killed.length === 0 ? ['kill-failed'] : [])
  })
})

describe('when the connection is lost', () => {
  test('statements under way say that they may have run', async () => {
    const connection = await connect({ url: stub.url, reconnect: false })
    stub.handler = (request) => {
      if (request.sql !== 'write') return
      stub.cut()
      return true
    }
    const error = (await failure(connection.execute('write'))) as ConnectionError
    expect(error).toBeInstanceOf(ConnectionError)
    expect(error).toMatchObject({ maybeExecuted: true, retryable: false, sql: 'write' })
    const after = (await failure(connection.execute('write'))) as ConnectionError
    expect(after).toMatchObject({ retryable: true })
    expect(after.maybeExecuted).toBeUndefined()
    await connection.close()
  })

  test('an open result fails, and nothing is left unhandled', async () => {
    const connection = await connect({ url: stub.url, reconnect: false })
    const result = await connection.query('numbers 100 10')
    stub.cut()
    await pause(20)
    await expect(result.rows()).rejects.toThrow(ConnectionError)
    await connection.close()
  })
})

describe('what a server must not send', () => {
  const answering = async (frame: Uint8Array): Promise<Error> => {
    await using connection = await connect({ url: stub.url, reconnect: false })
    stub.handler = (request, socket) => {
      if (request.action !== 'fetch_raw_block') return
      new DataView(frame.buffer).setBigUint64(26, request.id, true)
      socket.ws.send(frame)
      return true
    }
    const result = await connection.query('numbers 10 10')
    return await failure(result.rows())
  }

  test('a truncated or corrupted block is an InternalError with the place', async () => {
    const whole = goldenAnswers('go-ws-query-ms').get('select * from wire_ms.all_types order by ts')!.fetches[0]!
    const cut = await answering(whole.slice(0, 400))
    expect(cut).toBeInstanceOf(InternalError)
    expect(cut.message).toMatch(/damaged answer: .*at byte \d+/)
    const corrupt = new Uint8Array(whole)
    corrupt[55 + 28] = 99
    expect((await answering(corrupt)).message).toMatch(/unknown type code 99.*at byte/)
  })
})

describe('results', () => {
  test('can be read once', async () => {
    await using connection = await connect({ url: stub.url })
    const result = await connection.query('numbers 5 10')
    expect(await result.data).toEqual([[0], [1], [2], [3], [4]])
    expect(await result.data).toHaveLength(5)
    await expect(result.rows()).rejects.toThrow(InterfaceError)
    await expect(result.rows()).rejects.toThrow('read once')
    const closed = await connection.query('numbers 5 10')
    closed.close()
    await expect(closed.rows()).rejects.toThrow('closed')
  })

  test('of a closed connection cannot be read', async () => {
    const connection = await connect({ url: stub.url })
    const result = await connection.query('numbers 5 10')
    await connection.close()
    await connection.close()
    await expect(result.rows()).rejects.toThrow(InterfaceError)
    await expect(connection.query('write')).rejects.toThrow(InterfaceError)
    await expect(connection.selectDb('x')).rejects.toThrow('closed')
  })

  test('come as columns, blocks, values and objects', async () => {
    await using connection = await connect({ url: stub.url })
    const { rows, columns } = await (await connection.query('numbers 21 10')).columns()
    expect([rows, columns[0]!.name, [...(columns[0]!.typed as Int32Array)], columns[0]!.nullCount]).toEqual([
      21,
      'n',
      Array.from({ length: 21 }, (_, i) => i),
      0,
    ])
    const sizes: number[] = []
    for await (const block of (await connection.query('numbers 21 10')).blocks()) sizes.push(block.rows)
    expect(sizes).toEqual([10, 10, 1])
    const values: unknown[][] = []
    for await (const row of (await connection.query('numbers 3 2')).eachValues()) values.push(row)
    expect(values).toEqual([[0], [1], [2]])
    expect(await (await connection.query('numbers 3 2')).first()).toEqual({ n: 0 })
    const empty = await (await connection.query('numbers 0 2')).columns()
    expect([empty.rows, empty.column('n')!.values]).toEqual([0, []])
  })

  test('with two columns of one name cannot be objects', async () => {
    await using connection = await connect({ url: stub.url })
    stub.handler = (request, socket) => {
      if (request.sql !== 'twice') return
      socket.reply(request, {
        id: 5,
        is_update: false,
        fields_count: 2,
        fields_names: ['a', 'a'],
        fields_types: [4, 4],
        fields_lengths: [4, 4],
        precision: 0,
      })
      return true
    }
    const result = await connection.query('twice')
    const error = await failure(result.rows())
    expect(error).toBeInstanceOf(DataError)
    expect(error.message).toMatch(/AS.*values\(\)/)
  })
})

test("an error's stack shows the caller's line", async () => {
  await using connection = await connect({ url: stub.url })
  async function myOwnFunction(): Promise<void> {
    await connection.query('error 9728 syntax error near "x"')
  }
  async function myTemplateFunction(): Promise<void> {
    await connection.sql`error 9728 ${'x'}`
  }
  expect((await failure(myOwnFunction())).stack).toContain('myOwnFunction')
  expect((await failure(myTemplateFunction())).stack).toContain('myTemplateFunction')
})
