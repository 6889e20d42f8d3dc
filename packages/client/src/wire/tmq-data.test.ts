import { describe, expect, it } from 'vitest'
import { columnReader } from './reader.ts'
import { decodeTmqData, encodeTmqData } from './tmq-data.ts'
import { parseTmqMeta } from './tmq-meta.ts'
import { WireError } from './wire-error.ts'

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'))

/** One row of a table d0 (ts TIMESTAMP, v INT), as driver-go reads it. */
const MESSAGE = bytes(`
  64 12000000 11 2900000000000000 11 2a00000000000000 01000000 01 01
  4f 0100000000000000 0000000000000001 00 00
     02000000 3d000000 01000000 02000000 00000080 0000000000000000  09 08000000  04 04000000  08000000 04000000
     00 0068e5cf8b010000  00 07000000  00
  04 02  09 01 10 02 03 747300  04 01 08 04 02 7600
  03 643000
  0000000000000000`)

describe('the payload of a subscription message', () => {
  it('is read and written', () => {
    const data = decodeTmqData(MESSAGE)
    expect(data).toMatchObject({
      requestOffset: { kind: 'log', version: 41n },
      responseOffset: { version: 42n },
      sleepTime: 0n,
      createTables: [],
    })
    const [{ block, table, schema, precision }] = data.blocks as [(typeof data.blocks)[number]]
    expect([table, precision, schema?.version]).toEqual(['d0', 'ms', 1])
    expect(schema?.columns).toEqual([
      { name: 'ts', type: 9, flags: 1, bytes: 8, id: 1 },
      { name: 'v', type: 4, flags: 1, bytes: 4, id: 2 },
    ])
    expect(block.columns.map((column) => columnReader(column.type, 'us')(column, 1))).toEqual([[1700000000000n], [7]])
    expect(encodeTmqData(data)).toEqual(MESSAGE)
  })

  it('may be of an older server, without the marker', () => {
    const old = Buffer.concat([bytes('01 2900000000000000 02 0500000000000000 0600000000000000'), MESSAGE.subarray(23)])
    expect(decodeTmqData(new Uint8Array(old))).toMatchObject({
      requestOffset: { kind: 'log', version: 41n },
      responseOffset: { kind: 'snapshot-data', uid: 5n, timestamp: 6n },
      blocks: [{ table: 'd0' }],
    })
  })

  it('says where it is cut off', () => {
    // The last eight bytes, the time to sleep, may be missing.
    for (let length = 0; length < MESSAGE.length - 8; length++)
      expect(() => decodeTmqData(MESSAGE.subarray(0, length)), `${length}`).toThrow(WireError)
  })
})

describe('parseTmqMeta', () => {
  it('takes one change, a batch and none', () => {
    const drop = { type: 'drop', tableNameList: ['t'] }
    expect(parseTmqMeta(drop)).toEqual([drop])
    expect(parseTmqMeta({ tmq_meta_version: '1.0', metas: [drop, drop] })).toEqual([drop, drop])
    expect(parseTmqMeta(null)).toEqual([])
    expect(() => parseTmqMeta({ type: 'explode' })).toThrow('"explode"')
  })
})
