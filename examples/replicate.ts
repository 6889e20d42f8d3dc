/**
 * Copies a database from one server to another as it changes: its rows, and what is created, altered and dropped.
 * `TAOS_URL` is where it is, `TAOS_COPY_URL` where the copy goes; ends when nothing came for a second.
 */
import process from 'node:process'
import { connect } from 'taosts'

const from = process.env['TAOS_URL'] ?? 'ws://localhost:6041'
const to = process.env['TAOS_COPY_URL'] ?? 'ws://localhost:6042'

await using source = await connect(from)
await using copy = await connect(to)
await copy.execute('CREATE DATABASE IF NOT EXISTS power_copy KEEP 36500')
await copy.selectDb('power_copy')
await source.execute('CREATE TOPIC IF NOT EXISTS power_changes WITH META AS DATABASE power')

await using consumer = await source.subscribe('power_changes', { groupId: 'replicate', offsetReset: 'earliest', autoCommit: false })
let messages = 0
let rows = 0
for (;;) {
  const message = await consumer.poll('1s')
  if (!message) break
  await copy.writeRaw(message.raw)
  // Committed when it is written: a copy that is interrupted goes on where it was.
  await consumer.commit()
  messages++
  rows += message.rowCount
}
console.log(`copied ${rows} rows in ${messages} messages`)
