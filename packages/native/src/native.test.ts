import { connect } from 'taosts'
import { type BindField, encodeBind, encodeBlock, type TypeCode } from 'taosts/wire'
import { describe, expect, it } from 'vitest'
import { messages } from '../../../conformance/wire/transcripts.ts'
import { configure } from '../../client/src/configure.ts'
import type { Scripted } from '../test/judge.ts'
import { recorded, useJudge } from '../test/judged.ts'
import { NativeSession } from './session.ts'

const script: Scripted[] = [
  ...recorded('go-ws-query-ms'),
  { sql: 'INSERT INTO t VALUES (1, 1) (2, 2)', affected: 2 },
  { sql: 'SELECT broken', fields: [{ name: 'v', type: 4, bytes: 4 }], blocks: [0x0000020f | 0x80000000] },
  { sql: 'sleep 300', affected: 0 },
]

/** The data messages of a recorded consumer. */
const recordedMessages = [...messages('py-ws-tmq-ms')].flatMap((message) =>
  'reply' in message && message.reply.kind === 'fetch_raw_data' && message.reply.code === 0 && message.reply.data ? [message.reply] : [],
)

const url = 'taos://localhost:6030'
const judge = useJudge(script, recordedMessages)

describe('a native connection, judged by a test library', () => {
  it('reads what a real server recorded, block for block', async () => {
    const session = await NativeSession.open(configure({ url }, {}))
    expect(session.serverVersion).toBe('3.3.7.5')
    for (const { sql, fields, blocks } of recorded('go-ws-query-ms')) {
      const answer = await session.query(sql)
      expect(answer.fields.map(({ name }) => name)).toEqual(fields!.map(({ name }) => name))
      for (const block of blocks!) {
        expect(Buffer.compare(encodeBlock((await answer.next())!, { server: true }), block as Uint8Array)).toBe(0)
      }
      expect(await answer.next()).toBeNull()
    }
    await session.close()
  })

  it('gives rows written, and the login’s and the statement’s errors with their codes', async () => {
    await expect(connect({ url, password: 'wrong' })).rejects.toMatchObject({ code: 0x0357, reason: 'Authentication failure' })
    await expect(connect({ url, database: 'nosuch' })).rejects.toMatchObject({ code: 0x0388 })
    await expect(connect('taos://localhost:1')).rejects.toMatchObject({ code: 0x000b, name: 'ConnectionError' })
    await using connection = await connect(url)
    expect(await connection.execute('INSERT INTO t VALUES (1, 1) (2, 2)')).toBe(2)
    await expect(connection.execute('CREATE TABLE 123')).rejects.toMatchObject({
      code: 0x2600,
      name: 'ProgrammingError',
      sql: 'CREATE TABLE 123',
    })
    await expect(connection.selectDb('nosuch')).rejects.toMatchObject({ code: 0x0388 })
    await expect((await connection.query('SELECT broken')).rows()).rejects.toMatchObject({ code: 0x020f })
  })

  it('keeps the event loop free while libtaos blocks, and gives up on abort and on time', async () => {
    await using connection = await connect(url)
    let ticks = 0
    const timer = setInterval(() => ticks++, 5)
    await connection.execute('sleep 300').finally(() => clearInterval(timer))
    expect(ticks).toBeGreaterThan(10)
    await expect(connection.execute('sleep 300', null, { timeout: 0.05 })).rejects.toMatchObject({
      name: 'TimeoutError',
      maybeExecuted: true,
    })
    await expect(connection.execute('sleep 300', null, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'TimeoutError' })
  })

  it('frees results that are left early, and everything when the connection closes', async () => {
    const connection = await connect(url)
    const { sql } = recorded('go-ws-query-ms').find(({ blocks }) => blocks!.length > 0)!
    for (let round = 0; round < 50; round++) {
      for await (const _ of await connection.query(sql)) break
    }
    await connection.query(sql)
    await connection.close()
  })

  it('closes twice without harm and refuses work afterwards', async () => {
    const connection = await connect(url)
    await connection.close()
    await connection.close()
    await expect(connection.execute('SELECT 1')).rejects.toMatchObject({ name: 'InterfaceError' })
  })
})

describe('statements', () => {
  it('lays out names, tags and columns as taos.h says', async () => {
    const session = await NativeSession.open(configure({ url }, {}))
    const statement = await session.prepare('INSERT INTO ? USING st TAGS(?) VALUES (?,?,?)')
    expect(statement.fields.map(({ name, bindType }) => [name, bindType])).toEqual([
      ['tbname', 'tbname'],
      ['tag', 'tag'],
      ['ts', 'column'],
      ['v', 'column'],
      ['s', 'column'],
    ])
    const fields = statement.fields.map(({ type, bytes, name }): BindField => ({ type: type as TypeCode, bytes, name, precision: 'ms' }))
    judge.seen()
    await statement.bind(
      encodeBind({ names: true, tags: fields.slice(1, 2), columns: fields.slice(2) }, [
        { name: 'd1', tags: [{ values: [7] }], columns: [{ values: [1n, 2n] }, { values: [-2, null] }, { values: ['ab', null] }], rows: 2 },
      ]),
    )
    expect(judge.seen()).toEqual([
      "taos_stmt2_bind_param tables=1 column=-1 d1 [type=4 num=1 7] [type=9 num=2 1 2] [type=4 num=2 -2 NULL] [type=8 num=2 'ab' NULL]",
    ])
    expect(await statement.execute()).toBe(2)
    await expect(session.prepare('INSERT INTO nosuch VALUES (?)')).rejects.toMatchObject({ code: 0x2603 })
    await statement.close()
    await session.close()
  })
})

describe('schemaless', () => {
  it('hands over lines with their byte length, and the server’s refusal', async () => {
    await using connection = await connect(url)
    judge.seen()
    const lines = 'weather,city=東京 high=21.5 1\nweather,city=b high=2 2'
    const outcome = await connection.schemalessInsert(lines, {
      precision: 'ms',
      ttl: 3,
      tableNameKey: 'city',
      reqId: 7n,
    })
    expect(outcome).toEqual({ affectedRows: 2, totalRows: 2 })
    expect(judge.seen()[0]).toContain(
      `schemaless protocol=1 precision=4 ttl=3 reqid=7 key=city bytes=${Buffer.byteLength(lines)} weather,city=東京`,
    )
    await expect(connection.schemalessInsert('broken')).rejects.toMatchObject({ name: 'SchemalessError', code: 0x3002 })
  })
})

describe('subscription', () => {
  it('reads recorded messages, commits, seeks, and closes everything', async () => {
    await using connection = await connect(url)
    judge.seen()
    await using consumer = await connection.subscribe('topic', { groupId: 'g', offsetReset: 'earliest', pollTimeout: 0.1 })
    expect(judge.seen()).toEqual(
      expect.arrayContaining([
        'tmq_conf_set group.id=g',
        'tmq_conf_set auto.offset.reset=earliest',
        'tmq_conf_set enable.auto.commit=false',
      ]),
    )
    expect(await consumer.subscription()).toEqual(['topic'])
    let rows = 0
    for (let i = 0; i < recordedMessages.length; i++) {
      const message = (await consumer.poll())!
      expect([message.topic, message.database, message.vgroup]).toEqual(['topic', 'judge', 2])
      rows += message.rowCount
      for (const table of message.tables) expect(table.values()).toHaveLength(table.rowCount)
    }
    expect(rows).toBeGreaterThan(0)
    expect(await consumer.poll()).toBeUndefined()
    await consumer.commit()
    expect(await consumer.committed('topic', 2)).toBe(BigInt(recordedMessages.length))
    expect(await consumer.assignment('topic')).toEqual([
      { vgroup: 2, offset: BigInt(recordedMessages.length), begin: 0n, end: BigInt(recordedMessages.length) },
    ])
    await consumer.seekToBeginning('topic')
    expect(await consumer.position('topic', 2)).toBe(0n)
    await expect(consumer.seek('topic', 2, 99n)).rejects.toMatchObject({ name: 'TmqError', code: 0x4007 })
    await expect(connection.subscribe('nosuch', { groupId: 'g' })).rejects.toMatchObject({ name: 'TmqError', code: 0x03e1 })
    await expect(connection.subscribe('topic', { groupId: 'g', config: { 'no.such.key': '1' } })).rejects.toMatchObject({ code: 0x0118 })
  })
})

describe('many queries', () => {
  it('aborted and finished at random, leave no handle behind', async () => {
    await using connection = await connect(url)
    const statements = recorded('go-ws-query-ms').map(({ sql }) => sql)
    for (let round = 0; round < 40; round++) {
      await Promise.all(
        Array.from({ length: 50 }, async (_, i) => {
          const controller = new AbortController()
          const n = round * 50 + i
          if (n % 3 === 0) setTimeout(() => controller.abort(), n % 7)
          try {
            const result = await connection.query(statements[n % statements.length]!, null, { signal: controller.signal })
            if (n % 2 === 0) await result.values()
            else for await (const _ of result.blocks()) break
          } catch (error) {
            expect((error as Error).name).toBe('AbortError')
          }
        }),
      )
    }
  })
})
