import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** What a browser has to load. */
export interface BundleSizes {
  /** Kilobytes, gzipped, of the entry and what it imports at once. */
  readonly initial: number
  /** Kilobytes, gzipped, of every chunk. */
  readonly all: number
  readonly overBudget: readonly string[]
  readonly warnings: readonly string[]
  /** Files of the client by what they add to the entry, largest first. */
  readonly largest: readonly string[]
  readonly text: string
}

const BUDGET = { initial: 25, all: 50 }

/** Bundles `import { connect } from 'taosts'` as installed in a folder, minified and in chunks. */
export async function bundleClient(folder: string): Promise<BundleSizes> {
  const { outputFiles, metafile, warnings } = await build({
    stdin: { contents: "import { connect } from 'taosts'\nglobalThis.connect = connect\n", resolveDir: folder },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    outdir: 'out',
    absWorkingDir: folder,
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  const name = (path: string) => path.split(/[/\\]/).at(-1)!
  const bytes = new Map(outputFiles.map(({ path, contents }) => [name(path), gzipSync(contents, { level: 9 }).length]))
  const { outputs } = metafile
  const entry = Object.keys(outputs).find((path) => outputs[path]!.entryPoint !== undefined)!
  const first = new Set<string>()
  const visit = (path: string): void => {
    if (first.has(path)) return
    first.add(path)
    for (const each of outputs[path]!.imports) if (each.kind === 'import-statement' && !each.external) visit(each.path)
  }
  visit(entry)
  const kilobytes = (sum: number) => Math.round(sum / 10) / 100
  const initial = kilobytes([...first].reduce((sum, path) => sum + bytes.get(name(path))!, 0))
  const all = kilobytes([...bytes.values()].reduce((sum, size) => sum + size, 0))
  const inputs = [...first].flatMap((path) =>
    Object.entries(outputs[path]!.inputs).map(([file, { bytesInOutput }]) => [file, bytesInOutput] as const),
  )
  return {
    initial,
    all,
    overBudget: [
      ...(initial > BUDGET.initial ? [`the initial chunk has ${initial} kB of ${BUDGET.initial}`] : []),
      ...(all > BUDGET.all ? [`all chunks have ${all} kB of ${BUDGET.all}`] : []),
    ],
    warnings: warnings.map(({ text }) => text),
    largest: inputs.sort((a, b) => b[1] - a[1]).map(([file, size]) => `${file.replace(/^.*taosts[/\\]dist[/\\]/, '')} ${size}`),
    text: outputFiles.map(({ text }) => text).join('\n'),
  }
}
