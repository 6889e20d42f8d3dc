import { parentPort, workerData } from 'node:worker_threads'
import type { NativeFailure } from './calls.ts'
import { Calls, NativeError } from './calls.ts'
import { loadLibrary, TextError } from './library.ts'
import type { ThreadReply, ThreadRequest } from './threads.ts'

/** The worker's program: runs one blocking call of libtaos after another and sends back what it gave. */

const calls = new Calls(loadLibrary((workerData as { library: string }).library))
const port = parentPort!

port.on('message', ({ id, call, args }: ThreadRequest) => {
  let reply: ThreadReply
  const transfer: ArrayBuffer[] = []
  try {
    const value = (calls[call] as (...parameters: unknown[]) => unknown).apply(calls, [...args])
    const bytes = value instanceof Uint8Array ? value : (value as { data?: unknown } | null | undefined)?.data
    if (bytes instanceof Uint8Array) transfer.push(bytes.buffer as ArrayBuffer)
    reply = { id, value }
  } catch (error) {
    reply = { id, failure: failureOf(error) }
  }
  port.postMessage(reply, transfer)
})

function failureOf(error: unknown): NativeFailure {
  if (error instanceof NativeError) return { code: error.code, message: error.message, refused: error.refused }
  const message = error instanceof Error ? error.message : String(error)
  return error instanceof TextError ? { code: 0, message, refused: true } : { code: 0xffff, message }
}
