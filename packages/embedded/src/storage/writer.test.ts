import { afterEach, beforeEach, expect, test } from 'vitest'
import { SqlError } from '../errors.ts'
import { Storage } from './storage.ts'

let storage: Storage
beforeEach(async () => {
  storage = await Storage.open()
  await storage.start(async () => 1n)
  await storage.writer.alone((transaction) => transaction.run('create table w (a integer)'))
})
afterEach(() => storage.close())

async function rows(): Promise<unknown[]> {
  const reader = await storage.lease()
  try {
    return (await reader.all('select a from w order by a')).map(([a]) => a)
  } finally {
    await reader.release()
  }
}

test('statements that wait together share a commit, and each hears of its own end', async () => {
  const order: string[] = []
  const all = [1, 2, 3].map((a) =>
    storage.writer.share(async (transaction) => {
      await transaction.run(`insert into w values (${a})`)
      transaction.onCommit(() => order.push(`commit ${a}`))
      order.push(`run ${a}`)
      return a
    }),
  )
  expect(await Promise.all(all)).toEqual([1, 2, 3])
  expect(order).toEqual(['run 1', 'run 2', 'run 3', 'commit 1', 'commit 2', 'commit 3'])
  expect(await rows()).toEqual([1, 2, 3])
})

test('a refusal before anything was written concerns its statement alone', async () => {
  let runs = 0
  const results = await Promise.allSettled([
    storage.writer.share(async (transaction) => {
      runs++
      await transaction.run('insert into w values (1)')
    }),
    storage.writer.share(() => {
      throw new SqlError(0x2603, 'Table does not exist')
    }),
  ])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
  expect(runs).toBe(1)
  expect(await rows()).toEqual([1])
})

test('a statement that fails while it writes takes nothing of the others with it', async () => {
  const state = { newest: 0 }
  const write = (a: number, fail = false) =>
    storage.writer.share(async (transaction) => {
      const before = state.newest
      transaction.onRollback(() => {
        state.newest = before
      })
      state.newest = a
      await transaction.run(`insert into w values (${a})`)
      if (fail) await transaction.run('insert into nowhere values (1)')
    })
  const results = await Promise.allSettled([write(1), write(2, true), write(3)])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await rows()).toEqual([1, 3])
  expect(state.newest).toBe(3)
})

test('what is not committed is not seen, and a failed definition leaves nothing', async () => {
  let seen: unknown[] = []
  const failed = storage.writer.alone(async (transaction) => {
    await transaction.run('insert into w values (9)')
    await transaction.run('create table half (a integer)')
    seen = await rows()
    throw new SqlError(0x0100, 'Operation not supported')
  })
  await expect(failed).rejects.toMatchObject({ code: 0x0100 })
  expect(seen).toEqual([])
  expect(await rows()).toEqual([])
  await storage.writer.alone((transaction) => transaction.run('create table half (b integer)'))
})

test('close waits for what is queued and refuses what comes after', async () => {
  const last = storage.writer.share((transaction) => transaction.run('insert into w values (5)'))
  const closing = storage.writer.close()
  await expect(last).resolves.toBe(1)
  await closing
  await expect(storage.writer.share(() => 1)).rejects.toMatchObject({ code: 0x0213 })
})
