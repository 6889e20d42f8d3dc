import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { StorageOpenError } from './open-error.ts'

const FILE = 'taosts.lock'

/** The file in a data directory that names the process that has it open. */
export class DirectoryLock {
  readonly directory: string
  readonly #path: string

  private constructor(directory: string) {
    this.directory = directory
    this.#path = join(directory, FILE)
  }

  /**
   * Makes the directory and takes its lock. DuckDB's own file lock keeps other processes out (and dies with its process);
   * this file keeps out the same process, which DuckDB would let in with a second, diverging copy.
   */
  static take(directory: string): DirectoryLock {
    try {
      makeDirectory(directory)
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException
      const why = code === 'EEXIST' || code === 'ENOTDIR' ? 'a file is in its place' : message
      throw new StorageOpenError(`the data directory ${directory} cannot be made: ${why}`, { cause })
    }
    const lock = new DirectoryLock(realpathSync(directory))
    const holder = lock.holder()
    if (holder?.here)
      throw new StorageOpenError(`the data directory ${lock.directory} is already open in this process; close that engine or share it`)
    return lock
  }

  /** Writes this process's name, once DuckDB has the file. */
  confirm(): void {
    writeFileSync(this.#path, JSON.stringify({ pid: process.pid, started: processStart() }))
  }

  /** Who the file names, if anyone. A process id alone proves nothing: containers reuse them after a kill. */
  holder(): { readonly pid: number; readonly here: boolean } | undefined {
    try {
      const { pid, started } = JSON.parse(readFileSync(this.#path, 'utf8')) as { pid: number; started: number }
      return { pid, here: pid === process.pid && Math.abs(started - processStart()) < 1000 }
    } catch {
      return undefined
    }
  }

  release(): void {
    rmSync(this.#path, { force: true })
  }
}

/** Makes a directory and those above it. Node's own `recursive` never ends where a directory cannot be made below one that exists, as in /proc. */
function makeDirectory(path: string): void {
  const missing: string[] = []
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.push(at)
  if (missing.length === 0) mkdirSync(path, { recursive: true })
  for (const directory of missing.reverse()) {
    try {
      mkdirSync(directory)
    } catch (error) {
      // Another process may have made it.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function processStart(): number {
  return Date.now() - process.uptime() * 1000
}
