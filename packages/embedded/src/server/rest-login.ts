import { SqlError } from '../errors.ts'
import { HttpCode } from './authorization.ts'
import type { HttpAnswer } from './http-answer.ts'
import { HttpError } from './http-error.ts'
import type { ServerContext } from './server-context.ts'
import { encodeTaosdToken } from './taosd-token.ts'

/** What a failed login is told instead of the database's own code. */
const RPC_AUTH_FAILURE = 3

/** `GET /rest/login/{user}/{password}`: a `Taosd` token for the name and password. */
export async function login(server: ServerContext, answer: HttpAnswer, { user = '', password = '' }): Promise<void> {
  const token = encodeTaosdToken(user, password)
  if (token === undefined) throw new HttpError(400, HttpCode.TOKEN, 'generate taosd token error')
  try {
    await server.logIn(user, password)
  } catch (error) {
    if (error instanceof SqlError) throw new HttpError(401, RPC_AUTH_FAILURE, error.message)
    throw error
  }
  answer.json(200, { code: 0, desc: token })
}
