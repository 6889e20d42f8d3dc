/** Writes docs/parity.md from the table of conformance/parity: `node --conditions=@source --import tsx scripts/write-parity.ts`. */
import { writeFileSync } from 'node:fs'
import { parityPage } from './parity-page.ts'

writeFileSync(new URL('../docs/parity.md', import.meta.url), parityPage())
