import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Guides whose examples stand by themselves. */
const GUIDES = ['connecting.md', 'reading.md', 'subscribing.md']

/** The TypeScript examples of the guides, as modules that could stand in `examples/`. */
function examples(): Map<string, string> {
  const found = new Map<string, string>()
  for (const page of GUIDES) {
    const blocks = readFileSync(join(root, 'docs', page), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)
    for (const [i, block] of [...blocks].entries()) found.set(join(root, 'examples', `${page}-${i + 1}.ts`), `${block[1]!}\nexport {}\n`)
  }
  return found
}

test('the examples of the guides compile', { timeout: 120_000 }, () => {
  const files = examples()
  expect(files.size).toBeGreaterThan(10)
  const { config } = ts.readConfigFile(join(root, 'tsconfig.check.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [...files.keys()] }, ts.sys, root)
  const { incremental: _, tsBuildInfoFile: _info, ...plain } = options
  const host = ts.createCompilerHost(plain)
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (name) => files.has(name) || fileExists(name)
  host.readFile = (name) => files.get(name) ?? readFile(name)
  host.getSourceFile = (name, version, ...rest) => {
    const text = files.get(name)
    return text === undefined ? getSourceFile(name, version, ...rest) : ts.createSourceFile(name, text, version)
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
