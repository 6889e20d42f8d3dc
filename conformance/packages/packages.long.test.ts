import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BundleSizes, bundleClient, overBudget } from './bundle-client.ts'

/** The packages as users get them: packed, installed into a fresh folder, imported, type-checked and bundled. */

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))
const fresh = mkdtempSync(join(tmpdir(), 'taosts-packed-'))
const NAMES = ['client', 'embedded'] as const
/** The native package as well, whose library is not installed here. */
const PACKED = [...NAMES, 'native'] as const
const TOOLS = {
  publint: '0.3.25',
  '@arethetypeswrong/cli': '0.18.5',
  rollup: '4.62.2',
  '@rollup/plugin-node-resolve': '16.0.3',
  webpack: '5.108.4',
}

const npm = (args: string[], cwd: string) =>
  run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd, maxBuffer: 64 * 1024 * 1024 })
const node = (args: string[], cwd: string) => run(process.execPath, args, { cwd, env: { ...process.env, NODE_OPTIONS: '' } })
const tarballs: Record<string, string> = {}
const contents: Record<string, string[]> = {}

beforeAll(async () => {
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], { cwd: root })
  for (const name of PACKED) {
    const { stdout } = await npm(['pack', '--json', '--pack-destination', fresh, '-w', `packages/${name}`], root)
    const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
    tarballs[name] = join(fresh, packed!.filename)
    contents[name] = packed!.files.map(({ path }) => path)
  }
  writeFileSync(join(fresh, 'package.json'), JSON.stringify({ name: 'fresh', private: true, type: 'module' }))
  await npm(
    [
      'install',
      ...NAMES.map((name) => tarballs[name]!),
      'kysely@0.28.18',
      'drizzle-orm@0.45.4',
      'apache-arrow@21.2.0',
      'typescript@6.0.3',
      '@types/node@20.19.0',
    ],
    fresh,
  )
}, 600_000)

afterAll(() => rmSync(fresh, { recursive: true, force: true }))

/** The tools of these checks, installed once beside the repository's own. */
async function tools(): Promise<string> {
  const directory = join(root, 'conformance/.installed/packages')
  const manifest = JSON.stringify({ name: 'tools', private: true, dependencies: TOOLS })
  const path = join(directory, 'package.json')
  if (existsSync(join(directory, 'node_modules/webpack')) && existsSync(path) && readFileSync(path, 'utf8') === manifest) return directory
  mkdirSync(directory, { recursive: true })
  writeFileSync(path, manifest)
  await npm(['install'], directory)
  return directory
}

describe('the packed packages', () => {
  it.each(PACKED)('say what they are and on what terms: %s', (name) => {
    expect(contents[name]).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']))
  })

  it('import every entry point, and work', async () => {
    writeFileSync(
      join(fresh, 'main.mjs'),
      `import { connect } from 'taosts'
import 'taosts/wire'
import 'taosts/driver'
import 'taosts/schema'
import { Kysely } from 'kysely'
import { TaosDialect } from 'taosts/kysely'
import { drizzle } from 'taosts/drizzle'
import { sql } from 'drizzle-orm'
import { toArrow } from 'taosts/arrow'
import { withDatabase, startServer } from 'taosts-embedded/testing'
await withDatabase(async ({ connection }) => {
  await connection.execute('CREATE TABLE t (ts TIMESTAMP, v INT)')
  await connection.execute('INSERT INTO t VALUES (NOW, 7)')
  const db = new Kysely({ dialect: new TaosDialect({ connection }) })
  console.log((await db.selectFrom('t').select('v').execute())[0].v)
  console.log((await drizzle(connection).execute(sql\`select v from t\`))[0][0].v)
  console.log((await toArrow(await connection.query('SELECT v FROM t'))).getChild('v').get(0))
  console.log((await connection.schema.tables()).length)
})
await using server = await startServer()
await using connection = await connect(server.url)
console.log(connection.serverInfo)
`,
    )
    // Node 20 reads no `await using`: the program is compiled as a user's would be.
    const { code } = await transform(readFileSync(join(fresh, 'main.mjs'), 'utf8'), { target: 'node20', format: 'esm' })
    writeFileSync(join(fresh, 'compiled.mjs'), code)
    const { stdout } = await node(['compiled.mjs'], fresh)
    expect(stdout.trim().split('\n').slice(0, 4)).toEqual(['7', '7', '7', '1'])
    expect(stdout).toMatch(/^3\.3\.7\.5/m)
  })

  it('import without the optional packages', async () => {
    const bare = mkdtempSync(join(tmpdir(), 'taosts-bare-'))
    try {
      writeFileSync(join(bare, 'package.json'), JSON.stringify({ name: 'bare', private: true, type: 'module' }))
      await npm(['install', tarballs['client']!], bare)
      expect(
        readdirSync(join(bare, 'node_modules'))
          .filter((name) => !name.startsWith('.'))
          .sort(),
      ).toEqual(['taosts', 'ws'])
      const { stdout } = await node(
        ['--input-type=module', '-e', "const { connect } = await import('taosts'); console.log(typeof connect)"],
        bare,
      )
      expect(stdout).toBe('function\n')
      // What needs apache-arrow says so when it is called, and its types are no error before.
      writeFileSync(
        join(bare, 'arrow.mjs'),
        `import { Result } from 'taosts'
const answer = { fields: [], isUpdate: false, affectedRows: 0, precision: 'ms', next: async () => null, free() {} }
await new Result(answer, { policy: {}, reqId: 1n }).toArrow().catch((error) => console.log(error.name, error.message))
`,
      )
      expect((await node(['arrow.mjs'], bare)).stdout).toMatch(/^InterfaceError .*npm install apache-arrow/)
      writeFileSync(join(bare, 'typed.ts'), "import { connect } from 'taosts'\nexport const opened = connect()\n")
      const strict = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--module', 'nodenext', '--target', 'es2022']
      const lib = ['--lib', 'es2023,esnext.disposable,dom', 'typed.ts']
      await node([join(root, 'node_modules/typescript/bin/tsc'), ...strict, ...lib], bare)
      const { stdout: shown } = await node(['node_modules/taosts/bin/taosts.cjs', 'generate-types', '--help'], bare)
      expect(shown).toContain('generate-types')
      const { stdout: version } = await node(['node_modules/taosts/bin/taosts.cjs', '--version'], bare)
      expect(version).toBe(`${JSON.parse(readFileSync(join(root, 'packages/client/package.json'), 'utf8')).version}\n`)
    } finally {
      rmSync(bare, { recursive: true, force: true })
    }
  })

  it('have types that a strict program can use', async () => {
    writeFileSync(
      join(fresh, 'typed.ts'),
      `import { connect, type Connection } from 'taosts'
import { interval, TaosDialect, windowStart } from 'taosts/kysely'
import { supertable, timestamp, int } from 'taosts/drizzle'
import { toArrow } from 'taosts/arrow'
import { Kysely } from 'kysely'
export const meters = supertable('meters', { ts: timestamp().notNull() }, { g: int() })
export async function main(connection: Connection): Promise<number> {
  const db = new Kysely<{ t: { ts: Date; v: number | null } }>({ dialect: new TaosDialect({ connection }) })
  const rows = await db.selectFrom('t').select((eb) => [windowStart().as('s'), eb.fn.max('v').as('m')]).$call(interval('1m')).execute()
  const time: Date | undefined = rows[0]?.s
  return (await toArrow(await connection.query('SELECT 1'))).numRows + Number(time)
}
export const opened: Promise<Connection> = connect('embedded:')
export const times: (typeof meters.$inferSelect)['ts'][] = [new Date()]
export const tag: 'meters' = meters.g._.tableName
export const set = connect({ url: process.env.TAOS_URL, timeout: undefined })
`,
    )
    writeFileSync(
      join(fresh, 'tsconfig.typed.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'es2022',
          module: 'nodenext',
          strict: true,
          exactOptionalPropertyTypes: true,
          noEmit: true,
          skipLibCheck: false,
          types: ['node'],
          lib: ['es2023', 'esnext.disposable', 'dom'],
        },
        files: ['typed.ts'],
      }),
    )
    // Declarations of others do not all compile under these; ours and the program's have to.
    const { stdout } = await node(['node_modules/typescript/bin/tsc', '-p', 'tsconfig.typed.json'], fresh).catch((error) => error)
    expect(stdout.split('\n').filter((line: string) => /^(?:typed|node_modules\/taosts)/.test(line))).toEqual([])
  })

  it.each(NAMES)('pass publint and attw: %s', async (name) => {
    const directory = await tools()
    const publint = await run(process.execPath, ['node_modules/publint/src/cli.js', 'run', tarballs[name]!, '--strict'], { cwd: directory })
    expect(publint.stdout).toMatch(/All good/)
    await run(process.execPath, ['node_modules/@arethetypeswrong/cli/dist/index.js', tarballs[name]!, '--profile', 'esm-only'], {
      cwd: directory,
    })
  })
})

describe('the client in a browser', () => {
  let sizes: BundleSizes
  beforeAll(async () => {
    sizes = await bundleClient(fresh)
  })

  it('is bundled by esbuild without a warning, and without Node', () => {
    expect(sizes.warnings).toEqual([])
    expect(sizes.text).not.toMatch(/from"node:|require\("node:|import\("node:/)
  })

  it('keeps to its budget', () => expect(overBudget(sizes)).toEqual([]))

  it('is bundled by vite, rollup and webpack without a warning', async () => {
    const directory = await tools()
    writeFileSync(join(fresh, 'browser.js'), "import { connect } from 'taosts'\nglobalThis.connect = connect\n")
    for (const bundler of ['vite', 'rollup', 'webpack'] as const) {
      const script = fileURLToPath(new URL(`./bundlers/${bundler}.mjs`, import.meta.url))
      const { stdout } = await run(process.execPath, [script, directory, fresh], { cwd: fresh })
      expect(JSON.parse(stdout.trim().split('\n').at(-1)!), bundler).toEqual([])
    }
  })
})
