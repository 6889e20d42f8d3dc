import { type Connection, connect } from 'taosts'
import { type Served, serve } from 'taosts-embedded'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let server: Served
const connections: Record<string, Connection> = {}

beforeAll(async () => {
  server = await serve({ port: 0 })
  connections['WebSocket'] = await connect(server.url)
  connections['REST'] = await connect(server.restUrl)
  connections['embedded'] = await connect('embedded:')
  for (const name of ['WebSocket', 'embedded']) {
    await connections[name]!.execute('CREATE DATABASE large KEEP 36500d')
    await connections[name]!.execute('CREATE TABLE large.texts (ts TIMESTAMP, v VARCHAR(65000))')
    await connections[name]!.execute('CREATE TABLE large.blobs (ts TIMESTAMP, b BLOB)')
  }
})
afterAll(async () => {
  for (const connection of Object.values(connections)) await connection.close()
  await server.close()
})

describe.each(['WebSocket', 'REST', 'embedded'])('over %s', (driver) => {
  it('the longest texts come back, one byte more is refused with its row', async () => {
    const connection = connections[driver]!
    const ts = driver === 'REST' ? 100n : 1n
    const longest = '🍒é'.repeat(10_833)
    expect(new TextEncoder().encode(longest)).toHaveLength(64_998)
    expect(await connection.insert('large.texts', [{ ts, v: longest }])).toBe(1)
    expect(await connection.execute('INSERT INTO large.texts VALUES (?, ?)', [ts + 1n, `${longest}xy`])).toBe(1)
    await expect(
      connection.insert('large.texts', [
        { ts, v: 'x' },
        { ts, v: `${longest}xyz` },
      ]),
    ).rejects.toMatchObject({ name: 'DataError', row: 1, column: 'v' })
    const rows = await (await connection.query(`SELECT v FROM large.texts WHERE ts >= ${ts} AND ts <= ${ts + 1n} ORDER BY ts`)).values()
    expect(rows.map(([text]) => text === longest || text === `${longest}xy`)).toEqual([true, true])
  })

  it('a BLOB of 64 KiB and one of a megabyte come back', async () => {
    const connection = connections[driver]!
    // A statement as text has at most 1 MiB, and bytes take two digits each.
    for (const [at, size] of (driver === 'REST' ? [65_536, 65_537, 400_000] : [65_535, 65_536, 65_537, 1 << 20]).entries()) {
      const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255)
      const ts = BigInt(size) * 10n + BigInt(at)
      expect(await connection.insert('large.blobs', [{ ts, b: bytes }])).toBe(1)
      expect(await connection.execute('INSERT INTO large.blobs VALUES (?, ?)', [ts + 5n, bytes])).toBe(1)
      for (const time of [ts, ts + 5n]) {
        const [row] = await (await connection.query(`SELECT b FROM large.blobs WHERE ts = ${time}`)).values()
        expect(Buffer.compare(row![0] as Uint8Array, bytes)).toBe(0)
      }
    }
  })
})
