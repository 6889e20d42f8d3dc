import { describe, expect, test } from 'vitest'
import { groupRun } from './group-run.ts'

const ROWS = 50_000

describe('two members of a group read what four writers write meanwhile, a third joins', () => {
  test('one is killed: every row comes, and only what it had not committed comes twice', { timeout: 120_000 }, async () => {
    const run = await groupRun(ROWS, 'killed')
    expect(run).toMatchObject({ written: ROWS, missing: 0, repeated: run.unfinished })
    expect(run.unfinished).toBeGreaterThan(0)
    expect(run.shares.length).toBe(3)
  })

  test('one leaves after its commit: every row comes exactly once', { timeout: 120_000 }, async () => {
    const run = await groupRun(ROWS, 'closes')
    expect(run).toMatchObject({ written: ROWS, missing: 0, repeated: 0 })
    expect(run.shares.length).toBe(3)
  })
})
