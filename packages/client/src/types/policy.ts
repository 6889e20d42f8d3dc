import type { InstantLike } from './timestamp.ts'

/** How values become JavaScript values; every member may be left out. */
export interface ValuePolicy {
  /** BIGINT and BIGINT UNSIGNED: `bigint` (default), `number` (a DataError where that is not exact), or `string`. */
  readonly int64?: 'bigint' | 'number' | 'string' | undefined
  /** TIMESTAMP: `auto` (default: Date for ms, bigint ticks for us and ns), or always a Date, bigint ticks, RFC 3339 text, a Temporal.Instant. */
  readonly timestamp?: 'auto' | 'date' | 'bigint' | 'string' | 'temporal' | undefined
  /** VARCHAR: `string` (default), or its `bytes`. */
  readonly varchar?: 'string' | 'bytes' | undefined
  /** GEOMETRY: its bytes as `wkb` (default), or a `geojson` object. */
  readonly geometry?: 'wkb' | 'geojson' | undefined
  /** DECIMAL: exact text (default), or what this makes of it. */
  readonly decimal?: ((text: string) => unknown) | undefined
  /** JSON tags: `parse` (default), or the `text`. */
  readonly json?: 'parse' | 'text' | undefined
  /** The zone of `timestamp: 'string'`: an IANA name or an offset; UTC if absent. */
  readonly timezone?: string | undefined
}

/** A value as the defaults give it. */
export type Value = null | boolean | number | bigint | string | Date | Uint8Array | InstantLike | object
