#!/usr/bin/python3
"""Exchange two names without end, as fast as it goes.

usage: swap.py A B

Each exchange is one renameat2(RENAME_EXCHANGE): both names are always there.
Prints how many there were when it is ended by SIGTERM.
"""
import ctypes
import os
import signal
import sys

AT_FDCWD, RENAME_EXCHANGE = -100, 2
libc = ctypes.CDLL(None, use_errno=True)
a, b = (os.fsencode(name) for name in sys.argv[1:3])
going = True


def end(*_):
    global going
    going = False


signal.signal(signal.SIGTERM, end)
n = 0
while going:
    if libc.renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
    n += 1
print(n)
