import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** Fills the disk with rows until an INSERT fails, says so, waits for a line on its input, and goes on. */
const PROGRAM = (directory: string) => `
import { once } from 'node:events'
import { Engine } from ${JSON.stringify(fileURLToPath(new URL('./engine.ts', import.meta.url)))}
const engine = await Engine.open({ directory: ${JSON.stringify(directory)} })
const session = engine.session()
await session.execute('create database f')
await session.execute('use f')
await session.execute('create table t (ts timestamp, s varchar(200))')
let written = 0
let next = 1700000000000
async function fill(statements) {
  for (let i = 0; i < statements; i++) {
    let sql = 'insert into t values '
    for (let k = 0; k < 100; k++) sql += '(' + next++ + ", '" + Math.random().toString(36).slice(2).repeat(12) + "')"
    written += (await session.execute(sql)).affectedRows
  }
}
const tell = (what) => process.stdout.write(JSON.stringify({ written, ...what }) + '\\n')
async function count() {
  const rows = await session.execute('select count(*) from t')
  const block = await rows.next()
  await rows.close()
  return Number(block.columns[0].values[0])
}
await fill(10_000).catch(async (error) => tell({ code: error.code, message: error.message, count: await count() }))
// A statement that still fits may go through; a large one fails again, and nothing hangs.
await fill(100).catch(async (error) => tell({ code: error.code, message: error.message, count: await count() }))
await once(process.stdin, 'data')
await fill(300)
await engine.close()
const again = await Engine.open({ directory: ${JSON.stringify(directory)} })
const rows = await again.session({ database: 'f' }).execute('select count(*) from t')
tell({ count: Number((await rows.next()).columns[0].values[0]) })
await again.close()
process.exit(0)
`

// Files larger than the limit give the process the same errors as a full disk. Needs the prlimit of Linux.
test('a full disk fails the insert, keeps what was acknowledged, and is over when there is room', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'taosts-full-'))
  try {
    const file = join(directory, 'filler.mts')
    writeFileSync(file, PROGRAM(join(directory, 'data')))
    const command = `ulimit -S -f 4000; exec ${JSON.stringify(process.execPath)} --conditions=@source --import tsx ${JSON.stringify(file)}`
    const child = spawn('bash', ['-c', command], { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] })
    const said: { written: number; count: number; code?: number; message?: string }[] = []
    for await (const line of createInterface({ input: child.stdout })) {
      said.push(JSON.parse(line))
      if (said.length !== 2) continue
      execFileSync('prlimit', ['--pid', String(child.pid), '--fsize=unlimited'])
      child.stdin.write('there is room\n')
    }
    expect(said).toHaveLength(3)
    const [full, still, after] = said as [(typeof said)[0], (typeof said)[0], (typeof said)[0]]
    expect(full).toMatchObject({ code: 0x12b, message: 'No enough disk space', count: full.written })
    expect(still).toMatchObject({ code: 0x12b, count: still.written })
    expect(full.written).toBeGreaterThan(1000)
    expect(after.written).toBe(still.written + 30_000)
    expect(after.count).toBe(after.written)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
