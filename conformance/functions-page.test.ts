import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { functionsPage } from '../scripts/functions-page.ts'

test("the manual's list of functions is the engine's own (scripts/write-functions.ts writes it)", () => {
  expect(readFileSync(new URL('../docs/functions.md', import.meta.url), 'utf8')).toBe(functionsPage())
})
