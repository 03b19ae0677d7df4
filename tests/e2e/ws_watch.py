#!/usr/bin/python3
"""Write down each frame of a stream, as it comes, one a line.

usage: ws_watch.py URL OUT LAST_ORDER

Ends when the order LAST_ORDER is applied; fails when the connection does first.
"""
import asyncio
import json
import os
import sys

import websockets

url, out, last_order = sys.argv[1:4]


async def main():
    with open(out, "w", buffering=1) as log:
        async with websockets.connect(
                url, extra_headers={"Authorization":
                                    "Bearer " + os.environ["PATCHWARDEN_TOKEN"]},
                open_timeout=10, max_size=None) as ws:
            async for text in ws:
                print(text, file=log)
                frame = json.loads(text)
                if frame["type"] == "patch_applied" and \
                        frame["payload"].get("order_id") == last_order:
                    return
    sys.exit("the stream ended")

asyncio.run(asyncio.wait_for(main(), 120))
