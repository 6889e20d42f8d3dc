import { scenarios } from './scenarios.ts'
import { playTmq, type TmqOutcome } from './tmq-player.ts'
import { readTranscript, tmqTranscriptNames } from './transcript.ts'

/** Share of the recorded replies of subscriptions that must come again with the same keys. */
export const TMQ_BAR = 0.95

export interface ReplayedTmq extends TmqOutcome {
  readonly name: string
  readonly refused: readonly string[]
}

/** Replays the recorded subscriptions whose names begin so (all without), each on a fresh server or on the one of the URL. */
export async function* replayTmq(beginnings?: readonly string[], url?: string): AsyncGenerator<ReplayedTmq> {
  for await (const { name, refused, server } of scenarios(tmqTranscriptNames(), beginnings, url))
    yield { name, refused, ...(await playTmq(readTranscript(name), server.url)) }
}
