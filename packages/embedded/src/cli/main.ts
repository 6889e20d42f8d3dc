import { CliError } from './cli-error.ts'
import { exportTable, importTable } from './csv-transfer.ts'
import { serve } from './serve.ts'
import { shell } from './shell.ts'
import { USAGE } from './usage.ts'

/** The program's commands: a new one is a new line here. */
const COMMANDS: { readonly [name: string]: (args: string[]) => Promise<void> } = { serve, shell, import: importTable, export: exportTable }

/** Runs the `taosts` program with the arguments after its name; resolves to its exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const [command, ...args] = argv
  // Who reads the output may have had enough (`| head`): that ends the program, without a word.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  try {
    if (command === undefined || command === 'help' || command === '--help' || command === '-h') {
      console.log(USAGE)
      return command === undefined ? 2 : 0
    }
    const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined
    if (!run) throw new CliError(`unknown command ${command}`)
    const options = args.slice(0, args.includes('--') ? args.indexOf('--') : undefined)
    if (options.includes('--help') || options.includes('-h')) {
      console.log(USAGE)
      return 0
    }
    await run(args)
    return 0
  } catch (error) {
    if (error instanceof CliError) {
      console.error(`taosts: ${error.message}`)
      if (error.usage) console.error('`taosts help` lists commands and options.')
      return 2
    }
    console.error(`taosts: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}
