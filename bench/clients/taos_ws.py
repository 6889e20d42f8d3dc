"""taos-ws-py as a participant: reads a query's rows and drops each, asks point queries, connects."""
import json, sys, threading, time
import taosws

print("ready", flush=True)
connections = {}


def connection_of(url, user=0):
    key = (url, user)
    if key not in connections:
        connections[key] = taosws.connect(url)
    return connections[key]


def read(task):
    rows = 0
    for row in connection_of(task["url"]).query(task["sql"]):
        rows += 1
    return rows


def points(task):
    """Each user is a thread with a connection of its own."""
    queries, count, users = task["queries"], task["count"], task["users"]
    failures = []

    def ask(user):
        try:
            connection = connection_of(task["url"], user)
            for i in range(user, count, users):
                if len(list(connection.query(queries[i % len(queries)]))) != 1:
                    raise RuntimeError("not one row came")
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(user,)) for user in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return count


def connect(task):
    opened = [taosws.connect(task["url"]) for _ in range(task["count"])]
    task["close"] = opened
    return len(opened)


KINDS = {"read": read, "points": points, "connect": connect}

for line in sys.stdin:
    try:
        task = json.loads(line)
        work = KINDS[task.get("kind", "read")]
        wall, cpu = time.perf_counter(), time.process_time()
        rows = work(task)
        print(json.dumps({"rows": rows, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}), flush=True)
        for connection in task.get("close", []):
            connection.close()
    except Exception as error:
        print(json.dumps({"error": repr(error)}), flush=True)
