import { TypeCode } from 'taosts/wire'
import { expect, test } from 'vitest'
import { parseLines } from './line.ts'

const values = (line: string) =>
  Object.fromEntries(parseLines(line, 'ns')[0]!.fields.map(({ name, value }) => [name, [value.type, value.literal]]))

test('every kind of value', () => {
  expect(values('m a=1i8,b=2i16,c=3i32,d=4i64,e=5u8,f=6u16,g=7u32,h=8u64,i=9i,j=10u,k=1.5f32,l=2.5f64,m=3,n=t,o=False')).toEqual({
    a: [TypeCode.TINYINT, '1'],
    b: [TypeCode.SMALLINT, '2'],
    c: [TypeCode.INT, '3'],
    d: [TypeCode.BIGINT, '4'],
    e: [TypeCode.UTINYINT, '5'],
    f: [TypeCode.USMALLINT, '6'],
    g: [TypeCode.UINT, '7'],
    h: [TypeCode.UBIGINT, '8'],
    i: [TypeCode.BIGINT, '9'],
    j: [TypeCode.UBIGINT, '10'],
    k: [TypeCode.FLOAT, '1.5'],
    l: [TypeCode.DOUBLE, '2.5'],
    m: [TypeCode.DOUBLE, '3'],
    n: [TypeCode.BOOL, 'true'],
    o: [TypeCode.BOOL, 'false'],
  })
  expect(values('m s="it\'s \\"q\\", x=1",n=L"中 文",b=B"\\x98f4",g=G"POINT(1 2)"')).toEqual({
    s: [TypeCode.VARCHAR, "'it\\'s \"q\", x=1'"],
    n: [TypeCode.NCHAR, "'中 文'"],
    b: [TypeCode.VARBINARY, "'\\x98f4'"],
    g: [TypeCode.GEOMETRY, "'POINT(1 2)'"],
  })
})

test('escaped separators belong to names and tags; comments and empty lines are no records', () => {
  const points = parseLines('# comment\n\nmy\\,m.x,t\\ ag=a\\=b\\,c f\\ 1=1 5\r\n', 'ms')
  expect(points).toHaveLength(1)
  const [{ measurement, tagTexts, fields, time }] = points as [(typeof points)[number]]
  expect([measurement, [...tagTexts], fields[0]!.name, time]).toEqual(['my,m_x', [['t ag', 'a=b,c']], 'f 1', { value: 5n, unit: 'ms' }])
})

test.each([
  ['garbage', 0x3002, 'SML line cols is empty'],
  ['m v=abc 1', 0x0203, 'invalid data:abc 1'],
  ['m v=300i8 1', 0x0203, 'invalid data:300i8 1'],
  ['m v="open 1', 0x0203, 'invalid data:"open 1'],
  ['bad line here\nm v=1 1', 0x3002, 'SML line invalid data: here\nm v=1 1'],
])('%s is refused with the words of TDengine', (data, code, message) => {
  expect(() => parseLines(data, 'ns')).toThrow(expect.objectContaining({ code, message }))
})
