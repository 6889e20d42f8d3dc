import type { Precision } from '../types/precision.ts'
import { type DescribedTable, propertyOf } from './generate-types.ts'
import type { ColumnInfo } from './model.ts'

/** Builders of `taosts/drizzle` by TDengine's types. */
const BUILDERS: Readonly<Record<string, string>> = {
  TIMESTAMP: 'timestamp',
  BOOL: 'bool',
  TINYINT: 'tinyint',
  'TINYINT UNSIGNED': 'tinyintUnsigned',
  SMALLINT: 'smallint',
  'SMALLINT UNSIGNED': 'smallintUnsigned',
  INT: 'int',
  'INT UNSIGNED': 'intUnsigned',
  BIGINT: 'bigint',
  'BIGINT UNSIGNED': 'bigintUnsigned',
  FLOAT: 'float',
  DOUBLE: 'double',
  DECIMAL: 'decimal',
  VARCHAR: 'varchar',
  BINARY: 'varchar',
  NCHAR: 'nchar',
  VARBINARY: 'varbinary',
  GEOMETRY: 'geometry',
  BLOB: 'blob',
  MEDIUMBLOB: 'blob',
  JSON: 'json',
}

/** Table definitions for Drizzle. */
export function drizzleSource(tables: readonly DescribedTable[], precision: Precision): string {
  const used = new Set<string>()
  const column = (info: ColumnInfo, first: boolean): string => {
    const builder = BUILDERS[info.type] ?? 'varchar'
    used.add(builder)
    const size =
      builder === 'decimal'
        ? `, { precision: ${info.precision}, scale: ${info.scale} }`
        : ['varchar', 'nchar', 'varbinary', 'geometry'].includes(builder)
          ? `, { length: ${info.length} }`
          : ''
    const exact = builder === 'timestamp' && precision !== 'ms' ? '.$type<bigint>()' : ''
    const key = info.isKey ? (first ? '.notNull()' : '.primaryKey()') : ''
    return `    ${propertyOf(info.name)}: ${builder}(${JSON.stringify(info.name)}${size})${exact}${key},\n`
  }
  const bodies = tables.map((table) => {
    const data = table.columns.filter(({ isTag }) => !isTag).map((info, i) => column(info, i === 0))
    const tags = table.columns.filter(({ isTag }) => isTag).map((info) => column(info, false))
    const maker = table.kind === 'supertable' ? 'supertable' : 'table'
    used.add(maker)
    const name = table.typeName[0]!.toLowerCase() + table.typeName.slice(1)
    const last = table.kind === 'supertable' ? `,\n  {\n${tags.join('')}  },\n` : ',\n'
    // A table may be called as a builder is: the export gets the word that it lacks.
    const exported = Object.values(BUILDERS).includes(name) || RESERVED.has(name) ? `${name}Table` : name
    return `\nexport const ${exported} = ${maker}(\n  ${JSON.stringify(table.name)},\n  {\n${data.join('')}  }${last})\n`
  })
  return `\nimport { ${[...used].sort().join(', ')} } from 'taosts/drizzle'\n${bodies.join('')}`
}

const RESERVED: ReadonlySet<string> = /* @__PURE__ */ new Set(
  'table supertable break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await'.split(
    ' ',
  ),
)
