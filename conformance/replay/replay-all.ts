import { type Exchange, play } from './player.ts'
import { scenarios } from './scenarios.ts'
import { readTranscript, transcriptNames } from './transcript.ts'

/** Share of the recorded answers that must come again. */
export const BAR = 0.97

/** One scenario's outcome. */
export interface Replayed {
  readonly name: string
  readonly exchanges: readonly Exchange[]
  /** Setup statements that the server refused, with its words. */
  readonly refused: readonly string[]
}

/** Replays the scenarios whose names begin so (all without), each on a fresh server or on the one of the URL. */
export async function* replayAll(beginnings?: readonly string[], url?: string): AsyncGenerator<Replayed> {
  for await (const { name, refused, server } of scenarios(transcriptNames(), beginnings, url))
    yield { name, exchanges: await play(readTranscript(name), server.url), refused }
}

/** How many answers there are and how many are the recorded ones. */
export class Tally {
  total = 0
  equal = 0

  add(exchanges: readonly Exchange[]): number {
    const good = exchanges.filter(({ difference }) => difference === undefined).length
    this.total += exchanges.length
    this.equal += good
    return good
  }

  get figure(): number {
    return this.total === 0 ? 0 : this.equal / this.total
  }
}
