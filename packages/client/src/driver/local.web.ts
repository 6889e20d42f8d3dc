import { NotSupportedError } from '../errors.ts'
import type { OpenLocalSession } from './local.ts'

/** Neither package runs outside Node, Bun and Deno. */
export const openLocalSession: OpenLocalSession = async ({ scheme }) => {
  throw new NotSupportedError(`${scheme}: needs Node, Bun or Deno; here connect by ws://, wss://, http:// or https://`)
}
