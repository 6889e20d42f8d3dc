/** Writes docs/functions.md from the engine's own tables, so that the two cannot differ: `node --conditions=@source --import tsx scripts/write-functions.ts`. */
import { writeFileSync } from 'node:fs'
import { functionsPage } from './functions-page.ts'

writeFileSync(new URL('../docs/functions.md', import.meta.url), functionsPage())
