import fc from 'fast-check'
import { generatedStatement } from './generated-statements.ts'
import { typedQuery } from './typed-statements.ts'

// Statements that write and define, over the tables of typed-statements.ts: values, columns and types that fit each other and that do not.

const among = (...items: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...items)
const list = (item: fc.Arbitrary<string>, most: number): fc.Arbitrary<string> =>
  fc.array(item, { minLength: 1, maxLength: most }).map((items) => items.join(', '))

const type = among(
  'bool',
  'tinyint',
  'int',
  'bigint unsigned',
  'float',
  'double',
  'timestamp',
  'varchar(8)',
  'nchar(4)',
  'varbinary(8)',
  'geometry(32)',
  'decimal(10, 2)',
  'decimal(38, 3)',
  'blob',
  'json',
)
const value = among(
  'null',
  'true',
  '1',
  '-1',
  '1.5',
  '1e400',
  "'abc'",
  "'1'",
  "''",
  "'2024-01-01 00:00:00'",
  'now',
  'now + 1d',
  'today()',
  "'\\x0aff'",
  "'POINT(1 2)'",
  "'nonsense'",
  '99999999999999999999',
  '0x1f',
  "'你好你好你好'",
  `'{"a":1}'`,
  "timestamp '2024-01-01'",
  '1s',
  'cast(1 as int)',
  '?',
  "'\\'",
)
const table = among('st', 'c1', 'c2', 'c3', 'nt', 'ck', 'js', 'j1', 'bl', 'em', 'n1', 'vt', 'fresh1', 'fresh2', 'nope')
const stable = among('st', 'js', 'em', 'f1', 'f2', 'nt')
const column = among('ts', 'i', 'vc', 'nc', 'd1', 'd2', 'g', 'vb', 'bo', 'tg', 'tv', 'tt', 'tbname', 'j', 'b', 'k', 'nope', 'x1')
const tag = among('tg', 'tv', 'tt', 'j', 'tn', 'tb')
const definition = list(
  fc.tuple(column, type).map(([name, of]) => `${name} ${of}`),
  4,
)

/** The condition of a generated query. */
const condition = typedQuery
  .filter((query) => query.includes(' where '))
  .map((query) =>
    query
      .split(' where ')[1]!
      .replace(/ (partition|group|order|limit|slimit|interval|session|state_window|event_window|count_window|range|every|union).*$/s, ''),
  )

const alteration = fc.oneof(
  fc.tuple(among('add column', 'modify column', 'add tag', 'modify tag'), column, type).map(([verb, name, to]) => `${verb} ${name} ${to}`),
  fc.tuple(among('drop column', 'drop tag'), column).map(([verb, name]) => `${verb} ${name}`),
  fc.tuple(among('rename column', 'rename tag'), column, column).map(([verb, name, to]) => `${verb} ${name} ${to}`),
  fc.tuple(column, value).map(([name, to]) => `set tag ${name} = ${to}`),
)

/** A statement of any kind: most write to the tables of typed-statements.ts. None drops the database or ends the session. */
export const typedStatement: fc.Arbitrary<string> = fc
  .oneof(
    fc.tuple(table, list(value, 6)).map(([to, row]) => `insert into ${to} values (${row})`),
    fc.tuple(table, list(column, 5), list(value, 5)).map(([to, names, row]) => `insert into ${to} (${names}) values (${row})`),
    fc
      .tuple(table, stable, list(value, 7), list(value, 3))
      .map(([to, of, tags, row]) => `insert into ${to} using ${of} tags (${tags}) values (${row})`),
    fc
      .tuple(table, stable, list(tag, 3), list(value, 3), list(value, 3))
      .map(([to, of, names, tags, row]) => `insert into ${to} using ${of} (${names}) tags (${tags}) values (${row})`),
    fc
      .tuple(stable, list(among('tbname', 'ts', 'i', 'vc', 'tg', 'tv', 'j'), 5), list(value, 5))
      .map(([to, names, row]) => `insert into ${to} (${names}) values (${row})`),
    fc.tuple(table, typedQuery).map(([to, query]) => `insert into ${to} ${query}`),
    fc.tuple(table, list(column, 4), typedQuery).map(([to, names, query]) => `insert into ${to} (${names}) ${query}`),
    fc.tuple(table, condition).map(([from, where]) => `delete from ${from} where ${where}`),
    fc.tuple(table, alteration).map(([name, change]) => `alter table ${name} ${change}`),
    fc
      .tuple(among('f1', 'f2', 'f3'), definition, definition, among('ts timestamp, ', ''))
      .map(([name, columns, tags, ts]) => `create stable ${name} (${ts}${columns}) tags (${tags})`),
    fc.tuple(among('f1', 'f2', 'f3', 'fn'), definition).map(([name, columns]) => `create table ${name} (ts timestamp, ${columns})`),
    fc.tuple(among('g1', 'g2', 'g3'), stable, list(value, 7)).map(([name, of, tags]) => `create table ${name} using ${of} tags (${tags})`),
    among(
      'drop table if exists f1',
      'drop stable if exists f2',
      'drop table if exists g1, g2',
      'drop table if exists fn',
      'drop vtable if exists vt1',
    ),
    fc.tuple(among('tp1', 'tp2'), typedQuery).map(([name, query]) => `create topic ${name} as ${query}`),
    among('drop topic if exists tp1', 'drop topic if exists tp2'),
    fc.tuple(table, condition).map(([on, where]) => `grant read on gen.${on} with ${where} to u1`),
    fc
      .tuple(among('vt1', 'vt2'), table, column, type)
      .map(([name, from, of, as]) => `create vtable ${name} (ts timestamp, a ${as} from gen.${from}.${of})`),
    generatedStatement,
  )
  .filter((sql) => !/^(drop|alter) (database|user)|^drop table (st|c1|nt)\b|^kill/i.test(sql))
