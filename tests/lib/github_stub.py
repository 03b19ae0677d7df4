#!/usr/bin/python3
"""github_stub.py FOLDER [PREFIX]: a GitHub that remembers, and misbehaves when
it is told to.

Serves the parts of the REST interface that we use below PREFIX ("" as
api.github.com, "/api/v3" as an Enterprise server), on a port that it writes to
FOLDER/port.  Logs lie on a second port, as GitHub's do on another host, which
refuses whoever brings credentials along.  Each request is a line of JSON in
FOLDER/journal: method, path, query, body, status, auth, at (ms), busy (how many
were being answered when it came), fault, and complaint for what no client may
do.  A key that Apps sign with is FOLDER/app.pub (PEM).

Control, without credentials, POST with a JSON body:
/_/fault   {"do": KIND, "method", "path" (regular expression), "times": 1,
           "skip": 0, ...}, or a list; see FAULTS.  times -1: for ever.
/_/storm   {"rate": 0.3, "seed": 1, "do": [KIND...], "method": "POST"}
/_/lag     {"seconds": 2} or {"lists": 3}: what is new is not in lists before
/_/limits  {"remaining", "reset_in", "creates_a_minute"}
/_/seed    {"repo", "issues", "pulls", "runs", "jobs", "logs", "annotations",
           "labels", "assignable"}: logs by job id, annotations by check run
/_/set     {"repo", "number", ...}: change an issue as somebody else would
/_/deliver {"url", "secret", "event", "payload", "delivery"}: a webhook
GET /_/state tells everything."""
import hashlib
import hmac
import json
import os
import random
import re
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.dont_write_bytecode = True
import github_world  # noqa: E402

FAULTS = {
    "status": "answers with `status`, `headers`, `answer`; nothing is done",
    "status_after": "the same, but it was done",
    "close": "hangs up; nothing is done",
    "close_after": "hangs up; it was done",
    "hang": "says nothing for `seconds`, then hangs up; nothing is done",
    "hang_after": "the same, but it was done",
    "slow": "one byte each `every` seconds; it was done",
    "endless": "an answer without end; it was done",
    "truncated": "half of the JSON, well framed; it was done",
    "short": "promises more bytes than it sends; it was done",
    "long": "promises fewer bytes than it sends; it was done",
    "rubbish": "a page of HTML with status 200; it was done",
    "wrong": "JSON of another shape with status 200; it was done",
    "redirect": "leads to `location` with `status` (302)",
    "primary": "the hour's requests are used up for `reset_in` seconds",
    "secondary": "asked too much; `retry_after` seconds, or null: not said",
}

folder = sys.argv[1] if len(sys.argv) > 1 else "."
prefix = sys.argv[2] if len(sys.argv) > 2 else ""
lock = threading.RLock()
world = github_world.World(folder)
faults = []
storm = None
dice = random.Random(1)
busy = 0


def journal(entry):
    with lock, open(folder + "/journal", "a", encoding="utf-8") as out:
        out.write(json.dumps(entry) + "\n")


def fault_for(method, path):
    """The fault that this request is to suffer, or None."""
    for f in faults:
        if (f.get("method", method) != method or not f["times"] or
                not re.search(f.get("path", ""), path)):
            continue
        if f.get("skip", 0) > 0:
            f["skip"] -= 1
            continue
        f["times"] -= 1
        return f
    if (storm and storm.get("method", method) == method and
            dice.random() < storm["rate"]):
        return {"do": dice.choice(storm["do"]), **storm.get("with", {})}
    return None


def control(path, body):
    """One of the routes that tests steer by; what it answers."""
    global storm, dice
    if path == "/_/fault":
        for f in body if isinstance(body, list) else [body]:
            assert f["do"] in FAULTS, f["do"]
            faults.append({"times": 1, **f})
    elif path == "/_/calm":
        faults.clear()
        storm = None
    elif path == "/_/storm":
        assert all(k in FAULTS for k in body["do"])
        storm, dice = body, random.Random(body.get("seed", 1))
    elif path == "/_/deliver":
        return deliver(body)
    elif path == "/_/state":
        return world.state()
    else:
        return world.control(path[3:], body)
    return {}


def deliver(d):
    """Send a webhook as GitHub signs it; tells what it was answered."""
    payload = json.dumps(d["payload"]).encode()
    made = hmac.new(d["secret"].encode(), payload, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json", "User-Agent": "GitHub-Hookshot/1",
        "X-GitHub-Event": d["event"], "X-GitHub-Delivery": d["delivery"],
        "X-GitHub-Hook-ID": "1", "X-Hub-Signature-256": "sha256=" + made}
    ask = urllib.request.Request(d["url"], payload, headers, method="POST")
    try:
        with urllib.request.urlopen(ask, timeout=60) as got:
            return {"status": got.status, "body": got.read().decode()}
    except urllib.error.HTTPError as e:
        return {"status": e.code, "body": e.read().decode()}


class Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True	# head and body are two writes

    def log_message(self, *_args):
        pass

    def handle(self):
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def send(self, status, headers, body, declared=None):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, str(value))
        if status not in (204, 304):
            self.send_header("Content-Length",
                             str(len(body) if declared is None else declared))
        self.end_headers()
        if status not in (204, 304):
            self.wfile.write(body)


class Blobs(Quiet):
    """Where logs lie.  A store that sees credentials of others refuses."""

    def do_GET(self):
        key = urllib.parse.urlsplit(self.path).path.strip("/")
        entry = {"method": "GET", "path": "/" + key, "host": "blobs",
                 "auth": self.headers.get("Authorization")}
        text = world.blobs.get(key)
        if entry["auth"]:
            entry["complaint"] = "credentials were sent to another host"
            status, body = 400, b"no credentials are wanted here"
        elif text is None:
            status, body = 404, b"no such log"
        else:
            status, body = 200, text.encode("utf-8", "surrogateescape")
        entry["status"] = status
        journal(entry)
        with lock:
            fault = fault_for("GET", "/blobs/" + key)
        if fault:
            misbehave(self, fault, status, {"Content-Type": "text/plain"}, body)
        else:
            self.send(status, {"Content-Type": "text/plain"}, body)


def hang(handler, fault):
    time.sleep(fault.get("seconds", 3600))
    handler.close_connection = True


def misbehave(handler, fault, status, headers, body):
    """Answer in the way that was asked for."""
    do = fault["do"]
    handler.close_connection = True
    if do in ("status", "status_after"):
        made = fault.get("answer", {"message": "Server Error"})
        handler.send(fault.get("status", 502), {
            "Content-Type": "application/json", **fault.get("headers", {})},
            json.dumps(made).encode())
    elif do in ("hang", "hang_after"):
        hang(handler, fault)
    elif do == "slow":
        trickle(handler, fault, status, headers, body)
    elif do == "endless":
        handler.send(status, headers, b"[", declared=1 << 50)
        while True:
            handler.wfile.write(b'"' + b"x" * 65530 + b'",\n')
    elif do == "truncated":
        handler.send(status, headers, body[:len(body) // 2])
    elif do == "short":
        handler.send(status, headers, body, declared=len(body) + 1000)
    elif do == "long":
        handler.send(status, headers, body, declared=max(len(body) - 10, 0))
    elif do == "rubbish":
        handler.send(200, {"Content-Type": "text/html"},
                     b"<html><h1>Unicorn!</h1></html>")
    elif do == "wrong":
        handler.send(200, headers, b'{"number":"seven","title":[],"id":{}}')


def trickle(handler, fault, status, headers, body):
    handler.send(status, headers, b"", declared=len(body))
    for byte in body:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        time.sleep(fault.get("every", 1))


def limit_answer(fault):
    """Status, headers and body of a refusal for asking too much."""
    headers = {"Content-Type": "application/json"}
    if fault["do"] == "primary":
        reset = int(time.time()) + fault.get("reset_in", 60)
        headers.update({"x-ratelimit-limit": 5000, "x-ratelimit-remaining": 0,
                        "x-ratelimit-reset": reset})
        message = "API rate limit exceeded for user ID 1."
    else:
        if fault.get("retry_after", 60) is not None:
            headers["Retry-After"] = fault.get("retry_after", 60)
        headers.update({"x-ratelimit-limit": 5000,
                        "x-ratelimit-remaining": 4000,
                        "x-ratelimit-reset": int(time.time()) + 3000})
        message = "You have exceeded a secondary rate limit."
    return fault.get("status", 403), headers, json.dumps({
        "message": message, "documentation_url":
        "https://docs.github.com/rest/overview/rate-limits"}).encode()


class Api(Quiet):
    def answer(self):
        global busy
        url = urllib.parse.urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if url.path.startswith("/_/"):
            with lock:
                made = control(url.path, json.loads(raw or b"{}"))
            self.send(200, {"Content-Type": "application/json"},
                      json.dumps(made).encode())
            return
        entry = {"method": self.command, "path": url.path,
                 "query": url.query, "body": raw.decode("utf-8", "replace"),
                 "auth": self.headers.get("Authorization"),
                 "agent": self.headers.get("User-Agent"),
                 "at": int(time.time() * 1000)}
        with lock:
            entry["busy"] = busy
            busy += 1
            fault = fault_for(self.command, url.path)
        entry["fault"] = fault["do"] if fault else None
        try:
            self.act(url, raw, entry, fault)
        finally:
            with lock:
                busy -= 1

    def act(self, url, raw, entry, fault):
        do = fault["do"] if fault else None
        if do in ("status", "close", "hang", "redirect", "primary",
                  "secondary"):
            self.refuse(entry, fault)
            return
        with lock:
            status, headers, body = world.serve(github_world.Request(
                self.command, url.path[len(prefix):], url.query, raw,
                self.headers, self.base(), entry))
        entry["status"] = status
        journal(entry)
        if do == "close_after":
            self.close_connection = True
        elif fault:
            misbehave(self, fault, status, headers, body)
        else:
            self.send(status, headers, body)

    def refuse(self, entry, fault):
        """Whatever changes nothing."""
        do = fault["do"]
        entry["status"] = fault.get("status", 0)
        journal(entry)
        if do == "close":
            self.close_connection = True
        elif do == "redirect":
            self.send(fault.get("status", 302),
                      {"Location": fault["location"]}, b"")
        elif do in ("primary", "secondary"):
            self.send(*limit_answer(fault))
        else:
            misbehave(self, fault, 0, {}, b"")

    def base(self):
        return "http://127.0.0.1:%d%s" % (self.server.server_address[1], prefix)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer


def main():
    blobs = ThreadingHTTPServer(("127.0.0.1", 0), Blobs)
    blobs.daemon_threads = True
    threading.Thread(target=blobs.serve_forever, daemon=True).start()
    world.blob_base = "http://127.0.0.1:%d" % blobs.server_address[1]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.daemon_threads = True
    with open(folder + "/port.new", "w", encoding="ascii") as out:
        out.write(str(server.server_address[1]))
    os.rename(folder + "/port.new", folder + "/port")
    server.serve_forever()


if __name__ == "__main__":
    main()
