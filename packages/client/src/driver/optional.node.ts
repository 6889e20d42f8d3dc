import { resolve } from 'node:path'
import type { AbsolutePath, ImportOptional } from './optional.ts'

/** Imports the package at run time; the name is no literal, so that no bundler follows it. */
export const importOptional: ImportOptional = async (name) => {
  try {
    return (await import(name)) as unknown
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)) return undefined
    throw error
  }
}

export const absolutePath: AbsolutePath = (path) => resolve(path)
