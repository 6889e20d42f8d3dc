import { parseArgs } from 'node:util'
import { CliError } from './cli-error.ts'

/** Reads options strictly: an unknown one is an error that names it. */
export function readOptions<T extends NonNullable<Parameters<typeof parseArgs>[0]>['options']>(args: string[], options: T) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new CliError((error as Error).message)
  }
}
