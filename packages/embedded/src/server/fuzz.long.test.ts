import { expect, test } from 'vitest'
import { fuzz } from './testing/fuzz.ts'

test('100 000 damaged messages get error replies, crash nothing and leave nothing open', { timeout: 3_600_000 }, async () => {
  let sent = 0
  for (let seed = 1; seed <= 20; seed++) {
    const outcome = await fuzz(5000, seed)
    expect({ seed, failures: outcome.failures }).toEqual({ seed, failures: [] })
    expect(outcome).toMatchObject({ openResults: 0, openStatements: 0, statementsInFlight: 0 })
    sent += outcome.sent
  }
  expect(sent).toBe(100_000)
})
