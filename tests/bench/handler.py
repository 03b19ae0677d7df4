"""handler.py - one of our FastCGI programs alone, without a web server: it is
started with a listening socket as its standard input, and spoken to over it."""
import os
import socket
import struct
import subprocess
import time

import bench

BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6
KEEP = 1


def record(kind, data):
    """A record of request 1; data is shorter than 64 KB."""
    return struct.pack(">BBHHBx", 1, kind, 1, len(data), 0) + data


def pair(name, value):
    def size(n):
        return bytes([n]) if n < 128 else struct.pack(">I", n | 1 << 31)

    name, value = name.encode(), value.encode()
    return size(len(name)) + size(len(value)) + name + value


class Handler:
    def __init__(self, instance, program):
        path = os.path.join(instance.build, "cgi-bin", program + ".fcgi")
        self.missing = not os.access(path, os.X_OK)
        self.instance, self.sock = instance, None
        if self.missing:
            return
        self.address = os.path.join(instance.folder, program + ".alone")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(self.address)
            listener.listen(8)
            with open(os.path.join(instance.log, "bench.log"), "ab") as out:
                self.child = subprocess.Popen(
                    [path], env=instance.env, stdin=listener, stdout=out,
                    stderr=out)
        bench.atexit.register(bench.stop, self.child)

    def connect(self):
        end = time.monotonic() + 20
        while True:
            self.sock = socket.socket(socket.AF_UNIX)
            try:
                self.sock.connect(self.address)
                self.rest = b""
                return
            except OSError:
                self.sock.close()
                if time.monotonic() > end or self.child.poll() is not None:
                    bench.die(1, f"{self.address} does not answer")
                time.sleep(0.02)

    def exactly(self, n):
        while len(self.rest) < n:
            got = self.sock.recv(1 << 18)
            if not got:
                raise ConnectionError("the handler closed the connection")
            self.rest += got
        part, self.rest = self.rest[:n], self.rest[n:]
        return part

    def request(self, method, path, body=b""):
        name, _, query = path.partition("?")
        params = {"REQUEST_METHOD": method, "REQUEST_URI": path,
                  "QUERY_STRING": query, "SCRIPT_NAME": name,
                  "GATEWAY_INTERFACE": "CGI/1.1",
                  "SERVER_PROTOCOL": "HTTP/1.1",
                  "HTTP_AUTHORIZATION": "Bearer " + self.instance.token}
        if body:
            params |= {"CONTENT_TYPE": "application/json",
                       "CONTENT_LENGTH": str(len(body))}
        return (record(BEGIN, struct.pack(">HB5x", 1, KEEP)) + record(
            PARAMS, b"".join(pair(k, v) for k, v in params.items())) +
            record(PARAMS, b"") + (record(STDIN, body) if body else b"") +
            record(STDIN, b""))

    def send(self, request):
        """Give (status, body)."""
        if not self.sock:
            self.connect()
        self.sock.sendall(request)
        out = b""
        while True:
            _, kind, _, size, fill = struct.unpack(">BBHHBx", self.exactly(8))
            data = self.exactly(size + fill)[:size]
            if kind == STDOUT:
                out += data
            if kind == END:
                break
        head, _, body = out.partition(b"\r\n\r\n")
        status = 200
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"status:"):
                status = int(line.split()[1])
        return status, body
