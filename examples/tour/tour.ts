import process from 'node:process'
import { type Connection, connect } from 'taosts'
import { bold, chart, dim, green, progress, table } from './terminal.ts'
import { batches, SUPERTABLES, TOTAL_ROWS } from './weather.ts'

/**
 * The main job of taosts on real data: write time series into supertables, ask for windows, stream rows; over every connection.
 *
 *   npm start                                  the embedded engine: over WebSocket, REST and in-process
 *   TAOS_URL=ws://host:6041 npm start          the same on a real cluster or TDengine Cloud
 *
 * It works in a database of its own, made for this run and dropped at its end (`--keep` leaves it). `--sql` prints every statement.
 */

interface Target {
  readonly label: string
  readonly url: string | undefined
}

const keep = process.argv.includes('--keep')
const showSql = process.argv.includes('--sql')
const database = `taosts_tour_${Date.now().toString(36)}`

const METERS = [
  'CREATE STABLE meters (ts TIMESTAMP, current FLOAT, voltage INT, phase FLOAT) TAGS (groupid INT, location VARCHAR(64))',
  `INSERT INTO
     d1001 USING meters TAGS (2, 'California.SanFrancisco') VALUES
       ('2018-10-03 14:38:05.000', 10.3, 219, 0.31) ('2018-10-03 14:38:15.000', 12.6, 218, 0.33) ('2018-10-03 14:38:16.800', 12.3, 221, 0.31)
     d1002 USING meters TAGS (3, 'California.SanFrancisco') VALUES ('2018-10-03 14:38:16.650', 10.3, 218, 0.25)
     d1003 USING meters TAGS (2, 'California.LosAngeles') VALUES
       ('2018-10-03 14:38:05.500', 11.8, 221, 0.28) ('2018-10-03 14:38:16.600', 13.4, 223, 0.29)
     d1004 USING meters TAGS (3, 'California.LosAngeles') VALUES
       ('2018-10-03 14:38:05.000', 10.8, 223, 0.29) ('2018-10-03 14:38:06.500', 11.5, 221, 0.35)`,
]

const QUESTIONS = [
  {
    title: 'Meters: average current and highest voltage of each meter in windows of 10 seconds',
    sql: `SELECT _wstart AS window_start, tbname AS meter, location, count(*) AS readings, avg(current) AS current, max(voltage) AS voltage
            FROM meters PARTITION BY tbname, location INTERVAL(10s) ORDER BY tbname, _wstart`,
  },
  {
    title: 'Seattle: each year, its wettest day and its extremes',
    sql: `SELECT year, max(precipitation) AS wettest_mm, min(temp_min) AS coldest, max(temp_max) AS hottest, avg(wind) AS wind, count(*) AS days
            FROM daily PARTITION BY year ORDER BY year`,
  },
  {
    title: 'Seattle: the longest runs of one kind of weather',
    sql: `SELECT * FROM (SELECT _wstart AS first_day, count(*) AS days, last(weather) AS weather FROM daily STATE_WINDOW(weather))
            ORDER BY days DESC, first_day LIMIT 5`,
  },
  {
    title: 'Seattle: months of 2012, from calendar windows',
    sql: `SELECT _wstart AS month, sum(precipitation) AS rain_mm, avg(temp_max) AS high, avg(temp_min) AS low FROM daily
            WHERE ts >= '2012-01-01' AND ts < '2013-01-01' INTERVAL(1n)`,
  },
]

async function run(connection: Connection, sql: string): Promise<number> {
  if (showSql) console.log(dim(`    ${sql.length > 300 ? `${sql.slice(0, 300)} …` : sql}`))
  return await connection.execute(sql)
}

/** Makes the database and fills it. */
async function load(connection: Connection, label: string): Promise<void> {
  await run(connection, `CREATE DATABASE ${database} KEEP 36500`)
  await connection.selectDb(database)
  for (const sql of [...METERS, ...SUPERTABLES]) await run(connection, sql)
  const bar = progress(label, TOTAL_ROWS)
  const started = performance.now()
  let written = 0
  for await (const batch of batches()) {
    written += await run(connection, batch.sql)
    bar.advance(batch.rows)
  }
  const seconds = (performance.now() - started) / 1000
  bar.done(`${written.toLocaleString('en')} rows in ${seconds.toFixed(2)} s`)
}

/** All answers of one connection, so that the next can be compared with them. */
async function ask(connection: Connection): Promise<Record<string, unknown>[][]> {
  const answers: Record<string, unknown>[][] = []
  for (const question of QUESTIONS) answers.push(await (await connection.query(question.sql)).rows())
  return answers
}

async function visit(target: Target, previous: string | undefined): Promise<string> {
  await using connection = await connect(target.url === undefined ? {} : { url: target.url })
  try {
    await load(connection, target.label)
    const answers = await ask(connection)
    const text = JSON.stringify(answers, (_, value) => (typeof value === 'bigint' ? String(value) : value))
    if (previous === undefined) await present(connection, answers)
    else if (previous !== text) throw new Error(`${target.label} gave other answers than the connection before it`)
    else console.log(`  ${green('✓')} ${target.label}: the same answers, row for row`)
    return text
  } finally {
    if (!keep) await connection.execute(`DROP DATABASE IF EXISTS ${database}`)
  }
}

async function present(connection: Connection, answers: Record<string, unknown>[][]): Promise<void> {
  for (const [i, question] of QUESTIONS.entries()) {
    console.log(`\n${bold(question.title)}`)
    table(answers[i]!)
  }
  console.log(`\n${bold('Seattle: a normal year, hour by hour, streamed')}`)
  const weeks: { sum: number; count: number }[] = []
  let rows = 0
  const stream = await connection.query<{ ts: Date; temperature: number }>('SELECT ts, temperature FROM hourly ORDER BY ts')
  for await (const { ts, temperature } of stream) {
    const slot = Math.floor((ts.getTime() - Date.UTC(2010, 0, 1)) / (3.65 * 86_400_000))
    const week = (weeks[slot] ??= { sum: 0, count: 0 })
    week.sum += temperature
    week.count++
    rows++
  }
  chart(
    weeks.map(({ sum, count }) => sum / count),
    { height: 6, unit: '°C', from: 'January', to: 'December' },
  )
  console.log(dim(`  ${rows.toLocaleString('en')} rows read one by one while they arrived\n`))
}

async function main(): Promise<void> {
  const url = process.env['TAOS_URL'] ?? process.env['TDENGINE_CLOUD_URL']
  if (url !== undefined) {
    await tour([{ label: 'Your server', url: undefined }])
    return
  }
  const { serve } = await import('taosts-embedded')
  await using server = await serve({ port: 0 })
  console.log(`The embedded engine serves WebSocket and REST at ${bold(server.url)} ${dim('(in memory)')}\n`)
  await tour([
    { label: 'WebSocket', url: server.url },
    { label: 'REST', url: server.url.replace(/^ws/, 'http') },
    { label: 'In process', url: 'embedded:' },
  ])
  console.log(
    `\nNext: ${bold('npx taosts serve')} keeps a server running; examples/ has programs to copy; TAOS_URL=… npm start runs this on your cluster.`,
  )
}

async function tour(targets: readonly Target[]): Promise<void> {
  let answers: string | undefined
  for (const target of targets) answers = await visit(target, answers)
}

await main()
