import { show } from './duration.ts'
import { InterfaceError } from './errors.ts'

/** Checks a request id that a caller gives; undefined when none is given. Throws an InterfaceError. */
export function requestIdOf(value: unknown): bigint | undefined {
  if (value === undefined) return undefined
  const id = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof id !== 'bigint' || id < 1n || id >= 2n ** 64n)
    throw new InterfaceError(`reqId has to be a whole number from 1 to 2^64-1, not ${show(value)}`)
  return id
}
