import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Engine } from '../engine.ts'
import { jsonMeta, type TopicMessage } from './message.ts'
import { consumerOf, drain, rowsOf, run } from './testing/consume.ts'

describe("a topic's log", () => {
  let engine: Engine
  beforeEach(async () => {
    engine = await Engine.open()
    await run(
      engine,
      "create database d precision 'us' keep 36500 vgroups 1",
      'create stable d.st (ts timestamp, v int, s varchar(20)) tags (t int, n nchar(10))',
    )
  })
  afterEach(() => engine.close())

  async function read(topic: string, settings = {}): Promise<TopicMessage[]> {
    const consumer = consumerOf(engine, 'g', settings)
    consumer.subscribe([topic])
    const messages = await drain(consumer)
    consumer.unsubscribe()
    return messages
  }

  it('a query topic filters and computes rows and names no tables', async () => {
    await run(engine, 'create topic q as select ts, v * 2 w, tbname, n from d.st where v > 1')
    await run(engine, "insert into d.a using d.st tags(1,'é') values(1,1,'x')(2,2,'y') d.b using d.st tags(2,null) values(1,3,null)")
    const messages = await read('q')
    expect(rowsOf(messages)).toEqual({
      '': [
        [2n, 4, 'a', 'é'],
        [1n, 6, 'b', null],
      ],
    })
    expect(messages[0]!.blocks[0]!.schema!.columns.map(({ name }) => name)).toEqual(['ts', 'w', 'tbname', 'n'])
  })

  it('a stable topic gives columns by table, and only of the subtables that its condition chooses', async () => {
    await run(engine, 'create topic s as stable d.st where t > 1')
    await run(engine, "insert into d.a using d.st tags(1,'x') values(1,1,'x') d.b using d.st tags(2,'x') values(1,2,'y')(2,null,null)")
    const messages = await read('s')
    expect(rowsOf(messages)).toEqual({
      b: [
        [1n, 2, 'y'],
        [2n, null, null],
      ],
    })
    expect(messages[0]!.blocks[0]!.schema!.columns).toMatchObject([
      { name: 'ts', type: 9, bytes: 8, id: 1 },
      { name: 'v' },
      { name: 's', bytes: 22 },
    ])
  })

  it('a row that is written again comes again', async () => {
    await run(engine, 'create topic s as stable d.st', "insert into d.a using d.st tags(1,'x') values(1,1,'x')(2,2,'y')")
    const consumer = consumerOf(engine, 'g')
    consumer.subscribe(['s'])
    await drain(consumer)
    await run(engine, "insert into d.a values(1,9,'z')")
    expect(rowsOf(await drain(consumer))).toEqual({ a: [[1n, 9, 'z']] })
    consumer.unsubscribe()
  })

  it('a database topic reads every table, normal ones too, and those made later', async () => {
    await run(engine, 'create topic d as database d', 'create table d.n (ts timestamp, x double)', 'insert into d.n values(1,1.5)')
    await run(
      engine,
      "insert into d.a using d.st tags(1,'x') values(1,1,'x')",
      'create table d.m (ts timestamp, y bool)',
      'insert into d.m values(5,true)',
    )
    expect(rowsOf(await read('d'))).toEqual({ n: [[1n, 1.5]], a: [[1n, 1, 'x']], m: [[5n, true]] })
  })

  it('with meta, changes of tables stand where they happened', async () => {
    await run(
      engine,
      'create topic m with meta as database d',
      "create table d.a using d.st tags(1,'x')",
      "insert into d.a values(1,1,'x')",
    )
    await run(
      engine,
      'alter table d.a set tag t=7',
      "insert into d.b using d.st tags(2,null) values(1,2,'y')",
      'delete from d.a where ts <= 5',
      'drop table d.b',
    )
    const kinds = (await read('m')).map((message) =>
      message.type === 1
        ? rowsOf([message])
        : [message.type, (({ type, tableType, tableName, sql }) => [type, tableType, tableName, sql])(jsonMeta(message) as never)],
    )
    expect(kinds).toEqual([
      [2, ['create', 'super', 'st', undefined]],
      [2, ['create', 'child', 'a', undefined]],
      [2, ['alter', 'child', 'a', undefined]],
      [2, ['create', 'child', 'b', undefined]],
      [2, ['delete', undefined, undefined, 'delete from `a` where `ts` >= 1 and `ts` <= 1']],
      [2, ['drop', undefined, undefined, undefined]],
    ])
  })

  it('rows that made their table come with it', async () => {
    await run(engine, 'create topic m with meta as stable d.st', "insert into d.b using d.st tags(2,null) values(1,2,'y')")
    const messages = await read('m')
    expect(messages.map(({ type }) => type)).toEqual([2, 3])
    expect(jsonMeta(messages[1]!)).toEqual({
      type: 'create',
      tableType: 'child',
      tableName: 'b',
      using: 'st',
      tagNum: 2,
      tags: [{ name: 't', type: 4, value: 2 }],
      createList: [],
    })
    expect(rowsOf(messages)).toEqual({ b: [[1n, 2, 'y']] })
  })

  it('a new subtable is told with the tags that it began with, whatever became of them', async () => {
    await run(engine, 'create topic m with meta as database d', "create table d.a using d.st tags(1,'x') d.b using d.st tags(2,'y')")
    await run(engine, "alter table d.a set tag t=9, n='neu'", 'alter stable d.st add tag u int', 'drop table d.b')
    const messages = await read('m')
    const created = messages.map(jsonMeta).find((meta) => (meta as { tableType?: string }).tableType === 'child')
    const tags = (t: number, n: string) => [
      { name: 't', type: 4, value: t },
      { name: 'n', type: 10, value: `"${n}"` },
    ]
    expect(created).toMatchObject({
      createList: [
        { tableName: 'a', tags: tags(1, 'x') },
        { tableName: 'b', tags: tags(2, 'y') },
      ],
    })
    expect(messages.map(jsonMeta).find((meta) => (meta as { alterType?: number }).alterType === 15)).toMatchObject({
      tags: [
        { colName: 't', colValue: '9', colValueNull: false },
        { colName: 'n', colValue: '"neu"', colValueNull: false },
      ],
    })
  })

  it('changes of options, of storage and of several tables leave what TDengine tells of them', async () => {
    await run(
      engine,
      'create topic m with meta as database d',
      "create table d.a using d.st tags(1,'x')",
      'create table d.n (ts timestamp, v int) ttl 5',
    )
    const consumer = consumerOf(engine, 'g')
    consumer.subscribe(['m'])
    await drain(consumer)
    for (const [sql, told] of [
      ['alter table d.n ttl 7', { tableType: 'normal', tableName: 'n', alterType: 9 }],
      // Where no tag is concerned TDengine calls a subtable a normal table.
      ["alter table d.a comment 'c'", { tableType: 'normal', tableName: 'a', alterType: 9 }],
      ["alter stable d.st comment 'c'", { tableType: 'super', tableName: 'st', alterType: 9 }],
      [
        "alter stable d.st add column z bigint encode 'simple8b' compress 'zlib' level 'high'",
        {
          tableType: 'super',
          tableName: 'st',
          alterType: 14,
          colName: 'z',
          colType: 5,
          encode: 'simple8b',
          compress: 'zlib',
          level: 'high',
        },
      ],
      [
        'alter table d.n add column s varchar(9)',
        { tableType: 'normal', tableName: 'n', alterType: 5, colName: 's', colType: 8, colLength: 9 },
      ],
    ] as const) {
      await run(engine, sql)
      expect((await drain(consumer)).map(jsonMeta), sql).toEqual([{ type: 'alter', ...told }])
    }
    await run(engine, 'drop table d.a, d.n')
    expect((await drain(consumer)).map(jsonMeta)).toEqual([{ type: 'drop', tableNameList: ['a', 'n'] }])
    consumer.unsubscribe()
  })

  it('rows of before a column with its own storage was added come without it', async () => {
    await run(engine, 'create topic m with meta as stable d.st', "insert into d.a using d.st tags(1,'x') values(1,1,'x')")
    await run(engine, "alter stable d.st add column z int compress 'zlib'", "insert into d.a values(2,2,'y',3)")
    expect(rowsOf(await read('m'))).toEqual({
      a: [
        [1n, 1, 'x'],
        [2n, 2, 'y', 3],
      ],
    })
  })

  it.each(['stable d.st', 'database d'])('rows of %s come in the shape of their time where no changes are told, too', async (source) => {
    await run(engine, `create topic s as ${source}`, 'create table d.n (ts timestamp, v int)')
    await run(engine, "insert into d.a using d.st tags(1,'x') values(1,1,'x') d.n values(1,1)", 'alter stable d.st add column z int')
    await run(engine, "insert into d.a values(2,2,'y',3) d.n values(2,2)", 'alter table d.n rename column v w')
    await run(engine, 'insert into d.n values(3,3)', 'alter stable d.st drop column z', 'alter stable d.st add tag u int')
    await run(engine, "insert into d.a values(3,3,'z')")
    const blocks = (await read('s')).flatMap((message) => message.blocks)
    const shapes = (name: string) =>
      blocks.filter(({ table }) => table === name).map(({ schema, block }) => [schema!.columns.map((each) => each.name).join(), block.rows])
    const whole = source === 'database d'
    expect(shapes('a')).toEqual([
      ['ts,v,s', 1],
      ...(whole
        ? [
            ['ts,v,s', 1],
            ['ts,v,s', 1],
          ]
        : [['ts,v,s', 2]]),
    ])
    expect(shapes('n')).toEqual(
      whole
        ? [
            ['ts,v', 1],
            ['ts,v', 1],
            ['ts,w', 1],
          ]
        : [],
    )
  })

  it('new values of tags are texts', async () => {
    await run(engine, 'create stable d.sb (ts timestamp, v int) tags (b bool, f double, n nchar(9))')
    await run(engine, "create table d.x using d.sb tags (true, 1, 'a')", 'create topic m with meta as stable d.sb')
    await run(
      engine,
      "alter table d.x set tag b = false, f = 2.5, n = 'z'",
      'alter table d.x set tag b = true',
      'alter table d.x set tag b = null',
    )
    const tag = (colName: string, colValue: string) => ({ colName, colValue, colValueNull: false })
    const child = { type: 'alter', tableType: 'child', tableName: 'x' }
    expect((await read('m')).slice(2).map(jsonMeta)).toEqual([
      { ...child, alterType: 15, tags: [tag('b', 'false'), tag('f', '2.5'), tag('n', '"z"')] },
      { ...child, alterType: 4, ...tag('b', 'true') },
      { ...child, alterType: 4, colName: 'b', colValueNull: true },
    ])
  })

  it('changes that follow each other come together where that is asked for', async () => {
    await run(
      engine,
      'create topic m only meta as database d',
      "create table d.a using d.st tags(1,'x')",
      'create table d.n (ts timestamp, v int)',
    )
    const [message, ...more] = await read('m', { batchMeta: true })
    expect(more).toEqual([])
    expect(jsonMeta(message!)).toMatchObject({
      tmq_meta_version: '1.0',
      metas: [{ tableName: 'st' }, { tableName: 'a' }, { tableName: 'n' }],
    })
  })

  it("finds rows far behind others that are not the topic's", async () => {
    await run(
      engine,
      'create table d.other (ts timestamp, v int)',
      'create topic s as stable d.st',
      "insert into d.a using d.st tags(1,'x') values(1,1,'x')",
    )
    for (let i = 0; i < 10; i++) {
      const rows = Array.from({ length: 5000 }, (_, r) => `(${i * 5000 + r},1)`).join('')
      await run(engine, `insert into d.other values${rows}`)
    }
    await run(engine, "insert into d.a values(2,2,'y')", 'insert into d.other values(99999,1)')
    const messages = await read('s')
    expect(rowsOf(messages)).toEqual({
      a: [
        [1n, 1, 'x'],
        [2n, 2, 'y'],
      ],
    })
    expect(messages).toHaveLength(2)
  })

  it('long logs come in parts, none missing, in the order of each table', async () => {
    await run(engine, 'create topic s as stable d.st')
    for (let i = 0; i < 30; i++) {
      const rows = Array.from({ length: 1000 }, (_, r) => `(${i * 1000 + r},${i * 1000 + r},null)`).join('')
      await run(engine, `insert into d.c${i % 3} using d.st tags(${i % 3},null) values${rows}`)
    }
    const messages = await read('s')
    expect(messages.length).toBeGreaterThan(2)
    const tables = rowsOf(messages)
    expect(Object.values(tables).reduce((sum, rows) => sum + rows.length, 0)).toBe(30_000)
    for (const rows of Object.values(tables))
      expect(rows.every(([ts], i) => i === 0 || (ts as bigint) > (rows[i - 1]![0] as bigint))).toBe(true)
  })
})
