/** One category of the recordings after the other, each answer reported to the parent process, so that a crash or a hang costs one statement. */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { compare, type GoldenCase, type RestAnswer } from './golden-compare.ts'
import { parseLossless } from './lossless-json.ts'
import type { WayName } from './way-names.ts'
import { openWay } from './ways.ts'

/** What the parent asks for: replay one recording one way, leaving out lines that crashed or hung before. */
export interface Job {
  readonly way: WayName
  readonly file: string
  readonly skip: readonly number[]
}

/** What the worker says: which line it starts, how it went, that the recording is through. */
export type Report =
  | { readonly kind: 'start'; readonly line: number }
  | {
      readonly kind: 'answer'
      readonly line: number
      readonly section: GoldenCase['section']
      readonly sql: string
      readonly difference: string
      readonly message: MessageMatch
      readonly got?: string
    }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly reason: string }

/** For statements recorded with an error: whether the text is the same word for word. */
export type MessageMatch = 'none' | 'same' | 'different'

const TIMEOUT_MS = 15_000

function send(report: Report): void {
  process.send!(report)
}

function withTimeout(answer: Promise<RestAnswer>): Promise<RestAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve({ code: -2, desc: `no answer within ${TIMEOUT_MS / 1000} s` }), TIMEOUT_MS)
    answer.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** An answer of taosAdapter's HTTP side, such as to an empty body: it says nothing of the other ways. */
function isHttpError(code: number): boolean {
  return code >= 0x1100 && code < 0x1200
}

async function replay({ way, file, skip }: Job): Promise<void> {
  const cases = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => parseLossless(line) as GoldenCase)
  const target = await openWay(way)
  try {
    for (const [line, { section, sql, response }] of cases.entries()) {
      if (skip.includes(line) || (way !== 'rest' && isHttpError(response.code))) continue
      send({ kind: 'start', line })
      const got = await withTimeout(target.run(sql)).catch(
        (error: unknown): RestAnswer => ({ code: -1, desc: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
      )
      const message = response.code === 0 ? 'none' : got.code !== 0 && got.desc === response.desc ? 'same' : 'different'
      send({
        kind: 'answer',
        line,
        section,
        sql,
        difference: compare(sql, response, got),
        message,
        ...(message === 'different' && { got: got.desc ?? '' }),
      })
    }
  } finally {
    await target.close()
  }
}

process.on('message', (job: Job) => {
  replay(job).then(
    () => send({ kind: 'done' }),
    (error: unknown) => send({ kind: 'failed', reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
process.on('disconnect', () => process.exit())
