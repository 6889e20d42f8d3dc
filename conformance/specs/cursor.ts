import { equal, rejection, type Spec } from './spec.ts'

/** PEP 249 in TypeScript's shape. */
export const cursorSpecs: readonly Spec[] = [
  {
    name: 'rowCount of writes and reads, description, fetches',
    async run({ connection }) {
      const cursor = connection.cursor()
      equal(cursor.rowCount, -1)
      await cursor.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
      await cursor.execute('INSERT INTO t VALUES (1, 1) (2, 2) (3, NULL)')
      equal(cursor.rowCount, 3, 'rows written')
      await cursor.execute('SELECT ts, v FROM t')
      equal(cursor.rowCount, 3, 'rows in the result, before any fetch')
      equal(
        cursor.description?.map(([name, type]) => [name, type]),
        [
          ['ts', 'TIMESTAMP'],
          ['v', 'INT'],
        ],
      )
      equal(await cursor.fetchOne(), [new Date(1), 1])
      equal(await cursor.fetchMany(1), [[new Date(2), 2]])
      equal(await cursor.fetchAll(), [[new Date(3), null]])
      equal(await cursor.fetchOne(), null)
      await cursor.close()
    },
  },
  {
    name: 'executeMany, and what TDengine does not have',
    async run({ connection }) {
      const cursor = connection.cursor()
      await cursor.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
      await cursor.executeMany('INSERT INTO t VALUES (?, ?)', [
        [new Date(1), 1],
        [new Date(2), 2],
      ])
      equal(cursor.rowCount, 2)
      await cursor.commit()
      equal((await rejection(Promise.resolve().then(() => cursor.rollback()))).name, 'NotSupportedError')
    },
  },
]
