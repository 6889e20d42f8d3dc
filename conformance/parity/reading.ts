import { type ParityGroup, row, without } from './row.ts'

const FORMS = 'for await, values, columns, first and data give the same rows'
const TYPES = 'every type comes back as it went in'
const COUNTS = 'rowCount of writes and reads, description, fetches'
const PEP249 = 'does what PEP 249 asks of a database without transactions'

export const READING: readonly ParityGroup[] = [
  {
    title: 'Results',
    rows: [
      row('iteration, `next`', ['Result.eachValues', 'Result.rows'], 'query', FORMS, '`for await`'),
      row('`fetch_all`, rest `data`, `rows`', ['Result.values', 'Result.data'], 'query', FORMS),
      row(
        '`fetch_all_into_dict`, ws `fetchallintodict`',
        ['Result.rows'],
        'query',
        'two columns of one name are refused as objects and given as arrays',
      ),
      row(
        '`fetch_block`, `blocks_iter`',
        ['Result.blocks', 'ResultBlock.values'],
        'websocket',
        'come as columns, blocks, values and objects',
      ),
      row('`rows_iter`, `TaosRow.as_tuple`, `as_dict`', ['Result.eachValues', 'Result.rows'], 'query', FORMS),
      row(
        '`fields`, `field_count`, rest `column_meta`',
        ['Result.fields', 'Field.name', 'Field.type', 'Field.bytes'],
        'query',
        'an empty result has fields and no rows',
      ),
      row('`field_lengths`', ['Field.bytes'], 'query', 'rows are objects with Dates, numbers and nulls'),
      row('`precision`, `PrecisionEnum`', ['Result.precision', 'Precision'], 'values', 'timestamps of every precision, before 1970 too'),
      row('`affected_rows`', ['Result.affectedRows'], 'websocket', 'a statement that writes says how many rows'),
      row('`row_count`, ws `row_count`', ['Result.rowCount'], 'query', 'a result larger than a block arrives whole and in order'),
      row(
        '`stop_query`',
        ['QueryOptions.signal', 'ConnectOptions.cancel'],
        'websocket',
        'when the answer to the query comes after its abort',
        "an AbortSignal; `cancel: 'kill'` ends it on the server too",
      ),
      row(
        '`errno`, `errstr`, `check_error`',
        ['TaosError'],
        'errorSpecs',
        'a table that is not there',
        'errors are thrown, never asked for',
      ),
      row('`close`', ['Result.close'], 'websocket', 'when it is closed unread, twice'),
      row(
        'column access of C (`taos_is_null_by_column`, `taos_get_column_data_offset`)',
        ['Result.columns', 'ResultColumn.typed', 'ResultColumn.isNull'],
        'arrow',
        'keeps the memory of fixed-width columns',
      ),
      without(
        '`get_topic_name`, `get_vgroup_id`, `get_table_name`, `get_db_name` of a result',
        'of the subscription before topics; a message has them',
      ),
    ],
  },
  {
    title: 'Values',
    rows: [
      row(
        'TIMESTAMP',
        ['ConnectOptions.timestamp', 'toDate', 'toInstant', 'formatTimestamp'],
        'values',
        'timestamps of every precision, before 1970 too',
        'Date in ms databases, bigint ticks in us and ns, Temporal or text on request',
      ),
      row(
        'time zone of results',
        ['ConnectOptions.timezone'],
        'timezone',
        'days begin at local midnight, across a change of the clock',
        'instants never shift; the zone is of texts',
      ),
      row('BOOL, integers, FLOAT, DOUBLE', ['ConnectOptions.int64'], 'values', TYPES),
      row('VARCHAR, BINARY, NCHAR', ['ConnectOptions.varchar'], 'values', TYPES),
      row('VARBINARY, GEOMETRY', ['ConnectOptions.geometry'], 'values', TYPES),
      row('BLOB', ['Connection.prepare'], 'prepared', 'keeps large BLOBs whole, and tells an empty one from NULL'),
      row('DECIMAL', ['ConnectOptions.decimal'], 'values', 'decimals are exact'),
      row('JSON tags', ['ConnectOptions.json'], 'values', 'JSON tags are parsed'),
      row('`FieldType.C_*`, rest and ws type names', ['Field.type'], 'values', TYPES, 'names, such as `BIGINT UNSIGNED`'),
    ],
  },
  {
    title: 'Cursor',
    rows: [
      row(
        '`execute(operation, params, req_id)`, ws `execute_with_req_id`',
        ['Cursor.execute', 'ExecuteOptions'],
        'cursor',
        'passes the request id on',
      ),
      row(
        'parameters',
        ['Parameters', 'sql'],
        'values',
        'parameters of every kind, positional and named',
        '`?` or `:name`, on every connection',
      ),
      row(
        '`executemany`, `execute_many`, ws `execute_many_with_req_id`',
        ['Cursor.executeMany'],
        'cursorSpecs',
        'executeMany, and what TDengine does not have',
      ),
      row('`rowcount`', ['Cursor.rowCount'], 'cursorSpecs', COUNTS),
      row('`affected_rows`', ['Cursor.affectedRows'], 'cursor', 'knows how many rows a write wrote and a query found, before any fetch'),
      row('`description`, `keys`', ['Cursor.description'], 'cursorSpecs', COUNTS),
      row(
        '`fetchone`, `fetchmany`, `fetchall`, `fetchall_row`, `arraysize`',
        ['Cursor.fetchOne', 'Cursor.fetchMany', 'Cursor.fetchAll', 'Cursor.arraySize'],
        'cursor',
        'fetches one, many, the rest, and by iteration, without losing a row',
      ),
      row('`fetch_all_into_dict`', ['Result.rows'], 'query', 'rows are objects with Dates, numbers and nulls', 'of `connection.query`'),
      row('iteration', ['Cursor.fetchAll'], 'cursor', 'fetches one, many, the rest, and by iteration, without losing a row', '`for await`'),
      row(
        '`istype`, `get_type`',
        ['Cursor.isType', 'Cursor.description'],
        'cursor',
        'knows how many rows a write wrote and a query found, before any fetch',
      ),
      row('`log`', ['CursorOptions.log'], 'cursor', 'logs statements without their values'),
      row('`callproc`, `nextset`', ['Cursor.callProc', 'Cursor.nextSet'], 'cursor', PEP249, 'reject: TDengine has neither'),
      row('`apilevel`, `paramstyle`', ['Cursor.apiLevel', 'Cursor.paramStyle'], 'cursor', 'knows nothing before it executes'),
      row('`stop_query`', ['ExecuteOptions', 'QueryOptions.signal'], 'errorSpecs', 'an abort rejects with its reason, before and while'),
      row('`close`', ['Cursor.close'], 'cursorSpecs', COUNTS),
      without('`setinputsize`, `setoutputsize`', 'types and sizes are those of the columns'),
    ],
  },
  {
    title: 'REST client',
    rows: [
      row('`RestClient.sql(q, req_id)`', ['RestClient.sql'], 'connect', 'with RestClient'),
      row(
        '`RestClient(url, token, database, user, password, timeout, convert_timestamp, timezone)`',
        ['RestClient', 'RestClientOptions.token', 'RestClientOptions.timeout', 'RestClientOptions.timezone'],
        'rest',
        "gives the server's whole answer, dates as dates and 64 bits exact",
      ),
      row(
        '`TaosRestConnection`, its cursor and `Result`',
        ['connect'],
        'rest',
        'every recorded body gives the rows that the same statement gives over WebSocket',
        'the same connection, by `http://` or `https://`',
      ),
      row('Basic, `?token=`, `/rest/login`', ['ConnectOptions.restAuth'], 'rest', 'log in by Bearer, and by a token that the server makes'),
      row('`?req_id=`', ['QueryOptions.reqId'], 'rest', 'log in by ?token= beside req_id, without a header'),
      row('`code`, `status`', ['RestResponse.code'], 'rest', 'rejects with typed errors'),
    ],
  },
  {
    title: 'SQLAlchemy and pandas',
    rows: [
      row('dialect `taos`, `taosrest`, `taosws`', ['taosts/kysely TaosDialect'], 'kysely', 'opens a pool of its own from a URL'),
      row(
        '`executemany` with `tbname`',
        ['taosts/kysely subtable', 'Connection.insert'],
        'kysely',
        'writes rows with tbname into many subtables, and deletes by time',
      ),
      row(
        'CREATE TABLE of the dialect',
        ['taosts/kysely createSupertable', 'taosts/kysely createSubtable'],
        'kysely',
        'makes tables, columns, indexes and databases',
      ),
      row('object mapper', ['taosts/drizzle count'], 'drizzle', 'joins tables on their timestamps', 'Drizzle'),
      row('`get_schema_names`, `has_schema`', ['taosts/schema Schema.databases'], 'schema', 'lists databases without the system’s own'),
      row(
        '`get_table_names`',
        ['taosts/schema Schema.tables', 'taosts/schema Schema.subtables'],
        'schema',
        'lists supertables and normal tables, and subtables apart',
      ),
      row('`has_table`', ['taosts/schema Schema.hasTable'], 'schema', 'tells whether a table is there'),
      row(
        '`get_columns`, `get_pk_constraint`',
        ['taosts/schema Schema.columns'],
        'schema',
        'describes columns: type, length, digits, keys and tags',
      ),
      row(
        '`get_view_names`, `get_indexes`',
        ['taosts/schema Schema.views', 'taosts/schema Schema.indexes', 'taosts/schema Schema.topics'],
        'schema',
        'lists topics, views and indexes',
      ),
      row('back-tick quoting', ['sql'], 'parameters', 'identifiers are quoted part by part', '`sql.identifier(…)`'),
      row(
        '`read_sql`, `read_sql_table`',
        ['taosts/arrow toArrow'],
        'arrow',
        'has every type, with its NULLs',
        'Apache Arrow, which data frames read',
      ),
      row(
        '`chunksize`',
        ['taosts/arrow recordBatches'],
        'arrow',
        'makes dictionaries of table names and of texts that repeat, over all batches',
      ),
      row('`to_sql`', ['taosts/arrow insertArrow', 'Connection.insert'], 'arrow', 'gives back what was read'),
      without('`get_foreign_keys`', 'TDengine has none'),
    ],
  },
]
