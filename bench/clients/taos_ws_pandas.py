"""pandas.read_sql through taos-ws-py as a participant: reads a query into a data frame and drops it."""
import json, sys, time
import pandas
from sqlalchemy import create_engine, text

print("ready", flush=True)
connections = {}

for line in sys.stdin:
    try:
        task = json.loads(line)
        if task["url"] not in connections:
            connections[task["url"]] = create_engine(task["url"].replace("ws://", "taosws://root:taosdata@") + "/bench").connect()
        wall, cpu = time.perf_counter(), time.process_time()
        frame = pandas.read_sql(text(task["sql"]), connections[task["url"]])
        print(json.dumps({"rows": len(frame), "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}), flush=True)
        del frame
    except Exception as error:
        print(json.dumps({"error": repr(error)}), flush=True)
