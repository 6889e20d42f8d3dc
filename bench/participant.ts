import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** What one run of a task cost the client. */
export interface Sample {
  readonly rows: number
  /** Seconds of CPU, user and system, of the client's process. */
  readonly cpu: number
  /** Seconds on the clock. */
  readonly wall: number
  /** What the client made of the rows, to be compared between clients. */
  readonly check?: string
  /** Seconds of CPU of the server meanwhile. */
  readonly server?: number
  /** Milliseconds of the median request. */
  readonly p50?: number
  /** Bytes that the client's process holds. */
  readonly rss?: number
}

/**
 * A client under measurement: a process of its own that stays warm. It prints `ready`, then answers each line on its standard input
 * (a task in JSON) with one line of JSON: a Sample or `{"error": …}`.
 */
export class Participant {
  readonly name: string
  readonly #process: ChildProcess
  readonly #lines: AsyncIterator<string>
  #stderr = ''

  private constructor(name: string, child: ChildProcess) {
    this.name = name
    this.#process = child
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
    child.stderr!.on('data', (data: Buffer) => {
      this.#stderr = (this.#stderr + data.toString()).slice(-2000)
    })
  }

  /** Starts the program and waits for its `ready`. */
  static async start(name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Participant> {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    const failed = new Promise<never>((_, reject) => child.once('error', reject))
    const participant = new Participant(name, child)
    const first = await Promise.race([participant.#lines.next(), failed])
    if (first.value !== 'ready') throw new Error(`${name} did not start: ${first.value ?? participant.#stderr}`)
    return participant
  }

  async run(task: object): Promise<Sample> {
    this.#process.stdin!.write(`${JSON.stringify(task)}\n`)
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`${this.name} ended: ${this.#stderr}`)
    const answer = JSON.parse(value) as Sample & { error?: string }
    if (answer.error !== undefined) throw new Error(`${this.name}: ${answer.error}`)
    return answer
  }

  /** Lets the program end by itself, and kills it if it has not within two seconds. */
  stop(): void {
    this.#process.stdin!.end()
    const timer = setTimeout(() => this.#process.kill(), 2000)
    this.#process.once('exit', () => clearTimeout(timer))
  }
}

/** Runs each contender in turn, `rounds` times (after rounds that do not count: `warmUp`), so that drift of the machine hits all alike. */
export async function interleave<Name extends string>(
  rounds: number,
  contenders: Record<Name, () => Promise<Sample>>,
  warmUp = 1,
): Promise<Record<Name, Sample[]>> {
  const names = Object.keys(contenders) as Name[]
  const samples = Object.fromEntries(names.map((name) => [name, [] as Sample[]])) as Record<Name, Sample[]>
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const name of names) {
      const sample = await contenders[name]()
      if (round >= warmUp) samples[name].push(sample)
    }
  }
  return samples
}

/** Smallest and median of a figure over the rounds. */
export function summary(samples: readonly Sample[], figure: (sample: Sample) => number): { min: number; median: number } {
  const sorted = samples.map(figure).sort((a, b) => a - b)
  return { min: sorted[0]!, median: sorted[sorted.length >> 1]! }
}

export const cpuPerRow = (sample: Sample): number => (sample.cpu / sample.rows) * 1e6
