import type { Peers } from './connecting.ts'
import { type EntryPoints, judge } from './judge.ts'

/** A worker of workerd: a request with the peers is answered with the verdict. */
export function start(entryPoints: EntryPoints): { fetch(request: Request): Promise<Response> } {
  return { fetch: async (request) => Response.json(await judge(entryPoints, (await request.json()) as Peers, true)) }
}
