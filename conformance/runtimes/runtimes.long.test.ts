import { expect, it } from 'vitest'
import { run } from './section.ts'

it('the compiled client does on every runtime what it does on this one', async () => {
  const bars = await run()
  expect(bars.filter(({ holds }) => !holds)).toEqual([])
  // This platform's Node at least must have been judged.
  expect(bars.filter(({ figure }) => figure !== 'not run').length).toBeGreaterThanOrEqual(3)
})
