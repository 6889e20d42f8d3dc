import { type ParityGroup, row, without } from './row.ts'

const EVERY_TYPE = 'binds every type of column and tag, and NULL for each'
const MANY = 'a prepared INSERT into many tables, with tags, by rows'

export const WRITING: readonly ParityGroup[] = [
  {
    title: 'Prepared statements',
    rows: [
      row('`prepare`', ['Connection.prepare'], 'prepared', 'what cannot be prepared or used any more says so'),
      row(
        '`set_tbname`, `set_tags`, `set_tbname_tags`',
        ['PreparedStatement.execute'],
        'writing',
        MANY,
        'a row carries its `tbname` and tags',
      ),
      row('`bind_param`, `bind_param_batch`, `add_batch`, `execute` of stmt', ['PreparedStatement.execute'], 'writing', MANY),
      row(
        '`bind_param(tbnames, tags, datas)` of stmt2, ws `bind`, `stmt2_bind_param_view`',
        ['PreparedStatement.executeColumns', 'ColumnarRows'],
        'writing',
        'a prepared INSERT by columns of typed arrays',
      ),
      row(
        '`bind_param_with_tables`, `BindTable`',
        ['PreparedStatement.execute', 'Connection.insert'],
        'writing',
        'insert() into a supertable groups rows by tbname and makes subtables',
      ),
      row(
        'super bind (`tbname` among the columns)',
        ['PreparedStatement.execute'],
        'prepared',
        'writes rows of many subtables by their tbname, as objects',
      ),
      row(
        '`execute` → rows, `affected_rows`, `affect_rows`',
        ['PreparedStatement.execute'],
        'writing',
        MANY,
        'resolves to the rows written',
      ),
      row(
        '`result`, `use_result`, ws `result_set`',
        ['PreparedStatement.query'],
        'prepared',
        'a prepared SELECT gives what the same statement with literals gives',
      ),
      row('`is_insert`', ['PreparedStatement.isInsert'], 'prepared', 'a prepared SELECT gives what the same statement with literals gives'),
      row('`get_fields`, `TAOS_FIELD_*`', ['PreparedStatement.fields', 'PreparedStatement.parameterCount'], 'prepared', EVERY_TYPE),
      row(
        'ws `*_to_tag`, `*_to_column`, bind methods by type, `new_bind_param(s)`, `new_multi_bind(s)`, `new_stmt2_binds`, `new_bindv`',
        ['RowInput', 'ColumnInput'],
        'prepared',
        EVERY_TYPE,
        "plain values or typed arrays; the server's columns give the types",
      ),
      row('decimal, blob, geometry, varbinary, JSON tag, NULL', ['PreparedStatement.execute'], 'prepared', EVERY_TYPE),
      row('BLOB', ['PreparedStatement.execute'], 'prepared', 'keeps large BLOBs whole, and tells an empty one from NULL'),
      row(
        '`IGNORE`',
        ['PreparedStatement.execute'],
        'prepared',
        'leaves columns that it does not name as they are',
        'leave the column out of the statement; one statement has no mixture of rows with and without it',
      ),
      row(
        'int, float, datetime and text as times, `PyPrecision`',
        ['PreparedStatement.execute'],
        'prepared',
        'takes times as ticks, Dates and texts, to the digit',
        'never by way of a float',
      ),
      row('range and type checks', ['DataError'], 'prepared', 'refuses what does not fit with column and row, and can be used again'),
      row('parameters of queries', ['PreparedStatement.query'], 'writing', 'a prepared SELECT with parameters'),
      row(
        '`TaosStmt2Option.reqid`',
        ['BindOptions'],
        'tracing',
        'what is bound is traced by message, with its rows and bytes and without its values',
        '`reqId` of the call',
      ),
      row('`TaosStmt2Option.is_async`', ['PreparedStatement.execute'], 'writing', MANY, 'always'),
      row('`error`', ['StatementError'], 'errors', 'is of the class that fits its number', 'thrown'),
      row('`close`', ['PreparedStatement.close'], 'prepared', 'what cannot be prepared or used any more says so'),
      without('`set_columns_type`', 'types come from the server; it would only contradict it'),
      without(
        '`TaosStmt2Option.single_stb_insert`, `single_table_bind_once`',
        'hints of the C library; a message here holds each table once by itself',
      ),
    ],
  },
  {
    title: 'Schemaless',
    rows: [
      row(
        'list and raw text, ttl, req_id: the eight combinations',
        ['Connection.schemalessInsert', 'SchemalessOptions.ttl'],
        'schemaless',
        'protocol %s, with lines as a list or as one text, ttl, table name key and request id',
      ),
      row(
        '`SmlProtocol`, ws `PySchemalessProtocol`',
        ['SchemalessOptions.protocol'],
        'schemaless',
        'by each protocol; ttl and the name of the table as asked',
      ),
      row(
        '`SmlPrecision`, ws `PySchemalessPrecision`',
        ['SchemalessOptions.precision'],
        'schemaless',
        'every precision is the same instant',
      ),
      row(
        'affected rows',
        ['SchemalessOutcome.affectedRows', 'SchemalessOutcome.totalRows'],
        'writing',
        'schemaless lines make and widen supertables',
      ),
      row(
        'table name key (in the C library alone)',
        ['SchemalessOptions.tableNameKey'],
        'schemaless',
        'by each protocol; ttl and the name of the table as asked',
      ),
      without('`SchemalessError.affected_rows`', 'the WebSocket reply to a write that failed does not tell it'),
    ],
  },
]
