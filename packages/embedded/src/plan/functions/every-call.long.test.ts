import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SqlType } from '../../catalog/model.ts'
import { SqlError } from '../../errors.ts'
import {
  BIGINT,
  BOOL,
  blob,
  castSql,
  checkCast,
  DOUBLE,
  decimal,
  duckType,
  FLOAT,
  FUNCTIONS,
  type FunctionContext,
  type FunctionSpec,
  geometry,
  INT,
  NULL,
  nchar,
  SMALLINT,
  TIMESTAMP,
  TINYINT,
  type Typed,
  UBIGINT,
  UINT,
  USMALLINT,
  UTINYINT,
  varbinary,
  varchar,
} from './index.ts'
import { openTrial, type Trial } from './try-sql.ts'

/** A column of every type, with a small value, the largest, and NULL. */
const COLUMNS: readonly (readonly [string, SqlType, readonly string[]])[] = [
  ['b', BOOL, ['true', 'false']],
  ['i8', TINYINT, ['1', '-128']],
  ['i16', SMALLINT, ['1', '-32768']],
  ['i32', INT, ['1', '-2147483648']],
  ['i64', BIGINT, ['1', '-9223372036854775808']],
  ['u8', UTINYINT, ['1', '255']],
  ['u16', USMALLINT, ['1', '65535']],
  ['u32', UINT, ['1', '4294967295']],
  ['u64', UBIGINT, ['1', '18446744073709551615']],
  ['f', FLOAT, ['1.5', '3.4e38']],
  ['d', DOUBLE, ['-1.5', '1.7e308']],
  ['t', TIMESTAMP, ['1704067200000', '-62135596800000']],
  ['vc', varchar(16), ["'12abc'", "'2024-01-01'"]],
  ['nc', nchar(16), ["'-3.5'", "'你好'"]],
  ['vb', varbinary(16), ["'\\x01\\xFF'::BLOB", "''::BLOB"]],
  ['bb', blob(64), ["'abc'::BLOB", "''::BLOB"]],
  ['g', geometry(64), ["td_wkb('POINT(1 2)')", "td_wkb('LINESTRING(0 0, 1 1)')"]],
  ['d64', decimal(10, 2), ['12.34', '-99999999.99']],
  ['d128', decimal(38, 10), ['0.0000000001', '-9999999999999999999999999999.9999999999']],
]

const columns: Typed[] = COLUMNS.map(([name, type]) => ({ type, sql: name, text: name, column: name === 't' ? 'primary' : 'column' }))

const LITERALS: Typed[] = [
  { type: NULL, sql: 'NULL', text: 'null', literal: { kind: 'null', text: 'null' }, constant: true },
  { type: BIGINT, sql: '1', text: '1', literal: { kind: 'integer', text: '1' }, constant: true },
  { type: BIGINT, sql: '-3', text: '-3', literal: { kind: 'integer', text: '-3' }, constant: true },
  { type: DOUBLE, sql: '2.5e0', text: '2.5', literal: { kind: 'float', text: '2.5' }, constant: true },
  { type: varchar(3), sql: "'abc'", text: "'abc'", literal: { kind: 'string', text: 'abc' }, constant: true },
  { type: BIGINT, sql: '1000', text: '1s', literal: { kind: 'duration', text: '1s' }, duration: { amount: 1n, unit: 's' }, constant: true },
]

const CONTEXT: FunctionContext = { precision: 'ms', timezone: 'UTC', ts: 't', now: 1_763_745_600_000n, database: 'db', user: 'root' }

let trial: Trial
beforeAll(async () => {
  trial = await openTrial()
  await trial.rows(`create table every (${COLUMNS.map(([name, type]) => `${name} ${duckType(type)}`).join(', ')})`)
  for (const row of [0, 1]) await trial.rows(`insert into every values (${COLUMNS.map(([, , values]) => values[row]).join(', ')})`)
  await trial.rows('insert into every default values')
})
afterAll(() => trial.close())

/** The SQL of a call, or undefined where it is refused; anything but a SqlError is a failure of ours. */
function sqlOf(spec: FunctionSpec, args: readonly Typed[]): { sql: string; type: SqlType } | undefined {
  try {
    const type = spec.type(args, CONTEXT)
    return 'sql' in spec ? { sql: spec.sql(args, CONTEXT), type } : undefined
  } catch (error) {
    if (error instanceof SqlError) return undefined
    throw error
  }
}

/** Runs many expressions at once; where that fails, halves of them, down to the culprits. An overflow that TDengine reports too is none. */
async function culprits(expressions: readonly { sql: string; type: SqlType; text: string }[]): Promise<string[]> {
  if (expressions.length === 0) return []
  const list = expressions.map(({ sql, type }) => (type.code === 0 ? `CAST(${sql} AS VARCHAR)` : `CAST(${sql} AS ${duckType(type)})`))
  try {
    await trial.rows(`create or replace temp table made as select ${list.map((sql, i) => `${sql} as x${i}`).join(', ')} from every`)
    return []
  } catch (error) {
    if (expressions.length === 1) {
      if (error instanceof SqlError && !error.message.startsWith('Internal error')) return []
      return [`${expressions[0]?.text}: ${(error as Error).message}\n${expressions[0]?.sql}`]
    }
    const middle = expressions.length >> 1
    return [...(await culprits(expressions.slice(0, middle))), ...(await culprits(expressions.slice(middle)))]
  }
}

const ARGUMENTS = [...columns, ...LITERALS]
/** Second arguments: one of each kind. */
const SECOND = [...columns.filter(({ sql }) => ['i64', 'u32', 'd', 't', 'vc', 'nc', 'g'].includes(sql)), ...LITERALS]

/** Argument lists: every one, every one with one of each kind, and those with literals after them. */
function* argumentLists(): Generator<Typed[]> {
  yield []
  for (const a of ARGUMENTS) yield [a]
  for (const a of ARGUMENTS) for (const b of SECOND) yield [a, b]
  for (const a of SECOND) for (const b of SECOND) for (const c of LITERALS) yield [a, b, c]
}

describe('every call that is accepted', () => {
  for (const kind of ['scalar', 'aggregate'] as const) {
    it(`of a function of kind ${kind} runs in DuckDB`, { timeout: 120_000 }, async () => {
      const failures: string[] = []
      for (const spec of FUNCTIONS.filter((f) => f.kind === kind)) {
        const expressions = [...argumentLists()].flatMap((args) => {
          const made = sqlOf(spec, args)
          return made ? [{ ...made, text: `${spec.name}(${args.map((arg) => arg.text).join(', ')})` }] : []
        })
        for (let i = 0; i < expressions.length; i += 200) failures.push(...(await culprits(expressions.slice(i, i + 200))))
      }
      expect(failures.filter((text, i) => failures.findIndex((other) => other.split('(')[0] === text.split('(')[0]) === i)).toEqual([])
    })
  }
  it('of CAST runs in DuckDB', { timeout: 60_000 }, async () => {
    const expressions = COLUMNS.flatMap(([name, from]) =>
      [...COLUMNS.map(([, to]) => to), varchar(2), nchar(2)].flatMap((to) => {
        try {
          checkCast(from, to)
        } catch {
          return []
        }
        return [{ sql: castSql(name, from, to, CONTEXT), type: to, text: `cast(${name} as ${duckType(to)})` }]
      }),
    )
    expect(await culprits(expressions)).toEqual([])
  })
})
