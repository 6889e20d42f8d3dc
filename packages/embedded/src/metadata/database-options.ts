import type { Database } from '../catalog/model.ts'

/** What a database has where CREATE DATABASE does not say, by the option's keyword. */
const DEFAULTS: Readonly<Record<string, string | number>> = {
  BUFFER: 256,
  CACHESIZE: 1,
  CACHEMODEL: 'none',
  COMP: 2,
  DURATION: '10d',
  WAL_FSYNC_PERIOD: 3000,
  MAXROWS: 4096,
  MINROWS: 100,
  STT_TRIGGER: 2,
  KEEP: '3650d,3650d,3650d',
  PAGES: 256,
  PAGESIZE: 4,
  PRECISION: 'ms',
  REPLICA: 1,
  WAL_LEVEL: 1,
  VGROUPS: 2,
  SINGLE_STABLE: 0,
  TABLE_PREFIX: 0,
  TABLE_SUFFIX: 0,
  TSDB_PAGESIZE: 4,
  WAL_RETENTION_PERIOD: 3600,
  WAL_RETENTION_SIZE: 0,
  KEEP_TIME_OFFSET: 0,
  ENCRYPT_ALGORITHM: 'none',
  SS_CHUNKPAGES: 131072,
  SS_KEEPLOCAL: '525600m',
  SS_COMPACT: 1,
  COMPACT_INTERVAL: '0d',
  COMPACT_TIME_RANGE: '0d,0d',
  COMPACT_TIME_OFFSET: '0h',
  STRICT: 'on',
  WITH_ARBITRATOR: 0,
}

/** A database's option as `ins_databases` shows it, null for RETENTIONS of a database without. */
export function databaseOption(database: Database, option: string): string | number | null {
  if (option === 'PRECISION') return database.precision
  if (option === 'VGROUPS') return database.vgroups.length
  return database.options.get(option) ?? DEFAULTS[option] ?? null
}

/** The options in the order of SHOW CREATE DATABASE. */
const SHOWN = [
  'BUFFER',
  'CACHESIZE',
  'CACHEMODEL',
  'COMP',
  'DURATION',
  'WAL_FSYNC_PERIOD',
  'MAXROWS',
  'MINROWS',
  'STT_TRIGGER',
  'KEEP',
  'PAGES',
  'PAGESIZE',
  'PRECISION',
  'REPLICA',
  'WAL_LEVEL',
  'VGROUPS',
  'SINGLE_STABLE',
  'TABLE_PREFIX',
  'TABLE_SUFFIX',
  'TSDB_PAGESIZE',
  'WAL_RETENTION_PERIOD',
  'WAL_RETENTION_SIZE',
  'KEEP_TIME_OFFSET',
  'ENCRYPT_ALGORITHM',
  'SS_CHUNKPAGES',
  'SS_KEEPLOCAL',
  'SS_COMPACT',
  'COMPACT_INTERVAL',
  'COMPACT_TIME_RANGE',
  'COMPACT_TIME_OFFSET',
]

/** Options that are words rather than numbers and durations. */
const QUOTED = new Set(['CACHEMODEL', 'PRECISION', 'ENCRYPT_ALGORITHM'])

/** The options of SHOW CREATE DATABASE in its words. */
export function databaseOptionsText(database: Database): string {
  const shown = SHOWN.map((option) => {
    const value = databaseOption(database, option)
    return `${option} ${QUOTED.has(option) ? `'${value}'` : value}`
  })
  const retentions = databaseOption(database, 'RETENTIONS')
  return [...shown, ...(retentions === null ? [] : [`RETENTIONS ${retentions}`])].join(' ')
}
