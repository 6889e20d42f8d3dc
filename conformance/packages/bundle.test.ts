import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { BUDGET, bundleClient } from './bundle-client.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

describe('the client in a browser', () => {
  it(`keeps to its budget: ${BUDGET.initial} kB at first, ${BUDGET.reading} kB to read rows, ${BUDGET.all} kB in all`, async () => {
    const sizes = await bundleClient(here, ['@source'])
    expect(sizes.overBudget, `the largest inputs at first: ${sizes.largest.slice(0, 20).join(', ')}`).toEqual([])
    expect(sizes.warnings).toEqual([])
    expect(sizes.text).not.toMatch(/from"node:|require\("node:|import\("node:/)
  })
})
