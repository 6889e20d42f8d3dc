import { mergeConfig } from 'vitest/config'
import normal from './vitest.config.ts'

// The long run: fuzzing, model checks, browsers and bundlers.
const long = mergeConfig(normal, { test: { testTimeout: 1_200_000, hookTimeout: 600_000 } })
if (long.test) {
  delete long.test.projects
  long.test.include = ['packages/*/src/**/*.long.test.ts', 'conformance/**/*.long.test.ts']
  long.test.exclude = ['**/node_modules/**', '**/dist/**']
}
export default long
