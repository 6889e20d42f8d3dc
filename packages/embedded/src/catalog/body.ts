import type { Database, NormalTable, Supertable, TableOptions, Topic, User } from './model.ts'

/** A row of `_catalog` read back; exactly one of the parts is there. */
export interface Stored {
  readonly database?: Database
  readonly user?: User
  readonly topic?: Topic
  readonly nextVgroup?: number
  supertable?(databases: ReadonlyMap<number, Database>): Supertable
  normal?(databases: ReadonlyMap<number, Database>): NormalTable
}

/** Fields that are rebuilt on opening and not kept in the row. */
const REBUILT = new Set(['subtables', 'supertables', 'tables', 'maxTs', 'minTs', 'dropped', 'lastSeq', 'lastEvent'])

/** An object of the catalog as JSON: maps as arrays of entries, databases as their id. */
export function writeBody(value: object): string {
  const kind = 'precision' in value ? 'database' : undefined
  return JSON.stringify({ ...value, ...(kind ? { kind } : {}) }, function (this: unknown, key, field: unknown) {
    if (key !== '' && this !== undefined && REBUILT.has(key)) return undefined
    if (key === 'database' && typeof field === 'object' && field !== null) return (field as Database).id
    if (field instanceof Map) return { map: [...field] }
    return field
  })
}

/** Reads what {@link writeBody} wrote. */
export function readBody(id: number, text: string): Stored {
  const body = JSON.parse(text, (_key, field: unknown) => {
    if (typeof field === 'object' && field !== null && Object.hasOwn(field, 'map'))
      return new Map((field as { map: [string, unknown][] }).map)
    return field
  }) as Record<string, unknown> & { kind?: string; options?: TableOptions }
  const database = (databases: ReadonlyMap<number, Database>): Database => {
    const found = databases.get(body['database'] as number)
    if (!found) throw new Error(`catalog entry ${id} belongs to no database`)
    return found
  }
  switch (body.kind) {
    case 'database': {
      const { kind: _, ...rest } = body
      return { database: { ...rest, dropped: false, supertables: new Map(), tables: new Map() } as unknown as Database }
    }
    case 'supertable':
      return {
        supertable: (databases) =>
          ({ ...body, dropped: false, subtables: new Map(), database: database(databases) }) as unknown as Supertable,
      }
    case 'normal':
      return { normal: (databases) => ({ ...body, dropped: false, maxTs: null, database: database(databases) }) as unknown as NormalTable }
    default:
      if ('nextVgroup' in body) return { nextVgroup: body['nextVgroup'] as number }
      if ('password' in body) return { user: body as unknown as User }
      return { topic: body as unknown as Topic }
  }
}
