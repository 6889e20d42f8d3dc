import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { compiler } from '../test/judge.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const RUNS: readonly (readonly [config: string, files: readonly string[]])[] = [
  ['vitest.config.ts', ['native', 'lifetimes', 'tmq']],
  ['vitest.long.config.ts', ['churn.long']],
]

/** The runtime of AddressSanitizer, which has to be loaded before anything else; undefined where the compiler has none. */
function sanitizer(): string | undefined {
  if (process.platform !== 'linux') return undefined
  const path = execFileSync(compiler()!, ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim()
  return existsSync(path) ? path : undefined
}

const path = sanitizer()

it.each(RUNS)(`under AddressSanitizer, with handles that are really freed (${path ?? 'the compiler has none'}): %s %j`, (config, names) => {
  if (path === undefined) return
  const files = names.map((name) => `packages/native/src/${name}.test.ts`)
  const { status, stdout, stderr } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '-c', config, ...files], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      LD_PRELOAD: path,
      // Leaks are counted by the judge; Node itself leaves much to the end of the process.
      ASAN_OPTIONS: 'detect_leaks=0:exitcode=99',
      TAOS_JUDGE_FLAGS: '-fsanitize=address -DFREE_HANDLES -g',
      TAOS_CHURN: '5000',
      NO_COLOR: '1',
    },
  })
  expect(stderr).not.toContain('AddressSanitizer')
  expect(status, stdout + stderr).toBe(0)
  expect(stdout).toContain(`Test Files  ${names.length} passed`)
})
