import type { Storage } from '../storage/index.ts'
import type { Writer } from '../storage/writer.ts'

/** Positions written within so many milliseconds share a mark. */
const RESOLUTION_MS = 20
/** Marks that are kept; beyond them the older ones lose half of theirs. */
const MOST_MARKS = 32_768
/** How often a mark is written down, for who opens the directory again. */
const SAVE_MS = 10_000
const TABLE = '_clock'

/** When the positions of the log were written: what retention and replay go by. */
export class LogClock {
  /** Before the n-th position everything was written by the n-th time, in milliseconds since the epoch; both grow. */
  #positions: number[] = []
  #times: number[] = []
  /** When the newest mark began. */
  #begun = 0
  #saved = 0

  /**
   * Reads an opened storage, but for marks from before `oldest` that tell no more than one of them does. The position that the log must be beyond; what
   * follows the newest mark counts as written when it is marked next.
   */
  async load(storage: Storage, oldest: number): Promise<bigint> {
    await storage.bootstrap(`create table if not exists ${TABLE} (version bigint, written bigint)`)
    await storage.bootstrap(
      `delete from ${TABLE} where written < (select max(written) from ${TABLE} where written < ${Math.trunc(oldest)})`,
    )
    const rows = await storage.bootstrap(`select version, written from ${TABLE} order by version`)
    this.#positions = rows.map(([position]) => Number(position))
    this.#times = rows.map(([, at]) => Number(at))
    this.#begun = 0
    this.#saved = Date.now()
    return BigInt(this.#positions.at(-1) ?? 0)
  }

  /** Everything before a position has been written by now. */
  mark(end: bigint): void {
    const now = Date.now()
    const last = this.#positions.length - 1
    if (this.#positions[last] === Number(end)) return
    if (now - this.#begun < RESOLUTION_MS) {
      this.#positions[last] = Number(end)
      this.#times[last] = now
      return
    }
    this.#begun = now
    this.#positions.push(Number(end))
    this.#times.push(now)
    if (this.#positions.length <= MOST_MARKS) return
    // The second of each pair stays: it covers what the first did.
    const isKept = (_: number, at: number): boolean => at >= MOST_MARKS / 2 || at % 2 === 1
    this.#positions = this.#positions.filter(isKept)
    this.#times = this.#times.filter(isKept)
  }

  /** Writes the newest mark down when that is due. */
  save(writer: Writer): void {
    const now = Date.now()
    if (now - this.#saved < SAVE_MS) return
    this.#saved = now
    const mark = [BigInt(this.#positions.at(-1) ?? 0), BigInt(now)]
    // A mark that is lost makes positions look younger than they are.
    writer.share((transaction) => transaction.run(`insert into ${TABLE} values (?, ?)`, mark)).catch(() => undefined)
  }

  /** The position before which everything was written by a time. */
  before(time: number): bigint {
    const at = firstAbove(this.#times, time)
    return BigInt(this.#positions[at - 1] ?? 0)
  }

  /** When a position was written, and where what was written later begins; undefined where nothing has been written yet. */
  group(position: bigint): { readonly at: number; readonly end: bigint } | undefined {
    const found = firstAbove(this.#positions, Number(position))
    const end = this.#positions[found]
    return end === undefined ? undefined : { at: this.#times[found]!, end: BigInt(end) }
  }
}

/** The index of the first number above a value, in numbers that grow. */
function firstAbove(numbers: readonly number[], value: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (numbers[middle]! > value) high = middle
    else low = middle + 1
  }
  return low
}
