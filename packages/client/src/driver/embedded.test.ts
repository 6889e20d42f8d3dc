import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { connect } from '../connect.ts'

test('plain embedded: is a fresh engine for each connection', async () => {
  await using one = await connect('embedded:')
  await using two = await connect('embedded:')
  await one.execute('CREATE DATABASE only_here')
  await expect(two.selectDb('only_here')).rejects.toThrow('Database not exist')
})

test('a name is one engine in memory for all who use it, until the last closes it', async () => {
  const url = 'embedded:?name=shared-by-name'
  const one = await connect(url)
  await one.execute('CREATE DATABASE shared')
  const two = await connect(url)
  await two.selectDb('shared')
  await one.close()
  expect(await two.currentDatabase()).toBe('shared')
  await two.close()
  await using three = await connect(url)
  await expect(three.selectDb('shared')).rejects.toThrow('Database not exist')
})

test('a directory is one engine for all who use it, and keeps what was written', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'taosts-'))
  try {
    const url = `embedded:${directory}`
    const [one, two] = await Promise.all([connect(url), connect(`${url}/../${directory.split('/').at(-1)}`)])
    await one.execute('CREATE DATABASE d')
    await two.execute('CREATE TABLE d.t (ts TIMESTAMP, v INT)')
    expect(await one.execute('INSERT INTO d.t VALUES (NOW, 1)')).toBe(1)
    await Promise.all([one.close(), two.close()])
    await using again = await connect(url)
    expect(await again.sql<{ v: number }>`SELECT v FROM d.t`.rows()).toEqual([{ v: 1 }])
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('a wrong password and a missing database are refused', async () => {
  await expect(connect({ url: 'embedded:', password: 'wrong' })).rejects.toThrow('[0x0357]: Authentication failure')
  await expect(connect({ url: 'embedded:', database: 'nowhere' })).rejects.toThrow('[0x0388]: Database not exist')
})

test('a directory that cannot be had is a ConnectionError that names it', async () => {
  const file = fileURLToPath(import.meta.url)
  await expect(connect(`embedded:${encodeURI(file)}/data`)).rejects.toThrow(`cannot open the embedded engine in ${file}/data`)
})
