import { encodeBind, TypeCode } from 'taosts/wire'
import { atMost, type Bar, printTable } from '../conformance/bars.ts'
import { meterColumns } from './meters.ts'

/** Making a bind message of typed arrays beside copying as many bytes from one array to a fresh one. */
export function encodingBar(rounds: number): Bar {
  const rows = 16_384
  const messages = 64
  const { ts, current, voltage, phase } = meterColumns(rows)
  const shape = {
    names: false,
    tags: [],
    columns: [
      { type: TypeCode.TIMESTAMP, precision: 'ms' as const, bytes: 8, name: 'ts' },
      { type: TypeCode.FLOAT, precision: 'ms' as const, bytes: 4, name: 'current' },
      { type: TypeCode.INT, precision: 'ms' as const, bytes: 4, name: 'voltage' },
      { type: TypeCode.FLOAT, precision: 'ms' as const, bytes: 4, name: 'phase' },
    ],
  }
  const encode = () => encodeBind(shape, [{ columns: [ts, current, voltage, phase].map((values) => ({ values })), rows }])
  const message = encode()
  const copy = () => new Uint8Array(message)
  const least = (work: () => Uint8Array): number => {
    const start = process.cpuUsage()
    let bytes = 0
    for (let i = 0; i < messages; i++) bytes += work().length
    const { user, system } = process.cpuUsage(start)
    if (bytes !== messages * message.length) throw new Error('a message has another length')
    return (user + system) / 1e6
  }
  let [encoding, copying] = [Infinity, Infinity]
  for (let round = 0; round < rounds * 4; round++) {
    encoding = Math.min(encoding, least(encode))
    copying = Math.min(copying, least(copy))
  }
  const perRow = (seconds: number) => Number(((seconds / (rows * messages)) * 1e9).toFixed(2))
  printTable([
    { 'a bind message, 16 384 rows': 'encoded from typed arrays', 'CPU ns/row': perRow(encoding) },
    { 'a bind message, 16 384 rows': 'the same bytes copied', 'CPU ns/row': perRow(copying) },
  ])
  return atMost('write: encoding alone against copying the same bytes', encoding / copying, 4)
}
