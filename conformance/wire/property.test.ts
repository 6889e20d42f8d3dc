import fc from 'fast-check'
import {
  type Block,
  boundToColumn,
  buildBlock,
  columnReader,
  decodeBind,
  decodeBlock,
  decodeReply,
  decodeTmqData,
  encodeBind,
  encodeBlock,
  encodeFetchReply,
  encodeTmqData,
  isDecimal,
  PRECISIONS,
  type Precision,
  parseJson,
  RestDecoder,
  RestEncoder,
  stringifyJson,
  TypeCode,
  userLength,
} from 'taosts/wire'
import { describe, expect, it } from 'vitest'
import { type TypedValues, typedColumns } from './arbitrary-block.ts'

const exact = { timestamp: 'bigint', json: 'text' } as const

function blockOf(columns: readonly TypedValues[]): Block {
  return buildBlock(
    columns.map(({ spec }) => spec),
    columns.map(({ values }) => values),
  )
}

function valuesOf(block: Block): unknown[][] {
  return block.columns.map((column) => columnReader(column.type, 'ns', exact)(column, block.rows))
}

/** Half a surrogate pair is no character: it travels as U+FFFD. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

/** What the readers give for what was put in: FLOAT as its shortest decimal, lone surrogates as U+FFFD. */
function expected({ spec, values }: TypedValues): unknown[] {
  return values.map((value) => {
    if (typeof value === 'string' && !isDecimal(spec.type)) return wellFormed(value)
    return value
  })
}

function same(columns: readonly TypedValues[], block: Block): void {
  valuesOf(block).forEach((values, i) => {
    const { spec } = columns[i]!
    const wanted = expected(columns[i]!)
    const read = spec.type === TypeCode.FLOAT ? values.map((value) => (value === null ? null : Math.fround(value as number))) : values
    expect(read).toEqual(wanted)
  })
}

describe('blocks of random types and values', () => {
  it('come back from raw blocks, aligned or not, copied or moved in place', () => {
    fc.assert(
      fc.property(typedColumns, fc.integer({ min: 0, max: 9 }), fc.boolean(), fc.boolean(), (columns, shift, server, owned) => {
        const raw = encodeBlock(blockOf(columns), { server })
        const message = new Uint8Array(raw.length + shift)
        message.set(raw, shift)
        same(columns, decodeBlock(message, { offset: shift, owned }))
      }),
      { numRuns: 200 },
    )
  })

  it('come back from fetch replies, and are encoded again to the same bytes', () => {
    fc.assert(
      fc.property(typedColumns, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.string(), (columns, reqId, message) => {
        const bytes = encodeFetchReply({ reqId, timing: 5n, code: 0, message, resultId: 3n, block: blockOf(columns) })
        const reply = decodeReply(bytes.slice(), true)
        if (reply.kind !== 'fetch_raw_block') throw new Error('another kind')
        expect(reply.reqId).toBe(reqId)
        same(columns, reply.block!)
        expect(encodeFetchReply(reply)).toEqual(bytes)
      }),
      { numRuns: 100 },
    )
  })

  it('come back from bound parameters of several tables', () => {
    fc.assert(
      fc.property(
        typedColumns,
        fc.uniqueArray(
          fc.string({ minLength: 1 }).filter((name) => !name.includes('\0')),
          { maxLength: 3 },
        ),
        (columns, names) => {
          const tables = (names.length > 0 ? names : [undefined]).map((name) => ({
            ...(name !== undefined && { name }),
            columns: columns.map(({ values }) => ({ values })),
            rows: columns[0]!.values.length,
          }))
          const fields = columns.map(({ spec }) => ({ type: spec.type, bytes: spec.bytes, precision: 'ns' as const }))
          const decoded = decodeBind(encodeBind({ names: names.length > 0, tags: [], columns: fields }, tables))
          expect(decoded.map(({ name }) => name)).toEqual(tables.map(({ name }) => (name === undefined ? undefined : wellFormed(name))))
          for (const table of decoded) {
            const rows = table.columns[0]!.rows
            same(columns, { rows, columns: table.columns.map((bound, i) => boundToColumn(bound, columns[i]!.spec)) })
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it('come back from REST answers, in pieces of any size', () => {
    fc.assert(
      fc.property(typedColumns, fc.integer({ min: 1, max: 200 }), fc.constantFrom(...PRECISIONS), (columns, step, precision) => {
        const usable = columns.filter(({ spec }) => spec.type !== TypeCode.MEDIUMBLOB)
        if (usable.length === 0) return
        const block = blockOf(usable.map((column) => atRestTimes(column, precision)))
        const meta = usable.map(({ spec }, i) => ({
          name: `c${i} "é"`,
          type: spec.type,
          length: userLength(spec.type, spec.bytes),
          precision: spec.precision ?? 0,
          scale: spec.scale ?? 0,
        }))
        const encoder = new RestEncoder({ columns: meta, precision })
        const body = Buffer.concat([encoder.head(), encoder.block(block), encoder.tail(7)])
        JSON.parse(body.toString())
        const decoder = new RestDecoder()
        const blocks: Block[] = []
        for (let at = 0; at < body.length; at += step) blocks.push(...decoder.push(body.subarray(at, at + step)))
        blocks.push(...decoder.end())
        expect(decoder.header!.columns).toEqual(meta)
        expect(decoder.timing).toBe(7)
        const again = new RestEncoder({ columns: meta, precision: decoder.precision ?? precision })
        expect(Buffer.concat([again.head(), ...blocks.map((part) => again.block(part)), again.tail(7)]).toString()).toBe(body.toString())
        expect(blocks).toHaveLength(1)
        same(
          usable.map((column) => atRestTimes(column, precision)),
          blocks[0]!,
        )
      }),
      { numRuns: 150 },
    )
  })

  it('come back from subscription messages', () => {
    fc.assert(
      fc.property(typedColumns, fc.constantFrom(...PRECISIONS), fc.boolean(), fc.boolean(), (columns, precision, withTable, withSchema) => {
        const block = blockOf(columns)
        const part = {
          block,
          precision,
          ...(withTable && { table: 'd0' }),
          ...(withSchema && {
            schema: {
              version: 2,
              columns: columns.map(({ spec }, id) => ({ name: `c${id}`, type: spec.type, flags: 1, bytes: spec.bytes, id })),
            },
          }),
        }
        const data = {
          requestOffset: { kind: 'log', version: 9n },
          responseOffset: { kind: 'snapshot-data', uid: -1n, timestamp: 5n, keyType: 5, key: 3n },
          blocks: [part, part],
          sleepTime: 0n,
          createTables: [],
        } as const
        const bytes = encodeTmqData(data)
        const decoded = decodeTmqData(bytes.slice(), 2, true)
        expect(decoded.requestOffset).toEqual(data.requestOffset)
        expect(decoded.responseOffset).toEqual(data.responseOffset)
        for (const one of decoded.blocks) {
          same(columns, one.block)
          expect(one.table).toBe(withTable ? 'd0' : undefined)
          expect(one.schema).toEqual(part.schema)
        }
        expect(encodeTmqData(decoded)).toEqual(bytes)
      }),
      { numRuns: 75 },
    )
  })
})

/** Times with four digits of a year, which is all that a REST server writes; numbers and JSON as REST keeps them. */
function atRestTimes(column: TypedValues, precision: Precision): TypedValues {
  const { spec, values } = column
  if (spec.type === TypeCode.TIMESTAMP) {
    const seconds = 40_000_000_000n
    const unit = { ms: 1000n, us: 1_000_000n, ns: 1_000_000_000n }[precision]
    const limit = precision === 'ns' ? 2n ** 63n : seconds * unit
    return { spec, values: values.map((value) => (value === null ? null : (value as bigint) % limit)) }
  }
  // A JSON value null is a NULL to REST, and a tag is an object.
  if (spec.type === TypeCode.JSON) return { spec, values: values.map((value) => (value === null ? null : `{"a":${value as string}}`)) }
  return column
}

describe('JSON', () => {
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant(null),
      fc.boolean(),
      fc.string({ unit: 'binary' }),
      fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((value) => (Object.is(value, -0) ? 0 : Number.isInteger(value) && !Number.isSafeInteger(value) ? 0.5 : value)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value

  it('keeps integers of 64 bits exact, whatever stands around them', () => {
    fc.assert(
      fc.property(json, fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }), (value, id) => {
        expect(parseJson(stringifyJson({ id, value }))).toEqual({ id, value })
      }),
    )
  })

  it('refuses what JSON.parse refuses, and takes what it takes', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '1',
      '-',
      '0',
      '01',
      '1.5e3',
      'true',
      'nul',
      'null',
      ' ',
      '"\\u12',
      '18446744073709551615',
      '"\u0001"',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const text = parts.join('')
        let native = true
        try {
          JSON.parse(text)
        } catch {
          native = false
        }
        let ours = true
        try {
          parseJson(text)
        } catch {
          ours = false
        }
        expect(ours).toBe(native)
      }),
      { numRuns: 1000 },
    )
  })
})
