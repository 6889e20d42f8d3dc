/** The ways by which the conformance programs reach the engine; each gives the answer as REST's JSON says it. */
import { Agent, request } from 'node:http'
import { type Engine, SqlError } from 'taosts-embedded'
import { blockRows } from './block-values.ts'
import type { RestAnswer } from './golden-compare.ts'
import { parseLossless } from './lossless-json.ts'
import type { WayName } from './way-names.ts'

export interface Way {
  run(sql: string): Promise<RestAnswer>
  close(): Promise<void>
}

/** Opens one of the ways on a fresh engine in memory, or REST on a server that already runs. */
export async function openWay(name: WayName, url?: string): Promise<Way> {
  if (url !== undefined) return rest(url)
  const { Engine } = await import('taosts-embedded')
  const engine = await Engine.open()
  switch (name) {
    case 'embedded':
      return overEngine(engine)
    case 'rest':
    case 'ws': {
      throw new Error(`${name} has no server yet`)
    }
  }
}

function typeText(
  type: { readonly code: number; readonly precision: number; readonly scale: number },
  names: ReadonlyMap<number, string>,
): string {
  return type.code === 17 || type.code === 21 ? `DECIMAL(${type.precision},${type.scale})` : (names.get(type.code) ?? `type ${type.code}`)
}

const NAMES: ReadonlyMap<number, string> = new Map(
  [
    'NULL',
    'BOOL',
    'TINYINT',
    'SMALLINT',
    'INT',
    'BIGINT',
    'FLOAT',
    'DOUBLE',
    'VARCHAR',
    'TIMESTAMP',
    'NCHAR',
    'TINYINT UNSIGNED',
    'SMALLINT UNSIGNED',
    'INT UNSIGNED',
    'BIGINT UNSIGNED',
    'JSON',
    'VARBINARY',
    'DECIMAL',
    'BLOB',
    'MEDIUMBLOB',
    'GEOMETRY',
    'DECIMAL',
  ].map((name, code) => [code, name]),
)

/** Every statement gets a session of its own, as it would over REST. */
export function overEngine(engine: Engine): Way {
  return {
    async run(sql) {
      const session = engine.session({ user: 'root' })
      try {
        const answer = await session.execute(sql)
        if (answer.kind === 'update') return { code: 0, column_meta: [['affected_rows', 'INT', 4]], data: [[answer.affectedRows]], rows: 1 }
        const data: unknown[][] = []
        for (let block = await answer.next(); block !== null; block = await answer.next()) data.push(...blockRows(block, answer.precision))
        await answer.close()
        return {
          code: 0,
          column_meta: answer.columns.map(({ name, type }) => [name, typeText(type, NAMES), type.length]),
          data,
          rows: data.length,
        }
      } catch (error) {
        if (error instanceof SqlError) return { code: error.code, desc: error.message }
        throw error
      } finally {
        await session.close()
      }
    },
    close: () => engine.close(),
  }
}

function rest(url: string): Way {
  const agent = new Agent({ keepAlive: true })
  const authorization = `Basic ${Buffer.from('root:taosdata').toString('base64')}`
  return {
    run: (sql) =>
      new Promise((resolve, reject) => {
        const call = request(new URL('/rest/sql', url), { method: 'POST', agent, headers: { authorization } }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            try {
              resolve(parseLossless(Buffer.concat(chunks).toString('utf8')) as RestAnswer)
            } catch (error) {
              reject(error)
            }
          })
        })
        call.on('error', reject)
        call.end(sql)
      }),
    async close() {
      agent.destroy()
    },
  }
}
