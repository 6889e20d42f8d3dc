import { SqlError } from '../errors.ts'
import type { Session } from '../session/session.ts'
import { parseAuthorization } from './authorization.ts'
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
  caller: NameAndPassword | 'cloud',
  options: { readonly database?: string | undefined; readonly timezone?: string | undefined },
  run: (session: Session) => Promise<T>,
): Promise<T> {
  const user = caller === 'cloud' ? server.cloudUser : await server.logIn(caller.user, caller.password)
  const session = openSession(server, user, options)
  try {
    return await run(session)
  } finally {
    await session.close()
  }
}

function openSession(
  server: ServerContext,
  user: string,
  { database, timezone }: { readonly database?: string | undefined; readonly timezone?: string | undefined },
): Session {
  if (database === undefined) return server.engine.session({ user, timezone })
  try {
    return server.engine.session({ user, database, timezone })
  } catch (error) {
    // A name that does not exist shows in the statement's own error; `create database` must get through.
    if (error instanceof SqlError) return server.engine.session({ user, timezone })
    throw error
  }
}
