import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parityPage } from '../../scripts/parity-page.ts'
import { PARITY } from './parity.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const source = join(root, 'packages/client/src')
const rows = PARITY.flatMap((group) => group.rows)

const texts = new Map<string, string>()
for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' }))
  if (file.endsWith('.ts') && !file.endsWith('.test.ts')) texts.set(file, readFileSync(join(source, file), 'utf8'))

/** The body of an exported class, interface or type, with those of what it extends. */
function bodyOf(name: string): string {
  for (const text of texts.values()) {
    const found = new RegExp(`^export (?:abstract )?(?:class|interface) ${name}\\b([^{]*)\\{`, 'm').exec(text)
    if (found) {
      const end = text.indexOf('\n}', found.index)
      const parents = /extends ([\w, ]+)/.exec(found[1]!)?.[1]?.split(',') ?? []
      return text.slice(found.index, end) + parents.map((parent) => bodyOf(parent.trim().replace('ValueOptions', 'ValuePolicy'))).join('')
    }
  }
  return ''
}

/** The names that a module exports: its own, and those of the modules that it exports whole. */
function exportsOf(file: string): Set<string> {
  const names = new Set<string>()
  for (const [, own, listed, whole] of (texts.get(file) ?? '').matchAll(
    /^export (?:(?:abstract |async )*(?:class|function\*?|const|interface|type) (\w+)|(?:type )?\{([^}]*)\}|\* from '(.*)')/gm,
  )) {
    if (own !== undefined) names.add(own)
    else if (whole !== undefined) for (const name of exportsOf(join(file, '..', whole))) names.add(name)
    else for (const each of listed!.split(',')) names.add(/(\w+)\s*$/.exec(each)?.[1] ?? '')
  }
  return names
}

/** Whether a symbol is exported by its entry point, and has the member that is named. */
function exists(symbol: string): boolean {
  const [, entry, name, member] = /^(?:taosts\/(\w+) )?(\w+)(?:\.(\w+))?$/.exec(symbol) ?? []
  if (name === undefined) return false
  if (!exportsOf(entry === undefined ? 'index.ts' : join(entry, 'index.ts')).has(name)) return false
  return member === undefined || new RegExp(`^ {2}(?:(?:readonly|async|static|get) )*\\*?${member}\\b[?(<:= ]`, 'm').test(bodyOf(name))
}

test('the page is the table (scripts/write-parity.ts writes it)', () => {
  expect(readFileSync(join(root, 'docs/parity.md'), 'utf8')).toBe(parityPage())
})

test('every symbol is exported, and has the member that is named', () => {
  expect(rows.flatMap(({ here }) => here).filter((symbol) => !exists(symbol))).toEqual([])
  for (const wrong of ['nothing', 'Connection.nothing', 'ConnectOptions.nothing', 'taosts/kysely connect', 'Inserter'])
    expect(exists(wrong)).toBe(false)
})

test('every test that is named is in its file', () => {
  const missing = rows.flatMap(({ test: shown }) => {
    if (shown === undefined) return []
    const text = readFileSync(join(root, shown[0]), 'utf8')
    return ["'", '"', '`'].some((quote) => text.includes(`${quote}${shown[1]}${quote}`)) ? [] : [shown.join(': ')]
  })
  expect(missing).toEqual([])
})

test('what is not here says why, and no entry stands twice in a group', () => {
  for (const { taospy, here, note, test: shown } of rows) expect(here.length > 0 ? shown : note, taospy).toBeDefined()
  for (const { title, rows: own } of PARITY) expect(new Set(own.map(({ taospy }) => taospy)).size, title).toBe(own.length)
})
