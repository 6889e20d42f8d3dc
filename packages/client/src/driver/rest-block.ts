import {
  type Block,
  type Column,
  type ColumnSpec,
  emptyValues,
  type FixedValues,
  FRACTION_DIGITS,
  fixedColumn,
  isDecimal,
  isText,
  type JsonValue,
  noNulls,
  PRECISIONS,
  type Precision,
  parseDecimal,
  parseTimestamp,
  schemaBytes,
  setNull,
  splitDecimal128,
  stringifyJson,
  TYPES,
  TypeCode,
  VariableBuilder,
  WireError,
} from '../wire/index.ts'

/** A column as `column_meta` describes it. */
export interface RestColumn {
  readonly name: string
  readonly type: TypeCode
  /** The user's length. */
  readonly length: number
  readonly precision: number
  readonly scale: number
}

type Rows = readonly (readonly JsonValue[])[]

/** The unit of a result's timestamps: REST does not say it, but writes exactly 3, 6 or 9 digits of the second. Without any it is ms. */
export function restPrecision(columns: readonly RestColumn[], rows: Rows): Precision {
  for (const [i, { type }] of columns.entries()) {
    if (type !== TypeCode.TIMESTAMP) continue
    for (const row of rows) {
      const text = row[i]
      if (typeof text !== 'string') continue
      const digits = /\.(\d+)/.exec(text)?.[1]?.length ?? 3
      return PRECISIONS.find((precision) => FRACTION_DIGITS[precision] === digits) ?? 'ms'
    }
  }
  return 'ms'
}

/** Makes a block of the rows of a REST answer. Throws a WireError for a cell that is not of its column's type. */
export function restBlock(columns: readonly RestColumn[], rows: Rows, precision: Precision): Block {
  return {
    rows: rows.length,
    columns: columns.map((column, i): Column => {
      const spec = { type: column.type, bytes: schemaBytes(column.type, column.length), precision: column.precision, scale: column.scale }
      try {
        return TYPES[column.type]!.layout === 'fixed' ? fixedCells(column, spec, rows, i, precision) : variableCells(spec, rows, i)
      } catch (error) {
        if (error instanceof WireError) throw error
        throw new WireError(`column ${column.name}: ${(error as Error).message}`, 0)
      }
    }),
  }
}

function fixedCells(column: RestColumn, spec: ColumnSpec, rows: Rows, i: number, precision: Precision): Column {
  const nulls = noNulls(rows.length)
  const values = emptyValues(column.type, rows.length)
  const set = setter(column, values, precision)
  for (let r = 0; r < rows.length; r++) {
    const cell = rows[r]![i]
    if (cell === null || cell === undefined) setNull(nulls, r)
    else set(r, cell)
  }
  return fixedColumn(spec, values, rows.length, nulls)
}

function setter(
  { type, precision: digits, scale }: RestColumn,
  values: FixedValues,
  precision: Precision,
): (row: number, cell: JsonValue) => void {
  const mismatch = (cell: JsonValue): never => {
    throw new WireError(`a cell of the type ${TYPES[type]!.name} is ${stringifyJson(cell).slice(0, 40)}`, 0)
  }
  if (isDecimal(type)) {
    return (row, cell) => {
      const unscaled = parseDecimal(String(cell), digits, scale)
      if (type === TypeCode.DECIMAL64) (values as BigInt64Array)[row] = unscaled
      else [(values as BigUint64Array)[2 * row], (values as BigUint64Array)[2 * row + 1]] = splitDecimal128(unscaled)
    }
  }
  switch (type) {
    case TypeCode.NULL:
      return () => {}
    case TypeCode.BOOL:
      return (row, cell) => {
        values[row] = cell === true ? 1 : 0
      }
    case TypeCode.TIMESTAMP:
      return (row, cell) => {
        ;(values as BigInt64Array)[row] = typeof cell === 'string' ? ticksOf(cell, precision) : mismatch(cell)
      }
    case TypeCode.BIGINT:
    case TypeCode.UBIGINT:
      return (row, cell) => {
        ;(values as BigInt64Array)[row] = typeof cell === 'number' || typeof cell === 'bigint' ? BigInt(cell) : mismatch(cell)
      }
    default:
      return (row, cell) => {
        values[row] = typeof cell === 'number' || typeof cell === 'bigint' ? Number(cell) : mismatch(cell)
      }
  }
}

/** `YYYY-MM-DDThh:mm:ss.fff…Z` by its positions; anything else by the general parser. */
function ticksOf(text: string, precision: Precision): bigint {
  if (text.length === 21 + FRACTION_DIGITS[precision] && text.endsWith('Z') && text[4] === '-') {
    const ms = Date.parse(precision === 'ms' ? text : `${text.slice(0, 23)}Z`)
    if (!Number.isNaN(ms)) {
      if (precision === 'ms') return BigInt(ms)
      const rest = BigInt(text.slice(23, -1))
      return BigInt(ms) * (precision === 'us' ? 1000n : 1_000_000n) + rest
    }
  }
  return parseTimestamp(text, precision, { loss: 'cut' })
}

function variableCells(spec: ColumnSpec, rows: Rows, i: number): Column {
  const builder = new VariableBuilder(spec, rows.length)
  for (const row of rows) {
    const cell = row[i]
    if (cell === null || cell === undefined) builder.null()
    else if (spec.type === TypeCode.JSON) builder.text(stringifyJson(cell))
    else if (typeof cell !== 'string') throw new WireError(`a cell of the type ${TYPES[spec.type]!.name} is no text`, 0)
    else if (isText(spec.type)) builder.text(cell)
    else builder.bytes(hexBytes(cell))
  }
  return builder.finish()
}

function hexBytes(text: string): Uint8Array {
  if (text.length % 2 !== 0 || /[^0-9a-f]/i.test(text)) throw new WireError('a binary cell is not hexadecimal', 0)
  const bytes = new Uint8Array(text.length / 2)
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16)
  return bytes
}
