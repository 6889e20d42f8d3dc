import process from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { connect } from 'taosts'
import { expect, it } from 'vitest'
import { INNOCENT, misdeeds, recorded, useJudge } from '../test/judged.ts'

const script = recorded('go-ws-query-ms')
const judge = useJudge(script)
const QUERIES = Number(process.env['TAOS_CHURN'] ?? 100_000)
const AT_ONCE = 50

/** A generator whose course is the same each time. */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

it(`${QUERIES} queries, aborted and finished at random, leave no handle and no memory behind`, async () => {
  const connection = await connect('taos://localhost:6030')
  const random = chance(7)
  let aborted = 0
  const one = async (): Promise<void> => {
    const controller = new AbortController()
    const way = random(5)
    const timer = way < 2 ? setTimeout(() => controller.abort(), random(4)) : undefined
    try {
      const result = await connection.query(script[random(script.length)]!.sql, null, { signal: controller.signal })
      if (way === 4) result.close()
      else if (way % 2 === 0) await result.values()
      else for await (const _ of result.blocks()) break
    } catch (error) {
      expect((error as Error).name).toBe('AbortError')
      aborted++
    } finally {
      clearTimeout(timer)
    }
  }
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  // The least that the process takes, collected, in the second fifth (all has been used by then) and in the last.
  const least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (let done = 0; done < QUERIES; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, one))
    const fifth = Math.floor((done * 5) / QUERIES)
    if ((fifth === 1 || fifth === 4) && done % (AT_ONCE * 20) === 0) {
      collect()
      const at = fifth === 1 ? 0 : 1
      least[at] = Math.min(least[at]!, process.memoryUsage.rss())
    }
  }
  const grown = (least[1]! - least[0]!) / 2 ** 20
  const { opened } = judge.verdict()
  console.log(
    `${QUERIES} queries: ${aborted} aborted, ${opened} results made, memory grew by ${grown.toFixed(1)} MB from the second fifth to the last`,
  )
  expect(aborted).toBeGreaterThan(QUERIES / 100)
  // A sanitizer keeps what is freed for a while, and few queries say nothing of memory.
  if (QUERIES >= 100_000) expect(grown).toBeLessThan(24)
  await connection.close()
  expect(misdeeds(judge.verdict())).toEqual(INNOCENT)
})
