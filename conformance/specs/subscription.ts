import { equal, ok, rejection, type Spec, type SpecContext } from './spec.ts'

/** A supertable with two subtables, a topic on it, and a group of the spec's own. */
async function topicOf({ connection, database }: SpecContext, source: string): Promise<string> {
  await connection.execute('CREATE STABLE st (ts TIMESTAMP, v INT, s NCHAR(20)) TAGS (g INT)')
  await connection.execute('CREATE TABLE a USING st TAGS (1) b USING st TAGS (2)')
  const topic = `${database}_topic`
  await connection.execute(`CREATE TOPIC ${topic} AS ${source.replaceAll('DB', database)}`)
  return topic
}

async function write({ connection }: SpecContext, from: number, count: number): Promise<void> {
  let sql = 'INSERT INTO'
  for (const table of ['a', 'b']) {
    sql += ` ${table} VALUES`
    for (let i = from; i < from + count; i++) sql += ` (${1_700_000_000_000 + i}, ${i}, '${table}樱${i}')`
  }
  await connection.execute(sql)
}

/** Consumers of topics. */
export const subscriptionSpecs: readonly Spec[] = [
  {
    name: 'a consumer reads what was written before and after, with table names and values',
    needs: ['subscription'],
    async run(context) {
      const { connection } = context
      const topic = await topicOf(context, 'SELECT ts, v, s FROM DB.st')
      try {
        await write(context, 0, 100)
        const seen = new Map<string, number>()
        {
          await using consumer = await connection.subscribe<{ ts: Date; v: number; s: string }>(topic, {
            groupId: 'g',
            offsetReset: 'earliest',
          })
          equal(await consumer.subscription(), [topic])
          for await (const message of consumer) {
            equal([message.topic, message.kind], [topic, 'data'])
            for (const row of message) {
              equal(row.ts, new Date(1_700_000_000_000 + row.v))
              seen.set(row.s, (seen.get(row.s) ?? 0) + 1)
            }
            if (seen.size === 200) await write(context, 100, 10)
            if (seen.size >= 220) break
          }
        }
        equal([seen.size, Math.max(...seen.values())], [220, 1], 'every row once')
        await write(context, 200, 1)
        await using again = await connection.subscribe<{ v: number }>(topic, { groupId: 'g', offsetReset: 'earliest' })
        const rest: number[] = []
        for await (const message of again) {
          for (const row of message) rest.push(row.v)
          if (rest.length >= 2) break
        }
        equal(rest, [200, 200], 'the group goes on where it committed')
      } finally {
        await dropTopic(context, topic)
      }
    },
  },
  {
    name: 'commit, committed, position, assignment and seek',
    needs: ['subscription'],
    async run(context) {
      const topic = await topicOf(context, 'SELECT ts, v FROM DB.st')
      try {
        await write(context, 0, 10)
        await using consumer = await context.connection.subscribe(topic, { groupId: 'g', offsetReset: 'earliest', autoCommit: false })
        let rows = 0
        let vgroup = 0
        while (rows < 20) {
          const message = await consumer.poll(2)
          if (message === undefined) continue
          rows += message.rowCount
          vgroup = message.vgroup
          await consumer.commit(message)
        }
        const assignment = await consumer.assignment(topic)
        ok(
          assignment.some((each) => each.vgroup === vgroup),
          'its vgroup is assigned',
        )
        ok((await consumer.committed(topic, vgroup)) !== undefined, 'something is committed')
        ok((await consumer.position(topic, vgroup)) !== undefined, 'it stands somewhere')
        await consumer.seekToBeginning(topic)
        let again = 0
        while (again < 20) again += (await consumer.poll(2))?.rowCount ?? 0
        equal(again, 20, 'the same rows after seekToBeginning')
        const far = await rejection(consumer.seek(topic, vgroup, 99_999_999))
        equal([far.name, far.code], ['TmqError', 0x4007])
        await consumer.unsubscribe()
        equal((await rejection(consumer.poll(0))).name, 'TmqError')
        await consumer.subscribe()
      } finally {
        await dropTopic(context, topic)
      }
    },
  },
  {
    name: 'errors: no such topic, wrong options, use after close',
    needs: ['subscription'],
    async run({ connection }) {
      equal((await rejection(connection.subscribe('no_such_topic', { groupId: 'g' }))).code, 0x03e1)
      ok((await rejection(connection.subscribe('t', { groupId: '' }))).message.includes('groupId'), 'groupId')
      ok(
        (await rejection(connection.subscribe('t', { groupId: 'g', nonsense: 1 } as never))).message.includes('nonsense'),
        'unknown options',
      )
    },
  },
]

/** A topic cannot be dropped while a consumer that is just leaving still counts. */
async function dropTopic({ connection }: SpecContext, topic: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await connection.execute(`DROP TOPIC IF EXISTS ${topic}`)
      return
    } catch (error) {
      if (attempt >= 20) throw error
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}
