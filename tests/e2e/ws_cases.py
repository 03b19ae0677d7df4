#!/usr/bin/python3
"""What a WebSocket client is promised, one case a call.

usage: ws_cases.py ws://HOST:PORT TOKEN CASE [COMMAND...]

COMMAND makes an event or takes the token away, as the case needs; of the cases
of tickets the ticket stands before it."""
import asyncio
import json
import subprocess
import sys

import websockets

LIMIT = 60
base, token, case = sys.argv[1:4]
command = sys.argv[4:]
HEADERS = {"Authorization": "Bearer " + token}


async def receive(ws):
    return json.loads(await asyncio.wait_for(ws.recv(), LIMIT))


async def until(ws, wanted):
    while True:
        message = await receive(ws)
        if message["type"] == wanted:
            return message


async def closed(ws):
    """The code it is closed with."""
    try:
        while True:
            await asyncio.wait_for(ws.recv(), LIMIT)
    except websockets.ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else None


async def connected():
    async with websockets.connect(base + "/ws", extra_headers=HEADERS) as ws:
        first = await receive(ws)
        assert first["type"] == "connected", first
        assert {"ts", "seq", "epoch", "connection_id"} <= set(first), first


async def subprotocol():
    async with websockets.connect(base + "/ws", subprotocols=[
            "patchwarden.v1", "bearer." + token]) as ws:
        assert ws.subprotocol == "patchwarden.v1", ws.subprotocol
        assert (await receive(ws))["type"] == "connected"


async def first_message():
    async with websockets.connect(base + "/ws") as ws:
        await ws.send(json.dumps({"type": "auth", "token": token}))
        assert await until(ws, "connected")


async def wrong_first_message():
    async with websockets.connect(base + "/ws") as ws:
        await ws.send(json.dumps({"type": "auth", "token": "pw_00000000_x"}))
        code = await closed(ws)
        assert code in (4401, 1008), code


async def messages():
    async with websockets.connect(base + "/ws", extra_headers=HEADERS) as ws:
        await until(ws, "connected")
        await ws.send('{"type":"ping"}')
        await until(ws, "pong")
        for wrong in ('{"type":"dance"}', 'rubbish', '[]',
                      '{"type":"subscribe","filter":{"colour":"red"}}',
                      '{"type":"subscribe","type":"ping"}'):
            await ws.send(wrong)
            await until(ws, "error")


async def subscribe():
    async with websockets.connect(base + "/ws", extra_headers=HEADERS) as ws:
        await until(ws, "connected")
        await ws.send('{"type":"subscribe","filter":{"type":"patch_applied"}}')
        await ws.send('{"type":"ping"}')
        await until(ws, "pong")
        subprocess.run(command, check=True)
        while True:
            message = await receive(ws)
            if "seq" in message and message["type"].startswith("patch_"):
                assert message["type"] == "patch_applied", message
                return


async def fragments():
    async with websockets.connect(base + "/ws", extra_headers=HEADERS) as ws:
        await until(ws, "connected")
        await ws.send(iter(['{"ty', 'pe":', '"ping"}']))
        await until(ws, "pong")


async def binary():
    async with websockets.connect(base + "/ws", extra_headers=HEADERS) as ws:
        await ws.send(b"\0\1")
        assert await closed(ws) == 1003


async def too_long():
    async with websockets.connect(base + "/ws", extra_headers=HEADERS) as ws:
        await ws.send("x" * 100000)
        assert await closed(ws) == 1009


async def deflated():
    """An event is compressed for who offers it, alone or among others."""
    async with websockets.connect(base + "/ws", extra_headers=HEADERS) as one, \
            websockets.connect(base + "/ws", extra_headers=HEADERS) as two, \
            websockets.connect(base + "/ws", extra_headers=HEADERS,
                               compression=None) as plain:
        assert not plain.extensions and len(one.extensions) == 1
        for ws in (one, two, plain):
            await until(ws, "connected")
        await one.send(json.dumps({"type": "subscribe", "filter": {
            "file": "long/" + "x" * 1000 + "/**"}}))
        await until(one, "subscribed")
        subprocess.run(command, check=True)
        assert await until(two, "patch_applied") == \
            await until(plain, "patch_applied")
        await one.send('{"type":"ping"}')
        await until(one, "pong")


async def declined():
    async with websockets.connect(base + "/ws", extra_headers=HEADERS) as ws:
        assert not ws.extensions
        await until(ws, "connected")


async def revoked():
    async with websockets.connect(base + "/ws", extra_headers=HEADERS) as ws:
        await until(ws, "connected")
        subprocess.run(command, check=True)
        assert await closed(ws) == 4401


def by_ticket(**more):
    return websockets.connect(base + "/ws?ticket=" + command[0], **more)


async def ticket():
    async with by_ticket() as ws:
        await until(ws, "connected")
        subprocess.run(command[1:], check=True)
        await until(ws, "patch_applied")


async def handshake_refused(status, **more):
    try:
        async with by_ticket(**more):
            raise AssertionError("it was let in")
    except websockets.InvalidStatusCode as refusal:
        assert refusal.status_code == status, refusal.status_code


async def ticket_refused():
    await handshake_refused(int(command[1]))


async def ticket_and_header():
    await handshake_refused(400, extra_headers=HEADERS)


async def ticket_and_subprotocol():
    await handshake_refused(400, subprotocols=[
        "patchwarden.v1", "bearer." + token])


async def ticket_revoked():
    async with by_ticket() as ws:
        await until(ws, "connected")
        subprocess.run(command[1:], check=True)
        assert await closed(ws) == 4401


asyncio.run(globals()[case]())
