import { runSpecs, type SpecOutcome } from '../../specs/run-specs.ts'
import { connectEverywhere, type Peers } from './connecting.ts'

/** The client's entry points, each behind the import that loads it. */
export type EntryPoints = Readonly<Record<string, () => Promise<object>>>

/** What a runtime makes of the client: outcomes by what was judged. Plain JSON, because it leaves the runtime as text. */
export type Verdict = Readonly<Record<'imports' | 'connecting' | 'WebSocket' | 'REST', readonly SpecOutcome[]>>

/** Judges the client inside the runtime that calls this. `hiding` where the platform does not say why a connection fails. */
export async function judge(entryPoints: EntryPoints, peers: Peers, hiding: boolean): Promise<Verdict> {
  return {
    imports: await importAll(entryPoints),
    connecting: await connectEverywhere(peers, hiding),
    WebSocket: await runSpecs({ url: `ws://localhost:${peers.server}` }),
    REST: await runSpecs({ url: `http://localhost:${peers.server}` }),
  }
}

async function importAll(entryPoints: EntryPoints): Promise<SpecOutcome[]> {
  const outcomes: SpecOutcome[] = []
  for (const [name, load] of Object.entries(entryPoints)) {
    const error = await load().then(
      (module) => (Object.keys(module).length > 0 ? undefined : 'exports nothing'),
      (reason: unknown) => String(reason),
    )
    outcomes.push({ group: 'import', name, ...(error === undefined ? { outcome: 'passed' } : { outcome: 'failed', error }) })
  }
  return outcomes
}
