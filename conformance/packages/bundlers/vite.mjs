// Bundles browser.js of a folder by vite and prints the warnings as JSON.
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'

const folder = process.argv[3]
const { build } = await import(pathToFileURL(createRequire(import.meta.url).resolve('vite')).href)
const warnings = []
const logger = {
  info() {},
  warn: (text) => warnings.push(text),
  warnOnce: (text) => warnings.push(text),
  error: (text) => warnings.push(text),
  clearScreen() {},
  hasErrorLogged: () => false,
  hasWarned: false,
}
await build({
  root: folder,
  configFile: false,
  customLogger: logger,
  build: { write: false, lib: { entry: join(folder, 'browser.js'), formats: ['es'], fileName: 'bundle' } },
})
console.log(JSON.stringify(warnings))
