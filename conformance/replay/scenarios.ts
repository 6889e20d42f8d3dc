import { openServer } from './replay-server.ts'
import { setupStatements } from './transcript.ts'

/** A recording about to be replayed, on a server that has run its setup. */
export interface Scenario {
  readonly name: string
  /** Setup statements that the server refused, with its words. */
  readonly refused: readonly string[]
  readonly server: Awaited<ReturnType<typeof openServer>>
}

/** The recordings whose names begin so (all without), each with a fresh server or the one of the URL, which is closed after its turn. */
export async function* scenarios(names: Iterable<string>, beginnings?: readonly string[], url?: string): AsyncGenerator<Scenario> {
  for (const name of names) {
    if (beginnings && !beginnings.some((beginning) => name.startsWith(beginning))) continue
    const server = await openServer(url)
    try {
      const refused: string[] = []
      for (const sql of setupStatements(name)) {
        const refusal = await server.run(sql)
        if (refusal !== undefined) refused.push(`${refusal}: ${sql.slice(0, 120)}`)
      }
      yield { name, refused, server }
    } finally {
      await server.close()
    }
  }
}
