import type { AlterUser, CreateUser, DropUser, Grant } from './ast.ts'
import { expression } from './expression.ts'
import type { Parser } from './parser.ts'

const FLAGS: ReadonlySet<string> = new Set(['sysinfo', 'createdb', 'is_import'])

/** After CREATE USER: `name PASS '…' [SYSINFO n] [CREATEDB n] [IS_IMPORT n] [HOST '…', …]`. The name's length is judged later. */
export function createUser(p: Parser, start: number): CreateUser {
  const name = p.anyName()
  p.expect('pass')
  const password = p.string()
  const options: { name: string; values: string[] }[] = []
  for (;;) {
    if (FLAGS.has(p.word)) options.push(flag(p))
    else if (p.accept('host')) options.push({ name: 'HOST', values: p.list(() => p.string()) })
    else break
  }
  return { kind: 'create-user', name, password, options, ...p.span(start) }
}

function flag(p: Parser): { name: string; values: string[] } {
  const name = p.word.toUpperCase()
  p.next()
  return { name, values: [p.integer().text] }
}

/** After ALTER USER: one change. */
export function alterUser(p: Parser, start: number): AlterUser {
  const name = p.anyName()
  let option: AlterUser['option']
  if (p.accept('pass')) option = { name: 'PASS', values: [p.string()] }
  else if (p.is('enable') || FLAGS.has(p.word)) option = flag(p)
  else if (p.is('add') || p.is('drop')) {
    const word = p.word.toUpperCase()
    p.next()
    p.expect('host')
    option = { name: `${word} HOST`, values: p.list(() => p.string()) }
  } else throw p.unexpected()
  return { kind: 'alter-user', name, option, ...p.span(start) }
}

export function dropUser(p: Parser, start: number): DropUser {
  return { kind: 'drop-user', name: p.anyName(), ...p.span(start) }
}

/** `GRANT privileges ON object [WITH condition] TO user`, `REVOKE … FROM user`. */
export function grant(p: Parser): Grant {
  const { start } = p
  const kind = p.word as 'grant' | 'revoke'
  p.next()
  const privileges = p.accept('all') ? (['all'] as const) : p.list(() => privilege(p))
  p.expect('on')
  const object = grantObject(p)
  const condition = p.accept('with') ? expression(p) : null
  p.expect(kind === 'grant' ? 'to' : 'from')
  return { kind, privileges, object, condition, user: p.anyName(), ...p.span(start) }
}

function privilege(p: Parser): Grant['privileges'][number] {
  const { word } = p
  if (word !== 'read' && word !== 'write' && word !== 'alter' && word !== 'subscribe') throw p.unexpected()
  p.next()
  return word
}

function grantObject(p: Parser): Grant['object'] {
  if (p.accept('*')) {
    p.expectAll('.', '*')
    return { kind: 'table', database: null, table: null }
  }
  const first = p.anyName()
  if (!p.accept('.')) return { kind: 'topic', name: first }
  p.checkName(first, 'database')
  return { kind: 'table', database: first, table: p.accept('*') ? null : p.name('table') }
}
