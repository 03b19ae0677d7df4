"""load.py URL TOKEN WAL SECONDS: writers and readers at full speed.

Four writers post batches of a hundred events each, four readers ask for the
log in turn.  Prints JSON: what was written and read, what failed, how long the
slowest reader and the slowest writer waited, and the largest WAL that was
seen."""
import json
import os
import sys
import threading
import time
import urllib.request

url, token, wal, seconds = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
until = time.monotonic() + seconds
lock = threading.Lock()
seen = {"written": 0, "read": 0, "failed": [], "slowest_ms": 0,
        "slowest_write_ms": 0, "wal_bytes": 0}
READS = [
    "/api/patches/logs?limit=200",
    "/api/patches/logs?search=needle&limit=50",
    "/api/patches/logs?requester=w1&limit=50&count=exact",
    "/api/patches/stats?from=2026-01-01",
    "/api/patches/trends?group=order",
]


def ask(path, body=None):
    request = urllib.request.Request(url + path, data=body, headers={
        "Authorization": "Bearer " + token,
        "Content-Type": "application/x-ndjson"})
    with urllib.request.urlopen(request, timeout=120) as answer:
        return answer.read()


def tell(problem):
    with lock:
        if len(seen["failed"]) < 10:
            seen["failed"].append(problem)


def write(k):
    n = 0
    while time.monotonic() < until:
        lines = "".join(json.dumps({
            "patch_id": "w%d-%d" % (k, n + i), "type": "patch_applied",
            "file": "src/%d/%d.c" % (k, i % 50), "op": "append",
            "requester": "w%d" % k, "order_id": "o%d" % (n // 5000),
            "reason": "r" * 400 + " needle" * (n % 10 == 0)}) + "\n"
            for i in range(100))
        began = time.monotonic()
        try:
            ask("/api/patches/events", lines.encode())
        except OSError as e:
            # what is busy for longer than it may take says so
            if getattr(e, "code", 0) != 503:
                tell("writer: %s" % e)
            continue
        n += 100
        with lock:
            seen["written"] += 100
            seen["slowest_write_ms"] = max(
                seen["slowest_write_ms"],
                int((time.monotonic() - began) * 1000))


def read(k):
    n = k
    while time.monotonic() < until:
        began = time.monotonic()
        path = READS[n % len(READS)]
        n += 1
        try:
            ask(path)
        except OSError as e:
            tell("%s: %s" % (path, e))
            continue
        with lock:
            seen["read"] += 1
            seen["slowest_ms"] = max(seen["slowest_ms"], int((time.monotonic() - began) * 1000))


def watch():
    while time.monotonic() < until:
        try:
            seen["wal_bytes"] = max(seen["wal_bytes"], os.stat(wal).st_size)
        except FileNotFoundError:
            pass
        time.sleep(0.02)


threads = [threading.Thread(target=write, args=(k,)) for k in range(4)]
threads += [threading.Thread(target=read, args=(k,)) for k in range(4)]
threads.append(threading.Thread(target=watch))
for t in threads:
    t.start()
for t in threads:
    t.join()
print(json.dumps(seen))
