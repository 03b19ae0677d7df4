#!/usr/bin/env python3
"""Rows of CSV as Python's csv module writes and reads them.

usage: csv_rows.py PROGRAM SEED COUNT   compare with PROGRAM --tell
"""
import csv
import io
import json
import random
import subprocess
import sys

PARTS = ['"', '""', ",", "\r", "\n", "\r\n", " ", "'", "=", "-1", "a", "é",
         "\N{GRINNING FACE}", "\t", ";", "x y", "\\", "\x01", "\u2028"]


def any_field(rng):
    kind = rng.randrange(10)
    if kind == 0:
        return None
    if kind == 1:
        return rng.randrange(-10**18, 10**18)
    return "".join(rng.choice(PARTS) for _ in range(rng.randrange(6)))


def one(field):
    """As Python writes it where it is not alone, but for what it cannot tell."""
    if field is None:
        return ""
    if field == "":
        return '""'
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([field])
    return out.getvalue()[:-2]


def main(program, seed, count):
    rng = random.Random(seed)
    rows = [[any_field(rng) for _ in range(rng.randrange(2, 7))]
            for _ in range(count)]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    said = subprocess.run([program, "--tell"], input=text.encode(),
                          stdout=subprocess.PIPE, check=True).stdout.decode()
    wanted = [",".join(map(one, row)) + "\r\n" for row in rows]
    wrong = 0
    if said != "".join(wanted):
        wrong = 1
        at = 0
        for row, want in zip(rows, wanted):
            if said[at:at + len(want)] != want:
                print(f"{row!r}\n  got {said[at:at + len(want)]!r}\n want {want!r}")
                break
            at += len(want)
    read = list(csv.reader(io.StringIO(said, newline=""), strict=True))
    if read != [["" if f is None else str(f) for f in row] for row in rows]:
        print("Python reads something else")
        wrong = 1
    print(f"{count} rows, seed {seed}: {'wrong' if wrong else 'equal'}")
    return wrong


sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
