import { expect, it } from 'vitest'
import { Engine } from '../engine.ts'

it('gives only rows that meet the condition, also while others are written', async () => {
  const engine = await Engine.open()
  try {
    const writer = engine.session({ user: 'root' })
    const reader = engine.session({ user: 'root' })
    await writer.execute('CREATE DATABASE d KEEP 36500')
    await writer.execute('CREATE TABLE d.t (ts TIMESTAMP, v INT)')
    let next = 0
    let reading = true
    const writing = (async () => {
      while (reading) {
        let sql = 'INSERT INTO d.t VALUES'
        for (let i = 0; i < 20; i++, next++) sql += ` (${1_700_000_000_000 + next}, ${next})`
        await writer.execute(sql)
        // The table stays small enough to be read again and again.
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    })()
    for (let round = 0; round < 150; round++) {
      const limit = next
      const answer = await reader.execute(`SELECT v FROM d.t WHERE v < ${limit}`)
      if (answer.kind !== 'rows') throw new Error('no rows')
      for (let block = await answer.next(); block !== null; block = await answer.next()) {
        const values = (block.columns[0] as unknown as { values: Int32Array }).values
        expect(values.every((value) => value < limit)).toBe(true)
      }
    }
    reading = false
    await writing
  } finally {
    await engine.close()
  }
})
