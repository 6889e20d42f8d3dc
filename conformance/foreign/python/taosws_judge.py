"""PyPI's taos-ws-py: query, cursor, statements of both versions, schemaless, time zones, error texts."""
import taosws
from checks import ADDRESS, check, equal, run
from power import AVERAGES, CREATE, INSERT, WINDOWS


def connect(path="", **arguments):
    query = "&".join(f"{name}={value}" for name, value in arguments.items())
    return taosws.connect(f"taosws://root:taosdata@{ADDRESS}{path}{'?' + query if query else ''}")


@check("power example: execute and query")
def power():
    conn = connect()
    conn.execute("create database if not exists power")
    conn.execute(CREATE)
    equal(conn.execute(INSERT), 8)
    equal([row[0] for row in conn.query("select count(*) from power.meters")], [8])
    equal(list(conn.query(AVERAGES)), [("California.LosAngeles", 222.0), ("California.SanFrancisco", 219.0)])
    equal([row[1] for row in conn.query(WINDOWS)], [4, 4])
    conn.close()


@check("cursor: description, fetchone, fetchall, row_count")
def cursor():
    cur = connect("/power").cursor()
    cur.execute("select ts, current, voltage from d1001 order by ts")
    equal([column[0] for column in cur.description], ["ts", "current", "voltage"])
    equal([row[2] for row in cur.fetchall()], [219, 218, 221])
    # A result has to be read to its end here: the cursor keeps what is left of it.
    cur.execute("select voltage from d1001 order by ts")
    equal([cur.fetchone(), cur.fetchone(), cur.fetchone(), cur.fetchone()], [(219,), (218,), (221,), None])
    cur.execute("insert into d1001 values (1538548700000, 1, 2, 3)")
    equal(cur.row_count, 1)
    cur.execute("delete from d1001 where ts = 1538548700000")
    cur.close()


@check("a large result in several blocks")
def large():
    conn = connect()
    conn.execute("create database if not exists judge_ws precision 'ms' keep 36500")
    conn.execute("create table if not exists judge_ws.big (ts timestamp, v int)")
    for start in range(0, 20000, 5000):
        conn.execute("insert into judge_ws.big values " + "".join(f"({1700000000000 + i},{i})" for i in range(start, start + 5000)))
    equal([row[1] for row in conn.query("select * from judge_ws.big order by ts")], list(range(20000)))


@check("statement, version 1: subtables with tags, every type")
def stmt():
    conn = connect()
    conn.execute("create database if not exists judge_ws precision 'ms' keep 36500")
    conn.execute("use judge_ws")
    conn.execute(
        "create stable if not exists st1 (ts timestamp, b bool, ti tinyint, si smallint, i int, bi bigint, f float, d double, s varchar(20), n nchar(20)) tags (t int)"
    )
    stmt = conn.statement()
    stmt.prepare("insert into ? using st1 tags(?) values(?,?,?,?,?,?,?,?,?,?)")
    stmt.set_tbname("s1a")
    stmt.set_tags([taosws.int_to_tag(5)])
    stmt.bind_param([
        taosws.millis_timestamps_to_column([1700000000000, 1700000000001]),
        taosws.bools_to_column([True, None]),
        taosws.tiny_ints_to_column([-128, None]),
        taosws.small_ints_to_column([-32768, None]),
        taosws.ints_to_column([-2147483648, None]),
        taosws.big_ints_to_column([-9223372036854775807, None]),
        taosws.floats_to_column([1.5, None]),
        taosws.doubles_to_column([-2.25, None]),
        taosws.varchar_to_column(["é", None]),
        taosws.nchar_to_column(["中文😀", None]),
    ])
    stmt.add_batch()
    equal(stmt.execute(), 2)
    stmt.close()
    rows = list(conn.query("select b,ti,si,i,bi,f,d,s,n,t from st1 order by ts"))
    equal(rows, [
        (True, -128, -32768, -2147483648, -9223372036854775807, 1.5, -2.25, "é", "中文😀", 5),
        (None,) * 9 + (5,),
    ])


@check("statement, version 2: several tables, then a query with parameters")
def stmt2():
    conn = connect()
    conn.execute("use judge_ws")
    conn.execute("create stable if not exists st2 (ts timestamp, i int, s varchar(20), n nchar(20)) tags (t int)")
    stmt = conn.stmt2_statement()
    stmt.prepare("insert into ? using st2 tags(?) values(?,?,?,?)")
    params = [
        taosws.stmt2_bind_param_view(
            table_name=name,
            tags=[taosws.int_to_tag(tag)],
            columns=[
                taosws.millis_timestamps_to_column([1700000000000, 1700000000001]),
                taosws.ints_to_column([tag, None]),
                taosws.varchar_to_column(["a", None]),
                taosws.nchar_to_column(["中", None]),
            ],
        )
        for name, tag in (("s2a", 1), ("s2b", 2))
    ]
    stmt.bind(params)
    equal(stmt.execute(), 4)
    stmt.close()
    query = conn.stmt2_statement()
    query.prepare("select i, s from st2 where i > ?")
    query.bind([taosws.stmt2_bind_param_view(table_name="", tags=None, columns=[taosws.ints_to_column([1])])])
    query.execute()
    equal(list(query.result_set()), [(2, "a")])
    query.close()


@check("schemaless: line, telnet, JSON")
def schemaless():
    conn = connect()
    conn.execute("create database if not exists judge_sml precision 'ns' keep 36500")
    conn = connect("/judge_sml")
    for protocol, data in (
        (taosws.PySchemalessProtocol.Line, ["meas,host=h1 v=1.5,n=L\"中文\" 1700000000000000000", "meas,host=h2 v=2 1700000000000000000"]),
        (taosws.PySchemalessProtocol.Telnet, ["sys.mem 1700000000 1.5 host=a"]),
        (taosws.PySchemalessProtocol.Json, ['{"metric":"cpu.load","timestamp":1700000000,"value":1.5,"tags":{"host":"a"}}']),
    ):
        conn.schemaless_insert(lines=data, protocol=protocol, precision=taosws.PySchemalessPrecision.Nanosecond, ttl=1, req_id=1)
    equal(list(conn.query("select v, n, `host` from meas order by `host`")), [(1.5, "中文", "h1"), (2.0, None, "h2")])
    equal([row[0] for row in conn.query("select _value from sys_mem")], [1.5])
    equal([row[0] for row in conn.query("select _value from cpu_load")], [1.5])


@check("time zone of the connection")
def timezone():
    conn = connect("/power", timezone="Asia/Shanghai")
    equal([row[0] for row in conn.query("select timezone()")], ["Asia/Shanghai (CST, +0800)"])
    equal([row[0] for row in conn.query("select to_iso8601(ts) from d1001 order by ts limit 1")], ["2018-10-03T22:38:05.000+0800"])


@check("errors: number and words")
def errors():
    conn = connect()
    for sql, code, words in (
        ("CREATE TABLE 123", "0x2600", 'syntax error near "123"'),
        ("select * from power.nope", "0x2603", "Table does not exist"),
        ("select * from nope", "0x2616", "Database not specified"),
    ):
        try:
            conn.query(sql)
        except taosws.Error as error:
            assert code in str(error) and words in str(error), str(error)
        else:
            raise AssertionError(f"{sql} succeeded")
    try:
        taosws.connect(f"taosws://root:wrong@{ADDRESS}")
    except taosws.Error as error:
        assert "Authentication failure" in str(error), str(error)
    else:
        raise AssertionError("a wrong password was accepted")


@check("SQLAlchemy taosws:// with reflection")
def sqlalchemy():
    import sqlalchemy as sa

    engine = sa.create_engine(f"taosws://root:taosdata@{ADDRESS}/power")
    with engine.connect() as conn:
        equal(conn.execute(sa.text("select count(*) from meters")).scalar(), 8)
        equal(conn.execute(sa.text("select voltage from d1001 where current > 12.5")).fetchall(), [(218,)])
    inspector = sa.inspect(engine)
    assert "power" in inspector.get_schema_names(), inspector.get_schema_names()
    assert inspector.has_table("meters", "power")
    equal([column["name"] for column in inspector.get_columns("meters", "power")], ["ts", "current", "voltage", "phase", "location", "groupid"])
    engine.dispose()


@check("pandas read_sql")
def pandas():
    import pandas as pd
    import sqlalchemy as sa

    engine = sa.create_engine(f"taosws://root:taosdata@{ADDRESS}/power")
    frame = pd.read_sql(sa.text("select ts, voltage from d1001 order by ts"), engine.connect())
    equal(list(frame["voltage"]), [219, 218, 221])
    engine.dispose()


run()
