import { execFile } from 'node:child_process'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createBrotliDecompress } from 'node:zlib'
import { once } from '../foreign/toolchains.ts'
import { inPage, inProcess, inWorker } from './launch.ts'
import type { Peers } from './runners/connecting.ts'
import type { Verdict } from './runners/judge.ts'

const run = promisify(execFile)

/** A runtime in one version. */
export interface Runtime {
  readonly name: string
  /** The npm packages that bring it to this platform; undefined where there are none. */
  readonly packages: readonly string[] | undefined
  /** Makes what the packages do not hold ready, once. */
  prepare?(directory: string): Promise<void>
  /** Judges the client there. */
  judge(directory: string, peers: Peers): Promise<Verdict>
}

const PLATFORM = `${process.platform}-${process.arch}`
const EXE = process.platform === 'win32' ? '.exe' : ''

/** A package's name for this platform, in the words of who published it. */
const forPlatform = (prefix: string, names: Readonly<Record<string, string>>): string | undefined =>
  PLATFORM in names ? `${prefix}${names[PLATFORM]}` : undefined

function program(name: string, version: string, pack: string | undefined, path: string, args: readonly string[] = []): Runtime {
  return {
    name: `${name} ${version}`,
    packages: pack === undefined ? undefined : [`${pack}@${version}`],
    judge: (directory, peers) => inProcess(join(directory, 'node_modules', pack!, path + EXE), args, peers),
  }
}

const node = (version: string) =>
  program(
    'Node',
    version,
    forPlatform('node-', {
      'linux-x64': 'linux-x64',
      'linux-arm64': 'linux-arm64',
      'darwin-x64': 'darwin-x64',
      'darwin-arm64': 'darwin-arm64',
      'win32-x64': 'win-x64',
    }),
    'bin/node',
  )

const bun = (version: string) =>
  program(
    'Bun',
    version,
    forPlatform('@oven/bun-', {
      'linux-x64': 'linux-x64',
      'linux-arm64': 'linux-aarch64',
      'darwin-x64': 'darwin-x64',
      'darwin-arm64': 'darwin-aarch64',
      'win32-x64': 'windows-x64',
    }),
    'bin/bun',
  )

const deno = (version: string) =>
  program(
    'Deno',
    version,
    forPlatform('@deno/', {
      'linux-x64': 'linux-x64-glibc',
      'linux-arm64': 'linux-arm64-glibc',
      'darwin-x64': 'darwin-x64',
      'darwin-arm64': 'darwin-arm64',
      'win32-x64': 'win32-x64',
    }),
    'deno',
    // The workspace's own node_modules, and no lock file of its own.
    ['run', '--allow-all', '--no-lock', '--node-modules-dir=manual'],
  )

function workerd(version: string): Runtime {
  const pack = forPlatform('@cloudflare/workerd-', {
    'linux-x64': 'linux-64',
    'linux-arm64': 'linux-arm64',
    'darwin-x64': 'darwin-64',
    'darwin-arm64': 'darwin-arm64',
    'win32-x64': 'windows-64',
  })
  return {
    name: `workerd ${version}`,
    packages: pack === undefined ? undefined : [`${pack}@${version}`],
    judge: (directory, peers) => inWorker(join(directory, 'node_modules', pack!, 'bin', `workerd${EXE}`), peers),
  }
}

const PLAYWRIGHT = 'playwright-core@1.65.1'
const DEBIAN = '/usr/bin/chromium'

/** Debian's Chromium where it is installed, else one packed into npm with the libraries that a bare machine lacks. */
function chromium(version: string): Runtime {
  if (existsSync(DEBIAN)) {
    return { name: 'Chromium', packages: [PLAYWRIGHT], judge: (directory, peers) => inPage(directory, DEBIAN, {}, peers) }
  }
  return {
    name: `Chromium ${version.split('.')[0]}`,
    packages: PLATFORM === 'linux-x64' ? [PLAYWRIGHT, `@sparticuz/chromium@${version}`] : undefined,
    async prepare(directory) {
      const unpack = (from: string, to: string) =>
        pipeline(
          createReadStream(join(directory, 'node_modules/@sparticuz/chromium/bin', from)),
          createBrotliDecompress(),
          createWriteStream(join(directory, to), { mode: 0o755 }),
        )
      await unpack('chromium.br', 'chromium')
      await unpack('al2023.tar.br', 'libraries.tar')
      await run('tar', ['xf', 'libraries.tar'], { cwd: directory })
    },
    judge: (directory, peers) => inPage(directory, join(directory, 'chromium'), { LD_LIBRARY_PATH: join(directory, 'lib') }, peers),
  }
}

/** Every runtime that the client promises, oldest first; Node's first is the floor. */
export const RUNTIMES: readonly Runtime[] = [
  node('20.19.0'),
  node('22.23.3'),
  node('24.21.0'),
  node('26.10.0'),
  bun('1.4.5'),
  deno('2.9.6'),
  chromium('153.0.0'),
  workerd('1.20261117.1'),
]

/** Installs a runtime outside the workspaces unless that is done; throws where that fails. */
export async function install({ name, packages, prepare }: Runtime): Promise<string> {
  if (packages === undefined) throw new Error(`no package for ${PLATFORM}`)
  return await once(`runtimes/${name.toLowerCase().replace(/\W+/g, '-')}`, packages.join(' '), async (directory) => {
    await writeFile(join(directory, 'package.json'), '{ "private": true }\n')
    // `--prefix`, because npm would otherwise look for the workspace's root.
    const args = ['install', '--prefix', directory, '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error', ...packages]
    await run('npm', args, { cwd: directory, shell: process.platform === 'win32', maxBuffer: 1 << 26 })
    await prepare?.(directory)
  })
}
