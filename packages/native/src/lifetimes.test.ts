import { execFile } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { connect } from 'taosts'
import { describe, expect, it } from 'vitest'
import { configure } from '../../client/src/configure.ts'
import type { Scripted } from '../test/judge.ts'
import { INNOCENT, misdeeds, recorded, useJudge } from '../test/judged.ts'
import { NativeSession } from './session.ts'

const url = 'taos://localhost:6030'
const { blocks, fields } = recorded('go-ws-query-ms').find((each) => each.blocks!.length > 0 && each.fields!.length > 3)!
const block = blocks![0] as Uint8Array
const rows = new DataView(block.buffer, block.byteOffset).getInt32(8, true)
/** A block that ends after its header, and says so. */
const damaged = block.slice(0, 40)
new DataView(damaged.buffer).setInt32(4, damaged.length, true)
const many = Array.from({ length: 6 }, () => block)

const script: Scripted[] = [
  { sql: 'slow rows', fields: fields!, blocks: many },
  { sql: 'SELECT ?', fields: fields!, blocks: many },
  { sql: 'slow SELECT ?', fields: fields!, blocks: many },
  { sql: 'INSERT refused', code: 0x80002603 | 0, message: 'Table does not exist' },
  { sql: 'bad block', fields: fields!, blocks: [damaged] },
  { sql: 'bad type', fields: [{ name: 'v', type: 77, bytes: 4 }], blocks: [block] },
  ...Array.from({ length: 40 }, (_, i): Scripted => ({ sql: `sleep ${100 + i}`, affected: 0 })),
  ...Array.from({ length: 20 }, (_, i): Scripted => ({ sql: `sleep ${300 + i}`, affected: 0 })),
]
const judge = useJudge(script)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const open = () => NativeSession.open(configure({ url }, {}))

describe('results', () => {
  it('is not freed while libtaos fetches it: abort, early exit and close in mid-fetch', async () => {
    const connection = await connect(url)
    const result = await connection.query('slow rows', null, { signal: AbortSignal.timeout(30) })
    await expect(result.values()).rejects.toMatchObject({ name: 'TimeoutError' })
    for await (const _ of (await connection.query('slow rows')).blocks()) break
    const left = await connection.query('slow rows')
    const reading = left.blocks()[Symbol.asyncIterator]()
    await reading.next()
    await connection.close()
    expect(judge.verdict().stops).toBeGreaterThan(0)
  })

  it('frees one that is damaged or of an unknown type', async () => {
    await using connection = await connect(url)
    await expect((await connection.query('bad block')).values()).rejects.toMatchObject({ name: 'InternalError' })
    await expect(connection.query('bad type')).rejects.toMatchObject({ name: 'InternalError' })
    await pause(20)
    expect(judge.verdict().results).toBe(0)
  })

  it('does not ask libtaos for what was aborted before it began', async () => {
    await using connection = await connect(url)
    judge.seen()
    await expect(connection.execute('INSERT refused', null, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    await expect(connection.execute('INSERT refused')).rejects.toMatchObject({ code: 0x2603 })
    expect(judge.seen().filter((call) => call.includes('refused'))).toHaveLength(1)
  })
})

describe('connections', () => {
  it('closes one that was opened too late', async () => {
    await expect(connect('taos://localhost:2', { connectTimeout: 0.05 })).rejects.toMatchObject({ name: 'TimeoutError' })
    await expect(connect('taos://localhost:2', { signal: AbortSignal.timeout(60) })).rejects.toMatchObject({ name: 'TimeoutError' })
    await pause(700)
    expect(judge.verdict().connections).toBe(0)
  })

  it('waits with closing for what runs, and frees what that gives', async () => {
    const connection = await connect(url)
    const running = Promise.allSettled([
      connection.execute('sleep 300'),
      connection.query('slow rows'),
      connection.execute('sleep 301', null, { timeout: 0.02 }),
    ])
    await pause(20)
    await connection.close()
    expect(misdeeds(judge.verdict())).toEqual(INNOCENT)
    expect((await running).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  })

  it('says of a call that was withdrawn in time that it did not run', async () => {
    const session = await open()
    const running = Array.from({ length: 20 }, (_, i) => session.query(`sleep ${300 + i}`))
    judge.seen()
    await expect(session.query('INSERT refused', { timeoutMs: 5 })).rejects.toMatchObject({ name: 'TimeoutError', retryable: true })
    for (const each of await Promise.all(running)) each.free()
    expect(judge.seen().some((call) => call.includes('refused'))).toBe(false)
    await session.close()
  })

  it('tries the next host where one cannot be reached', async () => {
    const connection = await connect('taos://localhost:1,localhost:6030')
    await connection.close()
  })
})

describe('statements', () => {
  it('keeps results beyond another run of the statement and its close, as WebSocket does', async () => {
    const session = await open()
    for (const sql of ['SELECT ?', 'slow SELECT ?']) {
      const statement = await session.prepare(sql)
      await statement.execute()
      const first = await statement.result()
      expect((await first.next())!.rows).toBe(rows)
      await statement.execute()
      const second = await statement.result()
      await statement.close()
      for (const [answer, left] of [
        [first, 5],
        [second, 6],
      ] as const) {
        for (let i = 0; i < left; i++) expect((await answer.next())!.rows).toBe(rows)
        expect(await answer.next()).toBeNull()
      }
      await expect(statement.execute()).rejects.toMatchObject({ name: 'InterfaceError' })
    }
    await session.close()
  })

  it('leaves a failed result and an abandoned one to the statement that owns them', async () => {
    const session = await open()
    const refused = await session.prepare('SELECT unknown ?')
    await refused.execute()
    await expect(refused.result()).rejects.toMatchObject({ name: 'StatementError', code: 0x2600 })
    const slow = await session.prepare('SELECT ? sleep')
    await expect(slow.execute({ timeoutMs: 20 })).rejects.toMatchObject({ name: 'TimeoutError' })
    await session.close()
  })

  it('closes with the connection in mid-fetch', async () => {
    const session = await open()
    const statement = await session.prepare('slow SELECT ?')
    await statement.execute()
    const answer = await statement.result()
    await answer.next()
    await session.close()
    expect(await answer.next()).toBeNull()
  })

  it('refuses texts that libtaos would cut at a NUL character', async () => {
    const session = await open()
    judge.seen()
    await expect(session.query('DELETE FROM t\0 WHERE false')).rejects.toMatchObject({ name: 'InterfaceError' })
    await expect(session.prepare('SELECT ?\0')).rejects.toMatchObject({ name: 'StatementError' })
    await expect(session.selectDatabase('a\0b')).rejects.toMatchObject({ name: 'InterfaceError' })
    expect(judge.seen().filter((call) => call.startsWith('taos_query'))).toEqual([])
    await session.close()
  })
})

describe('many calls at once', () => {
  it('lets calls that end others go before statements that wait for a thread', async () => {
    const session = await open()
    let done = 0
    const running = Array.from({ length: 40 }, async (_, i) => {
      ;(await session.query(`sleep ${100 + i}`)).free()
      done++
    })
    await session.currentDatabase()
    // The first thread that is free takes it: before the statements that wait already.
    expect(done).toBeLessThan(20)
    await Promise.all(running)
    await session.close()
  })
})

describe('the end of the process', () => {
  const child = async (program: string): Promise<string> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@source', '--import', 'tsx', '--input-type=module', '-e', program],
      {
        cwd: fileURLToPath(new URL('../../..', import.meta.url)),
        env: { ...process.env, TAOS_JUDGE_LAST: '1' },
      },
    )
    return stdout
  }

  it('frees what is open: results, statements, connections', async () => {
    const stdout = await child(`
      import { connect } from 'taosts'
      const connection = await connect('${url}')
      const other = await connect('${url}')
      await connection.query('SELECT ?')
      await connection.prepare('SELECT ?')
      await other.subscribe('topic', { groupId: 'g' })
      await new Promise((resolve) => setTimeout(resolve, 300))
      process.exit(0)`)
    expect(misdeeds(JSON.parse(stdout))).toEqual(INNOCENT)
  })

  it('comes by itself with connections open', async () => {
    const stdout = await child(`
      import { connect } from 'taosts'
      const connection = await connect('${url}')
      await connection.query('SELECT ?')`)
    expect(misdeeds(JSON.parse(stdout))).toEqual(INNOCENT)
  })
})
