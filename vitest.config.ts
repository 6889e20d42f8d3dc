import { defineConfig } from 'vitest/config'

const EXCLUDED = ['**/node_modules/**', '**/dist/**', '**/*.long.test.ts', 'conformance/.installed/**']
/** What exchanges a module, or loads a library of its own into the process. */
const ALONE = ['packages/client/src/kysely/kysely-0.29.test.ts', 'packages/native/src/**/*.test.ts']

export default defineConfig({
  ssr: { resolve: { conditions: ['@source', 'node', 'import', 'default'], externalConditions: ['@source', 'node', 'import'] } },
  resolve: { conditions: ['@source', 'node', 'import', 'default'] },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['packages/*/src/**/*.test.ts', 'conformance/**/*.test.ts', 'examples/**/*.test.ts'],
          exclude: [...EXCLUDED, ...ALONE],
          // Files share what they load: a third of the time went into loading it again for each.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, exclude: EXCLUDED } },
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A busy machine may take its time; what never comes still fails.
    expect: { poll: { timeout: 10_000 } },
    // Files wait for timers and child processes more than they compute.
    maxWorkers: 3,
  },
})
