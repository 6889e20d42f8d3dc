import { type AddressInfo, connect as connectSocket, createServer, type Socket } from 'node:net'
import { type Connection, connect } from 'taosts'
import { serve } from 'taosts-embedded'

/** How often each row came to the members of a group, and what was written. */
export interface GroupRun {
  readonly written: number
  /** Rows that came to nobody. */
  readonly missing: number
  /** Rows that came more than once. */
  readonly repeated: number
  /** Rows that each member had, in the order of joining. */
  readonly shares: readonly number[]
  /** Rows that the member that was killed had received and had not committed. */
  readonly unfinished: number
}

const WRITERS = 4
const TABLES_EACH = 4
const BATCH = 1000
/** Silence of all members after the writers have ended that means that nothing more comes. */
const PATIENCE_MS = 30_000

/** A way to the server that can be cut for good. */
async function line(port: number): Promise<{ url: string; cut(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connectSocket(port, '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

async function write(url: string, writer: number, rows: number): Promise<void> {
  await using connection = await connect({ url })
  await using insert = await connection.prepare('INSERT INTO ? USING grouped.st TAGS (?) VALUES (?, ?)')
  for (let first = 0; first < rows; first += BATCH) {
    const table = writer * TABLES_EACH + ((first / BATCH) % TABLES_EACH)
    const count = Math.min(BATCH, rows - first)
    await insert.executeColumns({
      tbname: `grouped.c${table}`,
      tags: { g: table },
      columns: {
        ts: BigInt64Array.from({ length: count }, (_, i) => 1_700_000_000_000n + BigInt(first + i)),
        v: Int32Array.from({ length: count }, (_, i) => writer * rows + first + i),
      },
    })
  }
}

/**
 * Two members of a group read a topic that four writers fill. When a third of the rows is read the first member leaves (`killed`: its line is
 * cut while it holds a message that it has not committed; `closes`: it commits and closes); at half of the rows another one joins.
 */
export async function groupRun(rows: number, first: 'killed' | 'closes'): Promise<GroupRun> {
  const server = await serve({ port: 0 })
  const url = `ws://127.0.0.1:${new URL(server.restUrl).port}`
  const seen = new Uint8Array(rows)
  const shares: number[] = []
  let distinct = 0
  let unfinished = 0
  let lastNews = performance.now()
  try {
    await using connection = await connect({ url })
    await connection.execute('CREATE DATABASE grouped KEEP 36500 VGROUPS 6')
    await connection.execute('CREATE STABLE grouped.st (ts TIMESTAMP, v INT) TAGS (g INT)')
    await connection.execute('CREATE TOPIC grouped_topic AS SELECT ts, v FROM grouped.st')

    let written = false
    /** Reads and commits message by message until all has come or `leave` says so; then the message in hand stays uncommitted when it is killed. */
    const member = async (through: Connection, leave: () => 'killed' | 'closes' | undefined, kill?: () => void): Promise<void> => {
      const place = shares.push(0) - 1
      const gone = new AbortController()
      const consumer = await through.subscribe('grouped_topic', {
        groupId: 'shared',
        offsetReset: 'earliest',
        autoCommit: false,
        sessionTimeout: '6s',
        signal: gone.signal,
      })
      while (distinct < rows || !written) {
        if (written && performance.now() - lastNews > PATIENCE_MS) break
        const message = await consumer.poll(0.2)
        const how = leave()
        if (message !== undefined) {
          lastNews = performance.now()
          for (const table of message.tables) {
            for (const v of table.columns().column('v')!.typed as Int32Array) {
              if (seen[v]!++ === 0) distinct++
              shares[place]!++
            }
          }
          if (how === 'killed') {
            unfinished = message.rowCount
            kill!()
            gone.abort()
            await consumer.close().catch(() => {})
            return
          }
          await consumer.commit(message)
        }
        if (how === 'closes') break
      }
      await consumer.close()
    }

    const way = await line(server.port)
    const doomed = await connect({ url: way.url })
    let joined: Promise<void> | undefined
    const members = [
      member(doomed, () => (distinct >= rows / 3 ? first : undefined), way.cut),
      member(connection, () => {
        if (distinct >= rows / 2) joined ??= member(connection, () => undefined)
        return undefined
      }),
    ]
    const writers = Array.from({ length: WRITERS }, (_, writer) => write(url, writer, rows / WRITERS))
    await Promise.all([
      ...members,
      Promise.all(writers).then(() => {
        written = true
        lastNews = performance.now()
      }),
    ])
    await joined
    await doomed.close().catch(() => {})
    way.cut()
    const [total] = await (await connection.query<{ n: bigint }>('SELECT COUNT(*) AS n FROM grouped.st')).rows()
    return {
      written: Number(total!.n),
      missing: rows - distinct,
      repeated: seen.reduce((sum, times) => sum + (times > 1 ? 1 : 0), 0),
      shares,
      unfinished,
    }
  } finally {
    await server.close()
  }
}
