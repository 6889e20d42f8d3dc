import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { decodeReply, parseJson } from 'taosts/wire'
import { Engine } from '../../engine.ts'
import { ENDPOINTS } from '../endpoints.ts'
import { openMessageSession } from '../message-session.ts'
import { ServerContext } from '../server-context.ts'
import { Chance, type Message, mutate } from './mutations.ts'

const TRANSCRIPTS = fileURLToPath(new URL('../../../../../conformance/golden/wire/', import.meta.url))
/** Messages of one connection before it is closed. */
const PER_CONNECTION = 50

/** What official clients were recorded to send over WebSocket, a list of messages a connection. */
function recordedConnections(): Message[][] {
  const connections = new Map<string, Message[]>()
  for (const file of readdirSync(TRANSCRIPTS)) {
    if (!file.endsWith('.jsonl') || file.endsWith('setup.jsonl')) continue
    for (const line of readFileSync(TRANSCRIPTS + file, 'utf8').split('\n')) {
      if (!line.includes('"ws":"client"')) continue
      const { conn, text, base64 } = JSON.parse(line) as { conn: number; text?: string; base64?: string }
      const message = text ?? (base64 === undefined ? undefined : new Uint8Array(Buffer.from(base64, 'base64')))
      if (message === undefined) continue
      const key = `${file} ${conn}`
      connections.set(key, [...(connections.get(key) ?? []), message])
    }
  }
  return [...connections.values()]
}

/** What a run of damaged messages left behind. */
export interface FuzzOutcome {
  readonly sent: number
  readonly replies: number
  readonly failures: readonly string[]
  readonly openResults: number
  readonly openStatements: number
  readonly statementsInFlight: number
}

/** Sends damaged messages over connections of all endpoints; every reply must be one that the protocol knows. */
export async function fuzz(count: number, seed: number): Promise<FuzzOutcome> {
  const engine = await Engine.open()
  const server = new ServerContext(engine)
  const connections = recordedConnections()
  const messages = connections.flat()
  const chance = new Chance(seed)
  const failures: string[] = []
  let replies = 0
  let sent = 0
  await prepare(engine)
  while (sent < count) {
    const endpoint = chance.below(10) > 0 ? '/ws' : chance.pick([...ENDPOINTS.keys()])
    let last: Message = ''
    const session = openMessageSession(server, ENDPOINTS.get(endpoint)!, { address: 'fuzz', tokenInUrl: false }, (reply) => {
      replies++
      const wrong = wrongReply(reply)
      if (wrong !== undefined) failures.push(`${wrong} after ${describe(last)}`)
    })
    await session.receive(`{"action":"conn","args":{"req_id":1,"user":"root","password":"taosdata","db":"${chance.pick(DATABASES)}"}}`)
    // A recorded connection in its order, so that what is damaged meets statements that are half done.
    const script = chance.pick(connections)
    for (let i = 0; i < PER_CONNECTION && sent < count; i++, sent++) {
      const next = script[i] ?? chance.pick(messages)
      last = chance.below(10) < 4 ? mutate(next, messages, chance) : next
      const running = session.receive(last)
      // Now and then the client does not wait for the answer.
      if (chance.below(10) > 0) await running
    }
    await session.close()
  }
  const { openResults, openStatements, statementsInFlight } = server.metrics
  const outcome = {
    sent,
    replies,
    failures,
    openResults: openResults.value,
    openStatements: openStatements.value,
    statementsInFlight: statementsInFlight.value,
  }
  await checkAlive(engine, failures)
  await engine.close()
  return outcome
}

const SETUPS = [
  'setup',
  'py-ws-stmt-ms.setup',
  'py-ws-stmt2-ms.setup',
  'node-stmt1-ms.setup',
  'node-stmt2-ms.setup',
  'raw-ws-stmt1.setup',
  'raw-ws-stmt2.setup',
  'raw-ws-write-block.setup',
]
const DATABASES = [
  'wire_ms',
  'wire_pyst_ms',
  'wire_pyst2_ms',
  'wire_nodestmt1_ms',
  'wire_nodestmt2_ms',
  'wire_raws1',
  'wire_raws2',
  'wire_rawblk',
]

async function prepare(engine: Engine): Promise<void> {
  const session = engine.session()
  for (const setup of SETUPS) {
    for (const line of readFileSync(`${TRANSCRIPTS}${setup}.jsonl`, 'utf8').split('\n')) {
      const { sql } = JSON.parse(line || '{}') as { sql?: string }
      if (sql !== undefined) await session.execute(sql)
    }
  }
  await session.execute(`insert into wire_ms.big values ${Array.from({ length: 5000 }, (_, i) => `(${1700000000000 + i},${i})`).join('')}`)
  await session.close()
}

async function checkAlive(engine: Engine, failures: string[]): Promise<void> {
  const session = engine.session()
  try {
    const answer = await session.execute('select server_version()')
    if (answer.kind !== 'rows' || (await answer.next())?.rows !== 1) failures.push('the engine answers no more')
    if (answer.kind === 'rows') await answer.close()
  } finally {
    await session.close()
  }
}

function wrongReply(reply: Message): string | undefined {
  try {
    if (typeof reply !== 'string') {
      decodeReply(reply)
      return undefined
    }
    const { code, message, action } = parseJson(reply) as { code: unknown; message: unknown; action: unknown }
    if (typeof code !== 'number' || code < 0 || code > 0xffff || typeof message !== 'string' || typeof action !== 'string')
      return `reply ${reply}`
    // An exception of ours is a defect, however it was worded.
    return message.startsWith('internal error') ? `reply ${reply}` : undefined
  } catch (error) {
    return `${(error as Error).message} in a reply`
  }
}

function describe(message: Message): string {
  return typeof message === 'string' ? message.slice(0, 500) : `bytes ${Buffer.from(message).toString('hex').slice(0, 500)}`
}
