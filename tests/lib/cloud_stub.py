#!/usr/bin/python3
"""cloud_stub.py FOLDER: the servers that scans ask beside GitHub, on one port
that is written to FOLDER/port.  Each misbehaves when it is told to.

/core-cf, /core-gh   the proxies of logs (CORE_CLOUDFLARE_API, CORE_GITHUB_API)
/cf                  Cloudflare's client/v4: …/telemetry/query
/llm/v1              chat completions of a language model

Each request is a line of JSON in FOLDER/journal: method, path, query, body,
auth, status, complaint (what no client may do).

Control, without credentials, POST with a JSON body:
/_/logs    {"core-cf": [...], "core-gh": [...]}: what the proxies have
/_/events  [event, ...]: what Cloudflare has; newest first is its business
/_/cf      {"abr_level": 10, "max_rows": 100, "loop": true, "status": "STARTED"}
/_/fault   {"path": regular expression, "do": KIND, "times": 1, ...}
           KIND: status (status, headers, answer), close, hang, slow, endless,
           rubbish, truncated, redirect
/_/llm     {"mode": MODE, "forms": [...], "refuses": [...]}
           MODE: good, rubbish, repair, obey, leak, limit, filter, refusal, odd,
           fenced, long.  forms: which response formats it knows; refuses:
           parameters that it does not take
/_/calm    no faults any more."""
import json
import os
import re
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

folder = sys.argv[1]
lock = threading.RLock()
logs = {"core-cf": [], "core-gh": []}
events = []
cf = {}
llm = {"mode": "good", "forms": ["json_schema", "json_object", None],
       "refuses": []}
faults = []
TOKEN = "cloud-token-0123456789abcdef"
ACCOUNT = "0123456789abcdef0123456789abcdef"


def journal(entry):
    with lock, open(folder + "/journal", "a", encoding="utf-8") as out:
        out.write(json.dumps(entry) + "\n")


def fault_for(path):
    for f in faults:
        if f["times"] and re.search(f["path"], path):
            if f.get("skip", 0) > 0:
                f["skip"] -= 1
                continue
            f["times"] -= 1
            return f
    return None


def control(path, body):
    if path == "/_/logs":
        logs.update(body)
    elif path == "/_/events":
        events[:] = body
    elif path == "/_/cf":
        cf.clear()
        cf.update(body)
    elif path == "/_/fault":
        faults.append({"times": 1, **body})
    elif path == "/_/calm":
        faults.clear()
    elif path == "/_/llm":
        llm.update({"mode": "good", "refuses": [],
                    "forms": ["json_schema", "json_object", None], **body})
    else:
        return 404, {}
    return 200, {}


class Wrong(Exception):
    """What no client may do; the answer is status and says why."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


def core(which, query):
    if not re.fullmatch(r"[1-9]\d*h", query.get("window", "")):
        raise Wrong(400, "window must be hours: 24h")
    if set(query) != {"window"}:
        raise Wrong(400, "only window is known")
    return {"logs": logs[which]}


FILTER_OPERATIONS = {"eq", "neq", "gt", "gte", "lt", "lte", "includes",
                     "not_includes", "starts_with", "regex", "exists",
                     "is_null", "in", "not_in"}
QUERY_MEMBERS = {"queryId", "timeframe", "view", "limit", "offset",
                 "offsetDirection", "offsetBy", "chart", "compare", "dry",
                 "granularity", "ignoreSeries", "parameters"}


def holds(event, f):
    value = event
    at = f["key"].split(".", 1)
    for key in at:
        value = value.get(key) if isinstance(value, dict) else None
    if f["operation"] == "exists":
        return value is not None
    return f["operation"] == "eq" and value == f["value"]


def telemetry(body):
    """One page of the events of a window, newest first."""
    if set(body) - QUERY_MEMBERS:
        raise Wrong(400, f"unknown: {sorted(set(body) - QUERY_MEMBERS)}")
    frame = body.get("timeframe")
    if not body.get("queryId") or not isinstance(frame, dict):
        raise Wrong(400, "queryId and timeframe are required")
    if body.get("view") != "events" or body.get("dry") is not True:
        raise Wrong(400, "only dry queries of events are expected here")
    if not isinstance(frame["from"], int) or frame["from"] >= frame["to"]:
        raise Wrong(400, "timeframe is none")
    if frame["to"] - frame["from"] > 7 * 86400000:
        raise Wrong(400, "more than seven days")
    limit = body.get("limit", 50)
    if not 0 < limit <= cf.get("max_rows", 2000):
        raise Wrong(400, f"limit must be at most {cf.get('max_rows', 2000)}")
    p = body["parameters"]
    assert p["datasets"] == ["cloudflare-workers"], p
    for f in p.get("filters", []):
        assert f["operation"] in FILTER_OPERATIONS and f["type"] == "string"
        assert ("value" in f) == (f["operation"] != "exists"), f
    want = any if p.get("filterCombination") == "or" else all
    found = sorted((e for e in events
                    if frame["from"] <= e.get("timestamp", frame["from"])
                    <= frame["to"] and (not p.get("filters") or
                                        want(holds(e, f)
                                             for f in p["filters"]))),
                   key=lambda e: -e.get("timestamp", 0))
    at = 0
    if "offset" in body and not cf.get("loop"):
        ids = [e.get("$metadata", {}).get("id") for e in found]
        if body["offset"] not in ids:
            raise Wrong(400, "no event has that id")
        at = ids.index(body["offset"]) + 1
    page = found[at:at + limit]
    return {"success": True, "errors": [], "messages": [], "result": {
        "run": {"id": "run1", "status": cf.get("status", "COMPLETED")},
        "statistics": {"abr_level": cf.get("abr_level", 1),
                       "elapsed": 0.01},
        "events": {"count": len(found), "events": page, "fields": []}}}


OPINION = {"analysis": "The code reads a member of something undefined.",
           "prompt": "Look at handler() and check for undefined.",
           "proposed_severity": 2}


def said(mode, messages):
    """The model's text for these messages."""
    data = messages[1]["content"]
    if mode == "rubbish":
        return "I am a teapot. " * 20
    if mode == "repair":
        return (json.dumps(OPINION) if len(messages) > 2 else
                '{"analysis":"only half of it"}')
    if mode == "obey":      # it does what the log lines say
        return json.dumps({
            "analysis": "As ordered: @everyone closes #1. \u001b[31m\u0007",
            "prompt": "</details><script>alert(1)</script> fixes #1",
            "proposed_severity": 1})
    if mode == "widen":     # it wants more than it may
        return json.dumps({**OPINION, "status": "closed", "severity": 1})
    if mode == "leak":      # it repeats all that it was told
        return json.dumps({"analysis": data[-3000:] + " key ghp_" + "A" * 36,
                           "prompt": data[-3000:],
                           "proposed_severity": 3})
    if mode == "fenced":
        return "Here it is:\n```json\n" + json.dumps(OPINION) + "\n```\n"
    if mode == "long":
        return json.dumps({**OPINION, "analysis": "x" * 100000})
    if mode == "wrong":
        return json.dumps({**OPINION, "proposed_severity": "grave"})
    return json.dumps(OPINION)


CHAT_MEMBERS = {"model", "messages", "temperature", "max_completion_tokens",
                "max_tokens", "stream", "response_format"}


def check_schema(schema):
    """The few things that strict servers insist on."""
    if schema.get("type") != "object" or \
            schema.get("additionalProperties") is not False or \
            sorted(schema.get("required", [])) != sorted(schema["properties"]):
        raise Wrong(400, "Invalid schema for response_format")


def chat(body):
    if set(body) - CHAT_MEMBERS:
        raise Wrong(400, f"unknown: {sorted(set(body) - CHAT_MEMBERS)}")
    for name in llm["refuses"]:
        if name in body:
            raise Wrong(400, f"Unsupported parameter: '{name}' is not "
                        "supported with this model.")
    if body["model"] != "stub-1":
        raise Wrong(404, "no such model")
    form = body.get("response_format", {}).get("type")
    if form not in llm["forms"]:
        raise Wrong(400, f"response_format {form} is not supported")
    if form == "json_schema":
        check_schema(body["response_format"]["json_schema"]["schema"])
        assert body["response_format"]["json_schema"]["strict"] is True
    for m in body["messages"]:
        assert m["role"] in ("system", "user", "assistant"), m
    mode = llm["mode"]
    message = {"role": "assistant", "content": said(mode, body["messages"]),
               "refusal": None}
    reason = {"limit": "length", "filter": "content_filter"}.get(mode, "stop")
    if mode == "refusal":
        message.update(content=None, refusal="I can't help with that.")
    if mode == "null":
        return None
    if mode == "odd":
        return {"object": "chat.completion", "choices": []}
    return {"id": "c1", "object": "chat.completion", "model": "stub-1",
            "choices": [{"index": 0, "message": message,
                         "finish_reason": reason}],
            "usage": {"total_tokens": 9}}


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args):
        pass

    def handle(self):
        try:
            super().handle()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def send(self, status, body, headers=None, declared=None):
        self.send_response(status)
        for name, value in (headers or
                            {"Content-Type": "application/json"}).items():
            self.send_header(name, str(value))
        self.send_header("Content-Length", str(
            len(body) if declared is None else declared))
        self.end_headers()
        self.wfile.write(body)

    def misbehave(self, f):
        do = f["do"]
        self.close_connection = True
        if do == "status":
            self.send(f["status"], json.dumps(f.get("answer", {})).encode(),
                      {"Content-Type": "application/json",
                       **f.get("headers", {})})
        elif do == "redirect":
            self.send(302, b"", {"Location": f["location"]})
        elif do == "rubbish":
            self.send(200, b"<html>Sorry</html>", {"Content-Type": "text/html"})
        elif do == "truncated":
            self.send(200, b'{"logs":[{"wor')
        elif do == "hang":
            time.sleep(f.get("seconds", 3600))
        elif do == "slow":
            self.send(200, b"", declared=100000)
            for _ in range(100000):
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(f.get("every", 0.5))
        elif do == "endless":
            self.send(200, b'{"logs":[', declared=1 << 50)
            while True:
                self.wfile.write(b'{"x":"' + b"x" * 65000 + b'"},')

    def route(self, path, query, body):
        if path == "/core-cf/v1/logs/workers" and self.command == "GET":
            return core("core-cf", query)
        if path == "/core-gh/v1/actions/runs/logs" and self.command == "GET":
            return core("core-gh", query)
        if path == (f"/cf/accounts/{ACCOUNT}/workers/observability/telemetry"
                    "/query") and self.command == "POST":
            return telemetry(body)
        if path == "/llm/v1/chat/completions" and self.command == "POST":
            return chat(body)
        raise Wrong(404, "no such route")

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if url.path.startswith("/_/"):
            with lock:
                status, made = control(url.path, json.loads(raw or b"{}"))
            self.send(status, json.dumps(made).encode())
            return
        entry = {"method": self.command, "path": url.path,
                 "query": url.query, "body": raw.decode("utf-8", "replace"),
                 "auth": self.headers.get("Authorization")}
        with lock:
            fault = fault_for(url.path)
        if fault:
            journal({**entry, "fault": fault["do"]})
            self.misbehave(fault)
            return
        try:
            if entry["auth"] != "Bearer " + TOKEN:
                raise Wrong(401, "Invalid API token")
            if not self.headers.get("User-Agent"):
                raise Wrong(403, "User-Agent is required")
            with lock:
                made = self.route(url.path, dict(
                    urllib.parse.parse_qsl(url.query)), json.loads(raw)
                    if raw else None)
            status = 200
        except Wrong as e:
            status = e.status
            entry["complaint"] = str(e)
            made = {"success": False, "errors": [
                {"code": 1000 + status, "message": str(e)}],
                "error": {"message": str(e), "type": "invalid_request_error"}}
        except Exception as e:      # what the checks above assert
            status = 400
            entry["complaint"] = f"assert: {e!r}"
            made = {"error": {"message": repr(e)}}
        journal({**entry, "status": status})
        self.send(status, json.dumps(made).encode())

    do_GET = do_POST = answer


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
server.daemon_threads = True
with open(folder + "/port.new", "w", encoding="utf-8") as out:
    out.write(str(server.server_port))
os.rename(folder + "/port.new", folder + "/port")
server.serve_forever()
