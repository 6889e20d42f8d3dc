import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Consumer, type ConsumerEvent, connect } from 'taosts'
import { serve } from 'taosts-embedded'
import { afterEach, beforeEach, expect, test } from 'vitest'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'taosts-restart-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** The values of all messages until there are as many as expected. */
async function values(consumer: Consumer<{ v: number }>, count: number): Promise<number[]> {
  const seen: number[] = []
  while (seen.length < count) for (const { v } of (await consumer.poll('10s')) ?? []) seen.push(v)
  return seen.sort((a, b) => a - b)
}

test('a server that restarts in mid-poll: the consumer goes on where its group committed', async () => {
  let server = await serve({ port: 0, directory })
  const { port } = server
  try {
    await using connection = await connect(`ws://127.0.0.1:${port}`)
    await connection.execute('CREATE DATABASE d KEEP 36500 VGROUPS 3')
    await connection.execute('CREATE STABLE d.st (ts TIMESTAMP, v INT) TAGS (t INT)')
    await connection.execute('CREATE TOPIC q AS SELECT ts, v FROM d.st')
    const write = (v: number) => connection.execute(`INSERT INTO d.c${v} USING d.st TAGS (${v}) VALUES (${1_700_000_000_000 + v}, ${v})`)
    for (const v of [1, 2, 3, 4]) await write(v)
    const events: ConsumerEvent['kind'][] = []
    await using consumer = await connection.subscribe<{ v: number }>('q', {
      groupId: 'g',
      offsetReset: 'earliest',
      autoCommit: false,
      onEvent: ({ kind }) => events.push(kind),
    })
    expect(await values(consumer, 4)).toEqual([1, 2, 3, 4])
    await consumer.commit()
    await write(5)
    expect(await values(consumer, 1)).toEqual([5])
    const rest = values(consumer, 2)
    await server.close()
    server = await serve({ port, directory })
    await write(6)
    // What was not committed comes again, and what was does not.
    expect(await rest).toEqual([5, 6])
    expect(events).toContain('disconnect')
    expect(events).toContain('reconnect')
  } finally {
    await server.close()
  }
})
