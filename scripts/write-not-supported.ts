/** Writes docs/not-supported.md from the engine's own list, so that the two cannot differ: `node --conditions=@source --import tsx scripts/write-not-supported.ts`. */
import { writeFileSync } from 'node:fs'
import { notSupportedPage } from './not-supported-page.ts'

writeFileSync(new URL('../docs/not-supported.md', import.meta.url), notSupportedPage())
