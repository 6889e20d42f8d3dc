/** The ways by which the conformance programs reach the engine; each gives the answer as REST's JSON says it. */
import { Agent, request } from 'node:http'
import { connect, TaosError } from 'taosts'
import { type Column, TYPES } from 'taosts/wire'
import { Engine, SqlError, serve } from 'taosts-embedded'
import { blockRows } from './block-values.ts'
import type { RestAnswer } from './golden-compare.ts'
import { parseLossless } from './lossless-json.ts'
import type { WayName } from './way-names.ts'

export interface Way {
  run(sql: string): Promise<RestAnswer>
  close(): Promise<void>
}

/** Opens one of the ways on a fresh engine in memory. */
export async function openWay(name: WayName): Promise<Way> {
  if (name === 'embedded') return overEngine(await Engine.open())
  const served = await serve({ port: 0 })
  const way = name === 'rest' ? overRest(served.restUrl) : await overWebSocket(served.url)
  return {
    run: way.run,
    async close() {
      await way.close()
      await served.close()
    },
  }
}

function typeText({ code, precision, scale }: { readonly code: number; readonly precision: number; readonly scale: number }): string {
  const { name } = TYPES[code]!
  return name === 'DECIMAL' ? `DECIMAL(${precision},${scale})` : name
}

const updated = (affectedRows: number): RestAnswer => ({
  code: 0,
  column_meta: [['affected_rows', 'INT', 4]],
  data: [[affectedRows]],
  rows: 1,
})

/** In-process. Every statement gets a session of its own, as it would over REST. */
export function overEngine(engine: Engine): Way {
  return {
    async run(sql) {
      const session = engine.session({ user: 'root' })
      try {
        const answer = await session.execute(sql)
        if (answer.kind === 'update') return updated(answer.affectedRows)
        const data: unknown[][] = []
        for (let block = await answer.next(); block !== null; block = await answer.next()) data.push(...blockRows(block, answer.precision))
        await answer.close()
        return {
          code: 0,
          column_meta: answer.columns.map(({ name, type }) => [name, typeText(type), type.length]),
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

/** The server alone: plain HTTP requests, the JSON as it comes. */
export function overRest(url: string): Way {
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

/** Server and client together: one connection of `taosts`, its blocks decoded by the tests' own decoder. */
export async function overWebSocket(url: string): Promise<Way> {
  const connection = await connect({ url, user: 'root', password: 'taosdata' })
  return {
    async run(sql) {
      try {
        const result = await connection.query(sql)
        if (result.isUpdate) return updated(result.affectedRows)
        const data: unknown[][] = []
        for await (const block of result.blocks()) {
          const columns: Column[] = block.columns.map(({ raw }) => raw)
          data.push(...blockRows({ rows: block.rows, columns }, result.precision))
        }
        const column_meta = result.fields.map(({ name, type, bytes, precision, scale }) => {
          return [name, type === 'DECIMAL' ? `DECIMAL(${precision},${scale})` : type, bytes] as const
        })
        return { code: 0, column_meta, data, rows: data.length }
      } catch (error) {
        if (error instanceof TaosError && error.code !== 0) return { code: error.code, desc: error.reason }
        throw error
      }
    },
    close: () => connection.close(),
  }
}
