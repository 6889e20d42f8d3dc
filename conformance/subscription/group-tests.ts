import { describe, expect, test } from 'vitest'
import { groupRun } from './group-run.ts'

/** What a group promises while its members change, over so many rows; `timeout` in milliseconds for each test. */
export function groupTests(rows: number, timeout: number): void {
  describe('two members of a group read what four writers write meanwhile, a third joins', () => {
    test('one is killed: every row comes, and only what it had not committed comes twice', { timeout }, async () => {
      const run = await groupRun(rows, 'killed')
      expect(run).toMatchObject({ written: rows, missing: 0, repeated: run.unfinished })
      expect(run.unfinished).toBeGreaterThan(0)
      expect(run.shares.length).toBe(3)
    })

    test('one leaves after its commit: every row comes exactly once', { timeout }, async () => {
      const run = await groupRun(rows, 'closes')
      expect(run).toMatchObject({ written: rows, missing: 0, repeated: 0 })
      expect(run.shares.length).toBe(3)
    })
  })
}
