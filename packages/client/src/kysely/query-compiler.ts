import {
  type AddIndexNode,
  type AggregateFunctionNode,
  type AlterTableNode,
  AndNode,
  type ColumnNode,
  type CreateIndexNode,
  type CreateSchemaNode,
  type CreateTableNode,
  type CreateViewNode,
  DefaultQueryCompiler,
  type DeleteQueryNode,
  type DropIndexNode,
  type DropSchemaNode,
  type DropTableNode,
  type ExplainNode,
  type IdentifierNode,
  type InsertQueryNode,
  type JoinNode,
  type OperationNode,
  type OperatorNode,
  RawNode,
  type RenameColumnNode,
  type SelectModifierNode,
  type SelectQueryNode,
  type SetOperationNode,
} from 'kysely'
import { DataError } from '../errors.ts'
import { visitColumnDefinition, visitDataType } from './column-definition.ts'
import { JOIN_MARK } from './joins.ts'
import { refuse, refuseWhere } from './refusals.ts'

/** Where TDengine wants a clause that Kysely knows as "something at the end". Those without an entry stay at the end. */
const CLAUSES: readonly (readonly [start: RegExp, rank: number])[] = [
  [/^\s*partition\s+by\b/i, 0],
  [/^\s*range\s*\(/i, 1],
  [/^\s*every\s*\(/i, 2],
  [/^\s*(interval|session|state_window|event_window|count_window)\b/i, 3],
  [/^\s*sliding\s*\(/i, 4],
  [/^\s*fill\s*\(/i, 5],
  [/^\s*(slimit|soffset)\b/i, 6],
]

const BEFORE_GROUP_BY = 5
const LAST = 7

/** Names that TDengine reads as pseudo columns only without quotes. No column can have them. */
const PSEUDO_COLUMNS: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'tbname',
  '_rowts',
  '_c0',
  '_wstart',
  '_wend',
  '_wduration',
  '_qstart',
  '_qend',
  '_qduration',
  '_irowts',
  '_irowts_origin',
  '_isfilled',
])

const JOINS: { readonly [type: string]: string } = {
  InnerJoin: 'inner join',
  LeftJoin: 'left join',
  RightJoin: 'right join',
  FullJoin: 'full join',
}

const OPERATORS: ReadonlySet<string> = /* @__PURE__ */ new Set([
  '=',
  '!=',
  '<>',
  '>',
  '>=',
  '<',
  '<=',
  'in',
  'not in',
  'is',
  'is not',
  'like',
  'not like',
  'match',
  'regexp',
  'between',
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  'not',
  'exists',
  'not exists',
  '->',
])

/** Writes Kysely's queries as TDengine reads them. Throws a NotSupportedError, naming the alternative, for what TDengine has not. */
export class TaosQueryCompiler extends DefaultQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '?'
  }

  protected override getLeftIdentifierWrapper(): string {
    return '`'
  }

  protected override getRightIdentifierWrapper(): string {
    return '`'
  }

  protected override getLeftExplainOptionsWrapper(): string {
    return ''
  }

  protected override getRightExplainOptionsWrapper(): string {
    return ''
  }

  protected override sanitizeIdentifier(identifier: string): string {
    if (identifier === '' || /[`\0]/.test(identifier)) throw new DataError('an identifier cannot be empty, nor contain a back quote or NUL')
    return identifier
  }

  protected override sanitizeStringLiteral(value: string): string {
    return value.replace(/[\\']/g, (character) => `\\${character}`)
  }

  protected override visitColumn(node: ColumnNode): void {
    if (PSEUDO_COLUMNS.has(node.column.name)) this.append(node.column.name)
    else super.visitColumn(node)
  }

  protected override visitSelectQuery(node: SelectQueryNode): void {
    refuseWhere(node)
    const parent = this.parentNode
    this.#refuseScalarSubquery(parent)
    const inParens =
      parent !== undefined &&
      !['ParensNode', 'InsertQueryNode', 'CreateTableNode', 'CreateViewNode', 'SetOperationNode'].includes(parent.kind)
    const clauses = (node.endModifiers ?? []).map((modifier) => ({ modifier, rank: rankOf(modifier) })).sort((a, b) => a.rank - b.rank)
    const put = (from: number, to: number) => {
      for (const { modifier, rank } of clauses) if (rank >= from && rank <= to) this.#after(modifier)
    }
    if (parent === undefined && node.explain) {
      this.visitNode(node.explain)
      this.append(' ')
    }
    if (inParens) this.append('(')
    this.append('select')
    if (node.frontModifiers?.length) {
      this.append(' ')
      this.compileList(node.frontModifiers, ' ')
    }
    if (node.selections) {
      this.append(' ')
      this.compileList(node.selections)
    }
    this.#after(node.from)
    if (node.joins) for (const join of node.joins) this.#after(join)
    this.#after(node.where)
    put(0, BEFORE_GROUP_BY)
    this.#after(node.groupBy)
    this.#after(node.having)
    if (node.setOperations) for (const operation of node.setOperations) this.#after(operation)
    this.#after(node.orderBy)
    put(BEFORE_GROUP_BY + 1, LAST - 1)
    this.#after(node.limit)
    this.#after(node.offset)
    put(LAST, LAST)
    if (inParens) this.append(')')
  }

  /** TDengine 3.3 takes a query in FROM and JOIN, not where a value stands. */
  #refuseScalarSubquery(parent: OperationNode | undefined): void {
    const grandparent = this.nodeStack[this.nodeStack.length - 3]
    const asValue =
      parent !== undefined &&
      (['BinaryOperationNode', 'UnaryOperationNode', 'ValueListNode', 'SelectionNode', 'FunctionNode', 'WhereNode'].includes(parent.kind) ||
        (parent.kind === 'AliasNode' && grandparent?.kind === 'SelectionNode'))
    if (asValue) refuse('queries in the place of a value', 'run one first and give its result as a parameter, or join it')
  }

  #after(node: OperationNode | undefined): void {
    if (node === undefined) return
    this.append(' ')
    this.visitNode(node)
  }

  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier !== undefined && node.modifier !== 'Distinct')
      refuse('row locks (for update, for share)', 'leave them out: TDengine locks no rows')
    super.visitSelectModifier(node)
  }

  protected override visitJoin(node: JoinNode): void {
    const type = JOINS[node.joinType]
    if (type === undefined) refuse(`join ${node.joinType}`, 'use inner, left, right or full join with a condition on the timestamps')
    const conditions = node.on === undefined ? [] : flatten(node.on.on)
    const mark = conditions.find(markOf)
    if (mark === undefined) {
      this.append(`${type} `)
      this.visitNode(node.table)
      this.#after(node.on)
      return
    }
    const [kind, tail] = markOf(mark)!.split('|')
    if (node.joinType !== 'LeftJoin' && node.joinType !== 'RightJoin') refuse(`${type} as ${kind} join`, 'use leftJoin or rightJoin')
    this.append(`${node.joinType === 'LeftJoin' ? 'left' : 'right'} ${kind} join `)
    this.visitNode(node.table)
    const rest = conditions.filter((each) => each !== mark)
    if (rest.length > 0) {
      this.append(' on ')
      this.compileList(rest, ' and ')
    }
    this.append(tail ?? '')
  }

  protected override visitOperator(node: OperatorNode): void {
    const { operator } = node
    if (!OPERATORS.has(operator)) {
      const instead =
        operator === '||'
          ? 'use the function concat'
          : /ilike/.test(operator)
            ? 'use like on lower(…)'
            : /null|distinct/.test(operator)
              ? 'compare by = and is null'
              : 'use like, match or a function'
      refuse(`operator ${operator}`, instead)
    }
    super.visitOperator(node)
  }

  protected override visitAggregateFunction(node: AggregateFunctionNode): void {
    if (node.filter) refuse('FILTER on an aggregate', 'use a case expression in its argument, or a where clause')
    if (node.over) refuse('OVER', 'use partitionBy() with a time window, or functions such as diff, csum and mavg')
    if (node.orderBy || node.withinGroup) refuse('ORDER BY in an aggregate', 'use first, last, top or bottom')
    if (node.distinct) refuse('DISTINCT in an aggregate', 'use hyperloglog, or count over a query with distinct')
    super.visitAggregateFunction(node)
  }

  protected override visitSetOperation(node: SetOperationNode): void {
    if (node.operator !== 'union') refuse(node.operator, 'use union, or a join')
    super.visitSetOperation(node)
  }

  protected override visitInsertQuery(node: InsertQueryNode): void {
    if (node.returning || node.output) refuse('RETURNING', 'query the rows by their timestamps')
    if (node.onConflict || node.onDuplicateKey)
      refuse('ON CONFLICT', 'leave it out: a row with the same timestamp replaces the columns that it gives')
    if (node.ignore || node.orAction || node.replace)
      refuse('INSERT IGNORE and REPLACE', 'use insertInto: a row with the same timestamp replaces the columns that it gives')
    if (node.defaultValues) refuse('DEFAULT VALUES', 'give the timestamp at least')
    if (node.with) refuse('WITH', 'use a query in selectFrom')
    if (node.top) refuse('TOP', 'limit the query that is inserted')
    const subtable = node.endModifiers?.find(
      (modifier): modifier is RawNode => RawNode.is(modifier) && modifier.sqlFragments[0] === 'taosts subtable ',
    )
    this.append('insert into ')
    if (subtable) {
      const [table, columns, values] = subtable.parameters
      this.visitNode(table!)
      this.append(' using ')
      if (node.into) this.visitNode(node.into)
      this.append(' (')
      this.visitNode(columns!)
      this.append(') tags (')
      this.visitNode(values!)
      this.append(')')
    } else if (node.into) this.visitNode(node.into)
    if (node.columns) {
      this.append(' (')
      this.compileList(node.columns)
      this.append(')')
    }
    this.#after(node.values)
    for (const modifier of node.endModifiers ?? []) if (modifier !== subtable) this.#after(modifier)
  }

  protected override visitDefaultInsertValue(): void {
    this.append('null')
  }

  protected override visitDeleteQuery(node: DeleteQueryNode): void {
    if (node.returning || node.output) refuse('RETURNING', 'query the rows before they are deleted')
    if (node.using || node.joins) refuse('DELETE with other tables', 'delete by timestamps and tags')
    if (node.limit || node.orderBy || node.top) refuse('DELETE with LIMIT or ORDER BY', 'delete by a range of timestamps')
    if (node.with) refuse('WITH', 'delete by a range of timestamps')
    super.visitDeleteQuery(node)
  }

  protected override visitUpdateQuery(): void {
    refuse('UPDATE', 'insert a row with the same timestamp: the columns that it gives are replaced, the others stay')
  }

  protected override visitMergeQuery(): void {
    refuse('MERGE', 'insert rows: those with a timestamp that is there replace its columns')
  }

  protected override visitWith(): void {
    refuse('WITH', 'use a query in selectFrom')
  }

  protected override visitCreateTable(node: CreateTableNode): void {
    if (node.temporary) refuse('temporary tables', 'make a normal table and drop it')
    if (node.onCommit) refuse('ON COMMIT', 'leave it out: TDengine has no transactions')
    if (node.selectQuery) refuse('CREATE TABLE AS', 'create the table, then insertInto(…).expression(query)')
    if (node.constraints?.length)
      refuse('constraints on a table', "leave them out: the first column is the key; a second key column is 'int primary key'")
    super.visitCreateTable(node)
  }

  protected override visitColumnDefinition(node: Parameters<DefaultQueryCompiler['visitColumnDefinition']>[0]): void {
    visitColumnDefinition(node)
    super.visitColumnDefinition(node)
  }

  protected override visitDataType(node: Parameters<DefaultQueryCompiler['visitDataType']>[0]): void {
    this.append(visitDataType(node.dataType))
  }

  protected override visitDropTable(node: DropTableNode): void {
    if (node.cascade) refuse('CASCADE', 'leave it out: subtables go with their supertable')
    super.visitDropTable(node)
  }

  protected override visitAlterTable(node: AlterTableNode): void {
    if (node.renameTo)
      refuse('renaming of tables', 'make a table of the new name, copy by insertInto(…).expression(query), and drop the old one')
    if (node.setSchema) refuse('moving of tables', 'make the table in the other database and copy by insertInto(…).expression(query)')
    super.visitAlterTable(node)
  }

  protected override visitRenameColumn(node: RenameColumnNode): void {
    this.append('rename column ')
    this.visitNode(node.column)
    this.append(' ')
    this.visitNode(node.renameTo)
  }

  protected override visitAlterColumn(): void {
    refuse('ALTER COLUMN', 'use modifyColumn, which can make a text longer')
  }

  protected override visitAddConstraint(): void {
    refuse('constraints', 'leave them out: the first column is the key')
  }

  protected override visitDropConstraint(): void {
    refuse('constraints', 'there are none to drop')
  }

  protected override visitAddIndex(_: AddIndexNode): void {
    refuse('ADD INDEX', "use db.schema.createIndex('name').on('supertable').column('tag')")
  }

  protected override visitCreateIndex(node: CreateIndexNode): void {
    if (node.unique || node.nullsNotDistinct) refuse('unique indexes', 'leave it out: rows of a table are unique by their timestamp')
    if (node.using || node.where) refuse('indexes with USING or WHERE', 'index one tag of a supertable')
    super.visitCreateIndex(node)
  }

  protected override visitDropIndex(node: DropIndexNode): void {
    this.append(`drop index ${node.ifExists ? 'if exists ' : ''}`)
    this.visitNode(node.name)
  }

  protected override visitCreateSchema(node: CreateSchemaNode): void {
    this.append(`create database ${node.ifNotExists ? 'if not exists ' : ''}`)
    this.visitNode(node.schema)
  }

  protected override visitDropSchema(node: DropSchemaNode): void {
    if (node.cascade) refuse('CASCADE', 'leave it out: tables go with their database')
    this.append(`drop database ${node.ifExists ? 'if exists ' : ''}`)
    this.visitNode(node.schema)
  }

  protected override visitCreateView(node: CreateViewNode): void {
    if (node.materialized || node.temporary) refuse('materialized or temporary views', 'use a stream, or a plain view')
    super.visitCreateView(node)
  }

  protected override visitRefreshMaterializedView(): void {
    refuse('materialized views', 'use a stream')
  }

  protected override visitCreateType(): void {
    refuse('CREATE TYPE', 'use a VARCHAR and a type of TypeScript')
  }

  protected override visitCollate(): void {
    refuse('COLLATE', 'leave it out: texts are compared by their bytes')
  }

  protected override visitExplain(node: ExplainNode): void {
    if (node.format) refuse('EXPLAIN with a format', 'leave it out')
    super.visitExplain(node)
  }

  protected override compileUnwrappedIdentifier(node: IdentifierNode): void {
    if (typeof node.name !== 'string') throw new DataError('an identifier has to be a text')
    super.compileUnwrappedIdentifier(node)
  }
}

function rankOf(modifier: OperationNode): number {
  const raw = (modifier as SelectModifierNode).rawModifier
  const text = raw !== undefined && RawNode.is(raw) ? firstText(raw) : ''
  return CLAUSES.find(([start]) => start.test(text))?.[1] ?? LAST
}

/** The first text of a raw clause, also where it begins with another. */
function firstText(node: RawNode): string {
  const [first = ''] = node.sqlFragments
  const [inner] = node.parameters
  return first.trim() === '' && inner !== undefined && RawNode.is(inner) ? firstText(inner) : first
}

function flatten(node: OperationNode): OperationNode[] {
  return AndNode.is(node) ? [...flatten(node.left), ...flatten(node.right)] : [node]
}

function markOf(node: OperationNode): string | undefined {
  const text = RawNode.is(node) ? node.sqlFragments[0] : undefined
  return text?.startsWith(JOIN_MARK) ? text.slice(JOIN_MARK.length) : undefined
}
