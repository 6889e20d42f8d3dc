/**
 * Replays the recorded SQL of a real TDengine in-process, over REST and over WebSocket, and prints how much of it is answered alike.
 *
 *     npm run golden -- [--only select,window] [--ways embedded,rest,ws] [--fail 5] [--json]
 *
 * `--engine-only` is `--ways embedded`; `--fail N` shows N failures a category with the difference; `--messages` shows errors whose words differ;
 * `--json` prints one last line `{"bars":[{"name","figure","bar","holds"}]}`.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Job, Report } from './golden-worker.ts'
import { WAYS, type WayName } from './way-names.ts'

type AnswerReport = Extract<Report, { kind: 'answer' }>

interface Outcome {
  readonly category: string
  readonly way: WayName
  total: number
  passed: number
  errors: number
  sameMessage: number
  failures: AnswerReport[]
  otherWords: AnswerReport[]
}

const HANG_MS = 25_000
/** Times that a recording is begun again after a crash. */
const MAX_ATTEMPTS = 20

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    ways: { type: 'string', default: WAYS.join(',') },
    'engine-only': { type: 'boolean', default: false },
    fail: { type: 'string', default: '0' },
    messages: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

/** How a job ended: through, or lost while it ran `line` (−1: before the first one). */
type Ending = { readonly done: true } | { readonly done: false; readonly line: number; readonly reason: string }

/** A child process that is replaced when it dies or goes silent. */
class Worker {
  #child: ChildProcess | undefined

  /** Runs a job to its end; answers go to `onAnswer`. */
  run(job: Job, onAnswer: (report: AnswerReport) => void): Promise<Ending> {
    const child = (this.#child ??= fork(fileURLToPath(new URL('golden-worker.ts', import.meta.url))))
    return new Promise((resolve) => {
      let line = -1
      let reason = 'the process crashed'
      const hung = () => {
        reason = 'the process hung'
        child.kill('SIGKILL')
      }
      let timer = setTimeout(hung, HANG_MS)
      const finish = (ending: Ending) => {
        clearTimeout(timer)
        child.removeAllListeners()
        if (!ending.done) {
          this.#child = undefined
          child.kill('SIGKILL')
        }
        resolve(ending)
      }
      child.on('exit', () => finish({ done: false, line, reason }))
      child.on('error', (error) => finish({ done: false, line, reason: error.message }))
      child.on('message', (report: Report) => {
        clearTimeout(timer)
        timer = setTimeout(hung, HANG_MS)
        if (report.kind === 'start') line = report.line
        else if (report.kind === 'answer') onAnswer(report)
        else if (report.kind === 'done') finish({ done: true })
        else finish({ done: false, line: -1, reason: report.reason })
      })
      child.send(job)
    })
  }

  stop(): void {
    this.#child?.kill()
  }
}

function directory(): string {
  return fileURLToPath(new URL('golden/sql/', import.meta.url))
}

function lostAnswer(line: number, difference: string): AnswerReport {
  return { kind: 'answer', line, section: 'queries', sql: `(line ${line + 1} of the recording)`, difference, message: 'none' }
}

/** Replays one recording. A statement that ends the process or hangs is left out the next time, and counts as wrong. */
async function replay(worker: Worker, category: string, way: WayName): Promise<Outcome> {
  const outcome: Outcome = { category, way, total: 0, passed: 0, errors: 0, sameMessage: 0, failures: [], otherWords: [] }
  const file = `${directory()}${category}.jsonl`
  const skip: number[] = []
  let answers: AnswerReport[] = []
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    answers = []
    const ending = await worker.run({ way, file, skip }, (report) => answers.push(report))
    if (ending.done) break
    outcome.failures.push(lostAnswer(Math.max(ending.line, 0), ending.reason))
    if (ending.line >= 0) skip.push(ending.line)
    else if (attempt > 0) {
      // Nothing runs at all: every statement of the recording is unanswered.
      answers = []
      outcome.total = readFileSync(file, 'utf8')
        .split('\n')
        .filter((text) => text !== '' && !text.startsWith('{"section": "setup"')).length
      return outcome
    }
  }
  outcome.total = skip.length
  for (const answer of answers) {
    if (answer.difference !== '') outcome.failures.push(answer)
    if (answer.section === 'setup') continue
    outcome.total++
    if (answer.difference === '') outcome.passed++
    if (answer.message !== 'none') outcome.errors++
    if (answer.message === 'same') outcome.sameMessage++
    if (answer.message === 'different') outcome.otherWords.push(answer)
  }
  return outcome
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : (100 * part) / whole
}

function cell(part: number, whole: number): string {
  return `${String(part).padStart(5)}/${String(whole).padEnd(4)} ${percent(part, whole).toFixed(1).padStart(5)} %`
}

function sum(outcomes: readonly Outcome[], pick: (outcome: Outcome) => number): number {
  return outcomes.reduce((total, outcome) => total + pick(outcome), 0)
}

/** The bars of the project's issues, over the worst of the ways. */
function bars(outcomes: readonly Outcome[], ways: readonly WayName[]) {
  const of = (name: string, bar: number, pick: (outcome: Outcome) => boolean, rate: (part: readonly Outcome[]) => number) => {
    const figures = ways.map((way) => rate(outcomes.filter((outcome) => outcome.way === way && pick(outcome))))
    const figure = Math.floor(Math.min(...figures) * 100) / 100
    return { name, figure, bar, holds: figure >= bar }
  }
  const passed = (part: readonly Outcome[]) =>
    percent(
      sum(part, (o) => o.passed),
      sum(part, (o) => o.total),
    )
  const required = new Map([
    ['power', 100],
    ['seeds', 100],
  ])
  return [...new Set(outcomes.map((outcome) => outcome.category))]
    .map((category) => of(`golden ${category} %`, required.get(category) ?? 97, (o) => o.category === category, passed))
    .concat(
      of('golden all %', 98, () => true, passed),
      of(
        'golden error messages word for word %',
        85,
        () => true,
        (part) =>
          percent(
            sum(part, (o) => o.sameMessage),
            sum(part, (o) => o.errors),
          ),
      ),
    )
}

const only = options.only?.split(',')
const ways = (options['engine-only'] ? ['embedded'] : options.ways.split(',')) as WayName[]
for (const way of ways) if (!WAYS.includes(way)) throw new Error(`unknown way '${way}': one of ${WAYS.join(', ')}`)
const categories = readdirSync(directory())
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.slice(0, -6))
  .filter((name) => only === undefined || only.includes(name))
const unknown = only?.filter((name) => !categories.includes(name)) ?? []
if (unknown.length > 0) throw new Error(`no recording called ${unknown.join(', ')}`)

const worker = new Worker()
const outcomes: Outcome[] = []
console.log(`${'category'.padEnd(24)} ${ways.map((way) => way.padStart(18)).join(' ')}`)
try {
  for (const category of categories) {
    const row: Outcome[] = []
    for (const way of ways) row.push(await replay(worker, category, way))
    outcomes.push(...row)
    console.log(`${category.padEnd(24)} ${row.map((o) => cell(o.passed, o.total)).join(' ')}`)
    for (const outcome of row) {
      for (const failure of outcome.failures.slice(0, Number(options.fail))) {
        console.log(
          `    [${outcome.way} ${failure.section} ${failure.line + 1}] ${failure.sql.slice(0, 400)}\n        ${failure.difference.replaceAll('\n', '\n        ')}`,
        )
      }
      if (!options.messages) continue
      for (const { line, sql, got } of outcome.otherWords)
        console.log(`    [${outcome.way} words ${line + 1}] ${sql.slice(0, 300)}\n        ${got}`)
    }
  }
} finally {
  worker.stop()
}
const each = (pick: (o: Outcome) => number, whole: (o: Outcome) => number) =>
  ways
    .map((way) => outcomes.filter((o) => o.way === way))
    .map((part) => cell(sum(part, pick), sum(part, whole)))
    .join(' ')
console.log(
  `${'all'.padEnd(24)} ${each(
    (o) => o.passed,
    (o) => o.total,
  )}`,
)
console.log(
  `${'errors, word for word'.padEnd(24)} ${each(
    (o) => o.sameMessage,
    (o) => o.errors,
  )}`,
)
const result = bars(outcomes, ways)
if (options.json) console.log(JSON.stringify({ bars: result }))
process.exitCode = result.every((bar) => bar.holds) ? 0 : 1
