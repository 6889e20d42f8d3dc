import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from './connect.ts'
import type { Connection } from './connection.ts'
import { DataError, InterfaceError } from './errors.ts'
import { type SqlTemplateValue, sql } from './sql.ts'

const text = (texts: TemplateStringsArray, ...values: SqlTemplateValue[]): string => sql(texts, ...values).statement().text

describe('the template tag', () => {
  test('puts values in as literals and shows none', () => {
    const fragment = sql`SELECT ${1} FROM t WHERE s = ${"it's"}`
    expect(fragment.statement().text).toBe("SELECT 1 FROM t WHERE s = 'it\\'s'")
    expect(fragment.statement().sql).toBe('SELECT ? FROM t WHERE s = ?')
  })

  test('nests fragments, identifiers, lists and raw text', () => {
    const where = sql`v > ${5} AND ${sql.identifier('odd name')} = ${'x'}`
    expect(text`SELECT ${sql.raw('count(*)')} FROM ${sql.identifier('power', 'd 1')} WHERE ${where} AND g IN (${[1, 2]})`).toBe(
      "SELECT count(*) FROM `power`.`d 1` WHERE v > 5 AND `odd name` = 'x' AND g IN (1, 2)",
    )
    const rows = [sql`(${1}, ${'a'})`, sql`(${2}, ${'b'})`]
    expect(text`INSERT INTO t VALUES ${sql.join(rows, ' ')}`).toBe("INSERT INTO t VALUES (1, 'a') (2, 'b')")
    expect(text`SELECT ${sql.join([sql.identifier('a'), sql.identifier('b')])}`).toBe('SELECT `a`, `b`')
    expect(sql`${sql`${sql`${1}`}, ${2}`}`.statement().sql).toBe('?, ?')
  })

  test('is no function', () => {
    const call = sql as unknown as (text: string) => unknown
    expect(() => call('SELECT 1')).toThrow(InterfaceError)
    expect(() => call('SELECT 1')).toThrow('write sql`…`')
    expect(() => sql.join([])).toThrow(InterfaceError)
    expect(() => sql.identifier('a`; DROP')).toThrow(DataError)
    expect(() => text`SELECT ${undefined as never}`).toThrow('value 1 of the template is undefined')
  })
})

describe('on a connection', () => {
  let connection: Connection

  beforeAll(async () => {
    connection = await connect('embedded:')
    await connection.execute('CREATE DATABASE d')
    await connection.execute('CREATE TABLE d.t (ts TIMESTAMP, v INT, s NCHAR(40))')
  })

  afterAll(async () => {
    await connection.close()
  })

  test('runs when awaited or read, once', async () => {
    const { sql: run } = connection
    const hard = `'"\\\n\t?%_涛思 😀 -- /* */ ; DROP`
    expect(
      await run`INSERT INTO d.t VALUES (${new Date(Date.UTC(2024, 0, 1))}, ${-1}, ${hard}) (${1704067200001n}, ${2}, ${null})`.execute(),
    ).toBe(2)
    const rows = await run<{ ts: Date; v: number; s: string | null }>`SELECT * FROM d.t WHERE v < ${100} ORDER BY ts`.rows()
    expect(rows).toEqual([
      { ts: new Date('2024-01-01T00:00:00.000Z'), v: -1, s: hard },
      { ts: new Date('2024-01-01T00:00:00.001Z'), v: 2, s: null },
    ])
    expect(await run`SELECT v FROM d.t ORDER BY ts`.values()).toEqual([[-1], [2]])
    expect(await run`SELECT v FROM d.t ORDER BY ts`.first()).toEqual({ v: -1 })
    expect((await run`SELECT v FROM d.t ORDER BY ts`.columns()).column('v')!.values).toEqual([-1, 2])
    const seen: unknown[] = []
    for await (const row of run<{ v: number }>`SELECT v FROM d.t ORDER BY ts`) seen.push(row.v)
    expect(seen).toEqual([-1, 2])
    const query = run`SELECT v FROM d.t`
    const [one, two] = [await query, await query]
    expect(one).toBe(two)
    expect(one.fields.map(({ name }) => name)).toEqual(['v'])
  })

  test('is a fragment in another statement, and a statement for query and execute', async () => {
    const filter = connection.sql`v = ${2}`
    expect(await connection.sql`SELECT v FROM d.t WHERE ${filter}`.values()).toEqual([[2]])
    expect(await (await connection.query(sql`SELECT v FROM d.t WHERE v = ${2}`)).values()).toEqual([[2]])
    await expect(connection.query(sql`SELECT 1`, [1])).rejects.toThrow(InterfaceError)
  })

  test('takes options, and its errors never show values', async () => {
    const error = await connection.sql`SELECT nope FROM d.t WHERE s = ${'hunter2'} AND`.with({ reqId: 9 }).then(
      () => undefined,
      (each) => each as Error,
    )
    expect(error).toMatchObject({ reqId: 9n, sql: 'SELECT nope FROM d.t WHERE s = ? AND' })
    expect(`${error!.message}${error!.stack}`).not.toContain('hunter2')
    const query = connection.sql`SELECT 1`
    await query
    expect(() => query.with({})).toThrow(InterfaceError)
  })
})
