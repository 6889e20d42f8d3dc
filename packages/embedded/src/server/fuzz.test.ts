import { expect, test } from 'vitest'
import { fuzz } from './testing/fuzz.ts'

test('damaged messages get error replies, crash nothing and leave nothing open', { timeout: 60_000 }, async () => {
  const outcome = await fuzz(1500, 20261121)
  expect(outcome.failures).toEqual([])
  expect(outcome).toMatchObject({ sent: 1500, openResults: 0, openStatements: 0, statementsInFlight: 0 })
  expect(outcome.replies).toBeGreaterThan(1000)
})
