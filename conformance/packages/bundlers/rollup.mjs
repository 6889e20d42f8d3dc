// Bundles browser.js of a folder by rollup and prints the warnings as JSON.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

const [, , tools, folder] = process.argv
const require = createRequire(join(tools, 'package.json'))
const load = (name) => import(pathToFileURL(require.resolve(name)).href)
const { rollup } = await load('rollup')
const { nodeResolve } = await load('@rollup/plugin-node-resolve')
const warnings = []
const bundle = await rollup({
  input: join(folder, 'browser.js'),
  plugins: [nodeResolve({ browser: true })],
  onwarn: ({ message }) => warnings.push(message),
})
await bundle.generate({ format: 'es' })
await bundle.close()
console.log(JSON.stringify(warnings))
