"""taospy's native connection as a participant: reads all rows of a query."""
import json, sys, time
import taos

print("ready", flush=True)
connection = None
for line in sys.stdin:
    try:
        task = json.loads(line)
        if connection is None:
            connection = taos.connect(host="localhost", user="root", password="taosdata")
        wall, cpu = time.perf_counter(), time.process_time()
        rows = connection.query(task["sql"]).fetch_all()
        cost = {"rows": len(rows), "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
        print(json.dumps({**cost, "check": str(sum(row[2] for row in rows))}), flush=True)
    except Exception as error:
        print(json.dumps({"error": repr(error)}), flush=True)
