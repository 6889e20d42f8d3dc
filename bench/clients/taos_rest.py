"""taosrest as a participant: reads a query's rows and drops each; sums the second column where it is asked to."""
import json, sys, time
import taosrest

print("ready", flush=True)
connections = {}
for line in sys.stdin:
    try:
        task = json.loads(line)
        connection = connections.get(task["url"])
        if connection is None:
            connection = connections[task["url"]] = taosrest.connect(url=task["url"])
        wall, cpu = time.perf_counter(), time.process_time()
        rows = total = 0
        check = task.get("check", False)
        for row in connection.query(task["sql"]):
            rows += 1
            if check:
                total += row[1]
        answer = {"rows": rows, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
        # As a 64-bit integer, as the others sum.
        answer["check"] = str((total + 2**63) % 2**64 - 2**63)
        print(json.dumps(answer), flush=True)
    except Exception as error:
        print(json.dumps({"error": repr(error)}), flush=True)
