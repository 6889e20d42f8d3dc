import { expect, test } from 'vitest'
import { writeRoughly } from './rough-writer.ts'

test('writers over connections that break at random: every row is in its table, once', async () => {
  const { rows, faults, defects } = await writeRoughly(5, 7)
  expect(defects).toEqual([])
  expect(rows).toBeGreaterThan(100)
  expect(faults.cut + faults.reset).toBeGreaterThan(1)
}, 60_000)
