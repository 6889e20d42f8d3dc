import fc from 'fast-check'
import type { ColumnType, ModelColumn, Value } from './model.ts'

/** One step of a random program. Numbers pick from what exists when the step runs, so that a shrunk program still means something. */
export type Step =
  | { readonly kind: 'create'; readonly table: string; readonly tags: readonly Value[]; readonly ifNotExists: boolean }
  | { readonly kind: 'insert'; readonly parts: readonly InsertPart[] }
  | {
      readonly kind: 'insert-through-supertable'
      readonly rows: readonly (RowSpec & { readonly table: string })[]
      readonly columns: number
    }
  | { readonly kind: 'delete'; readonly table: string; readonly from: number; readonly to: number }
  | { readonly kind: 'set-tag'; readonly table: string; readonly tag: string; readonly value: Value }
  | { readonly kind: 'add-column'; readonly table: string; readonly column: ModelColumn }
  | { readonly kind: 'drop-column'; readonly table: string; readonly column: string }
  | { readonly kind: 'rename-column'; readonly table: string; readonly column: string; readonly to: string }
  | { readonly kind: 'widen-column'; readonly table: string; readonly column: string; readonly length: number }
  | { readonly kind: 'copy'; readonly from: string; readonly to: string; readonly column: number }
  | { readonly kind: 'ends'; readonly table: string; readonly from: number; readonly to: number }
  | { readonly kind: 'windows-by-table'; readonly width: number; readonly from: number; readonly to: number }
  | { readonly kind: 'page'; readonly table: string; readonly descending: boolean; readonly limit: number; readonly offset: number }
  | { readonly kind: 'add-tag'; readonly tag: ModelColumn }
  | { readonly kind: 'drop-tag'; readonly tag: string }
  | { readonly kind: 'rename-tag'; readonly tag: string; readonly to: string }
  | { readonly kind: 'drop'; readonly table: string; readonly ifExists: boolean }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'read'; readonly table: string }
  | { readonly kind: 'summary'; readonly table: string; readonly from: number; readonly to: number }
  | { readonly kind: 'by-table'; readonly tag: number; readonly value: Value }
  | { readonly kind: 'windows'; readonly table: string; readonly width: number; readonly from: number; readonly to: number }
  | { readonly kind: 'tags' }

export interface RowSpec {
  /** In steps of {@link STEP_TICKS}. */
  readonly at: number
  readonly values: readonly Value[]
}

export interface InsertPart {
  readonly table: string
  /** Bits that choose the columns given. */
  readonly columns: number
  /** Tags for INSERT … USING, which makes the table where it is missing. */
  readonly using: readonly Value[] | null
  readonly rows: readonly RowSpec[]
}

export interface Program {
  readonly precision: 'ms' | 'us' | 'ns'
  readonly steps: readonly Step[]
}

/** Times are whole multiples of 500 ms around the epoch. */
export const STEP_MS = 500n

export const SUBTABLES = ['c0', 'c1', 'c2', 'c3'] as const
export const NORMAL_TABLES = ['n0', 'n1'] as const
const COLUMN_NAMES = ['a', 'b', 's', 'w', 'x'] as const
const TAG_NAMES = ['g', 'h', 'k'] as const

const TYPES: readonly (readonly [ColumnType, number])[] = [
  ['INT', 0],
  ['DOUBLE', 0],
  ['BOOL', 0],
  ['VARCHAR', 6],
  ['NCHAR', 4],
]

const column = (names: readonly string[]): fc.Arbitrary<ModelColumn> =>
  fc
    .record({ name: fc.constantFrom(...names), type: fc.constantFrom(...TYPES) })
    .map(({ name, type: [type, length] }) => ({ name, type, length }))

/** One value that, read for a column of any type, becomes a value of it; see `valueFor`. */
const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 6, arbitrary: fc.integer({ min: -20, max: 20 }) },
)

const table = fc.constantFrom<string>(...SUBTABLES, ...NORMAL_TABLES)
const subtable = fc.constantFrom<string>(...SUBTABLES)
const at = fc.integer({ min: -8, max: 12 })
const values = fc.array(value, { minLength: 8, maxLength: 8 })
const row = fc.record({ at, values })
const tags = fc.array(value, { minLength: 3, maxLength: 3 })
const rows = fc.array(row, { minLength: 1, maxLength: 6 })

const part: fc.Arbitrary<InsertPart> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ table, columns: fc.nat(63), using: fc.constant(null), rows }) },
  { weight: 2, arbitrary: fc.record({ table: subtable, columns: fc.nat(63), using: tags, rows }) },
)

const kind = <K extends string>(name: K) => fc.constant(name)
const stableOrNormal = fc.constantFrom<string>('st', ...NORMAL_TABLES)
const anyTable = fc.constantFrom<string>('st', ...SUBTABLES, ...NORMAL_TABLES)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: kind('create'), table, tags, ifNotExists: fc.boolean() }) },
  {
    weight: 12,
    arbitrary: fc.record({ kind: kind('insert'), parts: fc.uniqueArray(part, { minLength: 1, maxLength: 3, selector: (p) => p.table }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('insert-through-supertable'),
      columns: fc.nat(63),
      rows: fc.array(fc.record({ at, values, table: subtable }), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind('delete'), table: anyTable, from: at, to: at }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('set-tag'), table, tag: fc.constantFrom<string>(...TAG_NAMES), value }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('add-column'), table: stableOrNormal, column: column(COLUMN_NAMES) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('drop-column'), table: stableOrNormal, column: fc.constantFrom<string>(...COLUMN_NAMES) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('rename-column'),
      table: fc.constantFrom<string>(...NORMAL_TABLES),
      column: fc.constantFrom<string>(...COLUMN_NAMES),
      to: fc.constantFrom<string>(...COLUMN_NAMES),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('widen-column'),
      table: stableOrNormal,
      column: fc.constantFrom<string>(...COLUMN_NAMES),
      length: fc.integer({ min: 1, max: 20 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('copy'), from: table, to: table, column: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('ends'), table, from: at, to: at }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('windows-by-table'), width: fc.integer({ min: 1, max: 5 }), from: at, to: at }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind('page'),
      table: anyTable,
      descending: fc.boolean(),
      limit: fc.integer({ min: 0, max: 6 }),
      offset: fc.nat(6),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('add-tag'), tag: column(TAG_NAMES) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('drop-tag'), tag: fc.constantFrom<string>(...TAG_NAMES) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: kind('rename-tag'), tag: fc.constantFrom<string>(...TAG_NAMES), to: fc.constantFrom('r', 'q') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('drop'), table, ifExists: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ kind: kind('read'), table: anyTable }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('summary'), table: anyTable, from: at, to: at }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('by-table'), tag: fc.nat(3), value }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('windows'), table: anyTable, width: fc.integer({ min: 1, max: 5 }), from: at, to: at }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('tags') }) },
)

const reopen: fc.Arbitrary<Step> = fc.record({ kind: kind('reopen') })

/** A program of up to `length` steps; `restarts` lets the engine close and open its directory between them. */
export function program({ length, restarts }: { readonly length: number; readonly restarts: boolean }): fc.Arbitrary<Program> {
  const any = restarts ? fc.oneof({ weight: 20, arbitrary: step }, { weight: 1, arbitrary: reopen }) : step
  return fc.record({ precision: fc.constantFrom('ms', 'us', 'ns'), steps: fc.array(any, { minLength: 1, maxLength: length, size: 'max' }) })
}

const WORDS = ['', 'a', 'b', 'ab', "it's", 'B c', 'né', '中文', '"q"', 'too long for all', 'x\\y', '100%'] as const

/** A generated value as one of a column's type. */
export function valueFor({ type }: ModelColumn, value: Value): Value {
  if (value === null) return null
  const number = value as number
  switch (type) {
    case 'INT':
      return number === 20 ? 2147483647 : number === -20 ? -2147483648 : number
    case 'DOUBLE':
      return number / 4
    case 'BOOL':
      return number > 0
    case 'VARCHAR':
    case 'NCHAR':
      return WORDS[Math.abs(number) % WORDS.length]!
  }
}
