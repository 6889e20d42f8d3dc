import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { capiPage } from '../scripts/capi-page.ts'

test("the manual's list of libtaos's functions is the native package's own (scripts/write-capi-coverage.ts writes it)", () => {
  expect(readFileSync(new URL('../docs/capi-coverage.md', import.meta.url), 'utf8')).toBe(capiPage())
})
