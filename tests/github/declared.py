#!/usr/bin/env python3
"""declared.py API.JSON JOURNAL: each request of the journal that GitHub's
description does not know: its route, or a parameter of its query (which GitHub
would pass over in silence).  Then, how many requests and routes there were."""
import json
import re
import sys
import urllib.parse

with open(sys.argv[1], encoding="utf-8") as f:
    api = json.load(f)


def resolved(node):
    while "$ref" in node:
        _, _, kind, name = node["$ref"].split("/")
        node = api["components"][kind][name]
    return node


def route(method, path):
    for pattern, item in api["paths"].items():
        known = re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(pattern))
        if method.lower() in item and re.fullmatch(known, path):
            return method + " " + pattern, item[method.lower()]
    return None, None


seen, n = set(), 0
with open(sys.argv[2], encoding="utf-8") as f:
    for line in f:
        asked = json.loads(line)
        if asked.get("host") == "blobs":
            continue
        n += 1
        name, operation = route(asked["method"], asked["path"])
        if not operation:
            print("no route", asked["method"], asked["path"])
            continue
        seen.add(name)
        known = {p["name"] for p in map(resolved,
                                        operation.get("parameters", []))
                 if p["in"] == "query"}
        # Pages follow from the address that GitHub gives.
        for key in dict(urllib.parse.parse_qsl(asked["query"])).keys() - known:
            print("no parameter", key, "of", name)
every = {m.upper() + " " + p for p, item in api["paths"].items() for m in item}
for name in sorted(every - seen):
    print("not asked", name)
print(n, "requests,", len(seen), "routes")
