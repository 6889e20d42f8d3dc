import { type Table, tableFromIPC, tableToIPC } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer, Field } from '../driver/driver.ts'
import { Result } from '../result.ts'
import { TypeCode } from '../types/types.ts'
import { buildColumn } from '../wire/builder.ts'
import type { Block } from '../wire/index.ts'
import { toArrow } from './index.ts'

const KINDS: readonly (readonly [TypeCode, Field['type']])[] = [
  [TypeCode.VARCHAR, 'VARCHAR'],
  [TypeCode.NCHAR, 'NCHAR'],
]
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ minLength: 50, maxLength: 150 }),
  fc.constantFrom('', 'a', 'Paris', 'Pariz', '東京', '𝄞'),
)
const blocks = fc.array(fc.array(fc.option(text, { freq: 4 }), { minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 4 })

/** A result whose blocks are these, as an Arrow table that has been through IPC. */
async function throughArrow(
  type: TypeCode,
  name: Field['type'],
  parts: readonly (string | null)[][],
  dictionary: readonly string[],
): Promise<Table> {
  const fields: Field[] = [{ name: 's', type: name, bytes: 800 }]
  const waiting = parts.map((values): Block => ({ rows: values.length, columns: [buildColumn({ type, bytes: 0 }, values, 'ms')] }))
  const answer = { fields, isUpdate: false, affectedRows: 0, precision: 'ms', timing: 0, bytes: 0, free() {} }
  const result = new Result({ ...answer, next: async () => waiting.shift() ?? null } as unknown as Answer, {
    policy: { timestamp: 'date', bigint: 'bigint', decimal: 'string', json: 'string' } as never,
    reqId: 1n,
  })
  return tableFromIPC(tableToIPC(await toArrow(result, { dictionary })))
}

describe.each(KINDS)('texts of type %i (%s)', (type, name) => {
  it.each([
    ['plainly', []],
    ['in a dictionary', ['s']],
  ] as const)('come out as they went in, %s', async (_, dictionary) => {
    await fc.assert(
      fc.asyncProperty(blocks, async (parts) => {
        const table = await throughArrow(type, name, parts, dictionary)
        expect([...table.getChild('s')!]).toEqual(parts.flat())
      }),
      { numRuns: 60 },
    )
  })

  it('are told apart where runs of one end, in Node as in a browser', async () => {
    const parts = [
      [
        ...new Array(50).fill('Paris'),
        ...new Array(30).fill('Parit'),
        null,
        null,
        ...new Array(20).fill('Parit'),
        ...new Array(9).fill('Rome'),
      ],
      [...new Array(40).fill('Rome'), 'Romf', ...new Array(40).fill('Rome')],
    ] as string[][]
    const inNode = await throughArrow(type, name, parts, ['s'])
    const { Buffer } = globalThis
    Object.assign(globalThis, { Buffer: undefined })
    const inBrowser = await throughArrow(type, name, parts, ['s']).finally(() => Object.assign(globalThis, { Buffer }))
    for (const table of [inNode, inBrowser]) expect([...table.getChild('s')!]).toEqual(parts.flat())
  })

  it('are each once in a dictionary, however many there are', async () => {
    const parts = [0, 1, 2].map((part) => Array.from({ length: 5000 }, (_, row) => `text ${(row * 7 + part) % 3000}`))
    const table = await throughArrow(type, name, parts, ['s'])
    expect([...table.getChild('s')!]).toEqual(parts.flat())
    expect(table.getChild('s')!.data[0]!.dictionary!.length).toBe(3000)
  })
})
