/** Writes docs/capi-coverage.md from the native package's own table, so that the two cannot differ: `node --conditions=@source --import tsx scripts/write-capi-coverage.ts`. */
import { writeFileSync } from 'node:fs'
import { capiPage } from './capi-page.ts'

writeFileSync(new URL('../docs/capi-coverage.md', import.meta.url), capiPage())
