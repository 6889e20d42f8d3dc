import { CONNECTING } from './connecting.ts'
import { READING } from './reading.ts'
import type { ParityGroup } from './row.ts'
import { SUBSCRIBING } from './subscribing.ts'
import { WRITING } from './writing.ts'

/** Every member of taospy's native, REST and WebSocket modules, with what stands for it here. `docs/parity.md` is made of it. */
export const PARITY: readonly ParityGroup[] = [...CONNECTING, ...READING, ...WRITING, ...SUBSCRIBING]
