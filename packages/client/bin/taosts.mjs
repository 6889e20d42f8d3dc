#!/usr/bin/env node
// Runs the command line of taosts-embedded, so that `npx taosts serve` works once both are installed.
let cli
try {
  cli = await import('taosts-embedded/cli')
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' || !String(error.message).includes("'taosts-embedded'")) throw error
  console.error('The commands of taosts (serve, shell, …) are in the package taosts-embedded: npm install taosts-embedded')
  process.exitCode = 1
}
if (cli) {
  const code = await cli.main(process.argv.slice(2))
  if (typeof code === 'number') process.exitCode = code
}
