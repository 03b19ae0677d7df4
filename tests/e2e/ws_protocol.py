#!/usr/bin/python3
"""The cases of the Autobahn test suite for servers, numbered as there: 1 to 7,
9, 10, 12 and 13, against an echo.

usage: ws_protocol.py PORT [CASE-PREFIX]

Written from the descriptions of the cases; frames are made by hand, so that no
library is in the way.  Prints TAP."""
import os
import socket
import struct
import sys
import zlib

PORT = int(sys.argv[1])
PREFIX = sys.argv[2] if len(sys.argv) > 2 else ""
WAIT = 120
CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
FIN, RSV1 = 0x80, 0x40
DEFLATE = "permessage-deflate"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
# Broken rules; some of them end in a close frame without a code, which the
# suite lets pass too.
RULES = (1002, None)
cases = []


class Broken(Exception):
    pass


class Peer:
    def __init__(self, offer=None):
        self.s = socket.create_connection(("127.0.0.1", PORT), WAIT)
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rest = b""
        extra = f"Sec-WebSocket-Extensions: {offer}\r\n" if offer else ""
        self.s.sendall((
            "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {KEY}\r\n"
            f"Sec-WebSocket-Version: 13\r\n{extra}\r\n").encode())
        while b"\r\n\r\n" not in self.rest:
            self.rest += self.more()
        head, self.rest = self.rest.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 101 "), head
        assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head, head
        self.extensions = b"permessage-deflate" in head

    def more(self):
        got = self.s.recv(1 << 16)
        if not got:
            raise Broken("end")
        return got

    def raw(self, data, chop=0):
        try:
            if not chop:
                self.s.sendall(data)
            for i in range(0, len(data) if chop else 0, chop or 1):
                self.s.sendall(data[i:i + chop])
        except OSError:		# it has hung up, which is told by reading
            pass

    def send(self, opcode, payload=b"", fin=True, rsv=0, chop=0):
        self.raw(frame(opcode, payload, fin, rsv), chop)

    def exactly(self, n):
        parts, have = [self.rest], len(self.rest)
        while have < n:
            parts.append(self.more())
            have += len(parts[-1])
        all_of = b"".join(parts)
        self.rest = all_of[n:]
        return all_of[:n]

    def frame(self):
        """(first byte, payload); Broken at the end."""
        first, length = self.exactly(2)
        assert length < 128, "masked by a server"
        if length == 126:
            length, = struct.unpack(">H", self.exactly(2))
        elif length == 127:
            length, = struct.unpack(">Q", self.exactly(8))
        return first, self.exactly(length)

    def expect(self, opcode, payload):
        first, got = self.frame()
        if first & RSV1:
            got = inflated(got)
            first &= ~RSV1
        assert first == FIN | opcode, f"first byte {first:#x}: {got[:60]!r}"
        assert got == payload, f"{got[:60]!r} not {payload[:60]!r}"

    def end(self, *codes):
        """A close frame with one of the codes (None: without), or the end of
        the connection where that is one of them; then the end."""
        try:
            first, got = self.frame()
        except (Broken, ConnectionError):
            assert "end" in codes, "ended without a close frame"
            return
        assert first == FIN | CLOSE, f"{first:#x} {got[:60]!r}"
        code = struct.unpack(">H", got[:2])[0] if got else None
        assert code in codes, code
        self.send(CLOSE, got[:2])
        try:
            while True:
                assert self.frame()[0] & 15 != TEXT
        except (Broken, ConnectionError):
            pass

    def goodbye(self):
        self.send(CLOSE, struct.pack(">H", 1000))
        self.end(1000)
        self.s.close()


def masked(data, mask):
    n = len(data)
    key = int.from_bytes((mask * (n // 4 + 1))[:n], "little")
    return (int.from_bytes(data, "little") ^ key).to_bytes(n, "little")


def frame(opcode, payload=b"", fin=True, rsv=0, length=None):
    n = len(payload) if length is None else length
    head = bytes([(FIN if fin else 0) | rsv << 4 | opcode])
    head += (bytes([128 | n]) if n < 126 else struct.pack(">BH", 254, n)
             if n < 65536 else struct.pack(">BQ", 255, n))
    mask = os.urandom(4)
    return head + mask + masked(payload, mask)


def inflated(data):
    z = zlib.decompressobj(-15)
    return z.decompress(data + b"\0\0\xff\xff")


def deflated(data, bits=15):
    z = zlib.compressobj(6, zlib.DEFLATED, -bits)
    return (z.compress(data) + z.flush(zlib.Z_SYNC_FLUSH))[:-4]


def case(number, text):
    def add(run):
        cases.append((number, text, run))
        return run
    return add


def later(run, *args, **more):
    return lambda: run(*args, **more)


def add(number, text, run, *args, **more):
    cases.append((number, text, later(run, *args, **more)))


# -- 1, 9: lengths --

def echoes(opcode, size, chop=0, piece=0):
    p = Peer()
    body = b"*" * size if opcode == TEXT else b"\xfe" * size
    if not piece:
        p.send(opcode, body, chop=chop)
    else:
        parts = [body[i:i + piece] for i in range(0, size, piece)]
        for i, part in enumerate(parts):
            p.send(CONT if i else opcode, part, i == len(parts) - 1)
    p.expect(opcode, body)
    p.goodbye()


SIZES = (0, 125, 126, 127, 128, 65535, 65536)
for g, op in ((1, TEXT), (2, BINARY)):
    for i, size in enumerate(SIZES):
        add(f"1.{g}.{i + 1}", f"{size} bytes", echoes, op, size)
    add(f"1.{g}.8", "65536 bytes, chopped", echoes, op, 65536, chop=997)
for g, op in ((1, TEXT), (2, BINARY)):
    for i, size in enumerate((1 << 16, 1 << 18, 1 << 20, 4 << 20, 8 << 20,
                              16 << 20)):
        add(f"9.{g}.{i + 1}", f"{size} bytes", echoes, op, size)
for g, op in ((3, TEXT), (4, BINARY)):
    for i, piece in enumerate((64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10,
                               256 << 10, 1 << 20, 4 << 20)):
        add(f"9.{g}.{i + 1}", f"4 MiB in fragments of {piece}", echoes, op,
            4 << 20, piece=piece)
for g, op in ((5, TEXT), (6, BINARY)):
    for i, chop in enumerate((64, 128, 256, 512, 1024, 2048)):
        add(f"9.{g}.{i + 1}", f"1 MiB in pieces of {chop}", echoes, op,
            1 << 20, chop=chop)


def many(opcode, size):
    p = Peer()
    for i in range(1000):
        p.send(opcode, b"*" * size)
        p.expect(opcode, b"*" * size)
    p.goodbye()


for g, op in ((7, TEXT), (8, BINARY)):
    for i, size in enumerate((0, 16, 64, 256, 1024, 4096)):
        add(f"9.{g}.{i + 1}", f"1000 messages of {size}", many, op, size)
add("10.1.1", "65536 bytes in fragments of 1300", echoes, TEXT, 65536,
    piece=1300)


# -- 2: pings --

def pings(payload, chop=0):
    p = Peer()
    p.send(PING, payload, chop=chop)
    p.expect(PONG, payload)
    p.goodbye()


for i, payload in enumerate((b"", b"Hello, world!", b"\0\xff\xfe\xfd\xfc\xfb",
                             b"\xfe" * 125)):
    add(f"2.{i + 1}", f"ping {payload[:8]!r}", pings, payload)
add("2.6", "a ping byte by byte", pings, b"\xfe" * 125, 1)


@case("2.5", "a ping of 126 bytes")
def _():
    p = Peer()
    p.send(PING, b"\xfe" * 126)
    p.end(*RULES)


def pongs(payload, ping):
    p = Peer()
    p.send(PONG, payload)
    if ping:
        p.send(PING, b"after")
        p.expect(PONG, b"after")
    p.goodbye()


add("2.7", "a pong nobody asked for", pongs, b"", False)
add("2.8", "one with a payload", pongs, b"unsolicited", False)
add("2.9", "then a ping", pongs, b"unsolicited", True)


@case("2.10", "ten pings")
def _():
    p = Peer()
    for i in range(10):
        p.send(PING, b"payload-%d" % i)
    for i in range(10):
        p.expect(PONG, b"payload-%d" % i)
    p.goodbye()


@case("2.11", "ten pings, byte by byte")
def _():
    p = Peer()
    p.raw(b"".join(frame(PING, b"payload-%d" % i) for i in range(10)), 1)
    for i in range(10):
        p.expect(PONG, b"payload-%d" % i)
    p.goodbye()


# -- 3, 4: reserved bits and opcodes --

def wrong(before, bad, chop=0, codes=(1002,)):
    p = Peer()
    if before:
        p.send(TEXT, b"first", chop=chop)
    p.raw(bad + frame(PING), chop)
    if before:
        p.expect(TEXT, b"first")
    p.end(*codes)


for rsv in range(1, 8):
    op = (TEXT, TEXT, TEXT, TEXT, BINARY, PING, CLOSE)[rsv - 1]
    add(f"3.{rsv}", f"reserved bits {rsv}", wrong, 1 < rsv < 5,
        frame(op, b"" if op == CLOSE else b"*", rsv=rsv), chop=rsv == 4)
for g, ops in ((1, range(3, 8)), (2, range(11, 16))):
    for i, op in enumerate(ops):
        add(f"4.{g}.{i + 1}", f"opcode {op}", wrong, i > 1,
            frame(op, b"" if i in (0, 2) else b"reserved"), chop=i > 2)


# -- 5: fragments --

def pieces(frames, wanted, chop=0):
    """wanted: (opcode, payload) ..., or the code of a close."""
    p = Peer()
    p.raw(b"".join(frames), chop)
    for one in wanted:
        if isinstance(one, int):
            p.end(*(RULES if one == 1002 else (one,)))
            return
        p.expect(*one)
    p.goodbye()


A, B = b"fragment1", b"fragment2"
FIRST, LAST = frame(TEXT, A, False), frame(CONT, B)
BOTH = (TEXT, A + B)
for number, text, frames, wanted, chop in (
        ("5.1", "a ping in two", [frame(PING, A, False), LAST], [1002], 0),
        ("5.2", "a pong in two", [frame(PONG, A, False), LAST], [1002], 0),
        ("5.3", "text in two", [FIRST, LAST], [BOTH], 0),
        ("5.4", "as one write", [FIRST + LAST], [BOTH], 0),
        ("5.5", "byte by byte", [FIRST, LAST], [BOTH], 1),
        ("5.6", "a ping between", [FIRST, frame(PING, b"p"), LAST],
         [(PONG, b"p"), BOTH], 0),
        ("5.7", "in one write", [FIRST + frame(PING, b"p") + LAST],
         [(PONG, b"p"), BOTH], 0),
        ("5.8", "byte by byte", [FIRST, frame(PING, b"p"), LAST],
         [(PONG, b"p"), BOTH], 1),
        ("5.9", "an end without a beginning",
         [frame(CONT, A), frame(TEXT, b"x")], [1002], 0),
        ("5.10", "in one write", [frame(CONT, A) + frame(TEXT, b"x")],
         [1002], 0),
        ("5.11", "byte by byte", [frame(CONT, A), frame(TEXT, b"x")], [1002],
         1),
        ("5.12", "a middle without a beginning",
         [frame(CONT, A, False), frame(TEXT, b"x")], [1002], 0),
        ("5.13", "in one write", [frame(CONT, A, False) + frame(TEXT, b"x")],
         [1002], 0),
        ("5.14", "byte by byte", [frame(CONT, A, False), frame(TEXT, b"x")],
         [1002], 1),
        ("5.15", "an end after the end",
         [FIRST, LAST, frame(CONT, A, False), frame(TEXT, b"x")],
         [BOTH, 1002], 0),
        ("5.16", "text that begins with a middle, twice",
         [frame(CONT, A, False), FIRST, LAST] * 2, [1002], 0),
        ("5.17", "and with an end", [frame(CONT, A), FIRST, LAST] * 2,
         [1002], 0),
        ("5.18", "a text within a text", [FIRST, frame(TEXT, B)], [1002], 0),
        ("5.19", "pings between five",
         [FIRST, frame(CONT, B, False), frame(PING, b"1"),
          frame(CONT, A, False), frame(CONT, B, False), frame(PING, b"2"),
          frame(CONT, A)],
         [(PONG, b"1"), (PONG, b"2"), (TEXT, A + B + A + B + A)], 0),
        ("5.20", "byte by byte",
         [FIRST, frame(CONT, B, False), frame(PING, b"1"),
          frame(CONT, A, False), frame(CONT, B, False), frame(PING, b"2"),
          frame(CONT, A)],
         [(PONG, b"1"), (PONG, b"2"), (TEXT, A + B + A + B + A)], 1)):
    add(number, text, pieces, frames, wanted, chop)


# -- 6: UTF-8 --

def utf8(data, pieces_of=0):
    try:
        data.decode("utf-8")
        good = True
    except UnicodeDecodeError:
        good = False
    p = Peer()
    if pieces_of:
        parts = [data[i:i + pieces_of] for i in range(0, len(data), pieces_of)]
        for i, part in enumerate(parts):
            p.send(CONT if i else TEXT, part, i == len(parts) - 1)
    else:
        p.send(TEXT, data)
    if good:
        p.expect(TEXT, data)
        p.goodbye()
    else:
        p.end(1007)


KOSME = "Hello-µ@ßöäüàá-UTF-8!!".encode()
BAD = bytes.fromhex("cebae1bdb9cf83cebcceb5eda080656469746564")
add("6.1.1", "nothing", utf8, b"")


@case("6.1.2", "nothing in three")
def _():
    pieces([frame(TEXT, b"", False), frame(CONT, b"", False), frame(CONT)],
           [(TEXT, b"")])


@case("6.1.3", "nothing, something, nothing")
def _():
    pieces([frame(TEXT, b"", False), frame(CONT, b"middle", False),
            frame(CONT)], [(TEXT, b"middle")])


for i, size in enumerate((0, 12, 1)):
    add(f"6.2.{i + 1}", f"good text in pieces of {size}", utf8, KOSME, size)
add("6.2.4", "Greek, byte by byte", utf8, "κόσμε".encode(), 1)
add("6.3.1", "a surrogate", utf8, BAD)
add("6.3.2", "byte by byte", utf8, BAD, 1)
BEYOND = "κόσμε".encode() + b"\xf4\x90\x80\x80" + b"edited"
for i, (at, chop) in enumerate(((12, 0), (11, 0), (12, 1), (11, 1))):
    add(f"6.4.{i + 1}", "beyond U+10FFFF, in fragments", pieces,
        [frame(TEXT, BEYOND[:at], False), frame(CONT, BEYOND[at:])], [1007],
        chop)
SEQUENCES = {
    5: ["cebae1bdb9cf83cebcceb5"],
    6: ["ce", "ceba", "cebae1", "cebae1bd", "cebae1bdb9", "cebae1bdb9cf",
        "cebae1bdb9cf83", "cebae1bdb9cf83ce", "cebae1bdb9cf83cebc",
        "cebae1bdb9cf83cebcce", "cebae1bdb9cf83cebcceb5"],
    7: ["00", "c280", "e0a080", "f0908080"],
    8: ["f888808080", "fc8480808080"],
    9: ["7f", "dfbf", "efbfbf", "f48fbfbf"],
    10: ["f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf"],
    11: ["ed9fbf", "ee8080", "efbfbd", "f48fbfbf", "f4908080"],
    12: ["80", "bf", "80bf", "80bf80", "80bf80bf", "80bf80bf80",
         "80bf80bf80bf", "".join(f"{i:02x}" for i in range(0x80, 0xc0))],
    13: ["".join(f"{i:02x}20" for i in r) for r in (
        range(0xc0, 0xe0), range(0xe0, 0xf0), range(0xf0, 0xf8),
        range(0xf8, 0xfc), range(0xfc, 0xfe))],
    14: ["c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf",
         "f7bfbf", "fbbfbfbf", "fdbfbfbfbf"],
    15: ["c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf"],
    16: ["fe", "ff", "fefeffff"],
    17: ["c0af", "e080af", "f08080af", "f8808080af", "fc80808080af"],
    18: ["c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf"],
    19: ["c080", "e08080", "f0808080", "f880808080", "fc8080808080"],
    20: ["eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80",
         "edbfbf"],
    21: ["eda080edb080", "eda080edbfbf", "edadbfedb080", "edadbfedbfbf",
         "edae80edb080", "edae80edbfbf", "edafbfedb080", "edafbfedbfbf"],
    22: ["efbfbe", "efbfbf"] +
        [chr(p << 16 | e).encode().hex() for p in range(1, 17)
         for e in (0xfffe, 0xffff)],
    23: ["efbfbd"] + [chr(c).encode().hex() for c in range(0xfff9, 0xfffd)],
}
for g, list_of in SEQUENCES.items():
    for i, text in enumerate(list_of):
        add(f"6.{g}.{i + 1}", text[:24], utf8, bytes.fromhex(text))


# -- 7: closing --

def close(payload, *codes, before=(), after=(), want=()):
    p = Peer()
    p.raw(b"".join(before) + frame(CLOSE, payload) + b"".join(after))
    for one in want:
        p.expect(*one)
    p.end(*codes)


def code(n, reason=b""):
    return struct.pack(">H", n) + reason


HELLO = frame(TEXT, b"Hello World!")
add("7.1.1", "a message, then a close", close, code(1000), 1000,
    before=[HELLO], want=[(TEXT, b"Hello World!")])
add("7.1.2", "two closes", close, code(1000), 1000,
    after=[frame(CLOSE, code(1000))])
add("7.1.3", "a ping after", close, code(1000), 1000, after=[frame(PING)])
add("7.1.4", "text after", close, code(1000), 1000, after=[HELLO])
add("7.1.5", "within a message", close, code(1000), 1000, before=[FIRST],
    after=[LAST])
add("7.1.6", "behind 256 KiB", close, code(1000), 1000, "end",
    before=[frame(TEXT, b"BAsd7&jh23" * 26000), HELLO],
    after=[frame(PING)],
    want=[(TEXT, b"BAsd7&jh23" * 26000), (TEXT, b"Hello World!")])
add("7.3.1", "without a code", close, b"", None, 1000)
add("7.3.2", "one byte", close, b"a", *RULES)
add("7.3.3", "a code", close, code(1000), 1000)
add("7.3.4", "and a reason", close, code(1000, b"Hello World!"), 1000)
add("7.3.5", "of 123 bytes", close, code(1000, b"*" * 123), 1000)
add("7.3.6", "of 124 bytes", close, code(1000, b"*" * 124), *RULES)
add("7.5.1", "a reason that is not UTF-8", close, code(1000, BAD), 1007)
for i, n in enumerate((1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011,
                       3000, 3999, 4000, 4999)):
    add(f"7.7.{i + 1}", f"code {n}", close, code(n), n)
for i, n in enumerate((0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999)):
    add(f"7.9.{i + 1}", f"code {n}", close, code(n), 1002)
for i, n in enumerate((5000, 65535)):
    add(f"7.13.{i + 1}", f"code {n}", close, code(n), n, 1002)


# -- 12, 13: compression --

OFFERS = (
    DEFLATE,
    f"{DEFLATE}; client_no_context_takeover; server_no_context_takeover",
    f"{DEFLATE}; client_max_window_bits",
    f"{DEFLATE}; client_max_window_bits=9",
    f"{DEFLATE}; server_max_window_bits=8, {DEFLATE}",
    f"x-other; a=1, {DEFLATE}; client_max_window_bits=15",
    f"{DEFLATE}; server_no_context_takeover; client_max_window_bits",
)
WORDS = (b'{"AutobahnPython": 0.6, "type": "patch_applied", "file": '
         b'"src/index.ts", "who": "factory"} ')


def compressed(offer, size, count, bits=15, pieces_of=0):
    p = Peer(offer)
    assert p.extensions, "the offer was declined"
    body = (WORDS * (size // len(WORDS) + 1))[:size]
    data = deflated(body, bits)
    for _ in range(count):
        if pieces_of:
            cut = [data[i:i + pieces_of]
                   for i in range(0, len(data), pieces_of)]
            for i, part in enumerate(cut):
                p.send(CONT if i else TEXT, part, i == len(cut) - 1,
                       rsv=0 if i else 4)
        else:
            p.send(TEXT, data, rsv=4)
        p.expect(TEXT, body)
    p.send(TEXT, b"plain")
    p.expect(TEXT, b"plain")
    p.goodbye()


for i, size in enumerate((16, 64, 256, 1 << 10, 4 << 10, 8 << 10, 16 << 10,
                          32 << 10, 64 << 10, 128 << 10)):
    add(f"12.1.{i + 1}", f"{size} bytes", compressed, DEFLATE, size, 100)
    add(f"12.2.{i + 1}", f"{size} bytes in fragments", compressed, DEFLATE,
        size, 20, pieces_of=max(1, size // 40))
for g, offer in enumerate(OFFERS):
    bits = 9 if "bits=9" in offer else 15
    for i, size in enumerate((16, 1 << 10, 8 << 10, 128 << 10)):
        add(f"13.{g + 1}.{i + 1}", f"{size} bytes, {offer[18:60]}",
            compressed, offer, size, 20, bits)


def declined(offer):
    p = Peer(offer)
    assert not p.extensions, "it was taken"
    p.send(TEXT, deflated(WORDS), rsv=4)
    p.end(1002)


for i, offer in enumerate((f"{DEFLATE}; server_max_window_bits=8",
                           f"{DEFLATE}; mystery", "x-webkit-deflate-frame")):
    add(f"13.8.{i + 1}", f"declined: {offer}", declined, offer)


def compressed_wrong(bad, *codes):
    p = Peer(DEFLATE)
    p.raw(bad)
    p.end(*codes)


add("13.9.1", "no deflate", compressed_wrong,
    frame(TEXT, b"\xff\xff\xff\xff", rsv=4), 1007, 1002)
add("13.9.2", "text that is not UTF-8", compressed_wrong,
    frame(TEXT, deflated(BAD), rsv=4), 1007)
add("13.9.3", "RSV1 of a continuation", compressed_wrong,
    frame(TEXT, b"a", False) + frame(CONT, b"b", rsv=4), 1002)
add("13.9.4", "RSV1 of a ping", compressed_wrong, frame(PING, b"a", rsv=4),
    1002)
add("13.9.5", "a bomb", compressed_wrong,
    frame(TEXT, deflated(b"\0" * (64 << 20)), rsv=4), 1009)


def main():
    n = failed = 0
    for number, text, run in cases:
        if PREFIX and not number.startswith(PREFIX):
            continue
        n += 1
        try:
            run()
            print(f"ok {n} - {number} {text}", flush=True)
        except (AssertionError, Broken, OSError) as e:
            failed += 1
            print(f"not ok {n} - {number} {text}\n# {type(e).__name__}: {e}",
                  flush=True)
    print(f"1..{n}")
    return 1 if failed else 0


sys.exit(main())
