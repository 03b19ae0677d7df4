#!/usr/bin/python3
"""A subscriber that stops reading until it is told to go on.

usage: sleeper.py ws|sse PORT OUT GO [QUERY]

Writes "connected", waits until the file GO exists, and reads until the server
ends the stream: each seq a line, then "end CODE REASON" (a stream over HTTP has
neither; its reason is the last id).
"""
import asyncio
import json
import os
import socket
import sys

import websockets

wire, port, out, go = sys.argv[1:5]
query = sys.argv[5] if len(sys.argv) > 5 else ""
token = "Bearer " + os.environ["PATCHWARDEN_TOKEN"]


def connect():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    s.connect(("127.0.0.1", int(port)))
    return s


async def told():
    while not os.path.exists(go):
        await asyncio.sleep(0.05)


async def ws(log):
    async with websockets.connect(
            f"ws://127.0.0.1:{port}/ws{query}", sock=connect(), max_queue=1,
            read_limit=4096, ping_interval=None, max_size=None,
            compression=None, extra_headers={"Authorization": token}) as c:
        json.loads(await c.recv())
        print("connected", file=log)
        await told()
        try:
            while True:
                print(json.loads(await c.recv())["seq"], file=log)
        except websockets.exceptions.ConnectionClosed as e:
            print("end", e.code, e.reason, file=log)


async def sse(log):
    s = connect()
    s.sendall(f"GET /sse{query} HTTP/1.1\r\nHost: localhost\r\n"
              f"Authorization: {token}\r\n\r\n".encode())
    lines = s.makefile("rb")
    last = None
    while next(lines) != b"event: connected\n":
        pass
    print("connected", file=log)
    await told()
    for line in lines:
        if line.startswith(b"id: "):
            last = int(line[4:])
        elif line.startswith(b"data: ") and b'"seq":' in line:
            event = json.loads(line[6:])
            if event["type"] != "connected":
                print(event["seq"], file=log)
    print("end 0", last, file=log)


with open(out, "w", buffering=1, encoding="utf-8") as f:
    asyncio.run(asyncio.wait_for({"ws": ws, "sse": sse}[wire](f), 600))
