import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import koffi from 'koffi'

/** One answer that the judge gives to a statement. */
export interface Scripted {
  readonly sql: string
  readonly code?: number
  readonly message?: string
  readonly affected?: number
  readonly precision?: number
  readonly fields?: readonly {
    readonly name: string
    readonly type: number
    readonly precision?: number
    readonly scale?: number
    readonly bytes: number
  }[]
  /** Raw blocks with the server's trailing byte, or the number of an error in their place. */
  readonly blocks?: readonly (Uint8Array | number)[]
}

/** What the judge has seen so far: live handles by kind, and misuses, each of which is a defect. */
export interface Verdict {
  readonly calls: number
  readonly stops: number
  /** Handles freed while a call was at work on them. */
  readonly freedBusy: number
  /** Calls that met another one on a handle that takes one at a time. */
  readonly atOnce: number
  readonly confs: number
  readonly lists: number
  readonly doubleFrees: number
  readonly useAfterFree: number
  readonly wrongHandle: number
  readonly nullHandle: number
  readonly connections: number
  readonly results: number
  readonly statements: number
  readonly consumers: number
  readonly opened: number
}

const source = fileURLToPath(new URL('taos-judge.c', import.meta.url))

/** The system's C compiler, or undefined. */
export function compiler(): string | undefined {
  for (const command of [process.env['CC'], 'cc', 'gcc', 'clang']) {
    if (command === undefined) continue
    try {
      execFileSync(command, ['--version'], { stdio: 'ignore' })
      return command
    } catch {
      // The next one may be there.
    }
  }
  return undefined
}

/** Compiles the judge into a folder of its own, with a script of answers; TAOS_JUDGE_FLAGS adds to the compiler's flags. */
export function buildJudge(
  script: readonly Scripted[],
  flags: readonly string[] = (process.env['TAOS_JUDGE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== ''),
): { path: string; scriptPath: string } {
  const command = compiler()
  if (command === undefined) throw new Error('no C compiler: the native tests need one (cc)')
  const directory = mkdtempSync(join(tmpdir(), 'taos-judge-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'libtaos.so')
  execFileSync(command, ['-D_GNU_SOURCE', '-shared', '-fPIC', '-O1', ...flags, source, '-o', path, '-lpthread'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const scriptPath = join(directory, 'script.bin')
  writeFileSync(scriptPath, Buffer.concat(script.map(encode)))
  return { path, scriptPath }
}

function i32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value | 0)
  return bytes
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8')
  return Buffer.concat([i32(bytes.length), bytes])
}

function encode({ sql, code = 0, message = '', affected = 0, precision = 0, fields = [], blocks = [] }: Scripted): Buffer {
  const fieldBytes = fields.map((field) => {
    const bytes = Buffer.alloc(72)
    bytes.write(field.name, 0, 64, 'utf8')
    bytes.writeInt8(field.type, 65)
    bytes.writeUInt8(field.precision ?? 0, 66)
    bytes.writeUInt8(field.scale ?? 0, 67)
    bytes.writeInt32LE(field.bytes, 68)
    return bytes
  })
  const blockBytes = blocks.map((block) =>
    typeof block === 'number' ? Buffer.concat([i32(block), i32(0)]) : Buffer.concat([i32(0), i32(block.length), block]),
  )
  return Buffer.concat([
    text(sql),
    i32(code),
    text(message),
    i32(affected),
    i32(precision),
    i32(fields.length),
    ...fieldBytes,
    i32(blocks.length),
    ...blockBytes,
  ])
}

/** Asks the judge in this process. */
export function verdict(path: string): Verdict {
  return JSON.parse(koffi.load(path).func('taos_judge_report', 'str', [])() as string) as Verdict
}

export function seen(path: string): string[] {
  const library = koffi.load(path)
  const calls = (library.func('taos_judge_calls', 'str', [])() as string).split('\n').filter((line) => line !== '')
  library.func('taos_judge_reset', 'void', [])()
  return calls
}

/** Writes what the judge's consumers are given. */
export function writeMessages(list: readonly { readonly type: number; readonly metaType: number; readonly data: Uint8Array }[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'taos-judge-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  const path = join(directory, 'messages.bin')
  writeFileSync(path, Buffer.concat(list.flatMap(({ type, metaType, data }) => [i32(type), i32(metaType), i32(data.length), data])))
  return path
}
