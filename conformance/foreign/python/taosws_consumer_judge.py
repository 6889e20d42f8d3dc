"""PyPI's taos-ws-py as a consumer: all rows, commit, seek, assignment, unsubscribe, groups, meta, refusals."""
import time

import taosws
from checks import ADDRESS, check, equal, run

HOST, PORT = ADDRESS.split(":")
TABLES, ROUNDS, ROWS = 4, 3, 5
EXPECTED = {(t, r * 10 + i) for t in range(TABLES) for r in range(ROUNDS) for i in range(ROWS)}


def consumer(group, **settings):
    return taosws.Consumer(
        {
            "td.connect.websocket.scheme": "ws",
            "td.connect.ip": HOST,
            "td.connect.port": PORT,
            "group.id": group,
            "client.id": "judge",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": "false",
            **settings,
        }
    )


def execute(*statements):
    conn = taosws.connect(f"taosws://root:taosdata@{ADDRESS}")
    for sql in statements:
        conn.execute(sql)
    conn.close()


def assigned(client):
    """The topic and the vgroups of a consumer of one topic."""
    [place] = client.assignment()
    return place.topic(), place.assignments()


def drain(client, commit=False, patience=10):
    """The rows of all messages until there is none for a while: tag and value of each."""
    rows = []
    quiet = 0
    while quiet < 2 and patience > 0:
        patience -= 1
        message = client.poll(timeout=0.3)
        if message is None:
            quiet += 1
            continue
        quiet = 0
        for block in message:
            rows += [(row[2], row[1]) for row in block.fetchall()]
        if commit:
            client.commit(message)
    return rows


@check("setup: a database of four vgroups, a topic on a query")
def setup():
    execute("create database cj vgroups 4 precision 'ms'", "create stable cj.st (ts timestamp, v int, s varchar(10)) tags (t int)")
    for r in range(ROUNDS):
        parts = [
            f"cj.c{t} using cj.st tags({t}) values" + "".join(f"({1700000000000 + r * 10 + i},{r * 10 + i},'é')" for i in range(ROWS))
            for t in range(TABLES)
        ]
        execute("insert into " + " ".join(parts))
    execute("create topic cj_query as select ts, v, t, s from cj.st", "create topic cj_stable as stable cj.st")


@check("all rows, in each table's order")
def all_rows():
    client = consumer("all")
    client.subscribe(["cj_query"])
    equal(client.list_topics(), ["cj_query"])
    rows = drain(client)
    equal(len(rows), len(EXPECTED))
    equal(set(rows), EXPECTED)
    for t in range(TABLES):
        values = [v for tag, v in rows if tag == t]
        equal(values, sorted(values))
    client.unsubscribe()
    client.close()


@check("a committed group goes on where it was, one that committed nothing begins again")
def commit():
    for commits, second in ((True, 0), (False, len(EXPECTED))):
        group = f"commit-{commits}"
        client = consumer(group)
        client.subscribe(["cj_query"])
        equal(len(drain(client, commit=commits)), len(EXPECTED))
        client.unsubscribe()
        client.close()
        again = consumer(group)
        again.subscribe(["cj_query"])
        equal(len(drain(again)), second)
        again.unsubscribe()
        again.close()


@check("assignment, position, committed, seek to the beginning and to the end")
def seek():
    client = consumer("seek")
    client.subscribe(["cj_query"])
    equal(len(drain(client)), len(EXPECTED))
    topic, places = assigned(client)
    equal(topic, "cj_query")
    equal(len(places), 4)
    for place in places:
        vgroup, begin, end = place.vg_id(), place.begin(), place.end()
        equal(client.position(topic, vgroup), end)
        client.commit_offset(topic, vgroup, begin)
        equal(client.committed(topic, vgroup), begin)
        client.seek(topic, vgroup, begin)
        equal(client.position(topic, vgroup), begin)
    equal(set(drain(client)), EXPECTED)
    for place in places:
        client.seek(topic, place.vg_id(), place.end())
    equal(drain(client), [])
    try:
        client.seek(topic, places[0].vg_id(), places[0].end() + 1000)
    except BaseException as error:  # this client panics where its server refuses
        equal("0x4007" in str(error), True)
    else:
        raise AssertionError("a seek beyond the end was accepted")
    client.unsubscribe()
    client.close()


@check("unsubscribe, then subscribe again, to another topic")
def resubscribe():
    client = consumer("again")
    client.subscribe(["cj_query"])
    drain(client, commit=True)
    client.unsubscribe()
    # This client closes its connection with that: a consumer of the same group takes another.
    client = consumer("again")
    client.subscribe(["cj_stable", "cj_query"])
    equal(sorted(client.list_topics()), ["cj_query", "cj_stable"])
    equal(len(drain(client)), len(EXPECTED))
    client.unsubscribe()
    client.close()


@check("two consumers of a group share the vgroups; what one leaves the other reads on")
def group():
    first, second = consumer("shared"), consumer("shared")
    first.subscribe(["cj_query"])
    second.subscribe(["cj_query"])
    # The first lets go of half of the vgroups when it asks for rows.
    rows = drain(first, commit=True)
    rows += drain(second, commit=True)
    equal(set(rows), EXPECTED)
    equal(sorted(len(assigned(c)[1]) for c in (first, second)), [2, 2])
    second.unsubscribe()
    second.close()
    execute("insert into " + " ".join(f"cj.c{t} values(1700000001000,{1000 + t},'n')" for t in range(TABLES)))
    equal(sorted(drain(first, commit=True)), [(t, 1000 + t) for t in range(TABLES)])
    equal(len(assigned(first)[1]), 4)
    first.unsubscribe()
    first.close()
    execute("delete from cj.st where ts = 1700000001000")


@check("a waiting poll is woken by a row")
def waiting():
    client = consumer("waits", **{"auto.offset.reset": "latest"})
    client.subscribe(["cj_query"])
    equal(drain(client), [])
    execute("insert into cj.c0 values(1700000002000,77,'w')")
    started = time.time()
    message = client.poll(timeout=5.0)
    equal([row[1] for block in message for row in block.fetchall()], [77])
    equal(time.time() - started < 2, True)
    client.unsubscribe()
    client.close()


@check("auto commit, and a topic in use is not dropped")
def auto_commit():
    client = consumer("auto", **{"enable.auto.commit": "true", "auto.commit.interval.ms": "200"})
    client.subscribe(["cj_stable"])
    drain(client)
    time.sleep(0.3)
    client.poll(timeout=0.1)
    try:
        execute("drop topic cj_stable")
    except Exception as error:
        equal("0x03EB" in str(error), True)
    else:
        raise AssertionError("a topic in use was dropped")
    client.unsubscribe()
    client.close()
    execute("drop topic cj_stable")


@check("with meta: messages of changes are empty for this client, those of rows are whole")
def meta():
    execute(
        "create database cjm vgroups 1",
        "create stable cjm.st (ts timestamp, v int) tags (t int)",
        "create topic cj_meta with meta as database cjm",
        "create table cjm.c1 using cjm.st tags(1)",
        "insert into cjm.c1 values(1700000000000,1)",
        "alter table cjm.c1 set tag t=2",
        "insert into cjm.made using cjm.st tags(3) values(1700000000000,2)",
        "drop table cjm.c1",
        "insert into cjm.made values(1700000000001,3)",
    )
    client = consumer("meta")
    client.subscribe(["cj_meta"])
    rows, empty = [], 0
    for message in iter(lambda: client.poll(timeout=0.5), None):
        values = [row[1] for block in message for row in block.fetchall()]
        rows += values
        empty += not values
        client.commit(message)
    client.unsubscribe()
    client.close()
    equal(rows, [2, 3])
    equal(empty, 2)


@check("no such topic, a wrong setting")
def refusals():
    for settings, code in (({}, "0x03E1"), ({"session.timeout.ms": "1"}, "0x0118")):
        try:
            consumer("refused", **settings).subscribe(["cj_nothing"])
        except Exception as error:
            equal(code in str(error), True)
        else:
            raise AssertionError("accepted")


run()
