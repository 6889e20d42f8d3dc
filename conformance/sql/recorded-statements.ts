import { readdirSync, readFileSync } from 'node:fs'

/** A statement sent to a real TDengine and what it answered; `code` 0 is success. For tests. */
export interface RecordedStatement {
  readonly sql: string
  readonly code: number
  readonly desc: string
}

const DIRECTORY = new URL('../golden/sql/', import.meta.url)

/** Every recorded statement once, in the files' order. */
export function recordedStatements(): RecordedStatement[] {
  const found = new Map<string, RecordedStatement>()
  for (const file of readdirSync(DIRECTORY).sort()) {
    for (const line of readFileSync(new URL(file, DIRECTORY), 'utf8').split('\n')) {
      if (line === '') continue
      const { sql, response } = JSON.parse(line) as { sql: string; response: { code: number; desc?: string } }
      if (!found.has(`${response.code} ${sql}`))
        found.set(`${response.code} ${sql}`, { sql, code: response.code, desc: response.desc ?? '' })
    }
  }
  return [...found.values()]
}
