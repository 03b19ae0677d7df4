#!/usr/bin/python3
"""receiver.py FOLDER: an orchestrator that takes events.

Writes its port to FOLDER/port, and one line for each POST that it answers with
200 to FOLDER/got: path, credentials and body, separated by tabs.  Answers 200,
or the status in FOLDER/status; when that says "close" it hangs up.  A GET is
answered with FOLDER/answer."""
import http.server
import os
import sys

folder = sys.argv[1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        word = "200"
        if os.path.exists(folder + "/status"):
            with open(folder + "/status", encoding="ascii") as f:
                word = f.read().strip()
        if word == "close":
            self.close_connection = True
            return
        status = int(word)
        credentials = self.headers.get("Authorization", "-")
        if status == 200:
            with open(folder + "/got", "ab") as f:
                f.write(b"\t".join([self.path.encode(), credentials.encode(),
                                    body]) + b"\n")
        self.send_response(status)
        if status == 503:
            self.send_header("Retry-After", "7")
        answer = b'{"ok":true}' if status == 200 else b'{"ok":false}'
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self):
        with open(folder + "/answer", "rb") as f:
            answer = f.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(folder + "/port.new", "w", encoding="ascii") as out:
    out.write(str(server.server_address[1]))
os.rename(folder + "/port.new", folder + "/port")
server.serve_forever()
