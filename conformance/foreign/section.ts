import { fileURLToPath } from 'node:url'
import { serve } from 'taosts-embedded'
import { type Bar, notRun, printTable } from '../bars.ts'
import { type Check, runJudge } from './judge.ts'
import { goProgram, jdbc, python, rustProgram, Undelivered } from './toolchains.ts'

/** A client that judges: how to get it and run it; undefined where its toolchain is absent. */
interface Judge {
  readonly client: string
  readonly options?: { readonly cloudToken: string }
  run(url: string): Promise<Check[] | undefined>
}

const TOKEN = 'token-of-the-judges'
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

const pythonJudge = (client: string, program: string, options?: Judge['options']): Judge => ({
  client,
  ...(options && { options }),
  async run(url) {
    const interpreter = await python()
    if (interpreter === undefined) return undefined
    return runJudge(interpreter, [here(`python/${program}`)], { env: { TAOSTS_URL: url, TAOSTS_TOKEN: TOKEN } })
  },
})

const JUDGES: readonly Judge[] = [
  pythonJudge('taospy 2.8.10 (taosrest)', 'taosrest_judge.py'),
  pythonJudge('taos-ws-py 0.7.0', 'taosws_judge.py'),
  pythonJudge('taos-ws-py 0.7.0, Consumer', 'taosws_consumer_judge.py'),
  pythonJudge('taospy and taos-ws-py by Cloud token', 'cloud_judge.py', { cloudToken: TOKEN }),
  {
    client: 'driver-go v3.7.8 (taosRestful, taosWS, ws/stmt, ws/schemaless, ws/tmq)',
    async run(url) {
      const program = await goProgram(here('go'))
      return program === undefined ? undefined : runJudge(program, [], { env: { TAOSTS_URL: url } })
    },
  },
  {
    client: 'taos-jdbcdriver 3.7.8 (TAOS-WS, TAOS-RS, TaosConsumer)',
    async run(url) {
      const driver = await jdbc()
      if (driver === undefined) return undefined
      return runJudge(driver.java, ['-Dfile.encoding=UTF-8', '-cp', driver.jar, here('java/Judge.java')], { env: { TAOSTS_URL: url } })
    },
  },
  {
    // The newest on crates.io, which has statements of version 1 alone: no stmt2.
    client: 'Rust crate taos 0.12.3 (ws, statements of version 1, consumer)',
    async run(url) {
      const program = await rustProgram(here('rust'))
      return program === undefined ? undefined : runJudge(program, [], { env: { TAOSTS_URL: url } })
    },
  },
]

/** Runs every official client whose toolchain is present against a fresh server, and prints what each makes of it. */
export async function run(): Promise<Bar[]> {
  const bars: Bar[] = []
  const failures: string[] = []
  for (const judge of JUDGES) {
    const server = await serve({ port: 0, ...judge.options })
    if (judge.options) await createPower(server.engine)
    let checks: Check[] | undefined
    try {
      checks = await judge.run(server.restUrl)
    } catch (error) {
      if (error instanceof Undelivered) {
        bars.push(notRun(judge.client, error.message))
        continue
      }
      checks = [{ check: 'runs', ok: false, detail: (error as Error).message.split('\n', 1)[0]! }]
    } finally {
      await server.close()
    }
    bars.push(bar(judge.client, checks))
    for (const { check, ok, detail } of checks ?? []) if (!ok) failures.push(`${judge.client}: ${check}: ${detail}`)
  }
  printTable(bars.map(({ name, figure, bar: wanted, holds }) => ({ client: name, passed: figure, wanted, holds: holds ? 'yes' : 'NO' })))
  for (const failure of failures) console.log(`  ${failure}`)
  return bars
}

/** Cloud makes databases in its console. */
async function createPower(engine: { session(): { execute(sql: string): Promise<unknown>; close(): Promise<void> } }): Promise<void> {
  const session = engine.session()
  await session.execute('create database power')
  await session.close()
}

function bar(name: string, checks: Check[] | undefined): Bar {
  // A toolchain that is absent says nothing about the server.
  if (checks === undefined) return { ...notRun(name, 'toolchain absent'), holds: true }
  const passed = checks.filter(({ ok }) => ok).length
  return { name, figure: `${passed} of ${checks.length}`, bar: 'all', holds: passed === checks.length }
}
