#!/usr/bin/python3
"""Kill, stop and mislead everything at random while clients follow the stream.

usage: chaos.py STATE DAEMON PROGRAM DIRECT DECK TIMES

STATE is the folder of an instance whose web server runs and whose broadcast
daemon does not: DAEMON is started and killed here.  PROGRAM is the FastCGI
program that writes, DIRECT the URL of the daemon's own port.  Each thing that
can happen is a card of a deck ("kills" or "clocks"), which is shuffled and
played so many TIMES.  With CHAOS_PRELOAD the daemon and the programs take their
time from STATE/clock.

In the end each client has the events that the table has for its filter: each
once and in order.
"""
import http.client
import json
import os
import signal
import stat
import sys
import time
import urllib.parse

from chaos_cast import (Client, Daemon, LIMIT_S, Writer, call, dice, direct,
                        fail, handlers, seed, sleep, state, table,
                        token, url, wait_until)

deck, times = sys.argv[5], int(sys.argv[6])
bell = os.path.join(state, "run", "bell")
YEAR_S = 365 * 86400

print("seed", seed, flush=True)


def remove_bell():
    try:
        os.rmdir(bell) if os.path.isdir(bell) else os.unlink(bell)
    except FileNotFoundError:
        pass


def bell_is_fifo():
    try:
        return stat.S_ISFIFO(os.lstat(bell).st_mode)
    except FileNotFoundError:
        return False


# Each card is one thing that happens; they begin in a sane world and leave one,
# but for the clocks.

def daemon_killed():
    daemon.kill()
    sleep(0.5)
    daemon.run()


def daemon_killed_at_once_again():
    for _ in range(3):
        daemon.kill()
        daemon.run()
        sleep(0.3)


def daemon_ended():
    daemon.end()
    sleep(0.2)
    daemon.run()


def daemon_killed_while_it_ends():
    daemon.signal(signal.SIGTERM)
    sleep(0.2)
    daemon.kill()
    daemon.run()


def daemon_told_to_look_anew():
    wait_until("the daemon is ready for a HUP", daemon_answers)
    daemon.signal(signal.SIGHUP)


def bell_full():
    """Writers neither wait for a daemon that stands still nor fail."""
    daemon.signal(signal.SIGSTOP)
    try:
        fd = os.open(bell, os.O_WRONLY | os.O_NONBLOCK)
        try:
            while os.write(fd, b"!" * 4096):
                pass
        except BlockingIOError:
            pass
        os.close(fd)
    except OSError:			# it was just started and has none yet
        pass
    for _ in range(3):
        status, answer = call(url, "GET", "/readyz")
        if status not in (200, 503):
            fail("readyz beside a full doorbell: %d %r" % (status, answer))
    sleep(1)
    if dice.random() < 0.3:
        daemon.kill()
        daemon.run()
    else:
        daemon.signal(signal.SIGCONT)


def bell_flooded():
    """Somebody writes rubbish as fast as it is taken."""
    try:
        fd = os.open(bell, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        try:
            os.write(fd, b"\0rubbish\n" * 400)
        except BlockingIOError:
            pass
    os.close(fd)


def bell_gone():
    remove_bell()
    sleep(1.5)


def bell_exchanged():
    """And each time the daemon hears it afterwards, not a second later."""
    for _ in range(2):
        remove_bell()
        try:
            os.mkfifo(bell)
        except FileExistsError:		# the daemon was faster
            pass
        settle()


def bell_a_file():
    remove_bell()
    try:
        os.close(os.open(bell, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:		# the daemon was faster
        return
    sleep(1.5)
    if os.path.getsize(bell):
        fail("somebody rang into a plain file")
    remove_bell()
    if dice.random() < 0.5:
        daemon_killed()


def bell_a_folder():
    remove_bell()
    try:
        os.mkdir(bell)
    except FileExistsError:
        return
    sleep(1.5)
    remove_bell()


def handler_killed():
    for pid in dice.sample(handlers(), 1) if handlers() else []:
        os.kill(pid, signal.SIGKILL)


def handlers_killed():
    for _ in range(3):
        for pid in handlers():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        sleep(0.3)


def client_killed():
    client = dice.choice(clients)
    client.kill()
    sleep(0.3)
    client.run()


def clients_reset():
    for client in clients:
        if dice.random() < 0.7:
            client.reset()


def clients_deaf():
    """They stop to read; what they are sent piles up, until it falls out of
    the log."""
    some = dice.sample(clients, 6)
    for client in some:
        client.signal(signal.SIGSTOP)
    for _ in range(20):
        call(url, "POST", "/api/patches/events", "".join(json.dumps({
            "patch_id": "b%d" % dice.getrandbits(60), "type": "patch_applied",
            "file": "src/b.c", "op": "append", "order_id": "o0",
            "requester": "chaos", "reason": "because " * 100}) + "\n"
            for _ in range(50)).encode(), "application/x-ndjson")
    sleep(0.5)
    for client in some:
        client.signal(signal.SIGCONT)
        if dice.random() < 0.3:
            client.reset()


def clock_set(seconds):
    """For all at once; nothing else here looks at it."""
    with open(os.path.join(state, "clock.new"), "w") as to:
        to.write("%+d\n" % seconds)
    os.rename(os.path.join(state, "clock.new"), os.path.join(state, "clock"))

    def arrived():
        said, = table("SELECT ts_ms FROM event ORDER BY seq DESC LIMIT 1")
        return abs(said[0] / 1000 - time.time() - seconds) < 15
    wait_until("an event is from %+d s" % seconds, arrived)


def clock_far_ahead():
    clock_set(20 * YEAR_S)


def clock_far_behind():
    clock_set(-6 * YEAR_S)


def clock_a_bit_wrong():
    clock_set(dice.choice([-86400, -3600, -40, 40, 3600, 86400]))


def clock_right():
    clock_set(0)


CLOCKS = [clock_far_ahead, clock_far_behind, clock_a_bit_wrong, clock_right]
CARDS = {
    "kills": [
        daemon_killed, daemon_killed_at_once_again, daemon_ended,
        daemon_killed_while_it_ends, daemon_told_to_look_anew, bell_full,
        bell_flooded, bell_gone, bell_exchanged, bell_a_file, bell_a_folder,
        handler_killed, handlers_killed, client_killed, client_killed,
        clients_reset, clients_deaf, clients_deaf],
    "clocks": CLOCKS + CLOCKS + [
        daemon_killed, daemon_ended, handlers_killed, clients_reset,
        clients_deaf, bell_full],
}


def daemon_clock():
    """What a new subscriber is told; it has its own look at the clock."""
    where = urllib.parse.urlparse(direct)
    conn = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
    conn.request("GET", "/sse?since=now",
                 headers={"Authorization": "Bearer " + token})
    answer = conn.getresponse()
    line = b""
    while not line.startswith(b"data:"):
        line = answer.readline()
        if not line:
            fail("a new subscriber is told nothing")
    conn.close()
    return json.loads(line[5:])["ts"]


def daemon_status():
    daemon.check()
    status, answer = call(direct, "GET", "/api/stream/status", limit=5)
    return json.loads(answer) if status == 200 else {}


def daemon_answers():
    return daemon_status().get("database") is True


def post_until_taken(order):
    def taken():
        return call(url, "POST", "/api/patches/apply", json.dumps({
            "orderId": order, "requester": "chaos", "patches": [{
                "op": "append", "file": "src/last", "block": order + "\n"}]
        }).encode())[0] == 200
    wait_until("a batch is taken", taken)


def settle():
    """The world is as it was: also the doorbell wakes the daemon again."""
    wait_until("the daemon answers", daemon_answers)
    wait_until("the doorbell is back", bell_is_fifo)
    rings = daemon_status().get("rings")

    def rung():
        post_until_taken("o0")
        return daemon_status().get("rings", 0) > rings
    if rings is not None:
        wait_until("a ring reaches the daemon", rung)
    for each in clients:
        each.check()
    if Writer.problems:
        fail("writers were told: %s" % Writer.problems[:5])


def show_difference(client, have, want):
    """Where the first of them is that is not as it should be."""
    at = next((i for i, (a, b) in enumerate(zip(have, want)) if a != b),
              min(len(have), len(want)))
    fail("client %s (%s): %d events, not %d; at the %dth: got %s, wanted %s;"
         " its last lines: %s" %
         (client.name, client.where, len(have), len(want), at,
          have[at:at + 5], want[at:at + 5], client.lines()[-5:]))


def judge(client, after):
    want = client.wanted(after)
    if not want:
        fail("client %s was to get nothing" % client.name)
    deadline = time.monotonic() + LIMIT_S
    while not (client.events() or [(0, "")])[-1] >= want[-1]:
        if time.monotonic() > deadline:
            show_difference(client, client.events(), want)
        time.sleep(0.1)
    have = client.events()
    if have != want:
        show_difference(client, have, want)
    wrong = [line for line in client.lines() if line.startswith("!")]
    if wrong:
        fail("client %s: %s" % (client.name, wrong[:5]))
    cuts = sum(line.startswith("#") for line in client.lines())
    print("%-8s %6d events, %3d cuts" % (client.name, len(have), cuts))
    return cuts


post_until_taken("o0")
base = table("SELECT max(seq) FROM event")[0][0]
daemon = Daemon()
wait_until("the daemon answers", daemon_answers)
ALL = "1"
clients = [Client(*row) for row in (
    ("ws", "ws", url, "since=earliest", ALL),
    ("deflate", "deflate", url, "since=now", ALL),
    ("sse", "sse", url, "since=earliest", ALL),
    ("ws-port", "ws", direct, "since=now", ALL),
    ("sse-port", "sse", direct, "since=now", ALL),
    ("ws-type", "ws", direct, "since=earliest&type=patch_applied,patch_failed",
     "type IN ('patch_applied', 'patch_failed')"),
    ("sse-file", "sse", url, "since=earliest&file=src/**",
     "file LIKE 'src/%'"),
    ("ws-order", "deflate", url, "since=earliest&order_id=o0&requester=chaos",
     "order_id = 'o0' AND requester = 'chaos'"),
    ("sse-op", "sse", direct, "since=earliest&op=append&type=patch_applied",
     "op = 'append' AND type = 'patch_applied'"))]
NOW = ("deflate", "ws-port", "sse-port")
wait_until("all have begun", lambda: all(c.lines() for c in clients))
writers = [Writer(i) for i in range(2)]
for writer in writers:
    writer.start()
began = time.monotonic()
for _ in range(times):
    for card in dice.sample(CARDS[deck], len(CARDS[deck])):
        daemon.check()
        print("%6.2f %s" % (time.monotonic() - began, card.__name__), flush=True)
        card()
        sleep(0.3)
    settle()
if deck == "clocks":
    clock_far_ahead()
    if not daemon_clock().startswith(time.strftime("%Y")[:2] + "4"):
        fail("the daemon's clock did not jump: " + daemon_clock())
for writer in writers:
    writer.going = False
for writer in writers:
    writer.join(LIMIT_S)
    if writer.is_alive():
        fail("a writer waits for ever")
post_until_taken("o0")
print("%.1f s, %d daemons; writers were told %s" % (
    time.monotonic() - began, Daemon.count, Writer.said))
cuts = [judge(client, base if client.name in NOW else 0) for client in clients]
if min(cuts) < times:
    fail("too few connections were cut to prove anything")
daemon.end()
for client in clients:
    client.check()
    client.kill()
