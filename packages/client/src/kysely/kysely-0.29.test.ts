import { DefaultQueryCompiler, Kysely } from 'kysely-0.29'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createPool } from '../index.ts'
import { TaosDialect } from './index.ts'

// The tests of Kysely 0.28 once more, where every `kysely`, the dialect's too, is 0.29.
vi.mock('kysely', () => import('kysely-0.29'))

await import('./kysely.test.ts')

describe('Kysely 0.29', () => {
  afterEach(() => vi.restoreAllMocks())

  it('is what runs here', () => {
    expect(new TaosDialect('embedded:').createQueryCompiler()).toBeInstanceOf(DefaultQueryCompiler)
  })

  it('aborts what runs: the query ends, its connection goes back, and nothing is printed', async () => {
    const printed = vi.spyOn(console, 'error')
    await using pool = createPool({ url: 'embedded:', max: 1 })
    await pool.execute('CREATE DATABASE abort_kysely KEEP 36500')
    await pool.execute('CREATE TABLE abort_kysely.t (ts TIMESTAMP, v INT)')
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ ts: 1_700_000_000_000 + i, v: i }))
    await pool.insert('abort_kysely.t', rows)
    await using db = new Kysely<{ 'abort_kysely.t': { ts: Date; v: number } }>({ dialect: new TaosDialect({ pool }) as never })
    const query = () => db.selectFrom('abort_kysely.t').selectAll()
    const controller = new AbortController()
    const running = query().execute({ signal: controller.signal })
    setTimeout(() => controller.abort(new Error('the reader left')), 1)
    await expect(running).rejects.toThrow('the reader left')
    const streaming = new AbortController()
    await expect(async () => {
      for await (const _ of query().stream({ chunkSize: 100, signal: streaming.signal })) streaming.abort(new Error('enough'))
    }).rejects.toThrow('enough')
    // The pool has one connection: it is free again, or this waits for ever.
    expect(await query().execute()).toHaveLength(20_000)
    expect(printed).not.toHaveBeenCalled()
  })
})
