"""fanout_peers.py - others who send one event to many, each with one process:
nchan in nginx, libwebsockets, and ws in Node."""
import os
import resource
import shutil
import time

import bench
import peers
from fanout_servers import Server

FILES = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
NCHAN = "/usr/lib/nginx/modules/ngx_nchan_module.so"

NGINX = """load_module {module};
daemon off;
worker_processes 1;
worker_rlimit_nofile {files};
user root;
pid {folder}/pid;
error_log {folder}/error.log crit;
events {{ worker_connections {files}; }}
http {{
	access_log off;
	keepalive_requests 1000000000;
	keepalive_timeout 3600;
	client_body_temp_path {folder}/body;
	proxy_temp_path {folder}/proxy;
	fastcgi_temp_path {folder}/fastcgi;
	uwsgi_temp_path {folder}/uwsgi;
	scgi_temp_path {folder}/scgi;
	nchan_max_reserved_memory 1024M;
	server {{
		listen 127.0.0.1:{port} backlog=4096;
		location = /publish {{
			nchan_publisher http;
			nchan_channel_id new;
			nchan_message_buffer_length 5000;
			nchan_message_timeout 10m;
		}}
		location = /subscribe {{
			nchan_subscriber websocket eventsource;
			nchan_channel_id new;
			nchan_subscriber_first_message newest;
		}}
		location = /keep {{
			nchan_publisher http;
			nchan_channel_id all;
			nchan_message_buffer_length 1000000;
			nchan_message_timeout 10m;
		}}
		location = /all {{
			nchan_subscriber websocket eventsource;
			nchan_channel_id all;
			nchan_subscriber_first_message oldest;
		}}
	}}
}}
"""


def child_of(pid):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            children = f.read().split()
        if children:
            return int(children[0])
        time.sleep(0.01)
    return bench.die(1, "nginx has no worker")


class Nchan(Server):
    name, resumes = "nchan", "/all"

    @staticmethod
    def missing():
        if not os.path.exists(NCHAN) or not shutil.which("nginx"):
            return "nchan: apt-get install nginx-light libnginx-mod-nchan"
        return None

    def start(self, wire, subscribers):
        folder = self.fresh()
        conf = os.path.join(folder, "nginx.conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(NGINX.format(module=NCHAN, folder=folder, port=self.port,
                                 files=FILES))
        self.spawn(folder, "nginx", "-p", folder, "-c", conf)
        self.pid = child_of(self.child.pid)
        self.path = "/subscribe"
        self.way = f"http:127.0.0.1:{self.port}/publish"

    def arguments(self, wire, resume):
        if resume:
            self.way = f"http:127.0.0.1:{self.port}/keep"
        return super().arguments(wire, resume)


class Libwebsockets(Server):
    name, wires = "lws", ("ws",)

    @staticmethod
    def missing():
        if not os.path.exists("/usr/include/libwebsockets.h"):
            return "lws: apt-get install libwebsockets-dev"
        return None

    def start(self, wire, subscribers):
        folder = self.fresh()
        fifo = os.path.join(folder, "fifo")
        self.way = "lines:" + fifo
        self.spawn(folder, bench.program(self.o.build,
                                         "tests/bench/lws_fanout"),
                   str(self.port), fifo)


class Node(Server):
    name = "node"

    @staticmethod
    def missing():
        if not shutil.which("node") or not shutil.which("npm"):
            return "node: apt-get install nodejs npm"
        return None

    def start(self, wire, subscribers):
        where = peers.node_folder(self.folder, "peer_stream", "ws")
        folder = self.fresh()
        self.way = f"http:127.0.0.1:{self.port}/"
        self.spawn(folder, "node", "server.mjs", str(self.port), cwd=where)


def installed():
    """Those that are; of the others, what to do is told."""
    for kind in (Nchan, Libwebsockets, Node):
        absent = kind.missing()
        if absent:
            print("not measured, not installed: " + absent)
        else:
            yield kind
