import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { type Connection, connect } from 'taosts'
import { type Served, serve } from 'taosts-embedded'
import { featuresOf } from 'taosts-native'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FEATURE_ROWS, type Matrix, renderMatrix, withMatrix } from './matrix.ts'

let server: Served
const connections: Record<string, Connection> = {}
const topic = 'matrix_topic'

beforeAll(async () => {
  server = await serve({ port: 0 })
  const embedded = await connect('embedded:?name=matrix')
  const webSocket = await connect(server.url)
  for (const connection of [embedded, webSocket]) {
    await connection.execute('CREATE DATABASE m')
    await connection.execute('CREATE TABLE m.t (ts TIMESTAMP, v INT)')
    await connection.execute(`CREATE TOPIC ${topic} AS SELECT ts, v FROM m.t`)
    await connection.selectDb('m')
  }
  connections['WebSocket'] = webSocket
  connections['REST'] = await connect({ url: server.restUrl, database: 'm' })
  connections['embedded'] = embedded
})

afterAll(async () => {
  for (const connection of Object.values(connections)) await connection.close()
  await server.close()
})

describe('the matrix of features', () => {
  it('stands in both editions of the README as the drivers say (set UPDATE=1 to write it)', () => {
    const matrix: Matrix = {
      WebSocket: connections['WebSocket']!.features,
      REST: connections['REST']!.features,
      native: featuresOf([]),
      embedded: connections['embedded']!.features,
      'Cloud (wss)': connections['WebSocket']!.features,
      'Cloud (https)': connections['REST']!.features,
    }
    for (const [file, language] of [
      ['README.md', 'en'],
      ['README.zh-CN.md', 'zh'],
    ] as const) {
      const path = new URL(`../../${file}`, import.meta.url)
      const page = readFileSync(path, 'utf8')
      const wanted = withMatrix(page, renderMatrix(matrix, language))
      if (process.env['UPDATE'] === '1') writeFileSync(path, wanted)
      else expect(page).toBe(wanted)
      expect(page).toContain('<!-- matrix -->')
    }
  })

  for (const name of ['WebSocket', 'REST', 'embedded']) {
    for (const row of FEATURE_ROWS) {
      it(`${name}: ${row.en}`, async () => {
        const connection = connections[name]!
        if (connection.features.has(row.feature)) await row.try(connection, topic)
        else
          await expect(row.try(connection, topic)).rejects.toMatchObject({
            name: 'NotSupportedError',
            message: expect.stringMatching(/ws:\/\/|wss:\/\//),
          })
      })
    }
  }
})
