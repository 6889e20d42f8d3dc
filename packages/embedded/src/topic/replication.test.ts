import { blockToArrays, columnReader, encodeWriteRawRequest, parseJson } from 'taosts/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Embedded, openEmbedded } from '../embedded.ts'
import { rawMessage } from './message.ts'
import { consumerOf, drain, run } from './testing/consume.ts'

describe('raw messages written to another server', () => {
  let from: Embedded
  let to: Embedded
  let write: (metaType: number, bytes: Uint8Array) => Promise<{ code: number; message: string }>
  beforeEach(async () => {
    from = await openEmbedded()
    to = await openEmbedded()
    for (const { engine } of [from, to]) await run(engine, "create database d precision 'us' keep 36500 vgroups 1")
    const socket = to.connect('/ws')
    const answers: ((answer: never) => void)[] = []
    socket.onmessage = (message) => answers.shift()?.(parseJson(message as string) as never)
    const ask = (message: string | Uint8Array) =>
      new Promise<{ code: number; message: string }>((resolve) => {
        answers.push(resolve)
        socket.send(message)
      })
    await ask('{"action":"conn","args":{"req_id":1,"user":"root","password":"taosdata","db":"d"}}')
    write = (metaType, bytes) => ask(encodeWriteRawRequest(2n, metaType, bytes))
  })
  afterEach(async () => {
    await from.close()
    await to.close()
  })

  async function follow(): Promise<void> {
    await run(from.engine, 'create topic m with meta as database d')
    const consumer = consumerOf(from.engine, 'g')
    consumer.subscribe(['m'])
    for (const message of await drain(consumer)) {
      const { metaType, bytes } = rawMessage(message)
      expect(await write(metaType, bytes)).toMatchObject({ code: 0, message: '' })
    }
    consumer.unsubscribe()
  }

  async function same(...queries: readonly string[]): Promise<void> {
    for (const sql of queries) {
      const [ours, theirs] = await Promise.all([from, to].map(({ engine }) => rows(engine, sql)))
      expect(ours!.length, sql).toBeGreaterThan(0)
      expect(theirs, sql).toEqual(ours)
    }
  }

  async function rows(engine: Embedded['engine'], sql: string): Promise<unknown[][]> {
    const answer = await engine.session().execute(sql)
    if (answer.kind === 'update') throw new Error(sql)
    const found: unknown[][] = []
    for (let block = await answer.next(); block; block = await answer.next()) {
      const readers = block.columns.map((column) => columnReader(column.type, answer.precision, { timestamp: 'bigint' }))
      found.push(...blockToArrays(block, readers))
    }
    return found
  }

  it('make the same tables, tags and rows, whatever was changed in between', async () => {
    await run(
      from.engine,
      'create stable d.st (ts timestamp, a int, b varchar(10), c decimal(10,2), e nchar(5), f varbinary(8), g blob) tags (t int, n nchar(30), x varbinary(4))',
      "create table d.c1 using d.st tags(1,'it''s \"é\" \\\\ 😀','\\x00ff') d.c2 using d.st tags(null,null,null)",
      "insert into d.c1 values(1,1,'x',1.05,'é','\\x01','\\x02')(2,null,null,null,null,null,null)",
      "insert into d.c3 using d.st tags(3,'auto',null) (ts,a) values(3,3)",
      'create table d.n (ts timestamp, v int)',
      'insert into d.n values(1,1)',
      'alter table d.n add column w double',
      'insert into d.n values(2,2,2.5)',
      'alter table d.n rename column v u',
      'insert into d.n values(3,3,3.5)',
      'alter table d.n drop column w',
      'alter stable d.st add column z bigint',
      "insert into d.c1 values(4,4,'y',-2,'ü',null,null,99)",
      'alter stable d.st modify column b varchar(30)',
      "insert into d.c1 values(5,5,'a rather longer text',null,null,null,null,null)",
      'alter stable d.st add tag q bool',
      "alter table d.c1 set tag q=true, n='neu'",
      'alter stable d.st rename tag t tt',
      "insert into d.c1 values(1,9,'over',null,null,null,null,null)",
      'delete from d.c1 where ts = 2',
      "insert into d.c4 using d.st tags(4,'gone',null,false) (ts,a) values(1,1)",
      'drop table d.c4',
      "create table d.o (ts timestamp, v int encode 'disabled' compress 'zlib' level 'high', w int) ttl 9 comment 'it''s \\\\ é'",
      "alter table d.o add column x varchar(5) compress 'zstd' level 'low'",
      "alter table d.o modify column w level 'high'",
      "alter table d.n comment 'n'",
      'alter stable d.st ttl 3',
      'alter table d.c1 ttl 4',
    )
    await follow()
    await same(
      'describe d.o',
      "select table_name, table_comment, `ttl` from information_schema.ins_tables where db_name = 'd' and table_name in ('o', 'n', 'c1') order by table_name",
      'select tbname, * from d.st order by tbname, ts',
      'select * from d.n order by ts',
      'describe d.st',
      'describe d.n',
      'select distinct tbname, tt, n, x, q from d.st order by tbname',
    )
  })

  it('tell changes of supertables once for each vgroup, which makes them once', async () => {
    await run(from.engine, 'drop database d', "create database d precision 'us' keep 36500 vgroups 2")
    await run(from.engine, 'create stable d.st (ts timestamp, b varchar(10)) tags (n nchar(5))')
    const insert = (ts: number, b: string) =>
      Array.from({ length: 6 }, (_, i) => `insert into d.c${i} using d.st tags('${i}') (ts, b) values(${ts}, '${b}')`)
    await run(from.engine, ...insert(1, 'x'), 'alter stable d.st modify column b varchar(30)', 'alter stable d.st modify tag n nchar(20)')
    await run(from.engine, ...insert(2, 'a rather longer text'), 'alter stable d.st add column z int', 'alter stable d.st add tag q bool')
    expect(
      await rows(from.engine, "select count(*) from information_schema.ins_tables where db_name = 'd' group by vgroup_id"),
    ).toHaveLength(2)
    await follow()
    await same('select tbname, * from d.st order by tbname, ts', 'describe d.st')
  })

  it('that are damaged are refused and change nothing', async () => {
    await run(from.engine, 'create table d.n (ts timestamp, v int)', 'insert into d.n values(1,1)')
    for (const [metaType, bytes] of [
      [2, new Uint8Array([100, 1, 2])],
      [531, new Uint8Array(12)],
      [515, new TextEncoder().encode('{"type":"explode"}')],
      [515, new TextEncoder().encode('{"type":')],
      [579, new TextEncoder().encode('{"type":"delete","sql":"drop database d"}')],
      [99, new Uint8Array(40)],
    ] as const) {
      expect(await write(metaType, bytes)).toMatchObject({ code: 0x0115 })
    }
  })
})
