import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Engine } from '../engine.ts'
import type { Rows } from '../session/answer.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'taosts-storage-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

async function count(engine: Engine, table: string): Promise<bigint> {
  const rows = (await engine.session().execute(`select count(*) from ${table}`)) as Rows
  const block = await rows.next()
  await rows.close()
  const column = block!.columns[0]!
  return column.layout === 'fixed' ? (column.values[0] as bigint) : -1n
}

test('a directory keeps databases, tables, tags, rows and users', async () => {
  const first = await Engine.open({ directory })
  const session = first.session()
  await session.execute("create database d precision 'us' keep 3650 comp 1")
  await session.execute('create stable d.s (ts timestamp, v int) tags (g int, n nchar(8))')
  await session.execute("insert into d.t using d.s tags (7, '中文') values (1700000000000000, 1) (1700000000000001, 2)")
  await session.execute("create user reader pass 'Abcdef12!'")
  await session.execute('alter stable d.s add column w double')
  await first.close()

  const again = await Engine.open({ directory })
  try {
    expect(await count(again, 'd.s')).toBe(2n)
    await again.session().execute('insert into d.t (ts, w) values (1700000000000001, 2.5)')
    expect(await count(again, 'd.s')).toBe(2n)
    const stable = again.catalog.databases.get('d')!.supertables.get('s')!
    expect(stable.columns.map(({ name }) => name)).toEqual(['ts', 'v', 'w'])
    expect([...(await again.readTags(stable)).values()]).toEqual([[7, '中文']])
    expect(again.catalog.databases.get('d')!.options.get('COMP')).toBe(1)
    await expect(again.authenticate('reader', 'Abcdef12!')).resolves.toBeUndefined()
    await expect(again.authenticate('reader', 'wrong')).rejects.toMatchObject({ code: 0x357 })
  } finally {
    await again.close()
  }
})

test('a directory that cannot be made is an error at once', async () => {
  const place = process.platform === 'linux' ? '/proc/taosts/data' : join('/dev/null', 'data')
  await expect(Engine.open({ directory: place })).rejects.toThrow(`the data directory ${place} cannot be made: `)
})

test('a directory opens once in a process, and again after close', async () => {
  const engine = await Engine.open({ directory })
  await expect(Engine.open({ directory: join(directory, '.') })).rejects.toThrow(/already open in this process/)
  await engine.close()
  await (await Engine.open({ directory })).close()
  expect(existsSync(join(directory, 'taosts.lock'))).toBe(false)
})

test('another process is refused with a word about who has it', async () => {
  const engine = await Engine.open({ directory })
  try {
    const program = `import { Engine } from ${JSON.stringify(fileURLToPath(new URL('../engine.ts', import.meta.url)))}; Engine.open({ directory: ${JSON.stringify(directory)} }).then(() => process.exit(0), (e) => { console.log(e.message); process.exit(3) })`
    const file = join(directory, 'second.mts')
    writeFileSync(file, program)
    const cwd = fileURLToPath(new URL('../../../..', import.meta.url))
    const child = spawnSync(process.execPath, ['--conditions=@source', '--import', 'tsx', file], { cwd, encoding: 'utf8' })
    expect(child.stdout).toMatch(new RegExp(`in use by another process \\(${process.pid}\\)`))
    expect(child.status).toBe(3)
  } finally {
    await engine.close()
  }
})

test("a lock that a killed process left, even one of this process's number, does not stand in the way", async () => {
  writeFileSync(join(directory, 'taosts.lock'), JSON.stringify({ pid: process.pid, started: 12345 }))
  await (await Engine.open({ directory })).close()
})

test('queries reach neither files nor the network', async () => {
  const engine = await Engine.open()
  try {
    const reader = await engine.storage.lease()
    await expect(reader.run("copy (select 1) to '/tmp/taosts-escape.csv'")).rejects.toThrow(/disabled/)
    await expect(reader.run("select * from read_csv('/etc/passwd')")).rejects.toThrow(/disabled/)
    await reader.release()
  } finally {
    await engine.close()
  }
})

test('a query ends when its signal aborts or its time is up, and the engine goes on', async () => {
  const engine = await Engine.open({ queryTimeoutMs: 300 })
  try {
    const session = engine.session()
    await session.execute('create database d')
    await session.execute('create table d.t (ts timestamp, v int)')
    const values = Array.from({ length: 2000 }, (_, i) => `(${1700000000000 + i}, ${i})`).join(' ')
    await session.execute(`insert into d.t values ${values}`)
    const sql = 'select count(*) from range(100000000) a, range(100000) b'
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 50)
    const column = { name: 'n', type: { code: 5, length: 8, precision: 0, scale: 0 } } as const
    await expect(engine.storage.query(sql, [column], 'ms', { signal: controller.signal })).rejects.toMatchObject({ code: 0x22d })
    await expect(engine.storage.query(sql, [column], 'ms', { timeoutMs: 50 })).rejects.toMatchObject({ code: 0x12c })
    // Whatever step of the query it meets, and while the query waits for its turn.
    for (let after = 0; after < 30; after++) {
      const each = new AbortController()
      const queries = Array.from({ length: 3 }, () => engine.storage.query(sql, [column], 'ms', { signal: each.signal }))
      setTimeout(() => each.abort(), after / 10)
      for (const { status } of await Promise.allSettled(queries)) expect(status).toBe('rejected')
    }
    expect(await count(engine, 'd.t')).toBe(2000n)
  } finally {
    await engine.close()
  }
})

test('results that are left early, even in the middle of a step, hold nothing up', async () => {
  const engine = await Engine.open()
  try {
    const column = { name: 'n', type: { code: 5, length: 8, precision: 0, scale: 0 } } as const
    for (let round = 0; round < 12; round++) {
      const rows = await engine.storage.query('select range from range(200000) order by hash(range)', [column], 'ms')
      const first = rows.next()
      if (round % 3 === 0) await first
      const closed = rows.close()
      await Promise.allSettled([first, closed])
      expect(await rows.next()).toBeNull()
      const whole = await engine.storage.query('select range from range(10000)', [column], 'ms')
      let count = 0
      for (let block = await whole.next(); block; block = await whole.next()) count += block.rows
      expect(count).toBe(10_000)
    }
  } finally {
    await engine.close()
  }
})

test('close ends what still runs, and the directory is free', async () => {
  const engine = await Engine.open({ directory })
  const column = { name: 'n', type: { code: 5, length: 8, precision: 0, scale: 0 } } as const
  const endless = engine.storage
    .query('select count(*) from range(100000000) a, range(100000) b', [column], 'ms')
    .then((rows) => rows.next())
  const open = await engine.storage.query('select range from range(10000000)', [column], 'ms')
  await open.next()
  const failed = expect(endless).rejects.toMatchObject({ code: 0x22d })
  await new Promise((resolve) => setTimeout(resolve, 50))
  await engine.close()
  await failed
  await (await Engine.open({ directory })).close()
})

test('a query that needs more memory than there is fails, and the engine goes on', async () => {
  const engine = await Engine.open({ memory: '64MB' })
  try {
    const column = { name: 'n', type: { code: 5, length: 8, precision: 0, scale: 0 } } as const
    const hungry =
      'select count(*) from (select list(r) as l from (select range as r, random() as x from range(60000000)) group by x) where len(l) > 5'
    const failed = engine.storage.query(hungry, [column], 'ms').then((rows) => rows.next())
    await expect(failed).rejects.toMatchObject({ code: 0x102, message: 'Out of Memory' })
    await engine.session().execute('create database d')
  } finally {
    await engine.close()
  }
})
