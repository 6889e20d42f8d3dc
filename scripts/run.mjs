// Runs the workspace's commands from a fresh clone: installs and builds what is missing or stale, then does what was asked.
// Plain JavaScript without dependencies, because it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stamps = join(root, 'node_modules', '.taosts')
const [command, ...rest] = process.argv.slice(2)

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) fail(`Node ${process.versions.node} is too old: taosts needs 20.19 or newer.`)

function fail(message) {
  console.error(message)
  process.exit(1)
}

/** Runs a program with this terminal and ends with its exit code when it fails. */
function run(label, file, args, options = {}) {
  const result = spawnSync(file, args, { cwd: root, stdio: 'inherit', ...options })
  if (result.error) fail(`${label} did not start: ${result.error.message}`)
  if (result.status !== 0) process.exit(result.status ?? 1)
}

function* files(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'dist') continue
    const path = join(directory, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else yield path
  }
}

/** One digest of what a step depends on: names, sizes and times of sources, contents of manifests. */
function digest(paths, byContent) {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0])
  for (const path of [...paths].sort()) {
    hash.update(relative(root, path))
    if (byContent) hash.update(readFileSync(path))
    else {
      const { size, mtimeMs } = statSync(path)
      hash.update(`${size}:${mtimeMs}`)
    }
  }
  return hash.digest('hex')
}

function upToDate(step, value) {
  const path = join(stamps, step)
  return existsSync(path) && readFileSync(path, 'utf8') === value
}

function remember(step, value) {
  mkdirSync(stamps, { recursive: true })
  writeFileSync(join(stamps, step), value)
}

function packages() {
  return readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
}

function install() {
  const manifests = [join(root, 'package.json'), join(root, 'package-lock.json'), ...packages().map((path) => join(path, 'package.json'))]
  const value = digest(manifests.filter(existsSync), true)
  if (existsSync(join(root, 'node_modules', 'typescript')) && upToDate('installed', value)) return
  console.error('Installing the dependencies …')
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, [process.env.npm_execpath]] : ['npm', []]
  // Not `npm ci`: it refuses a lock file without the optional binaries of platforms that a registry does not carry.
  run('npm', npm[0], [...npm[1], 'install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
    stdio: ['ignore', 2, 2],
  })
  remember('installed', value)
}

function build() {
  const sources = packages().flatMap((path) => [...files(join(path, 'src')), join(path, 'tsconfig.json'), join(path, 'package.json')])
  const value = digest([...sources.filter((path) => !path.includes('.test.')), join(root, 'tsconfig.base.json')], false)
  const built = packages().every((path) => existsSync(join(path, 'dist', 'index.js')))
  if (built && upToDate('built', value)) return
  console.error('Building …')
  run('tsc', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'])
  remember('built', value)
}

const bin = (path) => join(root, 'node_modules', path)
const typescript = (file, args) => run(file, process.execPath, ['--import', 'tsx', join(root, file), ...args])

const commands = {
  build() {},
  start: () => typescript('examples/tour/tour.ts', rest),
  test: () => run('vitest', process.execPath, [bin('vitest/vitest.mjs'), 'run', ...rest]),
  'test:long': () => run('vitest', process.execPath, [bin('vitest/vitest.mjs'), 'run', '--config', 'vitest.long.config.ts', ...rest]),
  lint() {
    run('biome', process.execPath, [bin('@biomejs/biome/bin/biome'), 'ci', ...rest])
    run('tsc', process.execPath, [bin('typescript/bin/tsc'), '-p', 'tsconfig.check.json'])
    run('tsc', process.execPath, [bin('typescript/bin/tsc'), '-p', 'packages/client/tsconfig.kysely-0.29.json'])
  },
  golden: () => typescript('conformance/golden-runner.ts', rest),
  conformance: () => typescript('conformance/main.ts', rest),
  bench: () => typescript('bench/main.ts', rest),
}

const action = commands[command]
if (action === undefined) fail(`Unknown command '${command ?? ''}': one of ${Object.keys(commands).join(', ')}`)
install()
build()
action()
