import { parentPort, workerData } from 'node:worker_threads'
import { Calls, NativeError } from './calls.ts'
import { loadLibrary } from './library.ts'
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
    const message = error instanceof Error ? error.message : String(error)
    reply = { id, failure: { code: error instanceof NativeError ? error.code : 0xffff, message } }
  }
  port.postMessage(reply, transfer)
})
