import { type Connection, connect } from 'taosts'
import { CliError } from './cli-error.ts'

/** Options of the commands that are clients. */
export const CONNECTION_OPTIONS = {
  url: { type: 'string' },
  data: { type: 'string' },
  database: { type: 'string' },
  user: { type: 'string' },
  password: { type: 'string' },
} as const

interface ConnectionValues {
  readonly url?: string | undefined
  readonly data?: string | undefined
  readonly database?: string | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
}

/** Connects to the server that `--url` names, else to an engine in this process. Throws a CliError for options that cannot be. */
export async function openConnection(values: ConnectionValues): Promise<Connection> {
  const places = [values.url, values.data].filter((each) => each !== undefined)
  if (places.length > 1) throw new CliError('--url and --data exclude each other')
  const url = values.url ?? (values.data === undefined ? 'embedded:' : `embedded:${values.data}`)
  return connect({ url, database: values.database, user: values.user, password: values.password })
}
