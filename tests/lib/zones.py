#!/usr/bin/env python3
"""Hours, days and weeks of time zones by Python's zoneinfo, minute by minute.

usage: zones.py PROGRAM SEED COUNT   compare with PROGRAM --tell
       zones.py                      ZONE MS lines from standard input: what
                                     they should be, as rows of test_zone.c
"""
import datetime
import random
import subprocess
import sys
import zoneinfo

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = datetime.timedelta(minutes=1)


def local(zone, seconds):
    return (EPOCH + datetime.timedelta(seconds=seconds)).astimezone(zone)


def offset_text(at):
    return at.strftime("%Y-%m-%dT%H:00") + at.isoformat()[19:]


def hour_key(at):
    return (at.date(), at.hour, at.utcoffset())


def edge(zone, low, high, test):
    """The second between low and high from which on test holds."""
    while high - low > 1:
        middle = (low + high) // 2
        if test(local(zone, middle)):
            high = middle
        else:
            low = middle
    return high


def scan(zone, now):
    """Each minute around now, and the latest date that a clock had shown."""
    start = (now - 10 * 86400) // 60 * 60
    latest = local(zone, start - 3 * 86400).date()
    found = []
    for second in range(start, now + 10 * 86400, 60):
        at = local(zone, second)
        latest = max(latest, at.date())
        found.append((second, latest))
    return found


def begins(zone, found, wanted):
    """The first second from which on the latest date is `wanted` or later."""
    for (second, latest), before in zip(found[1:], found):
        if latest >= wanted:
            if before[1] >= wanted:
                continue
            return edge(zone, before[0], second, lambda at: at.date() >= wanted)
    raise SystemExit("nothing found")


def hours(zone, now):
    key = hour_key(local(zone, now))
    first = now
    while hour_key(local(zone, first - 60)) == key:
        first -= 60
    first = edge(zone, first - 60, first, lambda at: hour_key(at) == key)
    after = now
    while hour_key(local(zone, after + 60)) == key:
        after += 60
    after = edge(zone, after, after + 60, lambda at: hour_key(at) != key)
    return first, after


def tell(name, ms):
    zone = zoneinfo.ZoneInfo(name)
    now = ms // 1000
    at = local(zone, now)
    found = scan(zone, now)
    # the latest date until now: the minute's, or what this second made it
    day = max(latest for second, latest in found if second <= now)
    day = max(day, at.date())
    one = datetime.timedelta(days=1)
    monday = day - one * day.weekday()
    hour_first, hour_next = hours(zone, now)
    year, week, _ = day.isocalendar()
    return [int(at.utcoffset().total_seconds()), hour_first, hour_next,
            begins(zone, found, day), begins(zone, found, day + one),
            begins(zone, found, monday), begins(zone, found, monday + 7 * one),
            offset_text(at), day.isoformat(), f"{year:04}-W{week:02}"]


def moves(zone, rng):
    """An instant near a change of the zone's offset, or None."""
    for _ in range(50):
        low = rng.randrange(0, 4_000_000_000)
        high = low + 200 * 86400
        was, then = (local(zone, t).utcoffset() for t in (low, high))
        if was != then:
            at = edge(zone, low, high, lambda a: a.utcoffset() != was)
            return at + rng.choice([-1, 0, 1]) * rng.choice([0, 1, 60, 1800, 3599, 3600, 7200, 80000, 200000])
    return None


def compare(program, seed, count):
    rng = random.Random(seed)
    names = sorted(n for n in zoneinfo.available_timezones()
                   if n not in ("localtime", "Factory"))
    asked = []
    while len(asked) < count:
        name = rng.choice(names)
        at = moves(zoneinfo.ZoneInfo(name), rng) if len(asked) % 2 else None
        if at is None:
            at = rng.randrange(0, 60 * 365 * 86400)
        asked.append((name, at * 1000 + rng.randrange(1000)))
    text = "".join(f"{name} {ms}\n" for name, ms in asked)
    said = subprocess.run([program, "--tell"], input=text, text=True,
                          stdout=subprocess.PIPE, check=True).stdout.splitlines()
    wrong = 0
    for (name, ms), line in zip(asked, said, strict=True):
        want = " ".join(map(str, tell(name, ms)))
        if line != want:
            wrong += 1
            print(f"{name} {ms}\n  got {line}\n want {want}")
    print(f"{len(asked)} instants, seed {seed}: {wrong} wrong")
    return wrong != 0


if len(sys.argv) == 4:
    sys.exit(compare(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
for line in sys.stdin:
    zone_name, ms_text = line.split()[:2]
    row = [zone_name, int(ms_text)] + tell(zone_name, int(ms_text))
    print("\t{ " + ", ".join(f'"{v}"' if isinstance(v, str) else str(v) for v in row) + " },")
