import { expect, test } from 'vitest'
import { writeRoughly } from './rough-writer.ts'

test('two minutes of writing over connections that break at random', async () => {
  const { rows, faults, defects } = await writeRoughly(120, Date.now())
  expect(defects).toEqual([])
  expect(rows).toBeGreaterThan(10_000)
  expect(faults.cut + faults.reset).toBeGreaterThan(50)
}, 300_000)
