import { spawn } from 'node:child_process'

/** One check of an official client's program. */
export interface Check {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
}

const PATIENCE_MS = 300_000

/** Runs a client's program, which prints a line of JSON a check; whatever ends it early is a failed check of its own. */
export function runJudge(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env: { readonly [name: string]: string } },
): Promise<Check[]> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    child.stdout.on('data', (piece: Buffer) => {
      output += piece.toString()
    })
    child.stderr.on('data', (piece: Buffer) => {
      errors = (errors + piece.toString()).slice(-4000)
    })
    child.on('error', (error) => {
      clearTimeout(timer)
      resolve([{ check: 'starts', ok: false, detail: error.message }])
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const checks = readChecks(output)
      if ((code !== 0 && checks.every(({ ok }) => ok)) || checks.length === 0) {
        checks.push({
          check: 'runs to its end',
          ok: false,
          detail: `ended with ${signal ?? code}: ${errors.trim().split('\n').at(-1) ?? ''}`,
        })
      }
      resolve(checks)
    })
  })
}

function readChecks(output: string): Check[] {
  const checks: Check[] = []
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) continue
    try {
      checks.push(JSON.parse(line) as Check)
    } catch {
      // Clients print what they like beside the checks.
    }
  }
  return checks
}
