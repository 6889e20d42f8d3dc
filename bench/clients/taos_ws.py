"""taos-ws-py as a participant: iterates over a query's rows and drops each."""
import json, sys, time
import taosws

print("ready", flush=True)
connections = {}
for line in sys.stdin:
    try:
        task = json.loads(line)
        connection = connections.get(task["url"])
        if connection is None:
            connection = connections[task["url"]] = taosws.connect(task["url"])
        wall, cpu = time.perf_counter(), time.process_time()
        rows = 0
        for row in connection.query(task["sql"]):
            rows += 1
        print(json.dumps({"rows": rows, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}), flush=True)
    except Exception as error:
        print(json.dumps({"error": repr(error)}), flush=True)
