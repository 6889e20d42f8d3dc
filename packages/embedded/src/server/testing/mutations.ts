/** Pseudo-random numbers that a seed repeats (mulberry32). */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** From 0 to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }
}

/** A message as it travels: text or bytes. */
export type Message = string | Uint8Array

const LENGTHS = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff]
const NUMBERS = ['-1', '0', '1.5', '1e400', '18446744073709551616', '9223372036854775807', '"5"', 'null', 'true', '[]', '{}', '""']

/** A message with one to three things wrong with it. */
export function mutate(message: Message, others: readonly Message[], chance: Chance): Message {
  let mutated = message
  for (let i = chance.below(3); i >= 0; i--) {
    mutated = typeof mutated === 'string' ? mutateText(mutated, others, chance) : mutateBytes(mutated, others, chance)
  }
  return mutated
}

function mutateText(text: string, others: readonly Message[], chance: Chance): string {
  const at = chance.below(text.length + 1)
  const end = Math.min(text.length, at + 1 + chance.below(8))
  switch (chance.below(8)) {
    case 0:
      return text.slice(0, at)
    case 1:
      return text.slice(0, at) + text.slice(end)
    case 2:
      return text.slice(0, at) + String.fromCharCode(chance.below(0x3000)) + text.slice(at)
    case 3:
      return text.replace(/-?\d+/, chance.pick(NUMBERS))
    case 4:
      return text.replace(
        /"args":\{/,
        `"args":{${chance.pick(['"id":', '"stmt_id":', '"sql":', '"columns":', '"tags":'])}${chance.pick(NUMBERS)},`,
      )
    case 5:
      return text.replace(/"[^"]*"(?=[,}])/, chance.pick(NUMBERS))
    case 6: {
      const other = chance.pick(others)
      return typeof other === 'string' ? text.slice(0, at) + other.slice(chance.below(other.length + 1)) : text
    }
    default:
      return text.slice(0, at) + text.slice(at, end).repeat(1 + chance.below(20)) + text.slice(end)
  }
}

function mutateBytes(bytes: Uint8Array, others: readonly Message[], chance: Chance): Uint8Array {
  const copy = new Uint8Array(bytes)
  const at = chance.below(copy.length || 1)
  const view = new DataView(copy.buffer)
  switch (chance.below(7)) {
    case 0:
      return copy.subarray(0, at)
    case 1:
      if (copy.length > 0) copy[at] = chance.below(256)
      return copy
    case 2:
      if (at + 4 <= copy.length) view.setUint32(at, chance.pick(LENGTHS), true)
      return copy
    case 3:
      if (at + 2 <= copy.length) view.setUint16(at, chance.pick(LENGTHS) & 0xffff, true)
      return copy
    case 4:
      if (copy.length >= 24) view.setUint8(16, chance.below(13))
      return copy
    case 5: {
      const other = chance.pick(others)
      if (typeof other === 'string') return copy
      const joined = new Uint8Array(at + other.length)
      joined.set(copy.subarray(0, at))
      joined.set(other, at)
      return joined
    }
    default: {
      const longer = new Uint8Array(copy.length + 1 + chance.below(64))
      longer.set(copy)
      return longer
    }
  }
}
