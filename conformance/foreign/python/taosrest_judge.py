"""PyPI's taospy over REST: connection, cursor, RestClient, time zones, errors."""
import datetime

import taosrest
from checks import ADDRESS, URL, check, equal, run
from power import AVERAGES, CREATE, INSERT, WINDOWS

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def connect(**options):
    return taosrest.connect(url=URL, user="root", password="taosdata", timeout=30, **options)


@check("connection: server_info, execute, query")
def connection():
    conn = connect()
    assert conn.server_info.startswith("3.3.7"), conn.server_info
    conn.execute("create database if not exists power")
    equal(conn.execute(CREATE), 0)
    equal(conn.execute(INSERT), 8)
    result = conn.query("select ts, current from power.meters order by ts, current limit 2")
    equal(result.rows, 2)
    equal([field["name"] for field in result.fields], ["ts", "current"])
    equal([row[1] for row in result.data], [10.3, 10.8])
    conn.close()


@check("cursor: rowcount, description, fetchone, fetchall")
def cursor():
    conn = connect()
    cur = conn.cursor()
    cur.execute(AVERAGES)
    equal(cur.rowcount, 2)
    equal([column[0] for column in cur.description], ["location", "v"])
    equal(cur.fetchall(), [["California.LosAngeles", 222.0], ["California.SanFrancisco", 219.0]])
    cur.execute(WINDOWS)
    equal(cur.fetchone()[1], 4)
    equal([row[1] for row in cur.fetchall()], [4])
    cur.execute("insert into power.d1001 values (1538548700000, 1, 2, 3)")
    equal(cur.rowcount, 1)
    conn.execute("delete from power.d1001 where ts = 1538548700000")


@check("RestClient: the whole answer, converted times")
def rest_client():
    client = taosrest.RestClient(URL, user="root", password="taosdata")
    answer = client.sql("select ts, voltage from power.d1001 order by ts")
    equal(answer["code"], 0)
    equal(answer["rows"], 3)
    equal(answer["column_meta"], [["ts", "TIMESTAMP", 8], ["voltage", "INT", 4]])
    equal(answer["data"][0][1], 219)
    assert isinstance(answer["data"][0][0], datetime.datetime), answer["data"][0][0]
    raw = taosrest.RestClient(URL, user="root", password="taosdata", convert_timestamp=False)
    equal(raw.sql("select ts from power.d1001 order by ts limit 1")["data"], [["2018-10-03T14:38:05.000Z"]])


@check("time zones: parsed and shown in the connection's")
def timezones():
    conn = connect(timezone="Asia/Shanghai") if "timezone" in taosrest.connect.__code__.co_varnames else connect()
    data = conn.query("select ts from power.d1001 order by ts limit 1").data
    equal(data[0][0].astimezone(datetime.timezone.utc), datetime.datetime(2018, 10, 3, 14, 38, 5, tzinfo=datetime.timezone.utc))


@check("every type there and back")
def types():
    conn = connect()
    conn.execute("create database if not exists judge_rest precision 'ns' keep 36500")
    conn.execute(
        "create table if not exists judge_rest.t (ts timestamp, b bool, ti tinyint, si smallint, i int, bi bigint, tu tinyint unsigned, "
        "su smallint unsigned, iu int unsigned, bu bigint unsigned, f float, d double, s varchar(20), n nchar(20), vb varbinary(10), g geometry(50), e decimal(20,4))"
    )
    conn.execute(
        "insert into judge_rest.t values (1700000000123456789, true, -128, -32768, -2147483648, -9223372036854775807, 255, 65535, 4294967295, "
        "18446744073709551615, 1.5, -2.25, 'é', '中文😀', '\\x00ff', 'POINT(1 2)', 123.4567) (1700000000123456790, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)"
    )
    first, second = conn.query("select b,ti,si,i,bi,tu,su,iu,bu,f,d,s,n,vb,g,e from judge_rest.t").data
    equal(
        first,
        [True, -128, -32768, -2147483648, -9223372036854775807, 255, 65535, 4294967295, 18446744073709551615, 1.5, -2.25, "é", "中文😀", "00ff",
         "0101000000000000000000f03f0000000000000040", "123.4567"],
    )
    equal(second, [None] * 16)


@check("errors: number and words")
def errors():
    conn = connect()
    for sql, errno, words in (
        ("CREATE TABLE 123", 0x2600, 'syntax error near "123"'),
        ("select * from power.nope", 0x2603, "Table does not exist"),
        ("use nope_db", 0x0388, "Database not exist"),
    ):
        try:
            conn.execute(sql)
        except taosrest.Error as error:
            assert words in str(error), str(error)
            equal(error.errno, errno)
        else:
            raise AssertionError(f"{sql} succeeded")


@check("wrong password is refused")
def wrong_password():
    try:
        taosrest.connect(url=URL, user="root", password="wrong").query("select 1")
    except Exception as error:
        assert "Authentication failure" in str(error), str(error)
    else:
        raise AssertionError("accepted")


run()
