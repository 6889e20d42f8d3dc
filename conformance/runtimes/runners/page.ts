import { type EntryPoints, judge } from './judge.ts'

/** A page of a browser: the launcher calls `judge` there with the URLs. */
export function start(entryPoints: EntryPoints): void {
  Object.assign(globalThis, { judge: (urls: readonly string[]) => judge(entryPoints, urls) })
}
