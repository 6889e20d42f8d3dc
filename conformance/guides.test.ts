import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Guides whose examples stand by themselves. */
const GUIDES = ['arrow.md', 'connecting.md', 'drizzle.md', 'kysely.md', 'native.md', 'reading.md', 'subscribing.md']

/** Every option may be given as undefined, as what comes out of an environment or of a caller's own options is. */
const OPTIONS = `
import type { AcquireOptions, ColumnarRows, ConnectOptions, ConsumerOptions, CursorOptions, ExecuteOptions, InsertOptions } from 'taosts'
import type { PoolOptions, QueryOptions, RestClientOptions, SchemalessOptions, TlsOptions, WriterOptions } from 'taosts'
import type { ArrowOptions, InsertArrowOptions } from 'taosts/arrow'
import type { SubtableDefinition, SupertableDefinition } from 'taosts/kysely'
import type { TestDatabaseOptions } from 'taosts-embedded/testing'

type Loose<T> = { readonly [K in keyof T]: Record<never, never> extends Pick<T, K> ? T[K] | undefined : T[K] }
export function takes(
  options: Loose<AcquireOptions & ConnectOptions & CursorOptions & ExecuteOptions & PoolOptions & QueryOptions & SchemalessOptions & TlsOptions>,
  consumer: Loose<ConsumerOptions>,
  writer: Loose<WriterOptions>,
  rows: Loose<ColumnarRows>,
  rest: Loose<RestClientOptions>,
  arrow: Loose<ArrowOptions>,
  insertArrow: Loose<InsertArrowOptions>,
  supertable: Loose<SupertableDefinition>,
  subtable: Loose<SubtableDefinition>,
  test: Loose<TestDatabaseOptions>,
): [
  AcquireOptions, ConnectOptions, CursorOptions, ExecuteOptions, PoolOptions, QueryOptions, SchemalessOptions, TlsOptions,
  ConsumerOptions, WriterOptions, ColumnarRows, RestClientOptions, ArrowOptions, InsertArrowOptions, InsertOptions,
  SupertableDefinition, SubtableDefinition, TestDatabaseOptions,
] {
  return [
    options, options, options, options, options, options, options, options,
    consumer, writer, rows, rest, arrow, insertArrow, insertArrow, supertable, subtable, test,
  ]
}
`

/** The TypeScript examples of a page. */
function blocksOf(page: string): string[] {
  return [...readFileSync(join(root, page), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!)
}

/** The examples of the guides and of the README, as modules that could stand in `examples/`. */
function examples(): Map<string, string> {
  const found = new Map([[join(root, 'examples', 'options.ts'), OPTIONS]])
  const add = (name: string, text: string) => found.set(join(root, 'examples', `${name}.ts`), `${text}\nexport {}\n`)
  for (const page of GUIDES) for (const [i, block] of blocksOf(join('docs', page)).entries()) add(`${page}-${i + 1}`, block)
  // Where one goes on from the other.
  for (const page of ['README.md', 'README.zh-CN.md', 'docs/writing.md']) add(page.replace('docs/', ''), blocksOf(page).join('\n'))
  return found
}

test('the examples compile, for those too who tell what is absent from what is undefined', { timeout: 120_000 }, () => {
  const files = examples()
  expect(files.size).toBeGreaterThan(15)
  const { config } = ts.readConfigFile(join(root, 'tsconfig.check.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [...files.keys()] }, ts.sys, root)
  const { incremental: _, tsBuildInfoFile: _info, ...rest } = options
  const plain = { ...rest, exactOptionalPropertyTypes: true }
  const host = ts.createCompilerHost(plain)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (name) => files.has(name) || fileExists(name)
  host.readFile = (name) => files.get(name) ?? readFile(name)
  host.getSourceFile = (name, version, ...more) => {
    const text = files.get(name)
    return text === undefined ? getSourceFile(name, version, ...more) : ts.createSourceFile(name, text, version)
  }
  const program = ts.createProgram([...files.keys()], plain, host)
  const wrong = [...files.keys()].flatMap((name) => {
    const source = program.getSourceFile(name)!
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText, start = 0 }) =>
        `${name.slice(root.length)}:${source.getLineAndCharacterOfPosition(start).line + 1} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    )
  })
  expect(wrong).toEqual([])
})
