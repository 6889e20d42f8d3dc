import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { INSTALLED } from '../foreign/toolchains.ts'

/** Where the bundles lie: below the workspace's `node_modules`, so that `taosts` resolves from them as from any program. */
export const BUNDLES = join(INSTALLED, 'runtimes', 'bundles')

const client = (path: string) => fileURLToPath(new URL(`../../packages/client/${path}`, import.meta.url))

/** The names under which the client can be imported; what is under the condition `node` alone is for Node, Bun and Deno. */
async function entryPoints(everywhere: boolean): Promise<string[]> {
  const { exports } = JSON.parse(await readFile(client('package.json'), 'utf8')) as { exports: Record<string, string | object> }
  return Object.entries(exports)
    .filter(([, conditions]) => typeof conditions === 'object' && (!everywhere || 'default' in conditions))
    .map(([path]) => `taosts${path.slice(1)}`)
}

/**
 * Bundles one runner with the specs. For a `process` the client stays outside and the runtime finds the compiled files by its own
 * conditions; for a `page` and a `worker` esbuild does, as a user's bundler would.
 */
export async function bundle(runner: 'process' | 'page' | 'worker'): Promise<string> {
  const outfile = join(BUNDLES, `${runner}.mjs`)
  const names = await entryPoints(runner !== 'process')
  // The `catch` makes esbuild leave a missing module to run time, where it counts as that import's failure only.
  const imports = names.map((name) => `'${name}': () => import('${name}').catch((error) => { throw error })`)
  await build({
    stdin: {
      contents: `import { start } from './${runner}.ts'\nexport default start({ ${imports.join(', ')} })`,
      resolveDir: fileURLToPath(new URL('runners', import.meta.url)),
    },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    outfile,
    logLevel: 'error',
    ...(runner === 'process' ? { platform: 'neutral', external: ['taosts', 'taosts/*', 'node:*'] } : { platform: 'browser' }),
  })
  return outfile
}
