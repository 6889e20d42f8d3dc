/** One member of taospy (or a few that are one thing), and what stands for it here. */
export interface ParityRow {
  /** taospy's names; `ws`, `rest` before a name tell the module where it is not in all. */
  readonly taospy: string
  /** Exported names and members: `connect`, `Connection.query`, `taosts/kysely TaosDialect`. None when it cannot exist. */
  readonly here: readonly string[]
  /** What is to be said beside the symbol; for what cannot exist, why. */
  readonly note?: string
  /** The file and the name of a test that shows it. */
  readonly test?: readonly [file: string, name: string]
}

export interface ParityGroup {
  readonly title: string
  readonly rows: readonly ParityRow[]
}

const CLIENT = 'packages/client/src/'

/** Files of tests, by short names. */
export const TESTS = {
  configure: `${CLIENT}configure.test.ts`,
  badInput: `${CLIENT}bad-input.test.ts`,
  connect: `${CLIENT}connect.test.ts`,
  connection: `${CLIENT}connection.test.ts`,
  cursor: `${CLIENT}cursor.test.ts`,
  errors: `${CLIENT}errors.test.ts`,
  url: `${CLIENT}url.test.ts`,
  parameters: `${CLIENT}parameters.test.ts`,
  pool: `${CLIENT}pool.test.ts`,
  tracing: `${CLIENT}tracing.test.ts`,
  consumer: `${CLIENT}consumer.test.ts`,
  schemaless: `${CLIENT}schemaless.test.ts`,
  prepared: `${CLIENT}prepared-statement.test.ts`,
  websocket: `${CLIENT}driver/websocket.test.ts`,
  rest: `${CLIENT}driver/rest.test.ts`,
  reconnecting: `${CLIENT}driver/reconnecting.test.ts`,
  reader: `${CLIENT}wire/reader.test.ts`,
  kysely: `${CLIENT}kysely/kysely.test.ts`,
  drizzle: `${CLIENT}drizzle/drizzle.test.ts`,
  schema: `${CLIENT}schema/schema.test.ts`,
  arrow: `${CLIENT}arrow/arrow.test.ts`,
  nativeConnect: 'packages/native/src/library.test.ts',
  query: 'conformance/specs/query.ts',
  values: 'conformance/specs/values.ts',
  writing: 'conformance/specs/writing.ts',
  errorSpecs: 'conformance/specs/errors.ts',
  cursorSpecs: 'conformance/specs/cursor.ts',
  timezone: 'conformance/specs/timezone.ts',
  subscription: 'conformance/specs/subscription.ts',
} as const

/** A row; its test by the short name of the file. */
export function row(taospy: string, here: readonly string[], file: keyof typeof TESTS, name: string, note?: string): ParityRow {
  return { taospy, here, test: [TESTS[file], name], ...(note === undefined ? {} : { note }) }
}

/** What cannot exist here, and why. */
export function without(taospy: string, why: string): ParityRow {
  return { taospy, here: [], note: why }
}
