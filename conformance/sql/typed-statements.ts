import fc from 'fast-check'
import { FUNCTIONS } from '../../packages/embedded/src/plan/functions/index.ts'

// Queries over tables that have a column and a tag of every type: every function with every kind of argument, rightly and wrongly, in every clause.

/** The tables that {@link typedQuery} names, in the database `gen`. */
export const TYPED_TABLES: readonly string[] = [
  "create database gen precision 'ms' keep 36500",
  `create stable gen.st (ts timestamp, bo bool, ti tinyint, si smallint, i int, bi bigint, ut tinyint unsigned, us smallint unsigned, ui int unsigned,
    ub bigint unsigned, f float, d double, t timestamp, vc varchar(16), nc nchar(16), vb varbinary(16), g geometry(64), d1 decimal(10, 2), d2 decimal(38, 10))
    tags (tg int, tf float, tv varchar(16), tn nchar(16), tb bool, tt timestamp, tu bigint unsigned)`,
  ...['c1', 'c2', 'c3'].map(
    (name, n) =>
      `create table gen.${name} using gen.st tags (${n === 2 ? 'null' : n}, ${n}.5, 'a${n}', '你${n}', ${n === 0}, ${n}000, ${n})`,
  ),
  ...['c1', 'c2'].map(
    (name, n) => `insert into gen.${name} values
    ('2024-01-01 00:00:0${n}.000', true, 1, 2, 3, 4, 5, 6, 7, 8, 1.5, 2.5, 1704067200000, '12abc', '-3.5', '\\x01FF', 'POINT(1 2)', 12.34, 0.5)
    ('2024-01-01 00:00:10.000', false, -128, -32768, -2147483648, -9223372036854775807, 255, 65535, 4294967295, 18446744073709551614, 3.4e38, 1.7e308, -1, '2024-01-01', '你好', '', 'LINESTRING(0 0, 1 1)', -99999999.99, -9999999999999999999999999999.99)
    ('2024-01-01 00:01:00.000', null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
    ('1960-01-01 00:00:00.000', true, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', 'POINT(0 0)', 0, 0)
    ('2024-01-01 00:01:0${n + 1}.500', true, 1, 2, 3, 4, 5, 6, 7, 8, 1.5, -2.5, 1704067200001, 'a%_\\\\', 'x', '\\x00', 'POINT(1 2)', 12.34, 0.5)`,
  ),
  'create table gen.nt (ts timestamp, i int, d double, vc varchar(16), bo bool)',
  "insert into gen.nt values ('2024-01-01 00:00:00.000', 1, 1.5, 'x', true) ('2024-01-01 00:00:10.000', null, null, null, null) ('2024-01-01 00:00:20.000', 3, -1, '3', false)",
  'create table gen.ck (ts timestamp, k int composite key, i int, vc nchar(4))',
  "insert into gen.ck values ('2024-01-01 00:00:00.000', 1, 1, 'x') ('2024-01-01 00:00:00.000', 2, 2, 'y') ('2024-01-01 00:00:10.000', 1, null, null)",
  'create stable gen.js (ts timestamp, i int) tags (j json)',
  `create table gen.j1 using gen.js tags ('{"a": 1, "b": "x", "c": true, "d": null, "e": 1.5}')`,
  'create table gen.j2 using gen.js tags (null)',
  "insert into gen.j1 values ('2024-01-01 00:00:00.000', 1) ('2024-01-01 00:00:10.000', 2)",
  "insert into gen.j2 values ('2024-01-01 00:00:00.000', 1)",
  'create table gen.bl (ts timestamp, i int, b blob)',
  "insert into gen.bl values ('2024-01-01 00:00:00.000', 1, 'abc') ('2024-01-01 00:00:10.000', 2, null)",
  'create stable gen.em (ts timestamp, i int, vc varchar(8)) tags (tg int)',
  'create table gen.n1 using gen.em tags (1)',
  'create vtable gen.vt (ts timestamp, a int from gen.c1.i, s varchar(16) from gen.c2.vc)',
]

const COLUMNS = {
  st: [
    'ts',
    'bo',
    'ti',
    'si',
    'i',
    'bi',
    'ut',
    'us',
    'ui',
    'ub',
    'f',
    'd',
    't',
    'vc',
    'nc',
    'vb',
    'g',
    'd1',
    'd2',
    'tg',
    'tf',
    'tv',
    'tn',
    'tb',
    'tt',
    'tu',
    'tbname',
  ],
  nt: ['ts', 'i', 'd', 'vc', 'bo', 'tbname'],
  ck: ['ts', 'k', 'i', 'vc', 'tbname'],
  js: ['ts', 'i', 'j', "j->'a'", "j->'b'", "j->'z'", 'tbname'],
  bl: ['ts', 'i', 'b'],
  em: ['ts', 'i', 'vc', 'tg', 'tbname'],
  vt: ['ts', 'a', 's'],
  tables: ['table_name', 'db_name', 'create_time', '`columns`', '`ttl`', 'uid', '`type`', 'stable_name'],
  tags: ['table_name', 'tag_name', 'tag_value'],
} as const

const SOURCES: Readonly<Record<string, keyof typeof COLUMNS>> = {
  st: 'st',
  c1: 'st',
  c3: 'st',
  nt: 'nt',
  ck: 'ck',
  js: 'js',
  j1: 'js',
  bl: 'bl',
  em: 'em',
  n1: 'em',
  vt: 'vt',
  'information_schema.ins_tables': 'tables',
  'information_schema.ins_tags': 'tags',
}

const LITERALS = [
  'null',
  '0',
  '1',
  '-3',
  '2',
  '2.5',
  '1e300',
  "'abc'",
  "'12'",
  "''",
  'true',
  '1s',
  '0a',
  "'2024-01-01 00:00:00'",
  '1704067200000',
  '18446744073709551615',
  'now',
  'today()',
  '_wstart',
  '_rowts',
  '_c0',
  '_qstart',
  "timestamp '2024-01-01'",
]

/** What a parameter called so takes, besides what its type says. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  time: ['ts', 't', "'2024-01-01 00:00:00'", '1704067200000', 'now'],
  ts: ['ts', '_rowts'],
  number: ['i', 'd', 'f', 'bi', 'ub', 'd1', 'd2', '2', '-1.5', 'tg'],
  text: ['vc', 'nc', "'abc'", 'tv', 'tbname'],
  unit: ['1s', '1a', '1d', '1m', '1w', '1n', "'1s'"],
  interval: ['1s', '1m', '1d'],
  format: ["'yyyy-mm-dd hh24:mi:ss'", "'yyyy'", "'day'", "''"],
  percent: ['0', '50', '100', '33.3'],
  rows: ['1', '2', '100'],
  count: ['0', '2', '-1', 'i'],
  digits: ['0', '2', '-1', 'i'],
  zone: ["'+08:00'", "'Z'", "'UTC'"],
  operator: ["'gt'", "'LT'", "'eq'", "'ne'"],
  bin_type: ["'user_input'", "'linear_bin'", "'log_bin'"],
  bins: [
    "'[0, 1, 5]'",
    `'{"start": 0, "width": 1, "count": 5, "infinity": true}'`,
    `'{"start": 1, "factor": 2, "count": 3, "infinity": false}'`,
  ],
  normalized: ['0', '1'],
  ignore: ['0', '1', '2', '3'],
  ignore_null: ['0', '1'],
  ignore_negative: ['0', '1'],
  use_current_timezone: ['0', '1'],
  as_timestamp: ['0', '1'],
  geometry: ['g', "ST_GeomFromText('POINT(1 2)')", 'ST_MakePoint(1, 2)'],
  wkt: ["'POINT(1 2)'", 'vc', "'nonsense'"],
  x: ['d', '1'],
  y: ['d', '1'],
  json: [`'{"a":1}'`],
  start: ['0', '1'],
  step: ['1', '2'],
  from: ['1', '-2', 'i', "'a'"],
  to: ["'b'", 'vc'],
  delimiter: ["'.'", 'vc'],
  separator: ["','", 'vc'],
  seed: ['1', 'i'],
  base: ['2', '10', 'd'],
  mode: ['0', '3', '7', 'ti'],
  offset: ['0', '2'],
  algorithm: ["'t-digest'", "'default'"],
  length: ['2', '0', 'i'],
}

const TYPES = [
  'bool',
  'tinyint',
  'int',
  'bigint',
  'int unsigned',
  'bigint unsigned',
  'float',
  'double',
  'timestamp',
  'varchar(8)',
  'nchar(8)',
  'varbinary(8)',
  'decimal(10, 2)',
  'decimal(38, 4)',
  'geometry(64)',
  'blob',
]

const OPERATORS = ['+', '-', '*', '/', '%', '&', '|']
const COMPARES = ['=', '<>', '<', '<=', '>', '>=', 'like', 'not like', 'match', 'nmatch', 'contains', 'is', 'regexp']

interface Tools {
  /** Any expression over the rows of a source. */
  readonly value: fc.Arbitrary<string>
  readonly condition: fc.Arbitrary<string>
  /** A call of any function, with arguments that mostly fit it. */
  readonly call: (kinds: readonly string[]) => fc.Arbitrary<string>
  readonly column: fc.Arbitrary<string>
}

const among = (items: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...items)

function toolsFor(columns: readonly string[]): Tools {
  const column = among(columns)
  const leaf = fc.oneof({ weight: 5, arbitrary: column }, { weight: 2, arbitrary: among(LITERALS) })
  const has = (word: string) => !/^[a-z]\w*$/.test(word) || columns.includes(word) || LITERALS.includes(word)
  const pool = (word: string): fc.Arbitrary<string> => {
    const fitting = (WORDS[word] ?? []).filter(has)
    return fitting.length > 0 ? among(fitting) : leaf
  }
  const argumentsOf = (usage: string, inner: fc.Arbitrary<string>): fc.Arbitrary<string> => {
    const inside = /\((.*)\)$/.exec(usage)?.[1] ?? ''
    if (inside.startsWith('*')) return fc.oneof({ weight: 5, arbitrary: inner }, { weight: 1, arbitrary: fc.constant('*') })
    const [must = '', ...optional] = inside.replaceAll('…', '').split('[,')
    const words = (part: string) =>
      part
        .split(',')
        .map((word) => word.replace(/[^\w ]/g, '').trim())
        .filter((word) => word !== '')
    const groups = [words(must), ...optional.map(words)]
    return fc.nat(groups.length).chain((taken) => {
      const list = groups.slice(0, Math.max(1, taken)).flat()
      return fc
        .tuple(...list.map((word) => fc.oneof({ weight: 6, arbitrary: pool(word) }, { weight: 2, arbitrary: inner })))
        .map((args) => args.join(', '))
    })
  }
  const callOf = (kinds: readonly string[], inner: fc.Arbitrary<string>): fc.Arbitrary<string> => {
    const specs = FUNCTIONS.filter(({ kind, name }) => kinds.includes(kind) && /^\w+$/.test(name))
    return fc.constantFrom(...specs).chain(({ name, usage }) => {
      if (usage.endsWith('()'))
        return fc.oneof({ weight: 9, arbitrary: fc.constant(`${name}()`) }, { weight: 1, arbitrary: inner.map((x) => `${name}(${x})`) })
      if (name === 'position') return fc.tuple(inner, inner).map(([a, b]) => `position(${a} in ${b})`)
      if (name === 'trim')
        return fc
          .tuple(among(['', 'both', 'leading', 'trailing']), inner, inner)
          .map(([m, a, b]) => `trim(${m === '' ? b : `${m} ${a} from ${b}`})`)
      const right = argumentsOf(usage, inner).map((args) => `${name}(${args})`)
      // Most arguments are no calls themselves, so that what surrounds them is reached.
      const any = fc.array(inner, { minLength: 1, maxLength: 4 }).map((args) => `${name}(${args.join(', ')})`)
      return fc.oneof({ weight: 7, arbitrary: right }, { weight: 1, arbitrary: any })
    })
  }
  const { value, condition } = fc.letrec<{ value: string; condition: string }>((tie) => {
    const v = tie('value')
    return {
      value: fc.oneof(
        { maxDepth: 2, depthSize: 'small' },
        { weight: 12, arbitrary: leaf },
        { weight: 6, arbitrary: callOf(['scalar'], v) },
        { weight: 2, arbitrary: fc.tuple(v, among(OPERATORS), v).map(([a, op, b]) => `(${a} ${op} ${b})`) },
        { weight: 1, arbitrary: v.map((x) => `-${x}`) },
        { weight: 2, arbitrary: fc.tuple(v, among(TYPES)).map(([a, t]) => `cast(${a} as ${t})`) },
        { weight: 1, arbitrary: fc.tuple(tie('condition'), v, v).map(([c, a, b]) => `case when ${c} then ${a} else ${b} end`) },
        { weight: 1, arbitrary: fc.tuple(v, v, v).map(([c, a, b]) => `case ${c} when ${a} then ${b} end`) },
      ),
      condition: fc.oneof(
        { maxDepth: 2, depthSize: 'small' },
        { weight: 5, arbitrary: fc.tuple(v, among(COMPARES), v).map(([a, op, b]) => (op === 'is' ? `${a} is null` : `${a} ${op} ${b}`)) },
        { weight: 1, arbitrary: fc.tuple(v, among(['', 'not ']), v, v).map(([a, n, b, c]) => `${a} ${n}between ${b} and ${c}`) },
        {
          weight: 1,
          arbitrary: fc
            .tuple(v, among(['', 'not ']), fc.array(v, { minLength: 1, maxLength: 3 }))
            .map(([a, n, list]) => `${a} ${n}in (${list.join(', ')})`),
        },
        {
          weight: 1,
          arbitrary: fc.tuple(tie('condition'), among(['and', 'or']), tie('condition')).map(([a, op, b]) => `(${a} ${op} ${b})`),
        },
        { weight: 1, arbitrary: tie('condition').map((c) => `not (${c})`) },
      ),
    }
  })
  return { value, condition, column, call: (kinds) => callOf(kinds, value) }
}

const maybe = (weight: number, text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof({ weight: 10 - weight, arbitrary: fc.constant('') }, { weight, arbitrary: text.map((t) => ` ${t}`) })

const RANGE = "ts >= '2024-01-01 00:00:00' and ts < '2024-01-01 00:02:00'"

function windowOf({ value, condition }: Tools): fc.Arbitrary<string> {
  const fill = among([
    '',
    'fill(null)',
    'fill(prev)',
    'fill(next)',
    'fill(linear)',
    'fill(none)',
    'fill(value, 0)',
    "fill(value, 1, 'a', null)",
    'fill(null_f)',
    'fill(value_f, 1.5)',
    'fill(near)',
  ])
  const trueFor = among(['', ' true_for(1s)', ' true_for(0a)', ' true_for(1n)'])
  return fc.oneof(
    fc
      .tuple(
        among(['10s', '1m', '1n', '1y', '1w', '1d', '1s, 500a', '10s, 11s', '10a', '0s', 'auto', '1000', "'5s'", '1n, 1y']),
        among(['', 'sliding(5s)', 'sliding(1m)', 'sliding(1n)', 'sliding(0s)']),
        fill,
      )
      .map(([length, sliding, f]) => `interval(${length}) ${sliding} ${f}`),
    fc.tuple(among(['ts', '_rowts', 't', 'i']), among(['10s', '1n', '0s', '1d'])).map(([c, d]) => `session(${c}, ${d})`),
    fc.tuple(value, trueFor).map(([v, t]) => `state_window(${v})${t}`),
    fc.tuple(condition, condition, trueFor).map(([a, b, t]) => `event_window start with ${a} end with ${b}${t}`),
    among([
      'count_window(2)',
      'count_window(3, 1)',
      'count_window(1)',
      'count_window(2, 3)',
      'count_window(3, 2, i)',
      'count_window(2, i, vc)',
    ]),
  )
}

const PSEUDO = [
  '_wstart',
  '_wend',
  '_wduration',
  '_qstart',
  '_qend',
  '_qduration',
  '_rowts',
  '_c0',
  'tbname',
  '_irowts',
  '_isfilled',
  '_irowts_origin',
]

function selectFrom(from: string, columns: readonly string[]): fc.Arbitrary<string> {
  const tools = toolsFor(columns)
  const { value, condition, column, call } = tools
  const gathered = fc.oneof(
    { weight: 6, arbitrary: call(['aggregate']) },
    { weight: 2, arbitrary: call(['series']) },
    { weight: 1, arbitrary: fc.tuple(call(['aggregate']), among(OPERATORS), value).map(([a, op, b]) => `${a} ${op} ${b}`) },
    { weight: 1, arbitrary: call(['scalar']).chain((c) => call(['aggregate']).map((a) => c.replace(/\b(i|d|vc|ts)\b/, () => a))) },
    {
      weight: 1,
      arbitrary: fc.tuple(call(['aggregate', 'series']), value, among(['', ' as x'])).map(([a, v, as]) => `cols(${a}, ${v})${as}`),
    },
  )
  const list = (item: fc.Arbitrary<string>, most = 3) => fc.array(item, { minLength: 1, maxLength: most }).map((items) => items.join(', '))
  const item = fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: among(PSEUDO) }, { weight: 1, arbitrary: column })
  const order = fc
    .tuple(fc.oneof(value, column, among(['1', '2', 'ts', '_wstart', 'count(*)'])), among(['', ' desc', ' nulls last']))
    .map(([v, d]) => `order by ${v}${d}`)
  const limit = among(['limit 2', 'limit 2 offset 1', 'slimit 1', 'slimit 2 soffset 1 limit 1', 'limit 0', 'limit 1, 2'])
  const where = fc.oneof(
    { weight: 2, arbitrary: fc.constant(RANGE) },
    { weight: 3, arbitrary: condition },
    { weight: 1, arbitrary: condition.map((c) => `${RANGE} and ${c}`) },
  )
  const partition = list(fc.oneof(column, among(['tbname', 'tbname']), value), 2).map((by) => `partition by ${by}`)
  const group = fc
    .tuple(
      list(fc.oneof({ weight: 3, arbitrary: column }, { weight: 1, arbitrary: value }), 2),
      maybe(
        3,
        fc.tuple(gathered, value).map(([a, v]) => `having ${a} > ${v}`),
      ),
    )
    .map(([by, having]) => `group by ${by}${having}`)
  const interp = among([
    "range('2024-01-01 00:00:00', '2024-01-01 00:00:20') every(5s) fill(linear)",
    "range('2024-01-01 00:00:05') fill(prev)",
    "range('2024-01-01 00:00:00', '2024-01-01 00:00:20') every(5s) fill(near)",
    "range('2024-01-01 00:00:05', 1m) fill(near, 0)",
    "range('2024-01-01 00:00:05', 1m) fill(prev)",
    "range('2024-01-01 00:00:00', '2024-01-01 00:00:20', 1s) every(5s) fill(next, 0)",
    "range('2024-01-01 00:00:00', '2024-01-01 00:00:20') every(5s) fill(value, 1)",
    'every(1s) fill(next)',
    "range('2024-01-01 00:00:00') every(1s)",
  ])
  const join = (parts: readonly string[]) => parts.join('')
  const conditions = where.map((c) => `where ${c}`)
  /** A query with each optional clause as often, of ten times, as is said. */
  const query = (
    head: fc.Arbitrary<string>,
    items: fc.Arbitrary<string>,
    often: { readonly where: number; readonly order: number; readonly limit: number },
    ...grouping: fc.Arbitrary<string>[]
  ) =>
    fc
      .tuple(
        head,
        items,
        fc.constant(` from ${from}`),
        maybe(often.where, conditions),
        ...grouping,
        maybe(often.order, order),
        maybe(often.limit, limit),
      )
      .map(join)
  const select = fc.constant('select ')
  const interpolated = fc.oneof(
    column.map((c) => `interp(${c})`),
    column.map((c) => `interp(${c}, 1)`),
    item,
  )
  return fc.oneof(
    {
      weight: 5,
      arbitrary: query(
        among(['select ', 'select ', 'select ', 'select distinct ', 'select tags ']),
        list(item),
        { where: 5, order: 4, limit: 2 },
        maybe(1, partition),
      ),
    },
    {
      weight: 5,
      arbitrary: query(
        select,
        list(fc.oneof({ weight: 5, arbitrary: gathered }, { weight: 1, arbitrary: item })),
        { where: 4, order: 2, limit: 2 },
        maybe(3, partition),
      ),
    },
    {
      weight: 3,
      arbitrary: query(
        select,
        list(fc.oneof(gathered, column)),
        { where: 4, order: 3, limit: 2 },
        group.map((g) => ` ${g}`),
      ),
    },
    {
      weight: 5,
      arbitrary: query(
        select,
        list(fc.oneof({ weight: 5, arbitrary: gathered }, { weight: 2, arbitrary: item })),
        { where: 7, order: 2, limit: 2 },
        maybe(4, partition),
        windowOf(tools).map((w) => ` ${w}`),
      ),
    },
    {
      weight: 1,
      arbitrary: query(
        select,
        list(interpolated, 2),
        { where: 1, order: 2, limit: 1 },
        maybe(4, partition),
        interp.map((w) => ` ${w}`),
      ),
    },
  )
}

const table = fc
  .constantFrom(...Object.keys(SOURCES))
  .map((name) => ({ from: name.includes('.') ? name : `gen.${name}`, columns: COLUMNS[SOURCES[name]!] as readonly string[] }))

const lone = table.chain(({ from, columns }) => selectFrom(from, columns))

const derived = table.chain(({ from, columns }) =>
  fc
    .tuple(
      fc.uniqueArray(fc.constantFrom(...columns.filter((name) => !name.includes('->') && name !== 'tbname')), {
        minLength: 1,
        maxLength: 6,
      }),
      among(['', ' order by ts desc', ' limit 3', " where ts > '2024-01-01 00:00:00'", ' partition by tbname']),
    )
    .chain(([chosen, rest]) => selectFrom(`(select ${chosen.join(', ')} from ${from}${rest})`, chosen)),
)

const overGroups = table.chain(({ from, columns }) =>
  toolsFor(columns)
    .call(['aggregate'])
    .chain((call) => selectFrom(`(select _wstart as ts, ${call} as i, count(*) as d from ${from} interval(10s))`, ['ts', 'i', 'd'])),
)

const joined = fc
  .tuple(
    table,
    table,
    among([
      'join',
      'left join',
      'right join',
      'full join',
      'left semi join',
      'right anti join',
      'left asof join',
      'right asof join',
      'left window join',
    ]),
    among([
      'a.ts = b.ts',
      'a.ts = b.ts and a.i = b.i',
      'a.ts >= b.ts',
      'timetruncate(a.ts, 1m) = timetruncate(b.ts, 1m)',
      'a.i = b.i',
      'a.ts = b.ts and a.i > 1',
    ]),
    among(['', '', ' jlimit 2']),
  )
  .chain(([l, r, kind, on, jlimit]) => {
    const columns = [...l.columns.map((c) => `a.${c}`), ...r.columns.map((c) => `b.${c}`)]
    const tail = kind.includes('window') ? ` window_offset(-10s, 10s)${jlimit}` : kind.includes('asof') ? jlimit : ''
    return selectFrom(`${l.from} a ${kind} ${r.from} b on ${on}${tail}`, columns)
  })

const union = fc
  .tuple(lone, among(['union', 'union all']), lone, among(['', ' order by 1', ' limit 2']))
  .map(([a, u, b, rest]) => `(${a}) ${u} (${b})${rest}`)

const constants = fc
  .array(toolsFor(['1', "'a'", 'null', '1.5']).value, { minLength: 1, maxLength: 3 })
  .map((items) => `select ${items.join(', ')}`)

/** A query over {@link TYPED_TABLES}: most are right, some are wrong in any way. */
export const typedQuery: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: lone },
  { weight: 2, arbitrary: derived },
  { weight: 1, arbitrary: overGroups },
  { weight: 2, arbitrary: joined },
  { weight: 1, arbitrary: union },
  { weight: 1, arbitrary: constants },
)
