import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@source', 'node', 'import', 'default'], externalConditions: ['@source', 'node', 'import'] } },
  resolve: { conditions: ['@source', 'node', 'import', 'default'] },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'conformance/**/*.test.ts', 'examples/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.long.test.ts', 'conformance/.installed/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A busy machine may take its time; what never comes still fails.
    expect: { poll: { timeout: 10_000 } },
    // Files share what they load: a third of the time went into loading it again for each.
    isolate: false,
    // Files wait for timers and child processes more than they compute.
    maxWorkers: 3,
  },
})
