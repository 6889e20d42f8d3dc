import fc from 'fast-check'

// Statements made by the grammar: every clause of a query, and the statements around it. What they mean is of no account.

const lower = fc.constantFrom('ts', 'v', 'a', 'b', 'voltage', 'x1', '_v', '温度')
const name = fc.oneof(
  { weight: 5, arbitrary: lower },
  { weight: 1, arbitrary: fc.constantFrom('`select`', '`A b`', '`q``q`', '`1st`', '`value`') },
)
const table = fc.oneof(
  name,
  fc.tuple(name, name).map(([d, t]) => `${d}.${t}`),
)
const integer = fc.oneof(fc.nat(1000).map(String), fc.constantFrom('9223372036854775808', '0', '007'))
const duration = fc.tuple(fc.nat(99), fc.constantFrom(...'buasmhdwny')).map(([n, u]) => `${n}${u}`)
const string = fc.oneof(
  fc.constantFrom("''", "'it''s'", '"dq"', "'a\\nb'", "'50\\%'", "'\\x41'", "'back\\\\slash'", "'中文'"),
  fc.string({ maxLength: 8 }).map((s) => `'${s.replace(/[\\']/g, '')}'`),
)
const type = fc.constantFrom(
  'INT',
  'BIGINT UNSIGNED',
  'VARCHAR(10)',
  'NCHAR(4)',
  'DECIMAL(10, 2)',
  'BOOL',
  'BINARY(3)',
  'TIMESTAMP',
  'GEOMETRY(64)',
  'DOUBLE',
)

const joined = (items: readonly string[]): string => items.join(', ')
const some = (item: fc.Arbitrary<string>, max = 3): fc.Arbitrary<string> => fc.array(item, { minLength: 1, maxLength: max }).map(joined)
const maybe = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(''),
    text.map((t) => ` ${t}`),
  )

const { value, condition } = fc.letrec<{ value: string; condition: string; expression: string }>((tie) => {
  const v = tie('value')
  const c = tie('condition')
  const e = tie('expression')
  return {
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'xsmall' },
      fc.oneof(
        name,
        integer,
        fc.constantFrom('1.5', '.5', '1e-3', '1.'),
        string,
        duration,
        fc.constantFrom('NULL', 'true', '_wstart', 'tbname', 'NOW', 'TODAY()', 'a.tbname', 'a.`b`'),
      ),
      fc.tuple(v, fc.constantFrom('+', '-', '*', '/', '%', '&', '|'), v).map(([l, op, r]) => `${l} ${op} ${r}`),
      v.map((x) => `(${x})`),
      fc.tuple(fc.constantFrom('-', '+', '- '), v).map(([op, x]) => `${op} ${x}`),
      fc.tuple(fc.constantFrom('ABS', 'concat', 'DIFF', 'LAST', 'REPLACE', 'rand'), v).map(([f, x]) => `${f}(${x})`),
      fc.constantFrom('COUNT(*)', 'LAST(*)', 'LAST_ROW(a.*)', 'PI()', 'DATABASE()'),
      fc.tuple(v, v).map(([x, y]) => `POSITION(${x} IN ${y})`),
      fc.tuple(fc.constantFrom('', 'BOTH ', 'LEADING ', 'TRAILING '), v, v).map(([mode, x, y]) => `TRIM(${mode}${x} FROM ${y})`),
      fc.tuple(v, v, v).map(([x, y, z]) => `SUBSTRING(${x} FROM ${y} FOR ${z})`),
      fc.tuple(e, type).map(([x, t]) => `CAST(${x} AS ${t})`),
      fc.tuple(e, e, e).map(([x, y, z]) => `CASE WHEN ${x} THEN ${y} ELSE ${z} END`),
      fc.tuple(e, e, e).map(([x, y, z]) => `CASE ${x} WHEN ${y} THEN ${z} END`),
      fc.tuple(name, string).map(([x, s]) => `${x}->${s}`),
    ),
    condition: fc.oneof(
      { maxDepth: 3, depthSize: 'xsmall' },
      fc
        .tuple(v, fc.constantFrom('=', '<>', '!=', '<', '<=', '>', '>=', 'LIKE', 'NOT LIKE', 'MATCH', 'NMATCH', 'CONTAINS', 'REGEXP'), v)
        .map(([l, op, r]) => `${l} ${op} ${r}`),
      fc.tuple(v, fc.constantFrom('', 'NOT '), v, v).map(([x, n, l, h]) => `${x} ${n}BETWEEN ${l} AND ${h}`),
      fc.tuple(v, fc.constantFrom('', 'NOT '), some(v)).map(([x, n, list]) => `${x} ${n}IN (${list})`),
      fc.tuple(v, fc.constantFrom('', 'NOT ')).map(([x, n]) => `${x} IS ${n}NULL`),
      fc.tuple(c, fc.constantFrom('AND', 'OR'), c).map(([l, op, r]) => `${l} ${op} ${r}`),
      c.map((x) => `(${x})`),
      c.map((x) => `NOT ${x}`),
    ),
    expression: fc.oneof({ weight: 3, arbitrary: v }, { weight: 1, arbitrary: c }),
  }
})
const expression = fc.oneof(value, condition)

const fill = fc.constantFrom('FILL(PREV)', 'FILL(NULL)', 'FILL(NONE)', 'FILL(LINEAR)', 'FILL(VALUE, 0, NULL)', 'FILL(VALUE_F, 1)')
const trueFor = maybe(fc.constant('TRUE_FOR(10s)'))
const window = fc.oneof(
  fc.tuple(duration, maybe(duration.map((d) => `SLIDING(${d})`)), maybe(fill)).map(([d, s, f]) => `INTERVAL(${d}, 1s)${s}${f}`),
  duration.map((d) => `SESSION(ts, ${d})`),
  fc.tuple(value, trueFor).map(([v, t]) => `STATE_WINDOW(${v})${t}`),
  fc.tuple(condition, condition, trueFor).map(([s, e, t]) => `EVENT_WINDOW START WITH ${s} END WITH ${e}${t}`),
  fc.constantFrom('COUNT_WINDOW(3)', 'COUNT_WINDOW(3, 2)', 'COUNT_WINDOW(3, 2, a, b)', 'COUNT_WINDOW(3, a)'),
)
const interp = fc.tuple(string, string, duration).map(([a, b, d]) => `RANGE(${a}, ${b}) EVERY(${d}) FILL(PREV)`)
const item = fc.oneof(
  fc.constantFrom('*', 't.*'),
  expression,
  fc.tuple(expression, name).map(([e, n]) => `${e} AS ${n}`),
  fc.tuple(value, name).map(([v, n]) => `COLS(MAX(a), ${v} AS ${n})`),
)
const limit = maybe(fc.constantFrom('LIMIT 3', 'LIMIT 1, 3', 'LIMIT 3 OFFSET 1', 'SLIMIT 2 SOFFSET 1 LIMIT 4'))
const order = maybe(fc.tuple(value, fc.constantFrom('', ' DESC', ' ASC NULLS FIRST', ' NULLS LAST')).map(([v, d]) => `ORDER BY ${v}${d}`))

const { query } = fc.letrec<{ query: string; select: string; source: string }>((tie) => {
  const alias = fc.constantFrom('', ' x', ' AS y')
  const relation = fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    fc.tuple(table, alias).map(([t, a]) => `${t}${a}`),
    fc.tuple(tie('query'), alias).map(([q, a]) => `(${q})${a}`),
  )
  return {
    source: fc.oneof(
      { maxDepth: 2, depthSize: 'small' },
      relation,
      fc
        .tuple(
          relation,
          fc.constantFrom('JOIN', 'INNER JOIN', 'LEFT JOIN', 'FULL OUTER JOIN', 'RIGHT SEMI JOIN', 'LEFT ANTI JOIN'),
          relation,
          condition,
        )
        .map(([l, j, r, on]) => `${l} ${j} ${r} ON ${on}`),
      fc.tuple(relation, relation, duration).map(([l, r, d]) => `${l} LEFT WINDOW JOIN ${r} WINDOW_OFFSET(-${d}, ${d}) JLIMIT 5`),
      fc.tuple(relation, relation).map(([l, r]) => `${l} RIGHT ASOF JOIN ${r} JLIMIT 2`),
      fc.tuple(relation, tie('source')).map(([l, r]) => `${l}, ${r}`),
    ),
    select: fc
      .tuple(
        fc.constantFrom('', ' DISTINCT', ' TAGS', ' /*+ BATCH_SCAN() SORT_FOR_GROUP() */'),
        some(item),
        tie('source'),
        maybe(expression.map((c) => `WHERE ${c}`)),
        maybe(some(value).map((v) => `PARTITION BY ${v}`)),
        maybe(fc.oneof(window, interp)),
        maybe(fc.tuple(some(value), maybe(condition.map((c) => `HAVING ${c}`))).map(([g, h]) => `GROUP BY ${g}${h}`)),
      )
      .map(([head, items, source, ...clauses]) => `SELECT${head} ${items} FROM ${source}${clauses.join('')}`),
    query: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.tuple(tie('select'), order, limit).map((parts) => parts.join('')),
      fc.tuple(tie('select'), fc.constantFrom('UNION', 'UNION ALL'), tie('select'), order).map(([l, u, r, o]) => `${l} ${u} ${r}${o}`),
      fc.tuple(tie('query'), tie('query'), limit).map(([l, r, o]) => `(${l}) UNION (${r})${o}`),
    ),
  }
})

const columns = some(
  fc.tuple(name, type, fc.constantFrom('', '', ' COMPOSITE KEY', " ENCODE 'x' LEVEL 'y'")).map(([n, t, o]) => `${n} ${t}${o}`),
)
const options = fc.constantFrom('', " COMMENT 'it''s' TTL 3", ' SMA(a, b)', ' KEEP 10d', ' MAX_DELAY 1s,2s WATERMARK 5s ROLLUP(last)')
const tag = fc.oneof(integer, string, fc.constantFrom('-1', '+2.5', 'NULL', 'true', 'NOW', 'NOW + 1d', "TIMESTAMP 'x'", 'TODAY()'))
const tagged = fc.tuple(table, table, some(tag)).map(([t, s, v]) => `${t} USING ${s} TAGS (${v})`)

/** A SELECT with any of its clauses. */
export const generatedQuery: fc.Arbitrary<string> = query

/** A statement of any family. */
export const generatedStatement: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: query },
  fc
    .tuple(table, columns, maybe(columns.map((c) => `TAGS (${c})`)), options)
    .map(([t, c, tags, o]) => `CREATE TABLE IF NOT EXISTS ${t} (${c})${tags}${o}`),
  fc.array(tagged, { minLength: 1, maxLength: 3 }).map((tables) => `CREATE TABLE ${tables.join(' ')}`),
  fc
    .tuple(name, fc.constantFrom('', " PRECISION 'ns' KEEP 1d,2d,3d", ' VGROUPS 2 WAL_RETENTION_PERIOD -1 TABLE_PREFIX -2'))
    .map(([n, o]) => `CREATE DATABASE ${n}${o}`),
  fc
    .tuple(
      table,
      fc.constantFrom(
        'ADD COLUMN a INT',
        'DROP TAG b',
        'MODIFY COLUMN c VARCHAR(9)',
        "MODIFY COLUMN c COMPRESS 'x'",
        'RENAME TAG a b',
        "SET TAG a = 1, b = 'x'",
        'TTL 5',
      ),
    )
    .map(([t, a]) => `ALTER TABLE ${t} ${a}`),
  fc.tuple(name, query).map(([n, q]) => `CREATE TOPIC ${n} AS ${q}`),
  fc.tuple(table, query).map(([t, q]) => `INSERT INTO ${t} (ts, tbname) ${q}`),
  fc.tuple(table, condition).map(([t, c]) => `DELETE FROM ${t} WHERE ${c}`),
  fc.tuple(fc.constantFrom('', 'ANALYZE ', 'VERBOSE true RATIO 0.5 '), query).map(([o, q]) => `EXPLAIN ${o}${q}`),
  fc.tuple(table, name, condition).map(([t, u, c]) => `GRANT READ, WRITE ON d.${t.split('.').at(-1)} WITH ${c} TO ${u}`),
  fc.tuple(name, fc.constantFrom('TABLES', "STABLES LIKE 'a%'", 'VGROUPS', 'ALIVE')).map(([d, what]) => `SHOW ${d}.${what}`),
  fc.constantFrom(
    'SHOW TABLE TAGS a, tbname x FROM t FROM d',
    'SHOW LOCAL VARIABLES',
    'SHOW DNODE 1 VARIABLES',
    "KILL QUERY 'a:b'",
    "ALTER LOCAL 'x' 'y'",
    'DESCRIBE a.b',
    'USE `A`',
  ),
)
