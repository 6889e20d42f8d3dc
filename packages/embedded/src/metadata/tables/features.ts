import { bigint, bool, int, text, timestamp } from '../output-columns.ts'
import { emptyTable } from '../system-table.ts'

/** System tables of features that this engine does not have: functions, streams, compaction, storage. */
const DB_NAME = text('db_name', 64)

export const functions = emptyTable(
  'ins_functions',
  text('name', 64),
  text('comment', 4095),
  int('aggregate'),
  text('output_type', 31),
  timestamp('create_time'),
  int('code_len'),
  int('bufsize'),
  text('func_language', 31),
  text('func_body', 65517),
  int('func_version'),
)

export const streams = emptyTable(
  'ins_streams',
  text('stream_name', 192),
  DB_NAME,
  timestamp('create_time'),
  text('stream_id', 19),
  text('sql', 2048),
  text('status', 20),
  int('snodeLeader'),
  int('snodeReplica'),
  text('message', 256),
)

export const streamTasks = emptyTable(
  'ins_stream_tasks',
  text('stream_name', 192),
  text('stream_id', 19),
  text('task_id', 19),
  text('type', 20),
  text('serious_id', 19),
  int('deploy_id'),
  text('node_type', 10),
  int('node_id'),
  int('task_idx'),
  text('status', 20),
  timestamp('start_time'),
  timestamp('last_update'),
  text('extra_info', 64),
  text('message', 256),
)

export const streamRecalculates = emptyTable(
  'ins_stream_recalculates',
  text('stream_name', 192),
  text('stream_id', 19),
  text('recalc_id', 19),
  timestamp('start'),
  timestamp('end'),
  text('progress', 20),
)

export const compacts = emptyTable('ins_compacts', int('compact_id'), DB_NAME, timestamp('start_time'))

export const compactDetails = emptyTable(
  'ins_compact_details',
  int('compact_id'),
  int('vgroup_id'),
  int('dnode_id'),
  int('number_fileset'),
  int('finished'),
  timestamp('start_time'),
  int('progress(%)'),
  bigint('remain_time(s)'),
)

export const tsmas = emptyTable(
  'ins_tsmas',
  text('tsma_name', 192),
  DB_NAME,
  text('table_name', 192),
  text('target_db', 64),
  text('target_stb', 192),
  text('stream_name', 64),
  timestamp('create_time'),
  text('interval', 64),
  text('create_sql', 2048),
  text('func_list', 2048),
)

export const filesets = emptyTable(
  'ins_filesets',
  DB_NAME,
  int('vgroup_id'),
  int('fileset_id'),
  timestamp('start_time'),
  timestamp('end_time'),
  bigint('total_size'),
  timestamp('last_compact'),
  bool('should_compact'),
)

export const diskUsage = emptyTable(
  'ins_disk_usage',
  text('db_name', 32),
  int('vgroup_id'),
  bigint('wal_size'),
  bigint('data1'),
  bigint('data2'),
  bigint('data3'),
  bigint('cache_rdb'),
  bigint('table_meta'),
  bigint('ss'),
  bigint('raw_data'),
)
