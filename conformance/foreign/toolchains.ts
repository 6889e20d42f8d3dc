import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Where the official clients of other languages are installed: outside the workspaces and outside git. */
export const INSTALLED = fileURLToPath(new URL('../.installed/', import.meta.url))

const run = promisify(execFile)

/** An official client that its registry did not deliver: nothing can be said of it, neither good nor bad. */
export class Undelivered extends Error {
  override readonly name = 'Undelivered'
}

/** Runs what fetches a client from its registry. */
async function deliver(client: string, command: string, args: string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  try {
    await run(command, args, { maxBuffer: 1 << 26, ...options })
  } catch (error) {
    const words = String((error as { stderr?: unknown }).stderr ?? '').trim()
    throw new Undelivered(`${client} was not delivered: ${words.split('\n').at(-1)?.trim() || (error as Error).message}`, { cause: error })
  }
}

/** The first of these commands that runs, or undefined where the toolchain is absent. */
export async function toolchain(...commands: string[]): Promise<string | undefined> {
  for (const command of commands) {
    try {
      await run(command, [command === 'go' ? 'version' : '--version'])
      return command
    } catch {
      // Absent or broken: the next one may work.
    }
  }
  return undefined
}

/** Runs `install` unless it has succeeded before for the same `version`. */
export async function once(name: string, version: string, install: (directory: string) => Promise<void>): Promise<string> {
  const directory = join(INSTALLED, name)
  const mark = join(directory, '.version')
  if (existsSync(mark) && (await readFile(mark, 'utf8')) === version) return directory
  await mkdir(directory, { recursive: true })
  await install(directory)
  await writeFile(mark, version)
  return directory
}

const PYTHON_PACKAGES = ['taospy==2.8.10', 'taos-ws-py==0.7.0', 'SQLAlchemy==2.0.44', 'pandas==2.3.3']

/** A Python interpreter with the official clients, or undefined where there is no Python; throws {@link Undelivered}, as all of these do. */
export async function python(): Promise<string | undefined> {
  const command = await toolchain('python3', 'python')
  if (command === undefined) return undefined
  const directory = await once('python', PYTHON_PACKAGES.join(' '), async (target) => {
    await run(command, ['-m', 'venv', '--clear', target])
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PYTHON_PACKAGES]
    await deliver('taospy', join(target, 'bin', 'python'), pip)
  })
  return join(directory, 'bin', 'python')
}

/** A Go program built outside git, or undefined where there is no Go. Go's own cache makes this quick where nothing has changed. */
export async function goProgram(source: string, name = 'judge'): Promise<string | undefined> {
  const command = await toolchain('go')
  if (command === undefined) return undefined
  const directory = join(INSTALLED, 'go')
  await mkdir(directory, { recursive: true })
  const program = join(directory, name)
  await deliver('driver-go', command, ['mod', 'download'], { cwd: source })
  await run(command, ['build', '-o', program, '.'], { cwd: source, maxBuffer: 1 << 26 })
  return program
}

const JDBC = 'com.taosdata.jdbc:taos-jdbcdriver:3.7.8:jar:dist'

/** Java's command and the official JDBC driver with all that it needs in one jar, or undefined where Java or Maven is absent. */
export async function jdbc(): Promise<{ java: string; jar: string } | undefined> {
  const java = await toolchain('java')
  const maven = await toolchain('mvn')
  if (java === undefined || maven === undefined) return undefined
  const directory = await once('jdbc', JDBC, async (target) => {
    await deliver('taos-jdbcdriver', maven, ['-q', '-B', 'dependency:copy', `-Dartifact=${JDBC}`, `-DoutputDirectory=${target}`])
  })
  return { java, jar: join(directory, 'taos-jdbcdriver-3.7.8-dist.jar') }
}

/** The Rust client's judge as a program, or undefined where there is no Cargo. Its build is large and slow, so it is kept between clones. */
export async function rustProgram(source: string): Promise<string | undefined> {
  const command = await toolchain('cargo')
  if (command === undefined) return undefined
  const target =
    process.env['CARGO_TARGET_DIR'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'taosts-judges', 'rust')
  const env = { ...process.env, CARGO_TARGET_DIR: target }
  await deliver('The crate taos', command, ['fetch', '--locked', '--quiet'], { cwd: source, env })
  await run(command, ['build', '--locked', '--quiet', '-j2'], { cwd: source, env, maxBuffer: 1 << 26 })
  return join(target, 'debug', 'judge')
}
