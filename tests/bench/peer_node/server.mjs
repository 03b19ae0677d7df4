// A server as the specification has it: SQL over one table, answered as JSON.
// usage: node server.mjs DATABASE STATEMENTS.json SOCKET-PORT
// STATEMENTS.json: {name: [sql, ...]}; GET /name?parameter=value runs them.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import Database from "better-sqlite3";

const [file, list, port] = process.argv.slice(2);
const db = new Database(file, { readonly: true });
db.pragma("mmap_size = 268435456");
db.pragma("cache_size = -65536");
const version = db.prepare("SELECT sqlite_version() AS v").get().v;
const prepared = new Map();
for (const [name, texts] of Object.entries(JSON.parse(readFileSync(list))))
	prepared.set("/" + name, texts.map((t) => db.prepare(t)));

function answer(url) {
	const all = prepared.get(url.pathname);
	if (!all)
		return [404, { ok: false }];
	const given = {};
	for (const [name, value] of url.searchParams)
		given[name] = /^\d+$/.test(value) && name === "offset" ?
			Number(value) : value;
	return [200, { ok: true, results: all.map((s) => s.all(given)) }];
}

createServer((req, res) => {
	const [status, body] = answer(new URL(req.url, "http://localhost"));
	const text = JSON.stringify(body);
	res.writeHead(status, { "Content-Type": "application/json",
		"Content-Length": Buffer.byteLength(text) });
	res.end(text);
}).listen(Number(port), "127.0.0.1", () =>
	console.log(`node ${process.version}, SQLite ${version}`));
