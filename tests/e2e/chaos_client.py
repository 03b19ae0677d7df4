#!/usr/bin/python3
"""Follow the stream and write down what comes, whatever cuts it off.

usage: chaos_client.py ws|deflate|sse URL OUT QUERY

Debian's python3-websockets or curl, on a connection that is resumed from the
last position each time it ends.  OUT is all it knows: who kills this program
and starts it again with the same OUT lets it go on.  Its lines:

    SEQ TYPE   an event
    at SEQ     a position without an event, that of "now"
    # WHY      the connection ended
    ! WHAT     what must not happen: the test has failed

USR1 resets the connection (RST), or kills curl.
"""
import asyncio
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.parse

import websockets

transport, url, out, query = sys.argv[1:5]
token = os.environ["PATCHWARDEN_TOKEN"]
log = open(out, "a", buffering=1)
position = None
reset = lambda: None


def say(line):
    log.write(line + "\n")


def recall():
    """The last position that was written down, whole."""
    seq = None
    with open(out) as lines:
        for line in lines:
            found = re.match(r"(?:at )?(\d+)\b.*\n", line)
            seq = found.group(1) if found else seq
    return seq


def move(seq):
    global position
    position = str(seq)
    say("at %s" % position)


def take(frame):
    """A message of the stream, the same over both transports."""
    global position
    if "payload" not in frame or "seq" not in frame:
        say("! no event: %s" % json.dumps(frame))
        return
    position = str(frame["seq"])
    say("%s %s" % (position, frame["type"]))


def refused(status):
    """What the daemon and a server before it may say while one is away."""
    say("# %s" % status if status in (500, 502, 503, 504) else
        "! refused with %s" % status)


def reset_websocket(ws):
    try:
        ws.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except (AttributeError, OSError):
        pass
    ws.transport.abort()


def small_socket():
    """One that takes little at a time: what is sent is cut in the middle."""
    where = urllib.parse.urlparse(url)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.settimeout(10)
    try:
        sock.connect((where.hostname, where.port))
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


async def follow_websocket():
    global reset
    where = url.replace("http", "ws", 1) + "/ws?" + query
    if position is not None:
        where = re.sub(r"since=\w+", "since=" + position, where)
    try:
        async with websockets.connect(
                where, sock=small_socket(), extra_headers={"Authorization": "Bearer " + token},
                compression="deflate" if transport == "deflate" else None,
                open_timeout=10, close_timeout=5, max_size=None) as ws:
            reset = lambda: reset_websocket(ws)
            first = json.loads(await ws.recv())
            if first["type"] != "connected":
                say("! first frame: %s" % json.dumps(first))
            elif position is None and "since=now" in query:
                move(first["seq"])
            async for text in ws:
                take(json.loads(text))
        say("# the end")
    except websockets.exceptions.InvalidStatusCode as e:
        refused(e.status_code)
    except (OSError, asyncio.TimeoutError,
            websockets.exceptions.WebSocketException) as e:
        say("# %s" % (str(e) or type(e).__name__))


async def websocket():
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGUSR1, lambda: reset())
    while True:
        await follow_websocket()
        await asyncio.sleep(0.1)


def dispatch(event_id, kind, data):
    """As an EventSource does: an id counts also when no data came with it."""
    if data:
        frame = json.loads("\n".join(data))
        if frame["type"] != kind:
            say("! %s is called %s" % (json.dumps(frame), kind))
        if kind == "connected":
            return
        if event_id != str(frame.get("seq")):
            say("! %s has the id %s" % (json.dumps(frame), event_id))
        take(frame)
    elif event_id is not None and event_id != position:
        move(event_id)


def read_events(lines):
    event_id, kind, data = None, None, []
    for line in lines:
        if not line.endswith("\n"):
            return			# cut off in the middle
        name, _, value = line[:-1].partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "id":
            event_id = value
        elif name == "event":
            kind = value
        elif name == "data":
            data.append(value)
        elif line == "\n":
            dispatch(event_id, kind, data)
            event_id, kind, data = None, None, []


def follow_sse():
    global reset
    resume = [] if position is None else ["-H", "Last-Event-ID: " + position]
    with subprocess.Popen(
            ["curl", "-sSN", "--fail", "-m", "300", *resume,
             "-H", "Authorization: Bearer " + token, url + "/sse?" + query],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, encoding="utf-8") as curl:
        reset = curl.kill
        read_events(curl.stdout)
        curl.kill()
        why = curl.stderr.read().strip()
    status = re.search(r"returned error: (\d+)", why)
    if status:
        refused(int(status.group(1)))
    else:
        say("# %s" % (why or "the end"))


def sse():
    signal.signal(signal.SIGUSR1, lambda *_: reset())
    while True:
        follow_sse()
        time.sleep(0.1)


# The line that was being written when it was killed counts for nothing.
with open(out, "rb+") as before:
    whole = before.read().rfind(b"\n") + 1
    before.truncate(whole)
position = recall()
if transport == "sse":
    sse()
else:
    asyncio.run(websocket())
