// A stream as one writes it with Node and ws: POST a message, and all have it.
// usage: node server.mjs PORT
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const listeners = new Set();

const server = createServer((req, res) => {
	if (req.method !== "POST") {
		res.writeHead(200, { "Content-Type": "text/event-stream" });
		res.flushHeaders();
		listeners.add(res);
		res.on("close", () => listeners.delete(res));
		return;
	}
	let body = "";
	req.setEncoding("utf8");
	req.on("data", (text) => { body += text; });
	req.on("end", () => {
		publish(body);
		res.writeHead(204).end();
	});
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });

let id = 1000000;

function publish(text) {
	const bytes = Buffer.from(text);
	for (const client of sockets.clients)
		client.send(bytes, { binary: false });
	if (listeners.size === 0)
		return;
	const event = Buffer.from(
		`id: ${id++}\nevent: phase_generating\ndata: ${text}\n\n`);
	for (const res of listeners)
		res.write(event);
}

server.keepAliveTimeout = 0;
server.listen({ port: Number(process.argv[2]), host: "127.0.0.1",
	backlog: 4096 });
