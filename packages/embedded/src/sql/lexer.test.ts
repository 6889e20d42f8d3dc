import { describe, expect, test } from 'vitest'
import { Lexer, T } from './lexer.ts'

const NAMES = Object.fromEntries(Object.entries(T).map(([name, type]) => [type, name]))

function tokens(sql: string): string[] {
  const lexer = new Lexer(sql)
  const found: string[] = []
  for (lexer.next(); lexer.type !== T.end; lexer.next()) {
    found.push(`${NAMES[lexer.type]} ${sql.slice(lexer.start, lexer.end)}`)
    if (lexer.type === T.illegal) break
  }
  return found
}

describe('Lexer', () => {
  test('tells numbers, durations and names apart', () => {
    expect(tokens('10 10m 1n 1x 1abc 0b 0b101 0x1F 0x 12e 1e3 1.5e-3')).toEqual([
      'integer 10',
      'duration 10m',
      'duration 1n',
      'integer 1',
      'name x',
      'integer 1',
      'name abc',
      'duration 0b',
      'binary 0b101',
      'hex 0x1F',
      'integer 0',
      'name x',
      'integer 12',
      'name e',
      'float 1e3',
      'float 1.5e-3',
    ])
  })

  test('reads points as TDengine does', () => {
    expect(tokens('1..2')).toEqual(['float 1.', 'float .2'])
    expect(tokens('1.2.3')).toEqual(['illegal 1.2'])
    expect(tokens('.5e1 1.e2 t.v')).toEqual(['float .5e1', 'float 1.e2', 'name t', 'operator .', 'name v'])
  })

  test('keeps quotes of every kind whole, with escapes and doubled quotes', () => {
    const sql = `'it''s' 'a\\'b' "x'y" \`a\`\`b\` \`a\\\``
    expect(tokens(sql)).toEqual([`string 'it''s'`, `string 'a\\'b'`, `string "x'y"`, 'quotedName `a``b`', 'quotedName `a\\`'])
  })

  test('an unclosed quote or an unknown character is no token', () => {
    expect(tokens("a 'b")).toEqual(['name a', "illegal 'b"])
    expect(tokens('a @b')).toEqual(['name a', 'illegal @'])
    expect(tokens('!v')).toEqual(['illegal !'])
  })

  test('skips comments and white space, and knows operators of two characters', () => {
    expect(tokens('a -- b\n + /* c */ d')).toEqual(['name a', 'operator +', 'name d'])
    expect(tokens('a<=b<>c!=d>=e->f||g<<h')).toEqual(
      'name a,operator <=,name b,operator <>,name c,operator !=,name d,operator >=,name e,operator ->,name f,operator ||,name g,operator <<,name h'.split(
        ',',
      ),
    )
  })

  test('a keyword has its lower-case word, a name has none', () => {
    const lexer = new Lexer('SeLeCt selec')
    lexer.next()
    expect([lexer.type, lexer.word]).toEqual([T.keyword, 'select'])
    lexer.next()
    expect([lexer.type, lexer.word]).toEqual([T.name, ''])
  })

  test('the statement ends at its first semicolon', () => {
    expect(tokens('a; b')).toEqual(['name a'])
    expect(tokens("';' /* ; */ a;b")).toEqual(["string ';'", 'name a'])
  })
})
