#!/usr/bin/env node
// `generate-types` is this package's own; the other commands are those of taosts-embedded: `npx taosts serve` works once both are installed.
// The engine's queries occupy libuv's threads, whose number is settled when an ES module is loaded: so this file is none.
process.env.UV_THREADPOOL_SIZE ??= '16'
if (process.argv[2] === 'generate-types') {
  import('taosts/generate-types').then(async ({ generateTypesCommand }) => {
    process.exitCode = await generateTypesCommand(process.argv.slice(3))
  })
} else if (process.argv[2] === '--version') {
  console.log(require('../package.json').version)
} else {
  import('taosts-embedded/cli').then(
    async (cli) => {
      const code = await cli.main(process.argv.slice(2))
      if (typeof code === 'number') process.exitCode = code
    },
    (error) => {
      if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes("'taosts-embedded'")) throw error
      console.error(
        'Here is `taosts generate-types`; the other commands (serve, shell, …) are in the package taosts-embedded: npm install taosts-embedded',
      )
      process.exitCode = 1
    },
  )
}
