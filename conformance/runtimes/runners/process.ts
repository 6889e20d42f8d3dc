import process from 'node:process'
import { type EntryPoints, judge } from './judge.ts'

/** Node, Bun and Deno: the URLs are arguments, the verdict is the last line of the output. What stays open keeps the process from ending. */
export async function start(entryPoints: EntryPoints): Promise<void> {
  console.log(JSON.stringify(await judge(entryPoints, process.argv.slice(2))))
}
