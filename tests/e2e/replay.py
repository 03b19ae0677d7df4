#!/usr/bin/python3
"""Replay a git history through the API and compare the tree after each commit.

usage: replay.py REPOSITORY WORKSPACE

Every commit becomes one batch: create, delete-file, and one edit for each hunk.
PATCHWARDEN_URL and PATCHWARDEN_TOKEN name the server.  What the API does not
carry (binary files, links, bytes that are no UTF-8) is left out on both sides.
"""
import http.client
import json
import os
import re
import subprocess
import sys
import urllib.parse

repo, workspace = sys.argv[1:3]
url = urllib.parse.urlparse(os.environ["PATCHWARDEN_URL"])
HUNK = re.compile(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.M)
EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def git(*args):
    return subprocess.run(["git", "-C", repo, *args], check=True,
                          stdout=subprocess.PIPE).stdout


def tree(commit):
    """path → (mode, blob) of what the API can carry."""
    files = {}
    for row in git("ls-tree", "-r", "-z", commit).split(b"\0"):
        if not row:
            continue
        meta, path = row.split(b"\t", 1)
        mode, kind, blob = meta.split()
        if kind == b"blob" and mode in (b"100644", b"100755"):
            files[path.decode()] = (mode, blob.decode())
    return files


blobs = {}


def blob(name):
    if name not in blobs:
        blobs[name] = git("cat-file", "blob", name)
    return blobs[name]


def text(name):
    data = blob(name)
    if b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def lines(data):
    return re.findall(r"[^\n]*\n|[^\n]+", data)


def hunks(path, old, new):
    diff = git("diff", "-U0", "--no-color", "--no-ext-diff", "--text",
               "--no-textconv", old, new)
    after = lines(text(new))
    for m in HUNK.finditer(diff):
        start, count, to, n = (int(x) if x else 1 for x in m.groups())
        block = "".join(after[to - 1:to - 1 + n]) if n else ""
        if count:
            yield {"op": "replace-block", "file": path, "start": start,
                   "end": start + count - 1, "block": block}
        elif start:
            yield {"op": "insert-after", "file": path, "line": start,
                   "block": block}
        else:
            yield {"op": "prepend", "file": path, "block": block}


def send(batch):
    conn = http.client.HTTPConnection(url.hostname, url.port, timeout=120)
    conn.request("POST", "/api/patches/apply", json.dumps(batch), {
        "Content-Type": "application/json",
        "Authorization": "Bearer " + os.environ["PATCHWARDEN_TOKEN"]})
    answer = conn.getresponse()
    data = answer.read()
    if answer.status != 200:
        sys.exit("%s: %d %s" % (batch["reason"], answer.status, data.decode()))


def compare(commit, want):
    have = {}
    for folder, folders, names in os.walk(workspace):
        folders[:] = [f for f in folders if f != ".patchwarden"]
        for name in names:
            full = os.path.join(folder, name)
            with open(full, "rb") as f:
                have[os.path.relpath(full, workspace)] = f.read()
    for path in sorted(set(have) | set(want)):
        if path not in have or path not in want:
            sys.exit("%s: %s is %s" % (commit, path, "missing"
                     if path in want else "left over"))
        if have[path] != blob(want[path]):
            sys.exit("%s: %s differs" % (commit, path))


carried = {}
commits = git("rev-list", "--reverse", "--first-parent", "HEAD").decode().split()
edits = 0
for commit in commits:
    now = {p: b for p, (_, b) in tree(commit).items() if text(b) is not None}
    modes = tree(commit)
    ops = []
    for path in sorted(set(carried) - set(now)):
        ops.append({"op": "delete-file", "file": path})
    for path in sorted(now):
        if path not in carried:
            ops.append({"op": "create", "file": path, "block": text(now[path]),
                        "mode": 493 if modes[path][0] == b"100755" else 420})
        elif carried[path] != now[path]:
            ops.extend(hunks(path, carried[path], now[path]))
    if ops:
        send({"requester": "replay", "reason": commit, "eol": "keep",
              "patches": ops})
        edits += len(ops)
    carried = now
    compare(commit, carried)
print("%d commits, %d edits, %d files" % (len(commits), edits, len(carried)))
if not commits:
    sys.exit("no commits")
