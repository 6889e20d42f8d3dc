import { SqlError } from '../errors.ts'
import type { Literal, Name, TableOptions } from './ast.ts'
import { T } from './lexer.ts'
import type { Parser } from './parser.ts'
import { CODE } from './syntax-error.ts'

/** Most bytes of a table's comment. */
const COMMENT_BYTES = 1024

type Writable<O> = { -readonly [K in keyof O]: O[K] }

export const NO_TABLE_OPTIONS: TableOptions = {
  comment: null,
  ttl: null,
  sma: null,
  keep: null,
  maxDelay: null,
  watermark: null,
  rollup: null,
  deleteMark: null,
  virtual: null,
}

/** `COMMENT '…' TTL n SMA(c, …) KEEP n MAX_DELAY d WATERMARK d ROLLUP(f) DELETE_MARK d VIRTUAL n`, any of them in any order. */
export function tableOptions(p: Parser): TableOptions {
  let options: Writable<TableOptions> | undefined
  for (;;) {
    const { word } = p
    const read = READERS[word]
    if (!read) return options ?? NO_TABLE_OPTIONS
    p.next()
    options ??= { ...NO_TABLE_OPTIONS }
    read(p, options)
  }
}

/** `COMMENT '…' TTL n KEEP n`, for ALTER TABLE; at least one. */
export function alterTableOptions(p: Parser): TableOptions {
  const options: Writable<TableOptions> = { ...NO_TABLE_OPTIONS }
  if (!isAlterTableOption(p)) throw p.unexpected()
  while (isAlterTableOption(p)) {
    const read = READERS[p.word]!
    p.next()
    read(p, options)
  }
  return options
}

export function isAlterTableOption(p: Parser): boolean {
  return p.is('comment') || p.is('ttl') || p.is('keep')
}

/** Options of a subtable: COMMENT and TTL. */
export function subtableOptions(p: Parser): TableOptions {
  const options: Writable<TableOptions> = { ...NO_TABLE_OPTIONS }
  while (p.is('comment') || p.is('ttl')) {
    const read = READERS[p.word]!
    p.next()
    read(p, options)
  }
  return options
}

const READERS: Readonly<Record<string, (p: Parser, options: Writable<TableOptions>) => void>> = {
  comment: (p, options) => {
    const { start } = p
    options.comment = p.string()
    if (Buffer.byteLength(options.comment) > COMMENT_BYTES) throw new SqlError(CODE.comment, 'Comment too long', start)
  },
  ttl: (p, options) => {
    options.ttl = p.integer().text
  },
  sma: (p, options) => {
    options.sma = p.parenthesised((): Name => p.name('column'))
  },
  keep: (p, options) => {
    options.keep = durationOrInteger(p)
  },
  max_delay: (p, options) => {
    options.maxDelay = p.list(() => p.duration())
  },
  watermark: (p, options) => {
    options.watermark = p.list(() => p.duration())
  },
  delete_mark: (p, options) => {
    options.deleteMark = p.list(() => p.duration())
  },
  rollup: (p, options) => {
    options.rollup = p.parenthesised(() => rollupFunction(p))
  },
  virtual: (p, options) => {
    options.virtual = p.integer().text
  },
}

function rollupFunction(p: Parser): string {
  if (!p.is('first') && !p.is('last')) return p.anyName().text
  const { word } = p
  p.next()
  return word
}

function durationOrInteger(p: Parser): Literal {
  return p.type === T.duration ? p.duration() : p.integer()
}
