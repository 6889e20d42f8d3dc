import { type Exchange, play } from './player.ts'
import { openServer } from './replay-server.ts'
import { readTranscript, setupStatements, transcriptNames } from './transcript.ts'

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
  for (const name of transcriptNames()) {
    if (beginnings && !beginnings.some((beginning) => name.startsWith(beginning))) continue
    const server = await openServer(url)
    try {
      const refused: string[] = []
      for (const sql of setupStatements(name)) {
        const refusal = await server.run(sql)
        if (refusal !== undefined) refused.push(`${refusal}: ${sql.slice(0, 120)}`)
      }
      yield { name, exchanges: await play(readTranscript(name), server.url), refused }
    } finally {
      await server.close()
    }
  }
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
