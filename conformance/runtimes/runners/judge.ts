import { runSpecs, type SpecOutcome } from '../../specs/run-specs.ts'

/** The client's entry points, each behind the import that loads it. */
export type EntryPoints = Readonly<Record<string, () => Promise<object>>>

/** What a runtime makes of the client. Plain JSON, because it leaves the runtime as text. */
export interface Verdict {
  /** What each entry point threw at import; empty where all is well. */
  readonly imports: Readonly<Record<string, string>>
  /** What became of every spec over each URL. */
  readonly outcomes: Readonly<Record<string, readonly SpecOutcome[]>>
}

/** Judges the client inside the runtime that calls this. */
export async function judge(entryPoints: EntryPoints, urls: readonly string[]): Promise<Verdict> {
  const imports: Record<string, string> = {}
  for (const [name, load] of Object.entries(entryPoints)) {
    imports[name] = await load().then(
      (module) => (Object.keys(module).length > 0 ? '' : 'exports nothing'),
      (error: unknown) => String(error),
    )
  }
  const outcomes: Record<string, readonly SpecOutcome[]> = {}
  for (const url of urls) outcomes[url] = await runSpecs({ url })
  return { imports, outcomes }
}
