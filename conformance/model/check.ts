import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { Engine } from 'taosts-embedded'
import { overEngine, type Way } from '../ways.ts'
import { type Program, program } from './program.ts'
import { type EngineUnderTest, runProgram } from './run-program.ts'

/** How much is checked: programs, steps of the longest, whether the engine restarts between steps. */
export interface Amount {
  readonly programs: number
  readonly length: number
  readonly restarts: boolean
}

/** An engine that lives in memory, or in a directory that is removed with it. */
class Restartable implements EngineUnderTest {
  readonly #directory: string | undefined
  #way: Way
  #broken: unknown

  private constructor(directory: string | undefined, way: Way) {
    this.#directory = directory
    this.#way = way
  }

  static async open(inDirectory: boolean): Promise<Restartable> {
    const directory = inDirectory ? mkdtempSync(join(tmpdir(), 'taosts-model-')) : undefined
    return new Restartable(directory, overEngine(await Engine.open({ directory })))
  }

  run(sql: string) {
    if (this.#broken !== undefined) throw this.#broken
    return this.#way.run(sql)
  }

  async reopen(): Promise<void> {
    // After a directory that does not open again nothing can be learnt from shrinking: every later program fails alike.
    if (this.#broken !== undefined) throw this.#broken
    try {
      await this.#way.close()
      this.#way = overEngine(await Engine.open({ directory: this.#directory }))
    } catch (error) {
      this.#broken = error
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#way.close()
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true })
  }
}

/** Runs so many random programs on one engine, each in a database of its own; a program that differs from the model is shrunk and thrown with its statements. */
export async function checkModel({ programs, length, restarts }: Amount, seed?: number): Promise<void> {
  const engine = await Restartable.open(restarts)
  let database = 0
  try {
    await fc.assert(
      fc.asyncProperty(program({ length, restarts }), (instance: Program) => runProgram(engine, `model_${database++}`, instance)),
      { numRuns: programs, ...(seed !== undefined && { seed }) },
    )
  } finally {
    await engine.close()
  }
}
