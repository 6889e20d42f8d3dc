import { test } from 'vitest'
import { checkModel } from './check.ts'

// The long run has thousands of programs; model-check.long.test.ts.

test(
  'random programs of definitions, writes and queries answer as the model does',
  () => checkModel({ programs: 120, length: 25, restarts: false }),
  120_000,
)

test('and so they do when the engine restarts between statements', () => checkModel({ programs: 15, length: 25, restarts: true }), 120_000)
