import * as toolchains from '../conformance/foreign/toolchains.ts'

/** An official client to be measured beside us; undefined, and said aloud, where its registry did not deliver it. */
async function delivered<T>(install: () => Promise<T>): Promise<T | undefined> {
  try {
    return await install()
  } catch (error) {
    if (!(error instanceof toolchains.Undelivered)) throw error
    console.log(`Not run: ${error.message}\n`)
    return undefined
  }
}

export const python = () => delivered(toolchains.python)
export const jdbc = () => delivered(toolchains.jdbc)
export const goProgram = (source: string, name: string) => delivered(() => toolchains.goProgram(source, name))
