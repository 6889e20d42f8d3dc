import { parseArgs } from 'node:util'
import { CliError } from './cli-error.ts'

type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>
type Parsed<T extends Options> = ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>>

/** Reads options strictly: an unknown one is an error that names it. */
export function readOptions<T extends Options>(args: string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new CliError((error as Error).message)
  }
}
