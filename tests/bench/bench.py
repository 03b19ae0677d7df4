"""bench.py - what the benchmarks share: an instance of its own behind
lighttpd, programs that end with us, medians and tables."""
import argparse
import atexit
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def die(status, text):
    print(f"{os.path.basename(sys.argv[0])}: {text}", file=sys.stderr)
    sys.exit(status)


def count(text):
    """10k, 1M, 500."""
    unit = {"k": 1000, "M": 1000000}.get(text[-1:], 1)
    return int(text[:-1] if unit > 1 else text) * unit


def options(doc, add=None):
    """What all benchmarks take; add(parser) knows what one takes more."""
    p = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", metavar="DIR", default=os.path.join(TOP, "build"),
                   help="where the programs were built (build)")
    p.add_argument("--dir", metavar="DIR", default=tempfile.gettempdir(),
                   help="the file system to measure on (%(default)s)")
    p.add_argument("--quick", action="store_true",
                   help="few and short rounds; the numbers are rough")
    if add:
        add(p)
    o = p.parse_args()
    o.build = os.path.abspath(o.build)
    return o


def need(*programs):
    for p in programs:
        if not shutil.which(p):
            die(69, f"{p} is not installed")


def program(build, path):
    """A program of the build; ours are made when they are missing."""
    full = os.path.join(build, path)
    if os.path.exists(os.path.join(build, "Makefile")):
        made = subprocess.run(["make", "-s", "-C", build, path],
                              stdout=subprocess.DEVNULL, check=False)
        if made.returncode:
            die(1, f"make {path} failed in {build}")
    if not os.access(full, os.X_OK):
        die(69, f"{full} is not built; see --build")
    return full


def migrate(build, path):
    """A log that is kept may be older than the programs."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith("PATCHWARDEN_")}
    done = subprocess.run(
        [program(build, "src/patchctl/patchctl"), "db", "migrate"],
        stdout=subprocess.DEVNULL, check=False, env=env | {
            "PATCHWARDEN_DATABASE": os.path.abspath(path),
            "PATCHWARDEN_MIGRATIONS": os.path.join(TOP, "migrations")})
    if done.returncode:
        die(1, f"{path} cannot be migrated")


def scratch(parent):
    """A folder that goes when we go, and what runs in it before that."""
    folder = tempfile.mkdtemp(prefix="pw.", dir=parent)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(s, lambda n, _: sys.exit(128 + n))
    return folder


def stop(child):
    child.terminate()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def sh(script, *args):
    """Run a piece of bash with contrib/lib.sh and give what it prints."""
    done = subprocess.run(
        ["bash", "-uc", 'top=$1; shift; . "$top/contrib/lib.sh"; ' + script,
         "bench", TOP, *args], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        die(1, f"failed: {script}")
    return done.stdout.strip()


class Instance:
    """One server with one workspace, of its own settings and database; not
    started unless web."""

    def __init__(self, folder, build, settings=(), more="", web=True):
        self.folder, self.build = folder, build
        self.tree = os.path.join(folder, "tree")
        self.log = os.path.join(folder, "log")
        os.makedirs(self.tree)
        os.makedirs(self.log)
        self.port = int(sh("port_free"))
        sh('instance_config "$@"', folder, str(self.port), build,
           "default=" + self.tree, os.path.join(folder, "run"))
        conf = os.path.join(folder, "patchwarden.conf")
        with open(conf, "a", encoding="utf-8") as f:
            f.writelines(f"PATCHWARDEN_{s}\n" for s in settings)
        with open(os.path.join(folder, "lighttpd.conf"), "a",
                  encoding="utf-8") as f:
            f.write(more)
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith("PATCHWARDEN_")}
        self.env["PATCHWARDEN_CONFIG"] = conf
        self.children = []
        self.patchctl("db", "migrate")
        self.token = self.patchctl("token", "new", "--name", "bench",
                                   "--scopes", "admin").split()[-1]
        if web:
            self.start()

    def patchctl(self, *args):
        done = subprocess.run(
            [os.path.join(self.build, "src/patchctl/patchctl"), *args],
            env=self.env, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            die(1, "patchctl " + " ".join(args) + " failed")
        return done.stdout

    def spawn(self, *argv):
        with open(os.path.join(self.log, "bench.log"), "ab") as out:
            child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *argv], env=self.env,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        atexit.register(stop, child)
        self.children.append(child)
        return child

    def stop(self):
        for child in self.children:
            stop(child)

    def start(self):
        daemon = os.path.join(self.build, "src/broadcastd/broadcastd")
        if os.access(daemon, os.X_OK):
            self.spawn(daemon)
        else:
            print("broadcastd is not built: nothing checkpoints the database",
                  file=sys.stderr)
        server = self.spawn(sh("lighttpd_program"), "-D", "-f",
                            os.path.join(self.folder, "lighttpd.conf"))
        end = time.monotonic() + 20
        while time.monotonic() < end and server.poll() is None:
            try:
                if Client(self).get("/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.02)
        for name in os.listdir(self.log):
            with open(os.path.join(self.log, name), encoding="utf-8") as f:
                sys.stderr.write("".join(f.readlines()[-5:]))
        die(1, "the server did not start")


class Client:
    """One kept connection; a request is one write."""

    def __init__(self, instance):
        self.host = f"127.0.0.1:{instance.port}"
        self.port = instance.port
        self.token = instance.token
        self.connect()

    def connect(self):
        self.sock = socket.create_connection(("127.0.0.1", self.port), 60)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""

    def request(self, method, path, body=b""):
        head = (f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\n"
                f"Authorization: Bearer {self.token}\r\n"
                "Content-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n")
        return head.encode() + body

    def more(self):
        got = self.sock.recv(1 << 18)
        if not got:
            raise ConnectionError("the server closed the connection")
        self.rest += got

    def upto(self, mark):
        while mark not in self.rest:
            self.more()
        part, self.rest = self.rest.split(mark, 1)
        return part

    def exactly(self, n):
        while len(self.rest) < n:
            self.more()
        part, self.rest = self.rest[:n], self.rest[n:]
        return part

    def send(self, request):
        """Give (status, body)."""
        try:
            self.sock.sendall(request)
            return self.answer()
        except ConnectionError:  # while others took their turn it was idle
            self.connect()
            self.sock.sendall(request)
            return self.answer()

    def answer(self):
        head = self.upto(b"\r\n\r\n").lower()
        body = b""
        if b"transfer-encoding: chunked" in head:
            while size := int(self.upto(b"\r\n"), 16):
                body += self.exactly(size)
                self.exactly(2)
            self.exactly(2)
        else:
            size = head.split(b"content-length:", 1)[1].split(b"\r\n")[0]
            body = self.exactly(int(size))
        return int(head.split()[1]), body

    def get(self, path):
        return self.send(self.request("GET", path))


def edits_of(n_lines, n_edits):
    """Line numbers spread over a file."""
    step = n_lines / n_edits
    return [1 + int(step * (i + 0.5)) for i in range(n_edits)]


def batch(file, numbers, text):
    """The body of a batch that puts text(line) at each of the lines."""
    return json.dumps({"requester": "bench", "patches": [
        {"op": "replace-block", "file": file, "start": n, "end": n,
         "block": text(n)} for n in numbers]}).encode()


def median_of(rounds):
    return statistics.median(rounds) if rounds else float("nan")


def spread(rounds):
    """How far the rounds are apart, in percent of their median."""
    return 100 * (max(rounds) - min(rounds)) / median_of(rounds)


def number(v):
    return f"{v:.0f}" if v >= 100 else f"{v:.1f}" if v >= 10 else f"{v:.2f}"


def table(rows):
    widths = [max(len(r[i]) for r in rows) for i in range(len(rows[0]))]
    for r in rows:
        print("  ".join(c.rjust(w) for c, w in zip(r, widths)))
    print()


def where(folder):
    kind = subprocess.run(["stat", "-f", "-c", "%T", folder], text=True,
                          stdout=subprocess.PIPE, check=False).stdout.strip()
    print(f"{os.cpu_count()} processors, Linux {os.uname().release}, "
          f"{folder} on {kind}")
    if kind in ("tmpfs", "ramfs"):
        print("nothing is synced on this file system; see --dir")
    print()
