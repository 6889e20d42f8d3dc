import type { Name, Span, TableName } from './ast.ts'
import { T } from './lexer.ts'
import { Parser } from './parser.ts'
import { insertErrorAt, insertErrorOf } from './syntax-error.ts'

/** One table's part of `INSERT INTO t1 … VALUES … t2 … VALUES …`: all but the rows. */
export interface InsertClause extends Span {
  readonly table: TableName
  /** End of the table's name, from where "bounded cols is expected" quotes the statement. */
  readonly nameEnd: number
  readonly using: {
    readonly stable: TableName
    readonly tagNames: readonly Name[] | null
    /** The text of each tag's value, with a span; read it as a value of VALUES is read. */
    readonly tagValues: readonly Span[]
    /** Offset of the parenthesis that closes TAGS. */
    readonly tagsEnd: number
    /** COMMENT and TTL (days), where the statement gives them. */
    readonly options?: { readonly comment: string | null; readonly ttl: number }
  } | null
  /** TBNAME stands as the name `tbname`, not quoted. */
  readonly columns: readonly Name[] | null
  readonly rows:
    | { readonly kind: 'values' /** Offset of the first character after VALUES. */; readonly at: number }
    | { readonly kind: 'file'; readonly path: string }
}

/**
 * Reads the clauses of an INSERT with VALUES or FILE. The rows are read by the caller, from `rows.at` to where they end;
 * `resume` then says where to go on:
 *
 *     const reader = new InsertReader(sql)
 *     for (let clause = reader.next(); clause; clause = reader.next()) reader.resume(readRows(sql, clause))
 *
 * Throws a SqlError 0x0216 with TDengine's words.
 */
export class InsertReader {
  readonly sql: string
  private readonly parser: Parser

  /** `start` is the offset of the word INSERT (or IMPORT). */
  constructor(sql: string, start = 0) {
    this.sql = sql
    this.parser = new Parser(sql, { offset: start, placeholders: true })
    this.parser.next()
    this.require('into', 'keyword INTO is expected')
  }

  /** Goes on after the rows of the last clause. */
  resume(at: number): void {
    this.parser.moveTo(at)
  }

  /** The next table's clause, or null at the end of the statement. */
  next(): InsertClause | null {
    const p = this.parser
    if (p.type === T.end) return null
    const { start } = p
    const table = this.tableName()
    let columns = p.is('(') ? this.columns() : null
    const using = p.is('using') ? this.using() : null
    if (using && p.is('(')) columns = this.columns()
    const rows = this.rows()
    return { table, nameEnd: table.end, using, columns, rows, start, end: p.lastEnd }
  }

  private fail(why: string): Error {
    return insertErrorAt(this.sql, this.parser.start, why)
  }

  private require(word: string, why: string): void {
    if (!this.parser.accept(word)) throw this.fail(why)
  }

  private tableName(): TableName {
    const p = this.parser
    if (p.type === T.placeholder) {
      const { start, end } = p
      p.next()
      return { database: null, name: { text: '?', quoted: false, start, end }, start, end }
    }
    if (!p.isAnyName()) throw this.fail('table_name is expected')
    return p.tableName()
  }

  /** A list of columns: its closing parenthesis is looked for first, as TDengine does. */
  private columns(): Name[] {
    const p = this.parser
    if (closingParenthesis(this.sql, p.end) < 0) throw insertErrorOf(') expected', p.start)
    p.next()
    const names = [this.columnName()]
    while (p.accept(',')) names.push(this.columnName())
    this.require(')', ') is expected')
    return names
  }

  private columnName(): Name {
    const p = this.parser
    if (p.is('tbname')) {
      const name: Name = { text: 'tbname', quoted: false, start: p.start, end: p.end }
      p.next()
      return name
    }
    if (!p.isAnyName()) throw this.fail('invalid column/tag name')
    return p.anyName()
  }

  private using(): InsertClause['using'] {
    const p = this.parser
    p.next()
    const stable = this.tableName()
    const tagNames = p.is('(') ? this.columns() : null
    this.require('tags', 'TAGS is expected')
    if (!p.is('(')) throw this.fail('( is expected')
    const tagsEnd = closingParenthesis(this.sql, p.end)
    const tagValues: Span[] = []
    while (p.type !== T.end && p.start !== tagsEnd) {
      p.next()
      if (p.is(',') || p.start === tagsEnd) continue
      tagValues.push(this.tagValue(tagsEnd))
    }
    if (tagsEnd < 0) throw insertErrorAt(this.sql, this.sql.length, ') is expected')
    p.next()
    const options = this.tableOptions()
    return { stable, tagNames, tagValues, tagsEnd, ...(options ? { options } : {}) }
  }

  /** COMMENT and TTL of a table made on the way. */
  private tableOptions(): NonNullable<InsertClause['using']>['options'] {
    const p = this.parser
    let comment: string | null = null
    let ttl = 0
    if (!p.is('comment') && !p.is('ttl')) return undefined
    while (p.is('comment') || p.is('ttl')) {
      const isComment = p.is('comment')
      p.next()
      if (p.type !== (isComment ? T.string : T.integer)) throw this.fail('invalid table option')
      if (isComment) comment = p.string()
      else ttl = Number(p.integer().text)
    }
    return { comment, ttl }
  }

  /** From the current token to before the comma or parenthesis that ends it. */
  private tagValue(tagsEnd: number): Span {
    const p = this.parser
    const { start } = p
    let depth = 0
    let end = p.end
    while (p.type !== T.end && p.start !== tagsEnd && !(depth === 0 && p.is(','))) {
      if (p.is('(')) depth++
      else if (p.is(')')) depth--
      end = p.end
      p.next()
    }
    return { start, end }
  }

  private rows(): InsertClause['rows'] {
    const p = this.parser
    if (p.is('values')) return { kind: 'values', at: p.end }
    this.require('file', 'keyword VALUES or FILE is expected')
    if (p.type !== T.string) throw this.fail('file path is expected')
    return { kind: 'file', path: p.string() }
  }
}

/** Offset of the parenthesis that closes the one before `from`, or −1. */
function closingParenthesis(sql: string, from: number): number {
  const p = new Parser(sql, { offset: from, placeholders: true })
  for (let depth = 1; p.type !== T.end && p.type !== T.illegal; p.next()) {
    if (p.is('(')) depth++
    else if (p.is(')') && --depth === 0) return p.start
  }
  return -1
}
