import type { Connection, Feature } from 'taosts'

/** What connections can do: one row a feature, with a try that shows it. The README's table is made of this, and the tests run the tries. */
export interface FeatureRow {
  readonly feature: Feature
  readonly en: string
  readonly zh: string
  /** Uses the feature. Rejects with a NotSupportedError where the transport lacks it. `topic` exists on the server. */
  try(connection: Connection, topic: string): Promise<unknown>
}

export const FEATURE_ROWS: readonly FeatureRow[] = [
  {
    feature: 'query',
    en: 'statements, results, cursor',
    zh: '语句、结果、游标',
    try: async (connection) => (await connection.query('SELECT 1')).rows(),
  },
  {
    feature: 'parameters',
    en: 'parameters and `` sql`…` ``',
    zh: '参数与 `` sql`…` ``',
    try: async (connection) => (await connection.query('SELECT ?', [1])).rows(),
  },
  {
    feature: 'statements',
    en: 'prepared statements (stmt2)',
    zh: '预处理语句（stmt2）',
    try: async (connection) => (await connection.prepare('SELECT * FROM t WHERE v > ?')).close(),
  },
  {
    feature: 'schemaless',
    en: 'schemaless writing',
    zh: '无模式写入',
    try: (connection) => connection.schemalessInsert(`m,t=a f=1 ${Date.now()}`, { precision: 'ms' }),
  },
  {
    feature: 'subscription',
    en: 'data subscription',
    zh: '数据订阅',
    try: async (connection, topic) => (await connection.subscribe(topic, { groupId: 'matrix' })).close(),
  },
  {
    feature: 'timezone',
    en: 'time zone of the connection',
    zh: '连接时区',
    try: async (connection) => (await connection.query('SELECT TIMEZONE()')).rows(),
  },
  { feature: 'validate', en: '`validateSql`', zh: '`validateSql`', try: (connection) => connection.validateSql('SELECT 1') },
  {
    feature: 'currentDatabase',
    en: 'current database, `USE`, `selectDb`',
    zh: '当前数据库、`USE`、`selectDb`',
    try: (connection) => connection.currentDatabase(),
  },
  {
    feature: 'vgroupId',
    en: 'vgroup of a table',
    zh: '表所在的 vgroup',
    try: (connection) => connection.tableVgroupId('information_schema', 'nosuch'),
  },
]

/** The columns of the table, and what each can do. */
export type Matrix = Readonly<Record<string, ReadonlySet<Feature>>>

/** The table in Markdown. */
export function renderMatrix(matrix: Matrix, language: 'en' | 'zh'): string {
  const names = Object.keys(matrix)
  const head = `| | ${names.join(' | ')} |`
  const line = `|---|${names.map(() => ':-:').join('|')}|`
  const rows = FEATURE_ROWS.map(
    (row) => `| ${row[language]} | ${names.map((name) => (matrix[name]!.has(row.feature) ? '✓' : '–')).join(' | ')} |`,
  )
  return [head, line, ...rows].join('\n')
}

/** Replaces what stands between the marks. */
export function withMatrix(page: string, table: string): string {
  return page.replace(/(<!-- matrix -->\n)[\s\S]*?(<!-- \/matrix -->)/, `$1${table}\n$2`)
}
