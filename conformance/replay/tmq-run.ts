import { openServer } from './replay-server.ts'
import { playTmq, type TmqOutcome } from './tmq-player.ts'
import { readTranscript, setupStatements, tmqTranscriptNames } from './transcript.ts'

/** Share of the recorded replies of subscriptions that must come again with the same keys. */
export const TMQ_BAR = 0.95

export interface ReplayedTmq extends TmqOutcome {
  readonly name: string
  readonly refused: readonly string[]
}

/** Replays the recorded subscriptions whose names begin so (all without), each on a fresh server or on the one of the URL. */
export async function* replayTmq(beginnings?: readonly string[], url?: string): AsyncGenerator<ReplayedTmq> {
  for (const name of tmqTranscriptNames()) {
    if (beginnings && !beginnings.some((beginning) => name.startsWith(beginning))) continue
    const server = await openServer(url)
    try {
      const refused: string[] = []
      for (const sql of setupStatements(name)) {
        const refusal = await server.run(sql)
        if (refusal !== undefined) refused.push(`${refusal}: ${sql.slice(0, 120)}`)
      }
      yield { name, refused, ...(await playTmq(readTranscript(name), server.url)) }
    } finally {
      await server.close()
    }
  }
}
