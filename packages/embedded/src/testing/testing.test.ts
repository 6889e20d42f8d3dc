import { connect } from 'taosts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer, withDatabase } from './index.ts'

describe('withDatabase', () => {
  it('gives each test a database of its own, and drops it', async () => {
    const names = await Promise.all(
      [1, 2, 3].map((value) =>
        withDatabase(async ({ connection, name }) => {
          await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
          await connection.execute(`INSERT INTO t VALUES ('1999-12-31T00:00:00Z', ${value})`)
          expect(await (await connection.query('SELECT v FROM t')).values()).toEqual([[value]])
          expect(await connection.currentDatabase()).toBe(name)
          return name
        }),
      ),
    )
    expect(new Set(names).size).toBe(3)
    await using connection = await connect('embedded:?name=taosts-testing')
    expect((await connection.schema.databases()).map(({ name }) => name)).not.toEqual(expect.arrayContaining([names[0]]))
  })

  it('drops it also when the test fails, and passes on the failure', async () => {
    let made = ''
    const failure = withDatabase(
      async ({ connection, name }) => {
        made = name
        expect(await (await connection.query('SELECT COUNT(*) AS n FROM power')).rows()).toEqual([{ n: 0n }])
        throw new Error('the test failed')
      },
      { precision: 'ns', setup: ['CREATE STABLE power (ts TIMESTAMP, v INT) TAGS (g INT)'] },
    )
    await expect(failure).rejects.toThrow('the test failed')
    await using connection = await connect('embedded:?name=taosts-testing')
    expect((await connection.schema.databases()).map(({ name }) => name)).not.toContain(made)
  })
})

describe('startServer', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer()
  })
  afterAll(() => server.close())

  it('serves a fresh database for each test, over WebSocket and REST', async () => {
    await using database = await server.database({ precision: 'us' })
    await database.connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
    await database.connection.execute('INSERT INTO t VALUES (NOW, 1)')
    await using rest = await connect(`${server.restUrl}/${database.name}`)
    expect(await (await rest.query('SELECT v FROM t')).values()).toEqual([[1]])
    expect((await database.connection.schema.databases()).find(({ name }) => name === database.name)?.precision).toBe('us')
  })

  it('drops the database at its end', async () => {
    const { name, close } = await server.database()
    await close()
    await using connection = await server.connect()
    expect((await connection.schema.databases()).map((each) => each.name)).not.toContain(name)
  })
})
