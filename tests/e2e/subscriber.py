#!/usr/bin/python3
"""Follow the stream with Debian's python3-websockets and resume when it ends.

usage: subscriber.py URL OUT LAST_ORDER [QUERY]

Writes the seq of every event received, one a line, until the order LAST_ORDER is
applied.  A connection that ends is opened again with since= the last
seq; every reconnection is a line "#".
"""
import asyncio
import json
import os
import sys

import websockets

url, out, last_order = sys.argv[1:4]
query = sys.argv[4] if len(sys.argv) > 4 else ""
token = os.environ["PATCHWARDEN_TOKEN"]


async def main():
    seq = 0
    with open(out, "w", buffering=1) as log:
        while True:
            try:
                async with websockets.connect(
                        "%s?since=%s%s" % (url, seq or "earliest", query),
                        extra_headers={"Authorization": "Bearer " + token},
                        open_timeout=10, max_size=None) as ws:
                    first = json.loads(await ws.recv())
                    if first["type"] != "connected":
                        sys.exit("first frame: %r" % first)
                    async for text in ws:
                        event = json.loads(text)
                        if "payload" not in event:
                            sys.exit("no event: %r" % event)
                        seq = event["seq"]
                        print(seq, event["type"], file=log)
                        if event["payload"].get("order_id") == last_order and \
                                event["type"] == "patch_applied":
                            return
            except (OSError, asyncio.TimeoutError,
                    websockets.exceptions.WebSocketException):
                pass
            print("#", file=log)
            await asyncio.sleep(0.05)

asyncio.run(asyncio.wait_for(main(), 120))
