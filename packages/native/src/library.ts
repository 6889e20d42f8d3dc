import { existsSync } from 'node:fs'
import process from 'node:process'
import koffi from 'koffi'
import { type FunctionName, SIGNATURES } from './signatures.ts'

/** A pointer into libtaos's memory; 0n is NULL. */
export type Pointer = bigint

// biome-ignore lint/suspicious/noExplicitAny: a foreign function takes and gives what its signature says
export type Foreign = (...args: any[]) => any

/** libtaos, loaded and checked. */
export interface Library {
  readonly path: string
  /** The functions that the library has, by name. */
  readonly functions: Readonly<Partial<Record<FunctionName, Foreign>>>
  /** Names that it lacks; empty with a current library. */
  readonly missing: readonly FunctionName[]
}

/** Why a library cannot be used; the session turns it into an InterfaceError. */
export class LibraryError extends Error {
  override readonly name = 'LibraryError'
}

const FILES: Partial<Record<NodeJS.Platform, string>> = { linux: 'libtaos.so', darwin: 'libtaos.dylib', win32: 'taos.dll' }

/** Loads libtaos from `path`, `TAOS_LIBRARY`, or the loader's own paths, and resolves the table of signatures. Throws a LibraryError that says what to do. */
export function loadLibrary(path?: string): Library {
  const wanted = path ?? process.env['TAOS_LIBRARY'] ?? FILES[process.platform] ?? 'libtaos.so'
  const asked = path !== undefined || process.env['TAOS_LIBRARY'] !== undefined
  if (asked && /[/\\]/.test(wanted) && !existsSync(wanted)) {
    throw new LibraryError(
      `There is no library at ${wanted}. Give the path of ${FILES[process.platform] ?? 'libtaos'} as the option library or in TAOS_LIBRARY.`,
    )
  }
  let handle: ReturnType<typeof koffi.load>
  try {
    handle = koffi.load(wanted)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    // Of another machine's file that is there, Linux says that it cannot be opened, without the name that it gives when a dependency is missing.
    const foreign = existsSync(wanted) && /^[^:]*: cannot open shared object file/.test(reason)
    if (foreign || /ELF|wrong architecture|not a valid Win32|incompatible architecture|mach-o|file too short/i.test(reason)) {
      throw new LibraryError(
        `${wanted} is no library for ${process.platform} ${process.arch}: ${reason}. Give the path of a TDengine client made for ${process.arch} as the option library or in TAOS_LIBRARY.`,
        { cause: error },
      )
    }
    throw new LibraryError(
      `TDengine's client library ${wanted} could not be loaded: ${reason}. Install the TDengine client, or give its path as the option library or in TAOS_LIBRARY; ws:// needs no library.`,
      { cause: error },
    )
  }
  // Passed by value: tmq_raw_data { void *raw; uint32_t raw_len; uint16_t raw_type; }
  const rawData = koffi.struct({ raw: 'void *', raw_len: 'uint32', raw_type: 'uint16' })
  const functions: Partial<Record<FunctionName, Foreign>> = {}
  const missing: FunctionName[] = []
  for (const [name, { result, args }] of Object.entries(SIGNATURES) as [FunctionName, (typeof SIGNATURES)[FunctionName]][]) {
    try {
      const found = handle.func(
        name,
        result,
        args.map((arg) => (arg === 'tmq_raw_data' ? rawData : arg)),
      ) as Foreign
      functions[name] = (args as readonly string[]).includes('str') ? refusingNul(name, found) : found
    } catch {
      missing.push(name)
    }
  }
  const core = missing.filter((name) => SIGNATURES[name].need === 'core')
  if (core.length > 0) {
    const found = Object.keys(functions).length
    throw new LibraryError(
      found === 0
        ? `${wanted} is not TDengine's client library: it has none of its functions. Give the path of ${FILES[process.platform] ?? 'libtaos'} as the option library or in TAOS_LIBRARY.`
        : `${wanted} is too old for taosts: it lacks ${core.join(', ')}. Install the client of TDengine 3.3 or newer.`,
    )
  }
  return { path: wanted, functions, missing }
}

/** A C text ends at its first NUL character: what has one in it is refused, since libtaos would see another text. */
function refusingNul(name: string, call: Foreign): Foreign {
  return (...args) => {
    for (const arg of args) if (typeof arg === 'string' && arg.includes('\0')) throw new TextError(name)
    return call(...args)
  }
}

/** A text that libtaos cannot take. */
export class TextError extends Error {
  override readonly name = 'TextError'

  constructor(call: string) {
    super(`a text for ${call} contains a NUL character, which would end it`)
  }
}
