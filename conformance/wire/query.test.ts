import { RestDecoder } from 'taosts/wire'
import { describe, expect, it } from 'vitest'
import { exactRows, sameValue } from './client-values.ts'
import { type ExpectedResult, expectedResults, type RecordedResult, recordings, restBodies, results } from './transcripts.ts'

const clientOf = (name: string): string => /^(node|curl)/.exec(name)?.[0] ?? name.split('-').slice(0, 2).join('-')

/** Finds cells that differ; the statement's results are taken in the order in which the client asked for them. */
function differences(name: string, recorded: RecordedResult[]): { compared: number; different: string[] } {
  const left = [...recorded]
  let compared = 0
  const different: string[] = []
  for (const expected of expectedResults(name)) {
    // What is named otherwise than by its statement is the next result.
    const at = /^(select|show|describe|insert) /i.test(expected.sql) ? left.findIndex((result) => result.sql === expected.sql) : 0
    if (at < 0) {
      different.push(`no result for ${expected.sql}`)
      continue
    }
    const [result] = left.splice(at, 1)
    const rows = exactRows(result!.blocks, result!.precision)
    const [ours, theirs] = paired(rows, expected)
    if (ours.length !== theirs.length) different.push(`${expected.sql}: ${ours.length} rows, not ${theirs.length}`)
    theirs.forEach((row, r) => {
      row.forEach((cell, c) => {
        compared++
        if (!sameValue(result!.types[c]!, ours[r]?.[c], cell, result!.precision, clientOf(name))) {
          different.push(`${expected.sql} [${r}][${c}]: ${String(ours[r]?.[c])} is not ${JSON.stringify(cell)}`)
        }
      })
    })
  }
  return { compared, different }
}

function paired(rows: unknown[][], expected: ExpectedResult): [readonly unknown[][], readonly (readonly unknown[])[]] {
  if (expected.rows) return [rows, expected.rows]
  const first = expected.rows_first ?? []
  const last = expected.rows_last ?? []
  expect(rows.length).toBe(expected.row_count)
  return [
    [...rows.slice(0, first.length), ...rows.slice(-last.length)],
    [...first, ...last],
  ]
}

describe('results that official clients read over WebSocket decode to what they reported', () => {
  it.each(recordings(/-query-/).filter((name) => !/rest|-rs-/.test(name)))('%s', (name) => {
    const { compared, different } = differences(name, results(name))
    expect(different).toEqual([])
    // The big results of go and jdbc were only counted.
    if (!/^(go|jdbc)-ws-query-big/.test(name)) expect(compared).toBeGreaterThan(0)
  })
})

describe('results that official clients read over REST decode to what they reported', () => {
  it.each(recordings(/-(rest|rs)-query-/))('%s', (name) => {
    const recorded = restBodies(name).flatMap(({ sql, body }): RecordedResult[] => {
      const decoder = new RestDecoder()
      const blocks = [...decoder.push(body), ...decoder.end()]
      return [{ sql, types: decoder.header!.columns.map((column) => column.type), precision: decoder.precision ?? 'ms', blocks }]
    })
    const { compared, different } = differences(name, recorded)
    expect(different).toEqual([])
    expect(compared).toBeGreaterThan(0)
  })
})
