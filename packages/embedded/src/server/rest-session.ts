import { SqlError } from '../errors.ts'
import type { Session, SessionOptions } from '../session/session.ts'
import { parseAuthorization } from './authorization.ts'
import { clientFacts } from './client-facts.ts'
import { cloudLogin } from './cloud.ts'
import type { HttpAnswer } from './http-answer.ts'
import { HttpError } from './http-error.ts'
import type { ServerContext } from './server-context.ts'
import type { NameAndPassword } from './taosd-token.ts'

/** Who calls: the Cloud token's user, or what the `Authorization` header says. Throws a 401 for a header that says nothing usable. */
export function callerOf(server: ServerContext, answer: HttpAnswer): NameAndPassword | 'cloud' {
  if (cloudLogin(server, answer.url)) return 'cloud'
  try {
    return parseAuthorization(answer.request.headers.authorization)
  } catch (error) {
    if (error instanceof SqlError) throw new HttpError(401, error.code, error.message)
    throw error
  }
}

/** Opens a session for one request, checks its caller's password, and closes it at the end. A missing database is ignored, as REST does. */
export async function withSession<T>(
  server: ServerContext,
  answer: HttpAnswer,
  caller: NameAndPassword | 'cloud',
  options: { readonly database?: string | undefined; readonly timezone?: string | undefined },
  run: (session: Session) => Promise<T>,
): Promise<T> {
  const user = caller === 'cloud' ? server.cloudUser : await server.logIn(caller.user, caller.password)
  const { remoteAddress, remotePort } = answer.request.socket
  const facts = clientFacts(`${remoteAddress}:${remotePort}`, { app: answer.argument('app'), ip: answer.argument('ip') })
  const session = openSession(server, { user, timezone: options.timezone, ...facts }, options.database)
  try {
    return await run(session)
  } finally {
    await session.close()
  }
}

function openSession({ engine }: ServerContext, options: SessionOptions, database: string | undefined): Session {
  if (database === undefined) return engine.session(options)
  try {
    return engine.session({ ...options, database })
  } catch (error) {
    // A name that does not exist shows in the statement's own error; `create database` must get through.
    if (error instanceof SqlError) return engine.session(options)
    throw error
  }
}
