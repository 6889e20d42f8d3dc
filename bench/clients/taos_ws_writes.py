"""taos-ws-py as a participant that writes rows of meters by stmt2: from a list a column, or from a dict a row."""
import datetime, json, sys, time
import taosws

BASE = 1_600_000_000_000
BATCH = 32000
# What taosts has in a message of columns of many tables.
BATCH_OF_TABLES = 128000
LOCATION = "California.SanFrancisco"

print("ready", flush=True)
statements = {}


def columns(rows, first):
    return (
        [BASE + (first + i) * 1000 for i in range(rows)],
        [10 + ((first + i) % 1000) / 200 for i in range(rows)],
        [200 + (first + i) % 40 for i in range(rows)],
        [((first + i) % 500) / 1000 for i in range(rows)],
    )


def view(name, tags, part):
    ts, current, voltage, phase = part
    return taosws.stmt2_bind_param_view(
        table_name=name,
        tags=tags,
        columns=[
            taosws.millis_timestamps_to_column(ts),
            taosws.floats_to_column(current),
            taosws.ints_to_column(voltage),
            taosws.floats_to_column(phase),
        ],
    )


def transposed(rows):
    """What a program that has rows must do before it can bind them."""
    return (
        [int(row["ts"].timestamp() * 1000) for row in rows],
        [row["current"] for row in rows],
        [row["voltage"] for row in rows],
        [row["phase"] for row in rows],
    )


def dicts(stable, tables, data):
    """The rows as dicts; for many tables with the name and tags of the table, one table after another."""
    utc = datetime.timezone.utc
    made = []
    for table in range(tables):
        for ts, current, voltage, phase in zip(*data):
            row = {"ts": datetime.datetime.fromtimestamp(ts / 1000, utc), "current": current, "voltage": voltage, "phase": phase}
            if tables > 1:
                row = {"tbname": f"{stable}{table}", "groupid": 1, "location": LOCATION, **row}
            made.append(row)
    return made


def write_rows(statement, tables, data):
    written = 0
    for start in range(0, len(data), BATCH):
        batch = data[start : start + BATCH]
        if tables == 1:
            views = [view(None, None, transposed(batch))]
        else:
            groups = {}
            for row in batch:
                groups.setdefault(row["tbname"], []).append(row)
            views = [
                view(name, [taosws.int_to_tag(rows[0]["groupid"]), taosws.varchar_to_tag(rows[0]["location"])], transposed(rows))
                for name, rows in groups.items()
            ]
        statement.bind(views)
        written += statement.execute()
    return written


def write(statement, stable, tables, data, rows):
    written = 0
    if tables == 1:
        for start in range(0, rows, BATCH):
            statement.bind([view(None, None, [column[start : start + BATCH] for column in data])])
            written += statement.execute()
        return written
    each = rows // tables
    step = max(1, BATCH_OF_TABLES // each)
    for begin in range(0, tables, step):
        views = []
        for table in range(begin, min(begin + step, tables)):
            views.append(view(f"{stable}{table}", [taosws.int_to_tag(1), taosws.varchar_to_tag(LOCATION)], data))
        statement.bind(views)
        written += statement.execute()
    return written


for line in sys.stdin:
    try:
        task = json.loads(line)
        url, stable, tables, rows = task["url"], task["stable"], task["tables"], task["rows"]
        key = (url, stable, tables)
        if key not in statements:
            connection = taosws.connect(url)
            connection.execute("use bench")
            statement = connection.stmt2_statement()
            target = f"{stable}0" if tables == 1 else f"? using {stable} tags(?, ?)"
            statement.prepare(f"insert into {target} values(?, ?, ?, ?)")
            statements[key] = (connection, statement)
        data = columns(rows // tables, task["first"])
        by_row = task.get("shape") == "rows"
        if by_row:
            data = dicts(stable, tables, data)
        statement = statements[key][1]
        wall, cpu = time.perf_counter(), time.process_time()
        written = write_rows(statement, tables, data) if by_row else write(statement, stable, tables, data, rows)
        print(json.dumps({"rows": written, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}), flush=True)
    except Exception as error:
        print(json.dumps({"error": repr(error)}), flush=True)
