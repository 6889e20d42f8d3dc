import fc from 'fast-check'
import {
  boundToColumn,
  buildBlock,
  columnReader,
  decodeBind,
  decodeBindColumns,
  decodeBlock,
  decodeReply,
  decodeRequest,
  decodeTmqData,
  encodeBind,
  encodeBlock,
  encodeFetchReply,
  encodeTmqData,
  isDecimal,
  RestDecoder,
  ValueError,
  WireError,
  wkbToGeoJson,
} from 'taosts/wire'
import { describe, expect, it } from 'vitest'
import { typedColumns } from './arbitrary-block.ts'
import { messages, recordings } from './transcripts.ts'

/** Damage: some bytes changed, words set to extremes, and perhaps the end cut off. */
const damage = fc.record({
  bytes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
  words: fc.array(fc.tuple(fc.nat(), fc.constantFrom(0, 1, -1, 0x7fffffff, -0x80000000, 0x10000, 255)), { maxLength: 2 }),
  keep: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
})

type Damage = { bytes: [number, number][]; words: [number, number][]; keep: number | null }

function damaged(bytes: Uint8Array, { bytes: changes, words, keep }: Damage): Uint8Array {
  const copy = bytes.slice(0, keep === null ? bytes.length : Math.floor(bytes.length * keep))
  const view = new DataView(copy.buffer)
  // Structure is at the front: half of the changes hit the first bytes.
  for (const [at, value] of changes) if (copy.length > 0) copy[at % 2 === 0 ? at % copy.length : at % Math.min(128, copy.length)] = value
  for (const [at, value] of words) if (copy.length >= 4) view.setInt32(at % Math.min(160, copy.length - 3), value, true)
  return copy
}

/** Runs what may meet damaged bytes: it ends, with a value or with the one error that says where; nothing else. */
function survives(run: () => void, bytes: Uint8Array): void {
  try {
    run()
  } catch (error) {
    if (error instanceof ValueError) return
    expect(error).toBeInstanceOf(WireError)
    expect((error as WireError).offset).toBeGreaterThanOrEqual(0)
    expect((error as WireError).offset).toBeLessThanOrEqual(bytes.length)
  }
}

function blockOf(columns: readonly { spec: Parameters<typeof buildBlock>[0][number]; values: readonly unknown[] }[]) {
  return buildBlock(
    columns.map(({ spec }) => spec),
    columns.map(({ values }) => values),
  )
}

describe('damaged bytes end in a WireError or in values, and in nothing else', () => {
  it('raw blocks', () => {
    fc.assert(
      fc.property(typedColumns, damage, fc.boolean(), fc.boolean(), (columns, harm, owned, anyLength) => {
        const bytes = damaged(encodeBlock(blockOf(columns), { server: true }), harm)
        survives(() => {
          const block = decodeBlock(bytes, { owned, anyLength })
          for (const column of block.columns) columnReader(column.type, 'ms', { json: 'text' })(column, block.rows)
        }, bytes)
      }),
      { numRuns: 1500 },
    )
  })

  it('replies', () => {
    fc.assert(
      fc.property(typedColumns, damage, (columns, harm) => {
        const bytes = damaged(
          encodeFetchReply({ reqId: 1n, timing: 1n, code: 0, message: '', resultId: 1n, block: blockOf(columns) }),
          harm,
        )
        survives(() => decodeReply(bytes, true), bytes)
      }),
      { numRuns: 500 },
    )
  })

  it('bound parameters', () => {
    fc.assert(
      fc.property(typedColumns, damage, (columns, harm) => {
        const fields = columns.map(({ spec }) => ({ type: spec.type, bytes: 0, precision: 'ms' as const }))
        const rows = columns[0]!.values.length
        const payload = encodeBind({ names: true, tags: [], columns: fields }, [{ name: 'd0', columns, rows }])
        const bytes = damaged(payload, harm)
        // The length is the first thing that is checked; what lies behind it is the point.
        if (bytes.length >= 4) new DataView(bytes.buffer).setUint32(0, bytes.length, true)
        survives(() => {
          for (const table of decodeBind(bytes)) {
            for (const bound of table.columns) {
              boundToColumn(bound, { type: bound.type, bytes: 0, ...(isDecimal(bound.type) && { precision: 38, scale: 10 }) })
            }
          }
        }, bytes)
        survives(() => decodeBindColumns(bytes), bytes)
      }),
      { numRuns: 1000 },
    )
  })

  it('subscription messages', () => {
    fc.assert(
      fc.property(typedColumns, damage, (columns, harm) => {
        const schema = {
          version: 1,
          columns: columns.map(({ spec }, id) => ({ name: 'c', type: spec.type, flags: 0, bytes: spec.bytes, id })),
        }
        const log = { kind: 'log', version: 1n } as const
        const blocks = [{ block: blockOf(columns), precision: 'ms' as const, table: 't', schema }]
        const bytes = damaged(encodeTmqData({ requestOffset: log, responseOffset: log, blocks, sleepTime: 0n, createTables: [] }), harm)
        survives(() => decodeTmqData(bytes, 2, true), bytes)
        survives(() => decodeTmqData(bytes, 4), bytes)
      }),
      { numRuns: 750 },
    )
  })

  it('requests are refused, never thrown at', () => {
    const recorded = recordings(/stmt|raw-ws-(binary|write)/).flatMap((name) =>
      [...messages(name)].flatMap((message) => ('request' in message ? [message.bytes] : [])),
    )
    fc.assert(
      fc.property(fc.constantFrom(...recorded), damage, (bytes, harm) => {
        expect(decodeRequest(damaged(bytes, harm)).action).toBeTypeOf('string')
      }),
      { numRuns: 1000 },
    )
  })

  it('REST bodies', () => {
    const body = new TextEncoder().encode(
      '{"code":0,"column_meta":[["ts","TIMESTAMP",8],["v","DOUBLE",8],["s","VARCHAR",20],["n","NCHAR",9],["d","DECIMAL(10,2)",8],["b","VARBINARY",9],["j","JSON",9],["i","BIGINT",8],["o","BOOL",1]],"data":[["2022-08-09T22:33:44.123Z",1.5,"a\\"b\\u00e9",null,"-0.05","00ff",{"a":"]"},9223372036854775807,true],[null,-1e-07,null,"é😀","12.30",null,null,-1,false]],"rows":2}',
    )
    fc.assert(
      fc.property(damage, fc.integer({ min: 1, max: 400 }), (harm, step) => {
        const bytes = damaged(body, harm)
        survives(() => {
          const decoder = new RestDecoder()
          for (let at = 0; at < bytes.length; at += step) decoder.push(bytes.subarray(at, at + step))
          decoder.end()
        }, bytes)
      }),
      { numRuns: 2000 },
    )
  })

  it('geometries are refused with a RangeError', () => {
    const polygon = Buffer.from(
      '010300000001000000040000000000000000000000000000000000000000000000000000000000000000000000f03f000000000000f03f000000000000f03f00000000000000000000000000000000',
      'hex',
    )
    fc.assert(
      fc.property(damage, (harm) => {
        try {
          wkbToGeoJson(damaged(new Uint8Array(polygon), harm))
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
