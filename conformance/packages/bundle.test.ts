import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { BUDGET, bundleClient } from './bundle-client.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

/**
 * Kilobytes, gzipped, that no change may exceed. All chunks together are not within `BUDGET.all` yet, which packages.long.test.ts asks for: this keeps
 * them from growing meanwhile.
 */
const CEILING = { reading: 50, all: 78 } as const

describe('the client in a browser', () => {
  it(`takes ${BUDGET.initial} kB at first, and no more than before to read rows and in all`, async () => {
    const { initial, reading, all, warnings, text, largest } = await bundleClient(here, ['@source'])
    expect(initial, `the largest inputs at first: ${largest.slice(0, 20).join(', ')}`).toBeLessThanOrEqual(BUDGET.initial)
    expect(reading).toBeLessThanOrEqual(CEILING.reading)
    expect(all).toBeLessThanOrEqual(CEILING.all)
    expect(warnings).toEqual([])
    expect(text).not.toMatch(/from"node:|require\("node:|import\("node:/)
  })
})
