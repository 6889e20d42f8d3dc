import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** What a browser has to load, in kilobytes, gzipped. */
export interface BundleSizes {
  /** The entry and what it imports at once. */
  readonly initial: number
  /** What is loaded once a connection over WebSocket reads rows: the above, and what `connect` loads while the server answers. */
  readonly reading: number
  /** Every chunk: REST, writing, subscriptions and the statements of old servers as well. */
  readonly all: number
  readonly warnings: readonly string[]
  /** Files of the client by what they add to the entry, largest first. */
  readonly largest: readonly string[]
  readonly text: string
}

/** Kilobytes, gzipped: what the client may cost in a browser at first, once it reads rows, and with everything that it can do. */
export const BUDGET = { initial: 25, reading: 50, all: 80 } as const

/** What of the sizes exceeds the budget, with what weighs most at first. */
export function overBudget(sizes: BundleSizes): string[] {
  const over = (['initial', 'reading', 'all'] as const).filter((part) => sizes[part] > BUDGET[part])
  return over.map(
    (part) => `${part}: ${sizes[part]} kB of ${BUDGET[part]}; the largest inputs at first: ${sizes.largest.slice(0, 20).join(', ')}`,
  )
}

/** Bundles `import { connect } from 'taosts'` as a folder finds it, minified and in chunks; `conditions` choose among what the package exports. */
export async function bundleClient(folder: string, conditions: string[] = []): Promise<BundleSizes> {
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
    conditions,
  })
  const name = (path: string) => path.split(/[/\\]/).at(-1)!
  const bytes = new Map(outputFiles.map(({ path, contents }) => [name(path), gzipSync(contents, { level: 9 }).length]))
  const { outputs } = metafile
  const entryOf = (pattern: RegExp) => Object.keys(outputs).find((path) => pattern.test(outputs[path]!.entryPoint ?? ''))!
  const chunks = (paths: readonly string[], known = new Set<string>()): Set<string> => {
    for (const path of paths) {
      if (known.has(path)) continue
      known.add(path)
      chunks(
        outputs[path]!.imports.flatMap((each) => (each.kind === 'import-statement' && !each.external ? [each.path] : [])),
        known,
      )
    }
    return known
  }
  const kilobytes = (paths: Iterable<string>) => Math.round([...paths].reduce((sum, path) => sum + bytes.get(name(path))!, 0) / 10) / 100
  const entry = entryOf(/stdin/)
  const first = chunks([entry])
  const sizes = {
    initial: kilobytes(first),
    reading: kilobytes(chunks([entry, entryOf(/connected\.[jt]s$/)])),
    all: kilobytes(Object.keys(outputs)),
  }
  const inputs = [...first].flatMap((path) =>
    Object.entries(outputs[path]!.inputs).map(([file, { bytesInOutput }]) => [file, bytesInOutput] as const),
  )
  return {
    ...sizes,
    warnings: warnings.map(({ text }) => text),
    largest: inputs
      .sort((a, b) => b[1] - a[1])
      .map(([file, size]) => `${file.replace(/^.*(?:taosts|client)[/\\](?:dist|src)[/\\]/, '')} ${size}`),
    text: outputFiles.map(({ text }) => text).join('\n'),
  }
}
