import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { bundleClient, overBudget } from './bundle-client.ts'

const here = fileURLToPath(new URL('.', import.meta.url))

it('the client keeps to its budget in a browser, and needs nothing of Node', async () => {
  const sizes = await bundleClient(here, ['@source'])
  expect(overBudget(sizes)).toEqual([])
  expect(sizes.warnings).toEqual([])
  expect(sizes.text).not.toMatch(/from"node:|require\("node:|import\("node:/)
})
