"""peers.py - those who answer the specification's SQL: the sqlite3 shell, a
server of Node with better-sqlite3, and Python's sqlite3 where only the answer
matters."""
import json
import os
import shutil
import sqlite3
import subprocess
import time
import urllib.parse

import bench
import peer_sql

HERE = os.path.dirname(os.path.abspath(__file__))
MARK = "~~end~~"


class Python:
    """For comparing answers; it is not measured."""

    name = "python"

    def __init__(self, flat):
        self.db = sqlite3.connect(f"file:{flat}?mode=ro", uri=True)
        self.db.row_factory = sqlite3.Row

    def ask(self, name, values):
        return [[dict(r) for r in self.db.execute(sql, values)]
                for sql in peer_sql.STATEMENTS[name]]


class Shell:
    """One sqlite3 that stays; the clock runs from the question to its mark."""

    name = "shell"

    def __init__(self, flat):
        bench.need("sqlite3")
        self.version = subprocess.run(
            ["sqlite3", "--version"], stdout=subprocess.PIPE, text=True,
            check=True).stdout.split()[0]
        self.child = subprocess.Popen(
            ["sqlite3", "-batch", "-readonly", flat], text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        bench.atexit.register(bench.stop, self.child)
        self.run("PRAGMA mmap_size = 268435456;\nPRAGMA cache_size = -65536;")

    def run(self, text):
        self.child.stdin.write(f".output /dev/null\n{text}\n.output stdout\n"
                               f".print {MARK}\n")
        self.child.stdin.flush()
        for line in self.child.stdout:
            if line.strip() == MARK:
                return
        bench.die(1, "the sqlite3 shell ended")

    def question(self, name, values):
        text = "\n".join(peer_sql.literal(sql, values) + ";"
                         for sql in peer_sql.STATEMENTS[name])
        return lambda: self.run(text)

    def close(self):
        bench.stop(self.child)


class Node:
    """better-sqlite3 behind Node's own HTTP server, on a kept connection."""

    name = "node"

    def __init__(self, flat, state):
        folder = node_folder(state, "peer_node", "better-sqlite3", "build")
        with open(os.path.join(folder, "statements.json"), "w",
                  encoding="utf-8") as f:
            json.dump(peer_sql.STATEMENTS, f)
        self.port = int(bench.sh("port_free"))
        self.token = "-"
        self.child = subprocess.Popen(
            ["node", "server.mjs", os.path.abspath(flat), "statements.json",
             str(self.port)], cwd=folder, stdout=subprocess.PIPE, text=True)
        bench.atexit.register(bench.stop, self.child)
        self.version = self.child.stdout.readline().strip()
        if not self.version:
            bench.die(1, "the server of Node did not start")
        self.client = bench.Client(self)

    def path(self, name, values):
        return f"/{name}?" + urllib.parse.urlencode(values)

    def question(self, name, values):
        request = self.client.request("GET", self.path(name, values))

        def ask():
            try:
                status, body = self.client.send(request)
            except ConnectionError:		# idle for too long
                self.client = bench.Client(self)
                status, body = self.client.send(request)
            if status != 200:
                bench.die(1, f"node: {name} answered {status}")
            return body
        return ask

    def ask(self, name, values):
        return json.loads(self.question(name, values)())["results"]

    def close(self):
        bench.stop(self.child)


def node_folder(state, name, package, made=""):
    """The server of that name with its packages, which are installed once.
    made: what package has when it is whole."""
    bench.need("node", "npm")
    folder = os.path.join(state, name)
    os.makedirs(folder, exist_ok=True)
    for part in ("package.json", "server.mjs"):
        shutil.copy(os.path.join(HERE, name, part), folder)
    if not os.path.isdir(os.path.join(folder, "node_modules", package, made)):
        print(f"npm installs {package} once" + (
            "; it may have to be compiled" if made else ""), flush=True)
        done = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund"], cwd=folder,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False)
        if done.returncode:
            bench.die(69, "npm install failed:\n" + done.stdout[-2000:])
    return folder


def timed(ask, seconds, most):
    """Seconds of each of some calls."""
    took, end = [], time.monotonic() + seconds
    while not took or (time.monotonic() < end and len(took) < most):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return took
