import type { Peers } from './connecting.ts'
import { type EntryPoints, judge } from './judge.ts'

/** A page of a browser: the launcher calls `judge` there with the peers. */
export function start(entryPoints: EntryPoints): void {
  Object.assign(globalThis, { judge: (peers: Peers) => judge(entryPoints, peers, true) })
}
