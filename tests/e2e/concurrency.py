#!/usr/bin/python3
"""Many clients edit the same files at once, from versions they read long ago.

usage: concurrency.py WORKSPACE CLIENTS BATCHES

PATCHWARDEN_URL and PATCHWARDEN_TOKEN name the server.  Every line of the files
is unique, and every operation puts in a line of its own or takes out lines
that it saw, so what must be in the files at the end is known from the answers
alone: each line of an applied operation once, none of a refused one, and no
line taken out twice.  The diffs of the log, replayed from nothing, must give
the same bytes, and patch(1) must agree with a sample of them.

PATCHWARDEN_SEED repeats the choices (the order of the clients stays chance).
"""
import collections
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

workspace, clients, batches = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
url = urllib.parse.urlparse(os.environ["PATCHWARDEN_URL"])
seed = int(os.environ.get("PATCHWARDEN_SEED") or time.time_ns() % 1000000)
FILES = ["shared/%s.txt" % n for n in "abcd"]
LINES, KEPT, SAMPLE = 400, 5, 40
REFUSALS = {"stale_base", "span_conflict", "overlap"}


class Server:
    """One connection that is kept."""

    def __init__(self):
        self.conn = None

    def call(self, method, path, body=None):
        for again in range(3):		# an idle connection may be closed
            try:
                if not self.conn:
                    self.conn = http.client.HTTPConnection(
                        url.hostname, url.port, timeout=120)
                self.conn.request(
                    method, path, json.dumps(body) if body else None, {
                        "Content-Type": "application/json",
                        "Authorization":
                            "Bearer " + os.environ["PATCHWARDEN_TOKEN"]})
                answer = self.conn.getresponse()
                return answer.status, answer.read()
            except http.client.RemoteDisconnected:
                # nothing was answered: only a request that changes nothing,
                # or one with a key, could be sent again
                self.conn.close()
                self.conn = None
                if method != "GET":
                    return 0, b"{}"
        return 0, b"{}"


class Client(threading.Thread):
    def __init__(self, number):
        super().__init__()
        self.number = number
        self.chance = random.Random(seed * 1000 + number)
        self.server = Server()
        self.versions = {f: [] for f in FILES}	# (sha256, lines), newest last
        self.applied, self.refused, self.fault = [], [], None
        self.counts = collections.Counter()

    def read(self, path):
        status, data = self.server.call("GET", "/api/files/" + path)
        if status != 200:
            raise RuntimeError("%s: %d %s" % (path, status, data))
        doc = json.loads(data)
        kept = self.versions[path]
        if not kept or kept[-1][0] != doc["sha256"]:
            kept.append((doc["sha256"], doc["content"].splitlines()))
            del kept[:-KEPT]

    def edits(self, path, lines, i):
        """Some operations that do not meet, and what they put in and take."""
        at = sorted(self.chance.sample(range(len(lines) // 8),
                                       self.chance.choice([1, 1, 2])))
        for k, n in enumerate(8 * x + self.chance.randrange(4) for x in at):
            tag = "%s %d.%d.%d" % (path, self.number, i, k)
            kind = self.chance.randrange(10)
            op = {"file": path, "block": tag + "\n"}
            if kind < 3:
                side = self.chance.choice(["before", "after"])
                op.update(op="insert-" + side, line=n + 1)
                yield op, [tag], []
            elif kind == 3:
                op["op"] = self.chance.choice(["append", "prepend"])
                yield op, [tag], []
            elif kind == 4:
                op.update(op="replace-block", start=n + 1, end=n + 1, block="")
                yield op, [], [lines[n]]
            else:
                m = n + self.chance.choice([0, 0, 0, 1, 2])
                op.update(op="replace-block", start=n + 1, end=m + 1)
                yield op, [tag], lines[n:m + 1]

    def batch(self, i):
        ops, put, taken, base = [], [], [], {}
        n = self.chance.choice([1, 1, 1, 2])
        for path in self.chance.sample(FILES, n):
            sha256, lines = self.chance.choice(self.versions[path])
            base[path] = sha256
            for op, comes, goes in self.edits(path, lines, i):
                ops.append(op)
                put += comes
                taken += goes
        while True:
            status, data = self.server.call("POST", "/api/patches/apply", {
                "requester": "client-%d" % self.number, "base": base,
                "patches": ops})
            if status != 503:
                break
            self.counts["busy"] += 1
        doc = json.loads(data)
        if status == 200:
            self.applied.append((put, taken))
            self.counts["ops"] += len(ops)
            self.counts["carried"] += any(r.get("shift") is not None
                                          for r in doc["results"])
        elif status == 409 and doc["code"] in REFUSALS:
            self.refused.append((put, taken))
            self.counts[doc["code"]] += 1
            # half of the factories look again at once
            if self.chance.randrange(2):
                self.read(self.chance.choice(list(base)))
        else:
            raise RuntimeError("%d %s for %s" % (status, data, ops))

    def run(self):
        try:
            for path in FILES:
                self.read(path)
            for i in range(batches):
                if i % 8 == self.number % 8:
                    self.read(self.chance.choice(FILES))
                self.batch(i)
        except Exception as fault:		# told by the main thread
            self.fault = fault


HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def apply_diff(files, diff):
    """Exactly, or not at all."""
    rows = diff.split("\n")[:-1]
    i = path = shift = 0
    while i < len(rows):
        if rows[i].startswith("--- "):
            path = rows[i + 1][len("+++ b/"):]
            if rows[i] == "--- /dev/null":
                files[path] = []
            shift = 0
            i += 2
            continue
        hunk = HUNK.match(rows[i])
        if not hunk:
            i += 1
            continue
        start, gone, _, come = (int(x or 1) for x in hunk.groups())
        at = start - (1 if gone else 0) + shift
        i += 1
        old, new = [], []
        while len(old) < gone or len(new) < come:
            mark, text = rows[i][0], rows[i][1:]
            if mark in " -":
                old.append(text)
            if mark in " +":
                new.append(text)
            i += 1
        if files[path][at:at + gone] != old:
            sys.exit("a diff does not apply to %s:\n%s" % (path, diff))
        files[path][at:at + gone] = new
        shift += come - gone
    return path


def text_of(lines):
    return "".join(line + "\n" for line in lines)


def patch_agrees(before, path, diff, after):
    with tempfile.TemporaryDirectory() as folder:
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full))
        if before is not None:
            with open(full, "w") as f:
                f.write(before)
        done = subprocess.run(["patch", "-p1", "-s", "-F0"], cwd=folder,
                              input=diff.encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        with open(full) as f:
            if done.returncode != 0 or f.read() != after:
                sys.exit("patch does not agree: %s\n%s" % (done.stdout, diff))


def log_of(server):
    """The patches applied, in order of seq."""
    since = 0
    while True:
        status, data = server.call(
            "GET", "/api/events?type=patch_applied&limit=1000&since=%d" % since)
        if status != 200:
            sys.exit("events: %d %s" % (status, data))
        events = json.loads(data)["events"]
        for event in events:
            if event["seq"] <= since:
                sys.exit("events are out of order")
            since = event["seq"]
            yield event["payload"]["patch_id"]
        if len(events) < 1000:
            return


def replay(server):
    files, n = {}, 0
    chance = random.Random(seed)
    log = list(log_of(server))
    for patch_id in log:
        status, data = server.call("GET", "/api/patches/%s/diff" % patch_id)
        if status != 200:
            sys.exit("diff of %s: %d" % (patch_id, status))
        diff = data.decode()
        before = {p: text_of(lines) for p, lines in files.items()} \
            if chance.randrange(len(log)) < SAMPLE else None
        path = apply_diff(files, diff)
        if before is not None:
            patch_agrees(before.get(path), path, diff, text_of(files[path]))
            n += 1
    return files, n


def carries(server, start):
    """Does the server carry a batch from an old version to the present?"""
    data = server.call("GET", "/api/files/" + FILES[0])[1]
    sha256 = json.loads(data)["sha256"]
    for line in 1, LINES:
        status, data = server.call("POST", "/api/patches/apply", {
            "base": {FILES[0]: sha256}, "patches": [
                {"op": "insert-before", "file": FILES[0], "line": line,
                 "block": "%s first %d\n" % (FILES[0], line)}]})
        if status == 200:
            start[FILES[0]].append("%s first %d" % (FILES[0], line))
    return status == 200


def settle(everyone, start):
    """The lines that must be there, from the answers alone."""
    want = collections.Counter(start)
    for client in everyone:
        for put, taken in client.applied:
            want.update(put)
            want.subtract(taken)
    for line, n in want.items():
        if n not in (0, 1):
            sys.exit("%r: %d times" % (line, n))
    return {line for line, n in want.items() if n}


def main():
    print("# seed %d" % seed)
    server = Server()
    start = {f: ["%s line %d" % (f, i) for i in range(LINES)] for f in FILES}
    status, data = server.call("POST", "/api/patches/apply", {
        "requester": "start", "patches": [
            {"op": "create", "file": f, "block": text_of(start[f])}
            for f in FILES]})
    if status != 200:
        sys.exit("start: %d %s" % (status, data))
    if not carries(server, start):
        sys.exit("a batch from an old version is not carried")
    began = time.monotonic()
    everyone = [Client(k) for k in range(clients)]
    for client in everyone:
        client.start()
    for client in everyone:
        client.join()
    took = time.monotonic() - began
    for client in everyone:
        if client.fault:
            sys.exit("client %d: %s" % (client.number, client.fault))
    counts = sum((c.counts for c in everyone), collections.Counter())
    applied = sum(len(c.applied) for c in everyone)
    want = settle(everyone, sum(start.values(), []))
    have = {}
    for f in FILES:
        with open(os.path.join(workspace, f)) as text:
            have[f] = text.read()
    lines = sum((text.splitlines() for text in have.values()), [])
    if len(lines) != len(set(lines)) or set(lines) != want:
        sys.exit("the files have other lines: %s" %
                 sorted(set(lines) ^ want)[:10])
    for f in FILES:
        if any(not line.startswith(f) for line in have[f].splitlines()):
            sys.exit("%s has lines of another file" % f)
    files, agreed = replay(server)
    for f in FILES:
        if text_of(files[f]) != have[f]:
            sys.exit("the log gives another %s" % f)
    print("# %d clients, %d batches in %.0f s: %d applied, %s; "
          "patch agrees on %d" % (clients, clients * batches, took, applied,
                                  dict(counts), agreed))
    if not applied or applied == clients * batches:
        sys.exit("nothing was contended")
    if applied < clients * batches // 2 or counts["carried"] < applied // 2:
        sys.exit("too few were carried")


main()
