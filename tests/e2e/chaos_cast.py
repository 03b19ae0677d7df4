"""Who is on the stage of chaos.py: the daemon, clients, writers, programs.

The arguments of chaos.py are read here.
"""
import http.client
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse

state, daemon_path, program, direct = sys.argv[1:5]
url = os.environ["PATCHWARDEN_URL"]
token = os.environ["PATCHWARDEN_TOKEN"]
preload = os.environ.get("CHAOS_PRELOAD")
seed = int(os.environ.get("PATCHWARDEN_SEED") or time.time_ns() % 1000000)
dice = random.Random(seed)
database = os.path.join(state, "patchwarden.db")
LIMIT_S = 120			# for anything that ought to happen at once


def fail(text):
    sys.exit("seed %d: %s" % (seed, text))


def wait_until(what, test):
    deadline = time.monotonic() + LIMIT_S
    while not test():
        if time.monotonic() > deadline:
            fail("waited %d s: %s" % (LIMIT_S, what))
        time.sleep(0.05)


def sleep(most):
    time.sleep(dice.random() * most)


def call(base, method, path, body=None, kind="application/json", limit=60):
    """Status and answer; 0 when the connection was cut."""
    where = urllib.parse.urlparse(base)
    conn = http.client.HTTPConnection(where.hostname, where.port, timeout=limit)
    try:
        conn.request(method, path, body, {
            "Content-Type": kind, "Authorization": "Bearer " + token})
        answer = conn.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        conn.close()


def start(log, *command, **more):
    with open(os.path.join(state, "log", log), "a") as to:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *command],
            stdin=subprocess.DEVNULL, stdout=to, stderr=to, **more)


def table(query, *values):
    db = sqlite3.connect("file:%s?mode=ro" % database, uri=True, timeout=60)
    try:
        return db.execute(query, values).fetchall()
    finally:
        db.close()


class Daemon:
    """broadcastd, which has ended well whenever it was let."""
    count = 0

    def __init__(self):
        self.run()

    def run(self):
        Daemon.count += 1
        self.process = start(
            "broadcastd.log", "env",
            *(["LD_PRELOAD=" + preload] if preload else []), daemon_path)

    def signal(self, number):
        os.kill(self.process.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        """TERM, and that it ends, all by itself and in peace."""
        self.signal(signal.SIGTERM)
        try:
            status = self.process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            fail("the daemon does not end")
        if status != 0:
            fail("the daemon ended with %d" % status)

    def check(self):
        if self.process.poll() is not None:
            fail("the daemon died by itself: %d" % self.process.returncode)


class Client:
    """A chaos_client.py, of a base URL, a query and what SQL says of it."""

    def __init__(self, name, transport, base, query, where):
        self.name, self.where = name, where
        self.out = os.path.join(state, "client-" + name)
        self.command = ["env", "--ignore-signal=USR1", "/usr/bin/python3",
                        os.path.join(os.path.dirname(__file__),
                                     "chaos_client.py"),
                        transport, base, self.out, query]
        open(self.out, "w").close()
        self.run()

    def run(self):
        self.process = start("clients.log", *self.command,
                             start_new_session=True)

    def signal(self, number):
        os.killpg(self.process.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def reset(self):
        os.kill(self.process.pid, signal.SIGUSR1)

    def check(self):
        if self.process.poll() is not None:
            fail("client %s died by itself" % self.name)
        if os.path.getsize(os.path.join(state, "log", "clients.log")):
            fail(open(os.path.join(state, "log", "clients.log")).read())

    def lines(self):
        with open(self.out) as lines:
            return lines.read().splitlines()

    def events(self):
        return [(int(line.split()[0]), line.split()[1])
                for line in self.lines() if line[0].isdigit()]

    def wanted(self, after):
        """What the table has for it, by other means than the daemon's."""
        return table("SELECT seq, type FROM event WHERE seq > ? AND (%s)"
                     " ORDER BY seq" % self.where, after)


class Writer(threading.Thread):
    """Posts without a pause worth the name; who is cut off goes on."""
    problems = []
    said = {}

    def __init__(self, number):
        super().__init__(daemon=True)
        self.number, self.n, self.going = number, 0, True
        self.dice = random.Random(seed * 10 + number)

    def batch(self):
        return "/api/patches/apply", "application/json", json.dumps({
            "orderId": "o%d" % (self.n % 5), "requester": "chaos",
            "patches": [{"op": "append", "block": "%d\n" % self.n,
                         "file": "%s/f%d" % (self.dice.choice(
                             ["src", "docs", "src/deep"]), i)}
                        for i in range(self.dice.randint(1, 4))]})

    def rows(self):
        return "/api/patches/events", "application/x-ndjson", "".join(
            json.dumps({
                "patch_id": "w%d-%d-%d" % (self.number, self.n, i),
                "type": self.dice.choice(
                    ["patch_applied", "patch_failed", "patch_requested"]),
                "file": self.dice.choice(["src/a.c", "docs/b", "c"]),
                "op": self.dice.choice(["append", "create"]),
                "order_id": "o%d" % self.dice.randint(0, 4),
                "requester": self.dice.choice(["chaos", "other"]),
                "reason": "because " * self.dice.randint(1, 60)}) + "\n"
            for i in range(self.dice.choice([1, 10, 100, 300])))

    def phase(self):
        return "/api/events", "application/json", json.dumps({
            "type": "phase_implementing", "payload": {
                "order_id": "o%d" % (self.n % 5), "message": "\u00e9 at it"}})

    def run(self):
        while self.going:
            self.n += 1
            path, kind, body = self.dice.choice(
                [self.batch, self.batch, self.rows, self.phase])()
            status, answer = call(url, "POST", path, body.encode(), kind)
            # the web server says it itself when a program is gone
            who = status if b"<?xml" not in answer else -status
            Writer.said[who] = Writer.said.get(who, 0) + 1
            if who not in (0, 200, 503, -500, -502, -503, -504):
                Writer.problems.append("%d %r" % (status, answer[:500]))
            time.sleep(self.dice.random() * 0.1)


def handlers():
    """The programs of this instance, not those of others on this machine."""
    ours = ("PATCHWARDEN_CONFIG=%s/" % state).encode()
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if os.readlink("/proc/%s/exe" % pid) == program and \
                    ours in open("/proc/%s/environ" % pid, "rb").read():
                found.append(int(pid))
        except OSError:
            pass
    return found
