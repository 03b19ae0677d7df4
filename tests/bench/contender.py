"""contender.py - one edit of a file, forwards and back, by those who can do it:
ours behind lighttpd, git apply, GNU patch, and the bare system calls."""
import os
import subprocess
import time

import bench


def line(n, word):
    return f"{n:06d} {word} and the rest of a line of text\n"


class Case:
    """One size of file and of batch, its two states and ways between them."""

    def __init__(self, folder, lines, edits):
        self.file = f"file-{lines}-{edits}.txt"
        self.numbers = bench.edits_of(lines, edits)
        changed = set(self.numbers)
        self.texts = [
            "".join(line(n, word if n in changed else "plain")
                    for n in range(1, lines + 1)).encode()
            for word in ("first", "other")]
        self.bodies = [bench.batch(self.file, self.numbers,
                                   lambda n, w=word: line(n, w))
                       for word in ("first", "other")]
        self.diffs, self.batches = [], []
        base = os.path.join(folder, f"{lines}-{edits}")
        for i in (0, 1):
            write(f"{base}.{i}", self.texts[i])
        for to in (0, 1):
            diff = subprocess.run(
                ["diff", "-u", "--label", "a/" + self.file, "--label",
                 "b/" + self.file, f"{base}.{1 - to}", f"{base}.{to}"],
                stdout=subprocess.PIPE, check=False).stdout
            write(f"{base}.{to}.diff", diff)
            self.diffs.append(f"{base}.{to}.diff")
            write(f"{base}.{to}.json", self.bodies[to])
            self.batches.append(f"{base}.{to}.json")


def write(path, data):
    with open(path, "wb") as f:
        f.write(data)


class Contender:
    """Applies the one batch, then the other, then the one again."""

    def __init__(self, tree):
        self.tree, self.state = tree, {}
        os.makedirs(tree, exist_ok=True)

    def prepare(self, case):
        write(os.path.join(self.tree, case.file), case.texts[0])
        self.state[case.file] = 0

    def once(self, case, to):
        raise NotImplementedError

    def rate(self, case, seconds):
        n, began = 0, time.monotonic()
        while n < 2 or time.monotonic() - began < seconds:
            self.state[case.file] ^= 1
            self.once(case, self.state[case.file])
            n += 1
        took = time.monotonic() - began
        self.check(case)
        return n / took

    def check(self, case):
        with open(os.path.join(self.tree, case.file), "rb") as f:
            if f.read() != case.texts[self.state[case.file]]:
                bench.die(1, f"{type(self).__name__}: the file is wrong")


class Ours(Contender):
    def __init__(self, folder, build, synchronous):
        self.server = bench.Instance(folder, build,
                                     ["SYNCHRONOUS=" + synchronous])
        self.client = None
        super().__init__(self.server.tree)

    def rate(self, case, seconds):
        # while others took their turns, an idle connection may have ended
        self.client = bench.Client(self.server)
        return super().rate(case, seconds)

    def once(self, case, to):
        status, body = self.client.send(self.client.request(
            "POST", "/api/patches/apply", case.bodies[to]))
        if status != 200:
            bench.die(1, f"apply answered {status}: {body[:500]!r}")


class Piped(Ours):
    """The same, not waiting for an answer before the next batch is sent."""

    AHEAD = 8

    def rate(self, case, seconds):
        self.client = bench.Client(self.server)
        n, began = 0, time.monotonic()
        ways = [self.client.request("POST", "/api/patches/apply", body)
                for body in case.bodies]
        group = b"".join(ways[(self.state[case.file] + 1 + i) % 2]
                         for i in range(self.AHEAD))
        while n < 2 or time.monotonic() - began < seconds:
            self.client.sock.sendall(group)
            for _ in range(self.AHEAD):
                status, body = self.client.answer()
                if status != 200:
                    bench.die(1, f"apply answered {status}: {body[:500]!r}")
            n += self.AHEAD
        took = time.monotonic() - began
        self.check(case)
        return n / took


class Program(Contender):
    env = os.environ

    def argv(self, case, to):
        raise NotImplementedError

    def once(self, case, to):
        argv = self.argv(case, to)
        pid = os.posix_spawnp(argv[0], argv, self.env, file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
        status = os.waitpid(pid, 0)[1]
        if status:
            bench.die(1, " ".join(argv) + f" failed, status {status}")


class Git(Program):
    def rate(self, case, seconds):
        os.chdir(self.tree)
        return super().rate(case, seconds)

    def argv(self, case, to):
        return ["git", "apply", case.diffs[to]]


class Patch(Program):
    def argv(self, case, to):
        return ["patch", "-s", "-p1", "-d", self.tree, "-i", case.diffs[to]]


class Patchctl(Program):
    """patchctl apply: in the tree itself, or asking a server."""

    def __init__(self, build, tree, server=None):
        self.program = os.path.join(build, "src/patchctl/patchctl")
        self.server = server
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith("PATCHWARDEN_")}
        if server:
            self.env["PATCHWARDEN_TOKEN"] = server.token
        super().__init__(server.tree if server else tree)

    def argv(self, case, to):
        where = ["--url", f"http://127.0.0.1:{self.server.port}"] \
            if self.server else ["--root", self.tree]
        return [self.program, "apply", case.batches[to], *where]


class Limit(Contender):
    def __init__(self, tree, limit, *flags):
        self.command = [limit, *flags]
        super().__init__(tree)

    def rate(self, case, seconds):
        out = subprocess.run(
            [*self.command, os.path.join(self.tree, case.file), str(seconds)],
            stdout=subprocess.PIPE, text=True, check=True).stdout
        return float(out)


def measure(case, contenders, rounds, seconds):
    got = {name: [] for name in contenders}
    for name, c in contenders.items():
        c.prepare(case)
        c.rate(case, 0)		# warm, and known to work
    for i in range(rounds):
        names = list(contenders)
        for name in names[i % len(names):] + names[:i % len(names)]:
            got[name].append(contenders[name].rate(case, seconds))
    return got
