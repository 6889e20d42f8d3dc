import type { RestAnswer } from '../golden-compare.ts'
import { STABLE } from './model.ts'
import type { Program } from './program.ts'
import { checksOf } from './steps.ts'
import { COLUMNS, declared, type Expected, TAGS, World } from './world.ts'

/** The engine under test. */
export interface EngineUnderTest {
  run(sql: string): Promise<RestAnswer>
  /** Closes the engine and opens its directory again. */
  reopen(): Promise<void>
}

/** Runs a program on the engine and on the model, in a database of its own; throws where they differ, with the statements so far. */
export async function runProgram(engine: EngineUnderTest, database: string, { precision, steps }: Program): Promise<void> {
  const log: string[] = []
  const run = async (sql: string) => {
    log.push(sql)
    return engine.run(sql)
  }
  const fail = (text: string): never => {
    throw new Error(`${text}\n${log.map((sql) => `  ${sql};`).join('\n')}`)
  }
  const prepare = [
    `create database ${database} precision '${precision}' keep 36500 vgroups 1`,
    `create stable ${database}.${STABLE} (ts timestamp, ${COLUMNS.map(declared).join(', ')}) tags (${TAGS.map(declared).join(', ')})`,
  ]
  for (const sql of prepare) {
    const { code, desc } = await run(sql)
    if (code !== 0) fail(`${sql}: ${code} ${desc}`)
  }
  const world = new World(database, precision)
  for (const step of steps) {
    if (step.kind === 'reopen') {
      log.push('-- reopen')
      await engine.reopen()
      continue
    }
    for (const { sql, expected } of checksOf(world, step)) {
      const difference = differs(await run(sql), expected)
      if (difference) fail(difference)
    }
  }
  await run(`drop database ${database}`)
}

function differs(answer: RestAnswer, expected: Expected): string {
  const show = (value: unknown) => JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item))
  const got =
    answer.code === 0 ? { columns: answer.column_meta?.map(([name]) => name), rows: answer.data } : { code: answer.code, desc: answer.desc }
  const mismatch = `engine ${show(got)}\nmodel  ${show(expected)}`
  if ('code' in expected) return answer.code === expected.code ? '' : mismatch
  if (answer.code !== 0) return mismatch
  if ('affected' in expected) return answer.data?.[0]?.[0] === expected.affected ? '' : mismatch
  const same = show(got.columns) === show(expected.columns) && show(got.rows) === show(expected.rows)
  return same ? '' : mismatch
}
