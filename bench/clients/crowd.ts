import { request } from 'node:http'
import { type Connection, connect } from 'taosts'
import { encodeFetchRequest, encodeSqlRequest } from 'taosts/wire'
import WebSocket from 'ws'
import { taskLoop } from './task-loop.ts'

/** Many users of one server at a time, and some that do not read what they asked for. */

interface Task {
  readonly kind: 'gather' | 'crowd' | 'count' | 'points' | 'slow' | 'read on'
  readonly url: string
  readonly rest: string
  readonly connections: number
  readonly seconds: number
  readonly times: number
}

const BASE = 1_600_000_000_000

/** One of many, with a subtable of his own. */
interface User {
  readonly connection: Connection
  readonly number: number
  written: number
}

const users: User[] = []

/** The users log in, fifty at a time, and each works a little. */
async function gather(task: Task) {
  const { url, connections } = task
  while (users.length < connections) {
    const some = Array.from({ length: Math.min(50, connections - users.length) }, () => connect({ url, database: 'crowd' }))
    users.push(...(await Promise.all(some)).map((connection, i) => ({ connection, number: users.length + i, written: 0 })))
  }
  return await crowd(task)
}

/** Every user writes a row into his subtable and asks how many there are, until the time is over and at least `times` times. */
async function crowd({ seconds, times }: Task) {
  const end = performance.now() + seconds * 1000
  const took: number[] = []
  let errors = 0
  let wrong = 0
  let first = ''
  await Promise.all(
    users.map(async (user) => {
      const table = `u${user.number}`
      for (let time = 0; time < times || performance.now() < end; time++) {
        const began = performance.now()
        try {
          const { connection, written, number } = user
          await connection.execute(`INSERT INTO ${table} USING u TAGS (${number}) VALUES (${BASE + written}, ${written}, 'user ${number}')`)
          user.written++
          const result = await connection.query(`SELECT COUNT(*), LAST(v) FROM ${table}`)
          const [[rows, newest]] = (await result.values()) as [[bigint, number]]
          if (Number(rows) !== user.written || newest !== user.written - 1) wrong++
        } catch (error) {
          errors++
          first ||= String(error)
        }
        took.push(performance.now() - began)
      }
    }),
  )
  took.sort((a, b) => a - b)
  return { rows: took.length - errors, errors, wrong, first, p50: took[took.length >> 1]!, p99: took[Math.floor(took.length * 0.99)]! }
}

/** The rows that the server has, and those that it acknowledged. */
async function count({ url }: Task) {
  await Promise.all(users.map(({ connection }) => connection.close()))
  await using connection = await connect({ url, database: 'crowd' })
  const [[rows]] = (await (await connection.query('SELECT COUNT(*) FROM u')).values()) as [[bigint]]
  return { rows: Number(rows), written: users.reduce((sum, { written }) => sum + written, 0) }
}

/** The median of one user's small queries. */
async function points({ url, seconds }: Task) {
  await using connection = await connect({ url, database: 'bench' })
  const end = performance.now() + seconds * 1000
  const times: number[] = []
  while (performance.now() < end) {
    const began = performance.now()
    const result = await connection.query(`SELECT ts, current FROM w0 WHERE ts = ${BASE + (times.length % 1000) * 1000}`)
    await result.values()
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  return { rows: times.length, p50: times[times.length >> 1]! }
}

const SQL = 'SELECT * FROM bench.w0'
let readOn: (() => Promise<number>)[] = []

/** Asks for everything, over WebSocket and REST, and reads nothing of it. */
async function slow({ url, rest, connections }: Task) {
  readOn = await Promise.all(Array.from({ length: connections }, (_, i) => (i % 2 === 0 ? slowSocket(url) : slowRequest(rest))))
  return { rows: 0 }
}

async function slowSocket(url: string): Promise<() => Promise<number>> {
  const socket = new WebSocket(`${url}/ws`)
  socket.binaryType = 'nodebuffer'
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const next = () => new Promise<Buffer>((resolve) => socket.once('message', (data) => resolve(data as Buffer)))
  socket.send(JSON.stringify({ action: 'conn', args: { req_id: 1, user: 'root', password: 'taosdata', db: '' } }))
  await next()
  socket.send(encodeSqlRequest(2n, SQL))
  const { id } = JSON.parse((await next()).toString()) as { id: number }
  socket.pause()
  const ASKED = 200
  for (let i = 0; i < ASKED; i++) socket.send(encodeFetchRequest(BigInt(3 + i), BigInt(id)))
  return async () => {
    let bytes = 0
    const read = new Promise<void>((resolve) => {
      let left = ASKED
      socket.on('message', (data) => {
        bytes += (data as Buffer).length
        if (--left === 0) resolve()
      })
    })
    socket.resume()
    await read
    socket.close()
    return bytes
  }
}

async function slowRequest(rest: string): Promise<() => Promise<number>> {
  const sent = request(`${rest}/rest/sql`, { method: 'POST', headers: { authorization: `Basic ${btoa('root:taosdata')}` } })
  sent.end(SQL)
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) =>
    sent.once('response', resolve).once('error', reject),
  )
  return async () => {
    let bytes = 0
    for await (const piece of response) bytes += (piece as Buffer).length
    return bytes
  }
}

await taskLoop<Task>(async (task) => {
  if (task.kind === 'gather') return await gather(task)
  if (task.kind === 'crowd') return await crowd(task)
  if (task.kind === 'count') return await count(task)
  if (task.kind === 'points') return await points(task)
  if (task.kind === 'slow') return await slow(task)
  const bytes = await Promise.all(readOn.map((read) => read()))
  return { rows: bytes.filter((size) => size > 1_000_000).length }
})
