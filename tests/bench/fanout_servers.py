"""fanout_servers.py - those who send one event to many: ours, and the limit.

Each is started anew for every turn, on one processor if there are two, and
tells where to subscribe, how to publish, and which process to watch."""
import os
import socket
import subprocess
import time

import bench

TOKEN = "Authorization: Bearer "


def pinned(which, *argv):
    """The server has one processor, who loads it the other."""
    if os.cpu_count() < 2:
        return list(argv)
    return ["taskset", "-c", str(which), *argv]


def answers(port, child):
    end = time.monotonic() + 20
    while time.monotonic() < end and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.01)
    bench.die(1, f"{child.args} did not start")


class Server:
    """path: where to subscribe; hello: events that each subscriber gets before
    those that are published; resumes: where to get all there is."""

    name, wires = "", ("ws", "sse")
    header, hello, resumes = None, 0, None

    def __init__(self, o, folder):
        self.o, self.folder = o, folder
        self.turn, self.child, self.pid, self.port = 0, None, 0, 0
        self.path, self.way = "/", ""
        self.processors = "0"

    def fresh(self):
        """A folder of this turn, and a port."""
        self.turn += 1
        self.port = int(bench.sh("port_free"))
        folder = os.path.join(self.folder, f"{self.name}-{self.turn}")
        os.makedirs(folder)
        return folder

    def spawn(self, folder, *argv, **more):
        with open(os.path.join(folder, "log"), "ab") as out:
            self.child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL",
                 *pinned(self.processors, *argv)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, **more)
        bench.atexit.register(bench.stop, self.child)
        self.pid = self.child.pid
        answers(self.port, self.child)

    def start(self, wire, subscribers):
        raise NotImplementedError

    def stop(self):
        bench.stop(self.child)
        bench.atexit.unregister(bench.stop)	# all have ended

    def arguments(self, wire, resume):
        more = ["--header", self.header] if self.header else []
        return ["--wire", wire, "--to", f"127.0.0.1:{self.port}",
                "--path", self.resumes if resume else self.path,
                "--hello", str(self.hello), "--pid", str(self.pid),
                "--publish", self.way, *more]


class Ours(Server):
    name, hello = "ours", 1		# {"type":"connected"}
    resumes = "/?since=earliest"

    def instance(self, subscribers, web):
        folder = self.fresh()
        server = bench.Instance(os.path.join(folder, "pw"), self.o.build, [
            f"BROADCAST_LISTEN=127.0.0.1:{self.port}",
            f"CLIENTS_MAX={max(subscribers, 100)}"], web=web)
        self.header = TOKEN + server.token
        return server

    def start(self, wire, subscribers):
        server = self.instance(subscribers, False)
        self.child = server.spawn(*pinned(0, bench.program(
            self.o.build, "src/broadcastd/broadcastd")))
        self.pid = self.child.pid
        answers(self.port, self.child)
        self.path, self.resumes = f"/{wire}", f"/{wire}?since=earliest"
        self.way = (f"store:{server.folder}/patchwarden.db:"
                    f"{server.folder}/run/bell")


class Posted(Ours):
    """The whole way: POST /api/events through lighttpd."""

    name = "posted"

    def __init__(self, o, folder):
        super().__init__(o, folder)
        self.server = None

    def start(self, wire, subscribers):
        self.server = self.instance(subscribers, True)
        self.child = self.server.children[0]
        self.pid = self.child.pid
        if os.cpu_count() > 1:
            subprocess.run(["taskset", "-acp", "0", str(self.pid)],
                           stdout=subprocess.DEVNULL, check=True)
        answers(self.port, self.child)
        self.path = f"/{wire}"
        self.way = f"http:127.0.0.1:{self.server.port}/api/events"

    def stop(self):
        self.server.stop()
        super().stop()


class Limit(Server):
    """Its events are rows of a table before they are published: those that
    come faster than ours can be made would leave in larger pieces."""

    name, resumes = "limit", "/?since=earliest"

    def __init__(self, o, folder, name="limit", flags=()):
        super().__init__(o, folder)
        self.name, self.flags, self.pace = name, flags, None
        self.processors = "0-1" if "--threads" in flags else "0"

    def start(self, wire, subscribers):
        folder = self.fresh()
        fifo = os.path.join(folder, "fifo")
        self.way = "frames:" + fifo
        self.pace = bench.Instance(os.path.join(folder, "pw"), self.o.build,
                                   web=False).folder + "/patchwarden.db"
        self.spawn(folder, bench.program(self.o.build,
                                         "tests/bench/limit_fanout"),
                   *self.flags, wire, str(self.port), fifo)

    def arguments(self, wire, resume):
        return super().arguments(wire, resume) + ["--pace", self.pace]


def limit_modes(o, folder):
    return [Limit(o, folder, name, flags) for name, flags in (
        ("limit", ()), ("wait", ("--batch", "300")), ("uring", ("--uring",)),
        ("uring+wait", ("--uring", "--batch", "300")), ("busy", ("--busy",)),
        ("threads", ("--threads", "2")))]
