import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from './connect.ts'
import type { Connection } from './connection.ts'
import { InterfaceError, NotSupportedError } from './errors.ts'

let connection: Connection

beforeAll(async () => {
  connection = await connect('embedded:')
  await connection.execute('CREATE DATABASE power')
  await connection.execute('CREATE TABLE power.t (ts TIMESTAMP, v INT, s BINARY(20), d DECIMAL(10,2))')
})

afterAll(async () => {
  await connection.close()
})

const cursor = () => connection.cursor()

describe('a cursor', () => {
  test('knows nothing before it executes', async () => {
    const fresh = cursor()
    expect([fresh.rowCount, fresh.affectedRows, fresh.description, fresh.apiLevel, fresh.paramStyle, fresh.arraySize]).toEqual([
      -1,
      null,
      null,
      '2.0',
      'qmark',
      1,
    ])
    await expect(fresh.fetchOne()).rejects.toThrow(InterfaceError)
    await expect(fresh.fetchAll()).rejects.toThrow('execute a query first')
  })

  test('knows how many rows a write wrote and a query found, before any fetch', async () => {
    const one = cursor()
    await one.execute("INSERT INTO power.t VALUES (?, 1, 'a', 1.5) (?, 2, 'b', 2.5)", [
      new Date('2024-01-01T00:00:00Z'),
      new Date('2024-01-01T00:00:01Z'),
    ])
    expect([one.rowCount, one.affectedRows]).toEqual([2, 2])
    expect(one.description).toEqual([['affected_rows', 'INT', null, 4, null, null, null]])
    await one.execute('SELECT * FROM power.t ORDER BY ts')
    expect([one.rowCount, one.affectedRows]).toEqual([2, null])
    expect(one.description).toEqual([
      ['ts', 'TIMESTAMP', null, 8, null, null, null],
      ['v', 'INT', null, 4, null, null, null],
      ['s', 'VARCHAR', null, 20, null, null, null],
      ['d', 'DECIMAL', null, 8, 10, 2, null],
    ])
    expect([one.isType(2, 'BINARY'), one.isType(2, 'nchar'), one.isType(0, 'timestamp')]).toEqual([true, false, true])
    expect(await one.fetchAll()).toEqual([
      [new Date('2024-01-01T00:00:00Z'), 1, 'a', '1.50'],
      [new Date('2024-01-01T00:00:01Z'), 2, 'b', '2.50'],
    ])
    expect(await one.fetchAll()).toEqual([])
    expect(await one.fetchOne()).toBeNull()
    expect(await one.fetchMany(3)).toEqual([])
  })

  test('fetches one, many, the rest, and by iteration, without losing a row', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `(${1704067300000 + i}, ${i}, 'x', 0)`).join(' ')
    await connection.execute('CREATE TABLE IF NOT EXISTS power.many (ts TIMESTAMP, v INT, s BINARY(20), d DECIMAL(10,2))')
    await connection.execute(`INSERT INTO power.many VALUES ${rows}`)
    for (const stream of [false, true]) {
      const one = cursor()
      await one.execute('SELECT v FROM power.many ORDER BY ts', null, { stream })
      expect(one.rowCount).toBe(stream ? -1 : 40)
      one.arraySize = 3
      const seen = [await one.fetchOne(), ...(await one.fetchMany()), ...(await one.fetchMany(5))]
      for await (const row of one) {
        seen.push(row)
        if (seen.length === 20) break
      }
      for await (const row of one) seen.push(row)
      expect(seen.map((row) => row![0])).toEqual(Array.from({ length: 40 }, (_, i) => i))
      expect(one.rowCount).toBe(40)
    }
  })

  test('executes many times and adds up', async () => {
    const one = cursor()
    const times = [1, 2, 3].map((second) => [new Date(Date.UTC(2024, 1, 1, 0, 0, second)), second] as const)
    await one.executeMany("INSERT INTO power.t VALUES (?, ?, 'm', 0)", times)
    expect(one.rowCount).toBe(3)
    await one.execute('SELECT count(*) FROM power.t WHERE s = ?', ['m'])
    expect(await one.fetchOne()).toEqual([3n])
  })

  test('logs statements without their values', async () => {
    const log: string[] = []
    const one = connection.cursor({ log: (sql) => log.push(sql) })
    await one.execute('SELECT v FROM power.t WHERE s = ?', ['hunter2'])
    expect(log).toEqual(['SELECT v FROM power.t WHERE s = ?'])
  })

  test('does what PEP 249 asks of a database without transactions', async () => {
    const one = cursor()
    await one.commit()
    await expect(one.rollback()).rejects.toThrow(NotSupportedError)
    await expect(one.callProc()).rejects.toThrow(NotSupportedError)
    await expect(one.nextSet()).rejects.toThrow(NotSupportedError)
    await one.execute('SELECT v FROM power.t')
    await expect(one.fetchMany(0)).rejects.toThrow(InterfaceError)
    await one.close()
    await expect(one.execute('SELECT 1')).rejects.toThrow('the cursor is closed')
    await expect(one.fetchOne()).rejects.toThrow('the cursor is closed')
    expect(connection.isOpen).toBe(true)
  })

  test('passes the request id on', async () => {
    await expect(cursor().execute('SELEC 1', null, { reqId: 77 })).rejects.toMatchObject({ reqId: 77n, code: 9728 })
  })
})
