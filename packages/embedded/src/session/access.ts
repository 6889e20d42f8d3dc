import type { Database, Privilege, User } from '../catalog/model.ts'
import type { Engine } from '../engine.ts'
import { SqlError } from '../errors.ts'
import { isSystemDatabase, needsSysinfo, shownTable } from '../metadata/index.ts'
import type { Statement, TableName } from '../sql/ast.ts'
import type { RowSet } from '../storage/row-set.ts'
import type { StatementContext } from './statement-context.ts'

/** What a user may be granted on a database or a table. */
type Right = 'read' | 'write' | 'alter'

/** A refusal while the statement is read: the tables and rows of a database. */
const denied = () => new SqlError(0x2644, 'Permission denied or target object not exist')
/** A refusal of what concerns databases and users as such. */
const insufficient = () => new SqlError(0x0303, 'Insufficient privilege for operation')

/** Throws 0x2644 or 0x0303 when the session's user may not run the statement. `INSERT … VALUES` is checked once its tables are known. */
export function checkAccess(statement: Statement, { engine, session, database }: StatementContext): void {
  const user = limitedUser(engine, session.user)
  if (!user) return
  const need = (right: Right, table: TableName) => {
    const name = table.database?.text ?? database
    if (name === undefined) return
    if (isSystemDatabase(name) ? hidden(user, name, table.name.text) : !may(user, right, name, table.name.text)) throw denied()
  }
  switch (statement.kind) {
    case 'select':
    case 'union':
    case 'explain':
      eachSource(statement, (table) => need('read', table))
      return
    case 'show': {
      const shown = shownTable(statement)
      if (shown && hidden(user, shown.database, shown.table)) throw denied()
      return
    }
    case 'insert-select':
      need('write', statement.table)
      eachSource(statement.query, (table) => need('read', table))
      return
    case 'delete':
      need('write', statement.table)
      return
    case 'create-table':
    case 'alter-table':
    case 'create-vtable':
    case 'create-vsubtable':
    case 'drop-vtable':
    case 'create-index':
    case 'drop-index':
      need('write', statement.name)
      return
    case 'create-subtables':
      for (const { name } of statement.tables) need('write', name)
      return
    case 'drop-table':
      for (const { name } of statement.tables) need('write', name)
      return
    case 'use':
      checkUse(engine, session.user, statement.name.text)
      return
    case 'create-database':
      if (!user.createdb) throw insufficient()
      return
    case 'alter-database':
    case 'drop-database':
    case 'maintain-database':
      if (!may(user, 'alter', statement.name.text)) throw insufficient()
      return
    case 'alter-user':
      if (statement.name.text !== user.name || statement.option.name !== 'PASS') throw insufficient()
      return
    case 'create-user':
    case 'drop-user':
    case 'grant':
    case 'revoke':
    case 'create-topic':
    case 'drop-topic':
    case 'alter-variable':
    case 'kill':
      throw insufficient()
  }
}

/** Throws 0x0303 when a user may not make a database current, by USE or when he logs in. */
export function checkUse(engine: Engine, name: string, database: string): void {
  const user = limitedUser(engine, name)
  if (user && !isSystemDatabase(database) && !holdsAny(user, database)) throw insufficient()
}

/** Throws 0x2644 when a user may not write the tables that rows go to. */
export function checkWrites(engine: Engine, name: string, sets: readonly RowSet[]): void {
  const user = limitedUser(engine, name)
  if (!user) return
  for (const { table, segments } of sets) {
    if (may(user, 'write', table.database.name, table.name)) continue
    if (!segments.every(({ target }) => may(user, 'write', table.database.name, target.name))) throw denied()
  }
}

/** Throws 0x2644 when a user may not write a database at all. */
export function checkDatabaseWrite(engine: Engine, name: string, database: Database): void {
  const user = limitedUser(engine, name)
  if (user && !may(user, 'write', database.name)) throw denied()
}

/** The user, unless nothing is denied to him. One who was dropped since he logged in may nothing. */
function limitedUser(engine: Engine, name: string): User | undefined {
  const user = engine.catalog.users.get(name)
  if (!user?.enabled) throw insufficient()
  return user.super ? undefined : user
}

/** Whether a system table is not for a user without SYSINFO. */
const hidden = ({ sysinfo }: User, database: string, table: string): boolean => !sysinfo && needsSysinfo(database, table)

function may({ privileges }: User, right: Right, database: string, table?: string): boolean {
  return privileges.some((privilege) => grants(privilege, right) && covers(privilege, database, table))
}

function grants({ kind }: Privilege, right: Right): boolean {
  return kind === 'all' || kind === right
}

function covers({ database, table }: Privilege, name: string, of: string | undefined): boolean {
  if (database !== '*' && database !== name) return false
  return table === undefined || table === '*' || table === of
}

function holdsAny({ privileges, createdb }: User, database: string): boolean {
  return createdb || privileges.some((privilege) => privilege.database === '*' || privilege.database === database)
}

/** Calls back with every table that a query reads, subqueries included. */
function eachSource(node: unknown, take: (table: TableName) => void): void {
  if (typeof node !== 'object' || node === null) return
  if ('kind' in node && node.kind === 'table' && 'table' in node) take(node.table as TableName)
  for (const child of Object.values(node)) if (typeof child === 'object') eachSource(child, take)
}
