import process from 'node:process'
import type { Peers } from './connecting.ts'
import { type EntryPoints, judge } from './judge.ts'

/** Node, Bun and Deno: the peers are the argument, the verdict is the last line of the output. What stays open keeps the process from ending. */
export async function start(entryPoints: EntryPoints): Promise<void> {
  console.log(JSON.stringify(await judge(entryPoints, JSON.parse(process.argv[2]!) as Peers, false)))
}
