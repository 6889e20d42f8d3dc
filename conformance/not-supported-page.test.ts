import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { notSupportedPage } from '../scripts/not-supported-page.ts'

test("the manual's list of what the engine does not do is the engine's own (scripts/write-not-supported.ts writes it)", () => {
  expect(readFileSync(new URL('../docs/not-supported.md', import.meta.url), 'utf8')).toBe(notSupportedPage())
})
