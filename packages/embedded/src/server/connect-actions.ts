import { SqlError } from '../errors.ts'
import { validateStatement } from '../session/validate.ts'
import { type Action, action } from './action.ts'
import { flag, integer, list, members, optionalInteger, optionalText, text } from './arguments.ts'
import { addressOf, clientFacts } from './client-facts.ts'
import type { Connection } from './connection.ts'
import { adapterError, failureOf } from './failure.ts'
import { SERVER_INFO, SERVER_VERSION } from './version.ts'

/** Where taosd listens: what `check_server_status` is asked about when it names no port. */
const TAOSD_PORT = 6030

export const version: Action = action('version', {}, () => ({ version: SERVER_VERSION }), { beforeConnect: true, argsOptional: true })

export const connect: Action = action(
  'connect',
  {
    user: text,
    password: text,
    db: text,
    mode: optionalInteger,
    tz: text,
    app: text,
    ip: text,
    connector: text,
    totp_code: text,
    bearer_token: text,
    list_instances: flag,
  },
  async (connection, args) => {
    const { server } = connection
    await connection.connect(async () => {
      // On a Cloud gateway the token of the URL was the login.
      const user = server.cloudToken === undefined ? await server.logIn(args.user, args.password) : server.cloudUser
      const session = server.engine.session({
        user,
        database: args.db || undefined,
        timezone: args.tz || undefined,
        biMode: args.mode === 0,
        ...clientFacts(connection.client.address, args),
      })
      // Mode 0 is BI mode; TDengine knows no other.
      if (args.mode !== null && args.mode !== 0) {
        await session.close()
        throw adapterError(`unexpected mode:${args.mode}`)
      }
      return session
    })
    return { version: SERVER_VERSION }
  },
  { beforeConnect: true },
)

export const checkServerStatus: Action = action(
  'check_server_status',
  { fqdn: optionalText, port: integer },
  (connection, { port }) => ({ status: port === 0 || port === TAOSD_PORT || port === connection.server.port ? 2 : 0, details: '' }),
  { beforeConnect: true },
)

export const getServerInfo: Action = action('get server info', {}, () => ({ info: SERVER_INFO }))

export const getCurrentDatabase: Action = action('get current db', {}, ({ session }) => ({ db: session.database ?? '' }))

/** Codes of `options_connection`: −1 clears all. */
const CLEAR = -1
const CHARSET = 0
const TIMEZONE = 1
const USER_IP = 2
const USER_APP = 3
const LAST_OPTION = 4

export const optionsConnection: Action = action(
  'options connection',
  { options: list(members({ option: integer, value: optionalText })) },
  (connection, { options }) => {
    for (const { option, value } of options) setOption(connection, option, value)
    return {}
  },
)

function setOption(connection: Connection, option: number, value: string | null): void {
  if (option < CLEAR || option > LAST_OPTION) throw new SqlError(0x0118, 'Invalid parameters')
  if (option === CHARSET && value !== null && !isCharset(value)) throw new SqlError(0x0016, 'Invalid argument')
  const { session } = connection
  const given = option === CLEAR ? '' : (value ?? '')
  if (option === TIMEZONE || option === CLEAR) session.timezone = given || connection.server.timezone
  if (option === USER_IP || option === CLEAR) session.introduce({ userIp: addressOf(given) })
  if (option === USER_APP || option === CLEAR) session.introduce({ userApp: given })
}

function isCharset(name: string): boolean {
  try {
    return new TextDecoder(name).encoding.length > 0
  } catch {
    return false
  }
}

/** The signed 32-bit code of `validate_sql`: 0 for a valid statement. */
export async function validate(connection: Connection, sql: string): Promise<number> {
  try {
    await validateStatement(connection.session, sql)
    return 0
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return 0x80000000 | failureOf(error).code | 0
  }
}
