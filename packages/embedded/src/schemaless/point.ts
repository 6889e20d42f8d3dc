import type { TypeCode } from 'taosts/wire'

/** A value of a schemaless record: its type, how SQL writes it, and how many bytes it needs where its type has a length. */
export interface Value {
  readonly type: TypeCode
  readonly literal: string
  readonly bytes: number
}

/** A column or tag of a record. */
export interface Member {
  readonly name: string
  readonly value: Value
  /** The record's text from this member on, as TDengine's message about a mismatch shows it. */
  readonly context: string
}

/** One record, whatever protocol it came by. */
export interface Point {
  /** The supertable. */
  readonly measurement: string
  readonly tags: readonly Member[]
  /** Text of the tags' values by name, which names the subtable. */
  readonly tagTexts: ReadonlyMap<string, string>
  readonly fields: readonly Member[]
  readonly time: Time
}

export type TimeUnit = 'h' | 'm' | 's' | 'ms' | 'us' | 'ns'

/** When a record was measured: a number of units, or null for the moment of writing. */
export interface Time {
  readonly value: bigint | null
  readonly unit: TimeUnit
}

/** Names of measurements and members keep their letters, but for the point, which separates databases from tables. */
export function tableName(text: string): string {
  return text.replaceAll('.', '_')
}
