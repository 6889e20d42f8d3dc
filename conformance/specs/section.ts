import process from 'node:process'
import { serve } from 'taosts-embedded'
import { type Bar, printTable } from '../bars.ts'
import { runSpecs } from './run-specs.ts'

/** The specs on every connection of the embedded engine, or on the server that TAOS_URL names. */
export async function run(): Promise<Bar[]> {
  const outside = process.env['TAOS_URL']
  if (outside !== undefined) return [await target('the server of TAOS_URL', outside)]
  const server = await serve({ port: 0 })
  try {
    return [
      await target('WebSocket', server.url),
      await target('REST', server.url.replace(/^ws/, 'http')),
      await target('embedded', 'embedded:?name=specs'),
    ]
  } finally {
    await server.close()
  }
}

async function target(label: string, url: string): Promise<Bar> {
  const outcomes = await runSpecs({ url })
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed')
  const passed = outcomes.filter(({ outcome }) => outcome === 'passed').length
  if (failed.length > 0) printTable(failed.map(({ group, name, error }) => ({ target: label, group, name, error: error ?? '' })))
  return { name: `specs over ${label}`, figure: `${passed}/${passed + failed.length}`, bar: 'all', holds: failed.length === 0 }
}
