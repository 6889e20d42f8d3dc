import { type ChildProcess, spawn } from 'node:child_process'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Participant } from './participant.ts'

/** The path of a program in `clients/`. */
export const client = (name: string): string => fileURLToPath(new URL(`clients/${name}`, import.meta.url))

/** Everything that a bench started, so that all of it ends with the bench. */
export class Children implements Disposable {
  readonly #ends: (() => void)[] = []

  /** A participant in TypeScript. */
  script(name: string, file: string): Promise<Participant> {
    return this.program(name, process.execPath, ['--expose-gc', '--import', 'tsx', client(file)])
  }

  /** A participant in any language. */
  async program(name: string, command: string, args: readonly string[] = []): Promise<Participant> {
    const participant = await Participant.start(name, command, args)
    this.#ends.push(() => participant.stop())
    return participant
  }

  /** A server in TypeScript that prints its URL; resolves to that. */
  async server(file: string, args: readonly string[]): Promise<string> {
    const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', client(file), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#ends.push(() => child.kill())
    for await (const line of createInterface({ input: child.stdout! })) return line
    throw new Error(`${file} ended before it printed its URL`)
  }

  [Symbol.dispose](): void {
    for (const end of this.#ends) end()
  }
}
