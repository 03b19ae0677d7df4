#!/usr/bin/python3
"""kill -9 the programs that apply batches, at random moments, under load.

usage: kill9.py WORKSPACE PROGRAM ROUNDS

Each batch writes one word into the first line of every file, so a tree in
which two files have different words is a batch applied by half.  After each
round a batch elsewhere makes the server recover; then the tree must have one
word, and it must be that of the last batch that the log says was applied.
"""
import http.client
import json
import os
import random
import sys
import threading
import time
import urllib.parse

workspace, program, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
url = urllib.parse.urlparse(os.environ["PATCHWARDEN_URL"])
seed = int(os.environ.get("PATCHWARDEN_SEED") or time.time_ns() % 1000000)
random.seed(seed)
FILES = ["f%d" % i for i in range(5)]
print("seed", seed)


def call(method, path, body=None):
    conn = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    try:
        conn.request(method, path, json.dumps(body) if body else None, {
            "Content-Type": "application/json",
            "Authorization": "Bearer " + os.environ["PATCHWARDEN_TOKEN"]})
        answer = conn.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        conn.close()


def write(word, made=True):
    ops = [{"op": "replace-block", "file": f, "start": 1, "end": 1,
            "block": word + "\n"} for f in FILES]
    if not made:
        ops = [{"op": "create", "file": f, "block": word + "\n" +
                "filling\n" * 2000} for f in FILES]
    return call("POST", "/api/patches/apply",
                {"requester": "kill9", "orderId": word, "patches": ops})


def processes():
    found = []
    for pid in os.listdir("/proc"):
        if not pid.isdigit():
            continue
        try:
            if os.readlink("/proc/%s/exe" % pid) == program:
                found.append(int(pid))
        except OSError:
            pass
    return found


def words():
    return [open(os.path.join(workspace, f)).readline().strip() for f in FILES]


since = 0
last = None


def last_applied():
    """The word of the last batch applied, read on from where we were."""
    global since, last
    while True:
        status, data = call("GET", "/api/events?limit=1000&since=%d" % since)
        if status != 200:
            sys.exit("events: %d %s" % (status, data))
        answer = json.loads(data)
        for event in answer["events"]:
            if event["seq"] <= since:
                sys.exit("events are out of order")
            since = event["seq"]
            if event["type"] == "patch_applied" and \
                    (event["payload"].get("order_id") or "").startswith("w"):
                last = event["payload"]["order_id"]
        if len(answer["events"]) < 1000:
            return last


status, data = write("w0", made=False)
if status != 200:
    sys.exit("first batch: %d %s" % (status, data))
acknowledged = killed = cut = 0
for n in range(rounds):
    results = {}

    def worker(k):
        for i in range(3):
            word = "w%d-%d-%d" % (n, k, i)
            results[word] = write(word)[0]

    threads = [threading.Thread(target=worker, args=(k,)) for k in range(3)]
    for t in threads:
        t.start()
    time.sleep(random.random() * 0.12)
    victims = processes()
    if random.random() > 0.1 and victims:
        victims = [random.choice(victims)]
    for pid in victims:
        try:
            os.kill(pid, 9)
            killed += 1
        except ProcessLookupError:
            pass
    for t in threads:
        t.join()
    acknowledged += sum(1 for s in results.values() if s == 200)
    cut += sum(1 for s in results.values() if s != 200)
    # The next one to take the lock finishes what was left.
    deadline = time.monotonic() + 30
    while True:
        status, data = call("POST", "/api/patches/apply", {
            "requester": "kill9", "patches": [
                {"op": "append", "file": "tick", "block": "%d\n" % n}]})
        if status == 200:
            break
        if time.monotonic() > deadline:
            sys.exit("round %d: no recovery: %d %s" % (n, status, data))
        time.sleep(0.05)
    have = words()
    if len(set(have)) != 1:
        sys.exit("round %d: half a batch: %s" % (n, have))
    said = last_applied()
    if have[0] != said:
        sys.exit("round %d: the tree has %s, the log %s" % (n, have[0], said))
print("%d rounds, %d killed, %d acknowledged, %d cut off" %
      (rounds, killed, acknowledged, cut))
if killed < rounds // 2:
    sys.exit("too few were killed to prove anything")
