import { Engine, listen } from 'taosts-embedded'

/** A server to replay against, and a way to run its setup. */
export interface ReplayServer {
  readonly url: string
  /** Runs a statement; resolves to why it was refused. */
  run(sql: string): Promise<string | undefined>
  close(): Promise<void>
}

/** A fresh engine in memory behind a server on a free port, or the server of the URL. */
export async function openServer(url?: string): Promise<ReplayServer> {
  if (url !== undefined) return { url, run: (sql) => runOver(url, sql), close: async () => undefined }
  const engine = await Engine.open()
  const server = await listen(engine, { port: 0 })
  return {
    url: server.url,
    run: (sql) => runOver(server.url, sql),
    async close() {
      await server.close()
      await engine.close()
    },
  }
}

async function runOver(url: string, sql: string): Promise<string | undefined> {
  const authorization = `Basic ${Buffer.from('root:taosdata').toString('base64')}`
  const response = await fetch(`${url}/rest/sql`, { method: 'POST', body: sql, headers: { authorization } })
  const { code, desc } = (await response.json()) as { code: number; desc?: string }
  return code === 0 ? undefined : `${code} ${desc}`
}
