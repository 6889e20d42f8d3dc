import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { type Served, serve } from 'taosts-embedded'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SPECS } from './index.ts'
import { runSpec } from './run-specs.ts'

const outside = process.env['TAOS_URL']
const targets = outside === undefined ? ['WebSocket', 'REST', 'embedded', 'embedded in a directory'] : [outside]
let server: Served | undefined
let directory = ''

beforeAll(async () => {
  if (outside === undefined) server = await serve({ port: 0 })
  directory = mkdtempSync(join(tmpdir(), 'taosts-specs-'))
})
afterAll(async () => {
  await server?.close()
  rmSync(directory, { recursive: true, force: true })
})

function urlOf(target: string): string {
  if (target === 'WebSocket') return server!.url
  if (target === 'REST') return server!.url.replace(/^ws/, 'http')
  if (target === 'embedded') return 'embedded:?name=specs'
  return target === 'embedded in a directory' ? `embedded:${directory}` : target
}

describe.each(targets)('specs over %s', (target) => {
  for (const [group, specs] of Object.entries(SPECS)) {
    describe(group, () => {
      for (const spec of specs) {
        it(spec.name, async () => {
          expect(['passed', 'does not apply']).toContain(await runSpec(spec, { url: urlOf(target) }))
        })
      }
    })
  }
})
