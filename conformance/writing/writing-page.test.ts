import { readFileSync } from 'node:fs'
import { connect, formatLine, WriterError } from 'taosts'
import ts from 'typescript'
import { expect, test } from 'vitest'

test('the examples of docs/writing.md run', async () => {
  const page = readFileSync(new URL('../../docs/writing.md', import.meta.url), 'utf8')
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code!)
  expect(blocks.length).toBeGreaterThan(5)
  const program = blocks
    .join('\n')
    .replace(/^import .*$/gm, '')
    .replace("'ws://localhost:6041'", "'embedded:'")
  const counted = `${program}\nreturn await (await connection.query('SELECT count(*) FROM meters')).values()`
  const { outputText } = ts.transpileModule(`async function run() {${counted}}`, { compilerOptions: { target: ts.ScriptTarget.ES2022 } })
  const run = new Function('connect', 'formatLine', 'WriterError', `${outputText}\nreturn run()`)
  // 3 with parameters, 6 by insert(), 6 by the prepared statement, and the writer's.
  expect(await run(connect, formatLine, WriterError)).toEqual([[3n + 1n + 2n + 1n + 2n + 6n + 10_000n]])
})
