import { expect, test } from 'vitest'
import { replayAll } from './replay-all.ts'

/** Scenarios whose every answer comes again; the whole set is `npm run conformance -- replay`. */
const WHOLE = [
  'curl-opentsdb',
  'curl-ping',
  'curl-rest-args',
  'curl-rest-auth',
  'curl-rest-errors',
  'curl-rest-gzip',
  'curl-rest-updates',
  'curl-upload',
  'jdbc-ws-schemaless',
  'py-ws-connect',
  'raw-ws-binary',
  'raw-ws-conn-options',
  'raw-ws-envelope',
  'raw-ws-json-fetch',
  'raw-ws-misc',
  'raw-ws-stmt1',
  'raw-ws-stmt2',
  'raw-ws-write-block',
]

test.each(WHOLE)('%s is answered as recorded', { timeout: 60_000 }, async (name) => {
  for await (const { exchanges, refused } of replayAll([name])) {
    expect(refused).toEqual([])
    expect(exchanges.length).toBeGreaterThan(0)
    expect(exchanges.filter(({ difference }) => difference !== undefined)).toEqual([])
  }
})
