#!/usr/bin/python3
"""Kill or fail patches.fcgi at every system call of one batch.

usage: torture.py STATE PATCHES PATCHCTL SHORT_IO MODE

STATE has a configuration, a migrated database and an empty workspace; TOKEN in
the environment may do everything.  The batch replaces in one file, creates one
in new folders and deletes one.  It is run once undisturbed, its calls counted,
and then once per point of MODE:

  kill      SIGKILL at the entry of the Nth call of each kind
  error     the Nth call fails with each error that it may have
  lasting   the Nth call and all later ones of its kind fail
  short     the Nth read or write does half
  compound  killed at a random call, then the recovery killed or failed at a
            random call, and the one after that undisturbed

After each point: an answer must not lie, the next request recovers, the tree
is exactly the old or the new one, the log agrees with it and verifies, nothing
is left over, and the same request again (with its Idempotency-Key, or with a
new one when the first answer was a refusal) gives the new tree.

PATCHWARDEN_SEED repeats a run; PATCHWARDEN_QUICK tries a seeded part.
"""
import concurrent.futures
import hashlib
import json
import os
import queue
import random
import re
import shutil
import signal
import stat
import subprocess
import sys
import time

state, patches, patchctl, short_io, mode = sys.argv[1:6]
seed = int(os.environ.get("PATCHWARDEN_SEED") or time.time_ns() % 1000000)
quick = bool(os.environ.get("PATCHWARDEN_QUICK"))
chance = random.Random(seed)
WORKERS = os.cpu_count() or 2
# Fast enough to be run to the end; what is random has its own number.
with open(patches, "rb") as f:
    SANITIZED = b"__asan_init" in f.read()
SOME, COMPOUND = 60, 15 if quick else 150

BATCH = json.dumps({"requester": "torture", "patches": [
    {"op": "replace-block", "file": "one", "start": 2, "end": 2,
     "block": "changed\n"},
    {"op": "append", "file": "one", "block": "more\n"},
    {"op": "create", "file": "new/deep/file", "block": "made\n" * 300},
    {"op": "delete-file", "file": "two"}]}).encode()
N_OPS = 4
OLD = {"one": b"a\nb\nc\n" * 400, "two": b"goes\n", "stays/three": b"x"}

# Without memory a program ends, by design; what cannot fail does not; a close
# that is failed from outside leaves open what a failing close would not.
MEMORY = {"mmap", "brk", "mremap"}
NEVER = {"execve", "exit", "exit_group", "rt_sigreturn", "munmap", "madvise",
         "mprotect", "sigaltstack", "rt_sigaction", "rt_sigprocmask", "futex",
         "getpid", "gettid", "geteuid", "getegid", "clock_gettime"}
ROOM = {"openat", "openat2", "open", "write", "pwrite64", "fsync", "fdatasync",
        "renameat", "renameat2", "rename", "mkdir", "mkdirat", "linkat",
        "ftruncate", "fallocate", "symlinkat"}
WAITS = {"read", "write", "pread64", "pwrite64", "openat", "openat2", "flock"}
WRITES = {"pwrite64", "renameat2", "unlinkat", "mkdirat", "fsync", "fdatasync",
          "openat2", "openat", "write", "ftruncate", "fchmod"}
FILES = {"openat", "openat2", "open", "pipe2", "socket", "dup", "memfd_create"}


class Broken(Exception):
    """A promise that was not kept."""


class Place:
    """A state directory of one worker, made anew for each point."""

    def __init__(self, number):
        self.dir = "%s/w%d" % (state, number)
        self.tree = self.dir + "/tree"
        self.config = "%s/w%d.conf" % (state, number)
        with open(state + "/patchwarden.conf") as f:
            text = f.read()
        with open(self.config, "w") as f:
            f.write(text.replace(state, self.dir))
        self.env = dict(os.environ, PATCHWARDEN_CONFIG=self.config,
                        PATCHWARDEN_LOG_LEVEL="error")

    def fresh(self):
        shutil.rmtree(self.dir, ignore_errors=True)
        shutil.copytree(state + "/pristine", self.dir)

    def request(self, method, uri, body=b"", key=None, wrap=(), env=()):
        """status (None: no whole answer), JSON, what was logged"""
        variables = dict(
            self.env, REQUEST_METHOD=method, REQUEST_URI=uri,
            SCRIPT_NAME=uri.split("?")[0],
            QUERY_STRING=uri.partition("?")[2],
            GATEWAY_INTERFACE="CGI/1.1", SERVER_PROTOCOL="HTTP/1.1",
            CONTENT_TYPE="application/json", CONTENT_LENGTH=str(len(body)),
            HTTP_AUTHORIZATION="Bearer " + os.environ["TOKEN"], **dict(env))
        if key:
            variables["HTTP_IDEMPOTENCY_KEY"] = key
        run = subprocess.Popen([*wrap, patches], env=variables,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)
        try:
            out, log = run.communicate(body, timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(run.pid, signal.SIGKILL)
            run.communicate()
            raise Broken("no end after a minute")
        logged = log.decode(errors="replace")
        # it also speaks of what was taken from itself: not of that
        if re.search("Sanitizer: (heap|stack|global|use|double|attempting|"
                     "SEGV|bad|negative|alloc|unknown)|runtime error", logged):
            raise Broken("a sanitizer speaks:\n" + logged)
        head, _, rest = out.partition(b"\r\n\r\n")
        found = re.search(rb"^Status: (\d+)", head, re.M)
        length = re.search(rb"^Content-Length: (\d+)", head, re.M)
        if not found or not length or len(rest) != int(length.group(1)):
            return None, None, logged
        return int(found.group(1)), json.loads(rest), logged

    def apply(self, key, **how):
        return self.request("POST", "/api/patches/apply", BATCH, key, **how)

    def look(self, **how):
        return self.request("GET", "/api/events?limit=1000", **how)

    def contents(self):
        """Every path below the workspace, with kind, mode and bytes."""
        found = []
        for folder, folders, names in os.walk(self.tree):
            folders[:] = sorted(f for f in folders if f != ".patchwarden")
            for name in sorted(folders + names):
                full = os.path.join(folder, name)
                st = os.lstat(full)
                row = [os.path.relpath(full, self.tree),
                       stat.S_IFMT(st.st_mode)]
                if stat.S_ISREG(st.st_mode):
                    with open(full, "rb") as f:
                        row += [st.st_mode & 0o7777,
                                hashlib.sha256(f.read()).hexdigest()]
                found.append(tuple(row))
        return sorted(found)

    def left_over(self):
        stage = self.tree + "/.patchwarden"
        return [n for n in os.listdir(stage) if n != ".gitignore"] \
            if os.path.isdir(stage) else []


def strace(*inject):
    # without --seccomp-bpf: strace 6.1 injects nothing with it
    words = ["strace", "-f", "-o", "/dev/null"]
    for i in inject:
        words += ["-e", "trace=" + i.split(":")[0], "-e", "inject=" + i]
    return words


def count_calls(place, run):
    """kind of call → its numbers, once the configuration has been opened"""
    log = place.dir + ".trace"
    status, _, logged = run(wrap=["strace", "-f", "-o", log])
    if status != 200:
        sys.exit("undisturbed: %s\n%s" % (status, logged))
    seen, spans, started = {}, {}, False
    with open(log) as f:
        for line in f:
            row = re.match(r"(\d+) +(\w+)\(", line)
            if not row:
                continue
            key = row.groups()
            n = seen[key] = seen.get(key, 0) + 1
            if started:
                span = spans.setdefault(key[1], [n, n])
                span[:] = min(n, span[0]), max(n, span[1])
            started |= place.config in line
    os.unlink(log)
    return {call: range(a, b + 1) for call, (a, b) in spans.items()}


def errors(call):
    if call in MEMORY:		# a sanitizer's own memory is not ours
        return [] if SANITIZED else ["ENOMEM"]
    if call in NEVER or call == "close":
        return []
    return ["EIO"] + ["ENOSPC"] * (call in ROOM) + \
        ["EMFILE"] * (call in FILES) + ["EINTR"] * (call in WAITS)


def check_tree(place, what, *allowed):
    now = place.contents()
    for one in allowed:
        if now == one:
            return now
    want = allowed[-1]
    raise Broken("%s: the tree is neither old nor new: %s" % (what, [
        row for row in set(now) ^ set(want)]))


def check_answer(place, answer, disturbed):
    status, doc, logged = answer
    if status == 200:
        if not doc["ok"] or \
                {r["status"] for r in doc["results"]} != {"applied"}:
            raise Broken("200, but %s" % doc)
        check_tree(place, "200", NEW)
    elif disturbed and status is not None and status < 500 and \
            doc["code"] not in ("rolled_back", "body_incomplete"):
        raise Broken("the client is blamed: %s" % doc)


def check_log(place, doc, now):
    """What the stream says of our batches is what the tree is."""
    kinds = [e["type"] for e in doc["events"]]
    asked = kinds.count("patch_requested")
    applied = kinds.count("patch_applied")
    if applied != (N_OPS if now == NEW else 0):
        raise Broken("the tree is %s, but %d were applied" %
                     ("new" if now == NEW else "old", applied))
    if asked != applied + kinds.count("patch_failed"):
        raise Broken("asked %d, but: %s" % (asked, kinds))
    if place.left_over():
        raise Broken("left over: %s" % place.left_over())
    done = subprocess.run([patchctl, "db", "verify"], env=place.env,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Broken("db verify: %s" % done.stdout.decode())


def check_again(place, now):
    """The same request once more, as a client without an answer sends it."""
    status, doc, logged = place.apply("key")
    if status != 200:
        if now == NEW or status is None:
            raise Broken("sent again: %s %s %s" % (status, doc, logged))
        check_tree(place, "refused again", OLD_ROWS)
        status, doc, logged = place.apply("key-2")
        if status != 200:
            raise Broken("another key: %s %s %s" % (status, doc, logged))
    check_tree(place, "sent again", NEW)


def judge(place, answer, disturbed):
    check_answer(place, answer, disturbed)
    status, doc, logged = place.look()
    if status != 200:
        raise Broken("the next request: %s %s %s" % (status, doc, logged))
    now = check_tree(place, "recovered", OLD_ROWS, NEW)
    told = json.dumps(answer[1])
    if "nothing was changed" in told and now != OLD_ROWS:
        raise Broken("it has been changed: %s" % told)
    check_log(place, doc, now)
    check_again(place, now)
    return "new" if now == NEW else "old"


def one(point):
    """Try a point in a fresh place; how it ended."""
    place = places.get()
    try:
        place.fresh()
        kind, first, second = point
        if kind == "short":
            return judge(place, place.apply("key", env={
                "LD_PRELOAD": short_io, "SHORT_IO_AT": str(first)}), False)
        answer = place.apply("key", wrap=strace(first))
        if answer[0] is None:
            silent.append(point)
        if second:
            place.look(wrap=strace(second))
        return judge(place, answer, "error=" in first)
    except Broken as fault:
        return "%s: %s" % (point, fault)
    finally:
        places.put(place)


def spec(call, n, what, lasting=False):
    return "%s:%s:when=%d%s" % (call, what, n, "+" if lasting else "")


def points_of(place):
    if mode == "short":
        count = place.dir + "/count"
        place.fresh()
        place.apply("key", env={"LD_PRELOAD": short_io,
                                "SHORT_IO_COUNT": count})
        with open(count) as f:
            n = int(f.read())
        return [("short", i, None) for i in range(n + 1)]
    place.fresh()
    calls = count_calls(place, lambda **how: place.apply("key", **how))
    kills = [(c, n) for c in calls if c not in MEMORY | NEVER
             for n in calls[c]]
    if mode == "kill":
        return [("kill", spec(c, n, "signal=SIGKILL"), None) for c, n in kills]
    if mode == "error":
        return [("error", spec(c, n, "error=" + e), None)
                for c in calls for n in calls[c] for e in errors(c)]
    if mode == "lasting":
        return [("lasting", spec(c, n, "error=ENOSPC", True), None)
                for c in calls if c in ROOM for n in calls[c]]
    place.fresh()
    place.apply("key", wrap=strace("renameat2:signal=SIGKILL:when=2"))
    mends = count_calls(place, place.look)
    ends = [spec(c, n, what) for c in mends if c not in NEVER
            for n in mends[c]
            for what in ["signal=SIGKILL"] + ["error=" + e for e in errors(c)]]
    kills = [(c, n) for c, n in kills if c in WRITES]
    return [("compound", spec(*chance.choice(kills), "signal=SIGKILL"),
             chance.choice(ends)) for _ in range(COMPOUND)]


def make_pristine():
    tree = state + "/pristine/tree"
    for name in os.listdir(state):
        if name.endswith(".conf") or name == "pristine":
            continue
        os.makedirs(state + "/pristine", exist_ok=True)
        os.rename(state + "/" + name, state + "/pristine/" + name)
    shutil.rmtree(tree + "/.patchwarden", ignore_errors=True)
    for name, data in OLD.items():
        os.makedirs(os.path.dirname(tree + "/" + name), exist_ok=True)
        with open(tree + "/" + name, "wb") as f:
            f.write(data)


make_pristine()
places = queue.Queue()
silent = []
for k in range(WORKERS):
    places.put(Place(k))
place = places.get()
place.fresh()
OLD_ROWS = place.contents()
answer = place.apply("key")
NEW = place.contents()
if answer[0] != 200 or NEW == OLD_ROWS:
    sys.exit("the batch is not applied: %s" % (answer,))
points = points_of(place)
places.put(place)
every = len(points)
if quick and every > SOME:
    points = chance.sample(points, SOME)
with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
    ends = list(pool.map(one, points))
bad = [end for end in ends if end not in ("old", "new")]
print("# %d points of %d: %d end old, %d new (seed %d)" % (
    len(points), every, ends.count("old"), ends.count("new"), seed))
for end in bad[:10]:
    print("#", end[:2000])
if bad:
    sys.exit("%d broken" % len(bad))
if not every or not ends.count("new"):
    sys.exit("nothing was tried")
if mode == "kill" and len(silent) < len(points) // 2:
    sys.exit("only %d were killed" % len(silent))
