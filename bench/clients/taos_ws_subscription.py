"""taos-ws-py's Consumer as a participant: consumes a topic and drops each row."""
import json, sys, time
import taosws

print("ready", flush=True)


def consume(task):
    consumer = taosws.Consumer(
        {
            "td.connect.websocket.scheme": "ws",
            "td.connect.ip": task["host"],
            "td.connect.port": str(task["port"]),
            "group.id": task["group"],
            "auto.offset.reset": "earliest",
            "enable.auto.commit": "false",
        }
    )
    consumer.subscribe([task["topic"]])
    wall, cpu = time.perf_counter(), time.process_time()
    rows = 0
    while rows < task["rows"]:
        message = consumer.poll(timeout=1.0)
        if message is None:
            continue
        for block in message:
            for row in block.fetchall():
                rows += 1
    done = {"rows": rows, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    consumer.unsubscribe()
    consumer.close()
    return done


for line in sys.stdin:
    try:
        print(json.dumps(consume(json.loads(line))), flush=True)
    except Exception as error:
        print(json.dumps({"error": repr(error)}), flush=True)
