import { equal, ok, rejection, type Spec } from './spec.ts'

/** What goes wrong, and how it is told. */
export const errorSpecs: readonly Spec[] = [
  {
    name: 'a syntax error has its code, its class, the statement and the request id',
    async run({ connection }) {
      const error = await rejection(connection.execute('CREATE TABLE 123', null, { reqId: 4711n }))
      equal([error.name, error.code, error.message], ['ProgrammingError', 0x2600, '[0x2600]: syntax error near "123"'])
      equal([error.sql, error.reqId], ['CREATE TABLE 123', 4711n])
    },
  },
  {
    name: 'a table that is not there',
    async run({ connection }) {
      equal((await rejection(connection.query('SELECT * FROM nosuch'))).code, 0x2603)
    },
  },
  {
    name: 'a database that is not there, when connecting and when selected',
    async run({ connection, connect }) {
      equal((await rejection(connect({ database: 'no_such_database' }))).code, 0x0388)
      equal((await rejection(connection.selectDb('no_such_database'))).code, 0x0388)
    },
  },
  {
    name: 'a wrong password',
    async run({ connect }) {
      const error = await rejection(connect({ password: 'not the password' }))
      equal(error.code, 0x0357)
      ok(!error.message.includes('not the password'), 'the password is not in the message')
    },
  },
  {
    name: 'a value that does not fit is refused and nothing is written',
    async run({ connection }) {
      await connection.execute('CREATE TABLE t (ts TIMESTAMP, v TINYINT, s VARCHAR(4))')
      ok((await rejection(connection.execute('INSERT INTO t VALUES (1, 300, NULL)'))).code !== 0, 'a TINYINT of 300')
      ok((await rejection(connection.execute("INSERT INTO t VALUES (1, 3, 'too long')"))).code !== 0, 'a text too long')
      equal(await (await connection.query('SELECT count(*) FROM t')).values(), [[0n]])
    },
  },
  {
    name: 'wrong parameters are refused before anything is sent',
    async run({ connection }) {
      equal((await rejection(connection.query('SELECT ?', []))).name, 'InterfaceError')
      equal((await rejection(connection.query('SELECT 1', [1]))).name, 'InterfaceError')
    },
  },
  {
    name: 'the connection works after an error',
    async run({ connection }) {
      await rejection(connection.query('SELEC 1'))
      equal(await (await connection.query('SELECT 1 AS one')).rows(), [{ one: 1n }])
    },
  },
  {
    name: 'an abort rejects with its reason, before and while',
    async run({ connection }) {
      const reason = new Error('enough')
      equal((await rejection(connection.query('SELECT 1', null, { signal: AbortSignal.abort(reason) }))).message, 'enough')
      equal(await (await connection.query('SELECT 1 AS one')).rows(), [{ one: 1n }])
    },
  },
  {
    name: 'a closed connection says so',
    async run({ connect }) {
      const connection = await connect()
      await connection.close()
      await connection.close()
      equal((await rejection(connection.query('SELECT 1'))).name, 'InterfaceError')
    },
  },
]
