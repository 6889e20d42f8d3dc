/**
 * The words that TDengine 3.3.7 reads as keywords: refused as names unless backquoted.
 * Taken from the manual's list of reserved words, without those that the server accepts as names (CONCAT, ID, BIN …),
 * and with those that the recordings show to be refused though not listed (IF, VALUE_F, NEAR …).
 */
const RESERVED = `
  account accounts add aggregate alive all alter analyze and anode anodes anomaly_window anti apps arbgroups as asc asof async
  at_once auto assign balance begin between bigint binary blob bnode bnodes bool both buffer bufsize bwlimit by
  cache cachemodel cachesize case cast child client_version cluster cols column comment comp compact compacts compact_interval
  compact_time_offset compact_time_range composite connection connections conns consumer consumers contains
  count count_window create createdb current_user
  database databases dbs decimal delete delete_mark desc describe disk_info distinct distributed dnode dnodes double drop duration
  else enable encrypt_algorithm encrypt_key encryptions end event_window every except exists expired explain
  file fill fill_history first float flush for force force_window_close from full function functions
  geometry grant grants group having host if ignore import in index indexes inner insert int integer intersect interval into is
  is_import jlimit join json keep keep_time_offset key kill language last last_row leader leading left licences like limit linear local logs
  machines match max_delay maxrows mediumblob merge meta minrows mnode mnodes modify modules
  nchar near next nmatch none normal not now null null_f nulls offset on only or order outer outputtype
  pages pagesize partition pass pause pi port position pps precision prev primary privileges
  qnode qnodes qtime queries query rand range ratio read recursive redistribute regexp rename replace replica replicas reset restore
  resume retentions revoke right rollup schemaless scores select semi server_status server_version session set show single_stable
  sliding slimit sma smallint snode snodes soffset split ss_chunkpages ss_compact ss_keeplocal ssmigrate stable stables start state
  state_window storage stream streams strict stt_trigger subscribe subscriptions substr substring subtable sysinfo system
  table table_prefix table_suffix tables tag tags tbname then timestamp timezone tinyint to today topic topics trailing transaction
  transactions trigger trim true_for tsdb_pagesize tseries tsma tsmas ttl
  union unsafe unsigned untreated update use user users using
  value value_f values varbinary varchar variables verbose vgroup vgroups view views virtual vnode vnodes vtable vtables
  wal wal_fsync_period wal_level wal_retention_period wal_retention_size wal_roll_period wal_segment_size watermark
  when where window window_close window_offset with write
  true false
  _c0 _irowts _irowts_origin _isfilled _qduration _qend _qstart _qtags _rowts _wduration _wend _wstart
  _flow _fhigh _frowts _tprev_ts _tcurrent_ts _tnext_ts _twstart _twend _twduration _twrownum _tprev_localtime _tnext_localtime
  _tlocaltime _tgrpid
`

/** Lower-case keyword → the one string object that stands for it, so that comparing is comparing pointers. */
export const KEYWORDS: ReadonlyMap<string, string> = new Map(
  RESERVED.trim()
    .split(/\s+/)
    .map((word) => [word, word]),
)

/** Whether a name must be backquoted to be read as a name. */
export function needsQuotes(name: string): boolean {
  return !/^[a-z_\u0080-\uffff][a-z0-9_\u0080-\uffff]*$/.test(name) || KEYWORDS.has(name)
}
