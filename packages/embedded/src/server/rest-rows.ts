import { type Block, blockToColumns, type ColumnReader, columnReader, isText, type Precision, TypeCode } from 'taosts/wire'
import type { OutputColumn } from '../session/answer.ts'

/** How rows are written. */
export interface RowForm {
  readonly precision: Precision
  /** The zone in which times are shown. */
  readonly zone: string
  /** Rows as objects by column name instead of arrays. */
  readonly asObjects: boolean
}

/** Writes blocks of one result as REST's JSON rows, without the brackets around them. */
export function restRowWriter(columns: readonly OutputColumn[], { precision, zone, asObjects }: RowForm): (block: Block) => string {
  const policy = { int64: 'string', timestamp: 'string', timezone: zone, json: 'text' } as const
  const readers = columns.map(({ type }) => columnReader(type.code, precision, policy))
  const writers = columns.map(({ type }) => cellWriter(type.code))
  const heads = columns.map(({ name }) => (asObjects ? `${JSON.stringify(name)}:` : ''))
  const [open, close] = asObjects ? ['{', '}'] : ['[', ']']
  return (block) => writeBlock(block, readers, writers, heads, open!, close!)
}

type CellWriter = (value: unknown) => string

function writeBlock(
  block: Block,
  readers: readonly ColumnReader[],
  writers: readonly CellWriter[],
  heads: readonly string[],
  open: string,
  close: string,
): string {
  const columns = blockToColumns(block, readers)
  let text = ''
  for (let row = 0; row < block.rows; row++) {
    text += row === 0 ? open : `,${open}`
    for (let i = 0; i < columns.length; i++) {
      const value = columns[i]![row]
      text += `${i === 0 ? '' : ','}${heads[i]}${value === null ? 'null' : writers[i]!(value)}`
    }
    text += close
  }
  return text
}

function cellWriter(code: TypeCode): CellWriter {
  if (code === TypeCode.JSON) return (value) => value as string
  if (isText(code)) return JSON.stringify
  switch (code) {
    case TypeCode.FLOAT:
    case TypeCode.DOUBLE:
      return (value) => realText(value as number)
    case TypeCode.TIMESTAMP:
    case TypeCode.DECIMAL:
    case TypeCode.DECIMAL64:
      return (value) => `"${value}"`
    case TypeCode.VARBINARY:
    case TypeCode.GEOMETRY:
    case TypeCode.BLOB:
    case TypeCode.MEDIUMBLOB:
      return (value) => `"${Buffer.from(value as Uint8Array).toString('hex')}"`
    default:
      return String
  }
}

/** Go's shortest decimal: JavaScript's, but for at least two digits of exponent and the sign of zero. */
function realText(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  if (Object.is(value, -0)) return '-0'
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}
