import type { Privilege, User } from '../../catalog/model.ts'
import { topicError } from '../../metadata/index.ts'
import type { AlterUser, CreateUser, DropUser, Grant } from '../../sql/ast.ts'
import type { EngineAnswer } from '../answer.ts'
import { DONE } from '../done.ts'
import { hashPassword } from '../password.ts'
import type { StatementContext } from '../statement-context.ts'
import { DdlWrong } from './ddl-error.ts'

const MAX_NAME_BYTES = 23
const MIN_PASSWORD = 8
const MAX_PASSWORD = 255

/** Refuses a password that is too short, too long, or of fewer than three kinds of characters. */
function checkPassword(password: string, near: CreateUser | AlterUser): void {
  if (password.length < MIN_PASSWORD) throw DdlWrong.passwordTooShort(near)
  if (password.length > MAX_PASSWORD) throw DdlWrong.nameTooLong(near)
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(password)).length
  if (kinds < 3) throw DdlWrong.password(near)
}

export async function createUser(statement: CreateUser, { engine: { catalog, writer } }: StatementContext): Promise<EngineAnswer> {
  const name = statement.name.text
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw DdlWrong.nameTooLong(statement.name)
  checkPassword(statement.password, statement)
  if (catalog.users.has(name)) throw DdlWrong.userExists(statement.name)
  const password = await hashPassword(statement.password)
  const option = (option: string): readonly string[] | undefined => statement.options.find((one) => one.name === option)?.values
  return writer.alone(async (transaction) => {
    if (catalog.users.has(name)) throw DdlWrong.userExists(statement.name)
    const user: User = {
      id: catalog.takeId(),
      name,
      super: false,
      enabled: true,
      sysinfo: option('SYSINFO')?.[0] !== '0',
      createdb: option('CREATEDB')?.[0] === '1',
      created: Date.now(),
      password,
      hosts: [...(option('HOST') ?? [])],
      privileges: [],
    }
    await catalog.save(transaction, 'user', user)
    transaction.onCommit(() => catalog.users.set(name, user))
    return DONE
  })
}

export async function alterUser(statement: AlterUser, context: StatementContext): Promise<EngineAnswer> {
  const { name, values } = statement.option
  if (name === 'PASS') checkPassword(values[0]!, statement)
  const user = context.engine.catalog.users.get(statement.name.text)
  if (!user) throw DdlWrong.noUser(statement.name)
  // Nothing of a superuser changes but the password: there would be no way back from a root that is switched off.
  if (user.super && name !== 'PASS') throw DdlWrong.rights(statement.name)
  const password = name === 'PASS' ? await hashPassword(values[0]!) : ''
  return changeUser(statement.name.text, context, (user) => {
    switch (name) {
      case 'PASS':
        return { password }
      case 'ENABLE':
        return { enabled: values[0] === '1' }
      case 'SYSINFO':
        return { sysinfo: values[0] === '1' }
      case 'CREATEDB':
        return { createdb: values[0] === '1' }
      case 'ADD HOST':
        return { hosts: [...new Set([...user.hosts, ...values])] }
      case 'DROP HOST':
        return { hosts: user.hosts.filter((host) => !values.includes(host)) }
      default:
        return {}
    }
  })
}

export function dropUser({ name }: DropUser, { engine: { catalog, writer, live } }: StatementContext): Promise<EngineAnswer> {
  return writer.alone(async (transaction) => {
    const user = catalog.users.get(name.text)
    if (!user) throw DdlWrong.noUser(name)
    if (user.super) throw DdlWrong.rights(name)
    await catalog.remove(transaction, 'user', user.id)
    transaction.onCommit(() => {
      catalog.users.delete(user.name)
      live.dropUser(user.name)
    })
    return DONE
  })
}

/** GRANT and REVOKE: kept and shown. */
export function grant(statement: Grant, context: StatementContext): Promise<EngineAnswer> {
  const { catalog } = context.engine
  const { object } = statement
  const subject = objectOf(statement, context)
  if (catalog.users.get(statement.user.text)?.super) throw DdlWrong.rights(statement.user)
  return changeUser(statement.user.text, context, (user) => {
    if (object.kind === 'topic' && !catalog.topics.has(object.name.text)) throw topicError.missing(object.name)
    const changed: Privilege[] = statement.privileges.map((kind) => ({ kind, ...subject }))
    const others = user.privileges.filter((privilege) => !changed.some((one) => same(one, privilege, statement.kind === 'revoke')))
    return { privileges: statement.kind === 'grant' ? [...others, ...changed] : others }
  })
}

function objectOf({ object, condition, privileges }: Grant, { engine: { catalog }, sql }: StatementContext): Omit<Privilege, 'kind'> {
  if (object.kind === 'topic') {
    if (!privileges.includes('subscribe')) throw DdlWrong.noDatabase(object.name)
    return { database: '', topic: object.name.text }
  }
  const database = object.database?.text ?? '*'
  if (object.database && !catalog.databases.has(database)) throw DdlWrong.noDatabase(object.database)
  const found = object.database ? catalog.databases.get(database) : undefined
  if (object.table && found && !found.tables.has(object.table.text) && !found.supertables.has(object.table.text))
    throw DdlWrong.noTable(object.table)
  return {
    database,
    ...(object.table ? { table: object.table.text } : {}),
    ...(condition ? { condition: sql.slice(condition.start, condition.end) } : {}),
  }
}

function same(a: Privilege, b: Privilege, revoke: boolean): boolean {
  const kind = a.kind === b.kind || (revoke && a.kind === 'all')
  return kind && a.database === b.database && (a.table ?? '*') === (b.table ?? '*') && a.topic === b.topic
}

/** Writes what `fields` says of a user. */
function changeUser(
  name: string,
  { engine: { catalog, writer } }: StatementContext,
  fields: (user: User) => Partial<User>,
): Promise<EngineAnswer> {
  return writer.alone(async (transaction) => {
    const user = catalog.users.get(name)
    if (!user) throw DdlWrong.noUser()
    const changed = fields(user)
    await catalog.save(transaction, 'user', { ...user, ...changed })
    transaction.onCommit(() => Object.assign(user, changed))
    return DONE
  })
}
