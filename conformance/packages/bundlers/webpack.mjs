// Bundles browser.js of a folder by webpack and prints warnings and errors as JSON.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'

const [, , tools, folder] = process.argv
const webpack = createRequire(join(tools, 'package.json'))('webpack')
const compiler = webpack({
  mode: 'production',
  target: 'web',
  context: folder,
  entry: './browser.js',
  output: { path: join(folder, 'webpack') },
  performance: false,
})
compiler.run((error, stats) => {
  const found = error ? [String(error)] : [...stats.compilation.warnings, ...stats.compilation.errors].map(({ message }) => message)
  compiler.close(() => console.log(JSON.stringify(found)))
})
