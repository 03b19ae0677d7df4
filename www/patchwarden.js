// The first page: the live stream over WebSocket and the log over HTTP.
// Everything from the server is put in as text, never as markup.

const $ = (id) => document.getElementById(id);
const KEEP_LIVE = 200;
let token = sessionStorage.getItem("token") || "";
let socket = null;
let position = null; // { seq, epoch } of the last event seen
let retryMs = 500;
let next = null;

function element(tag, text, className) {
  const e = document.createElement(tag);
  if (text !== undefined && text !== null) e.textContent = text;
  if (className) e.className = className;
  return e;
}

function when(ts) {
  const t = element("time", new Date(ts).toLocaleString());
  t.dateTime = ts;
  return t;
}

// An operation on several files names the first; a validator was content or not.
function others(p) { return p.files?.length > 1 ? ` and ${p.files.length - 1} more` : ""; }
function checked(p) {
  return p.type !== "patch_validated" || p.ts_check_ok === null ? "" : p.ts_check_ok ? "content" : "new faults";
}

function say(text) { $("state").textContent = text; }

function showLive(event) {
  const p = event.payload || {};
  const row = element("li");
  row.append(when(event.ts), " ", element("span", event.type, p.status), " ");
  if (p.file) row.append(element("code", p.file), others(p), " ");
  row.append(element("span", [p.op, p.requester, checked(p), p.error].filter(Boolean).join(" · "), "dim"));
  row.dataset.seq = event.seq;
  $("live").prepend(row);
  while ($("live").children.length > KEEP_LIVE) $("live").lastChild.remove();
  $("live-empty").hidden = true;
}

function receive(message) {
  const event = JSON.parse(message.data);
  if (event.type === "connected") {
    say("connected");
    retryMs = 500;
    if (!position) position = { seq: event.seq, epoch: event.epoch };
  } else if (event.type === "gap") {
    say("some events are gone; reload the log");
    position = { seq: event.oldest, epoch: event.epoch };
  } else if (event.seq) {
    if (position && event.epoch === position.epoch && event.seq <= position.seq) return;
    position = { seq: event.seq, epoch: event.epoch };
    showLive(event);
  }
}

function connect() {
  if (socket) { socket.onclose = null; socket.close(); }
  const url = new URL("ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  if (position) {
    url.searchParams.set("since", position.seq);
    url.searchParams.set("epoch", position.epoch);
  }
  say("connecting …");
  socket = new WebSocket(url, ["patchwarden.v1", "bearer." + token]);
  socket.onmessage = receive;
  socket.onclose = () => {
    say("connection lost, trying again …");
    setTimeout(connect, retryMs);
    retryMs = Math.min(retryMs * 2, 15000);
  };
}

async function get(path) {
  const answer = await fetch(path, { headers: { Authorization: "Bearer " + token } });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Error(problem.detail || `the server answered ${answer.status}`);
}

async function showDiff(row) {
  const text = await (await get(row.diff_path)).text();
  $("diff-title").textContent = row.file_path;
  $("diff").replaceChildren(...text.split("\n").map((line) =>
    element("span", line + "\n", /^\+/.test(line) ? "add" : /^-/.test(line) ? "del" : "")));
  $("diff-box").showModal();
}

function logRow(row) {
  const tr = element("tr");
  const cell = (child, className) => {
    const td = element("td", undefined, className);
    td.append(child ?? "");
    tr.append(td);
  };
  cell(when(row.created_at));
  cell(element("span", row.status, row.status));
  cell(row.file_path + others(row), "file");
  cell(row.op);
  cell(row.lines_added === null ? "" : `+${row.lines_added}\u00a0−${row.lines_removed}`);
  cell(row.requester);
  cell(row.error || row.reason);
  const button = element("button", "diff");
  button.type = "button";
  button.onclick = () => guard(showDiff(row));
  cell(row.diff_path && row.status !== "failed" ? button : "");
  return tr;
}

function guard(promise) {
  $("problem").hidden = true;
  return promise.catch((error) => {
    $("problem").textContent = error.message;
    $("problem").hidden = false;
  });
}

async function loadLog(more) {
  const query = new URLSearchParams({ limit: 50 });
  if ($("search").value) query.set("search", $("search").value);
  if (more && next) query.set("cursor", next);
  const page = await (await get("api/patches/logs?" + query)).json();
  const rows = page.results.map(logRow);
  if (more) $("log").append(...rows); else $("log").replaceChildren(...rows);
  next = page.pagination.next;
  $("more").hidden = !page.pagination.has_more;
}

function start() {
  sessionStorage.setItem("token", token);
  connect();
  return guard(loadLog(false));
}

$("sign-in").onsubmit = (e) => { e.preventDefault(); token = $("token").value.trim(); position = null; start(); };
$("filter").onsubmit = (e) => { e.preventDefault(); guard(loadLog(false)); };
$("more").onclick = () => guard(loadLog(true));
// The printed address carries the token behind '#', which is never sent.
const handed = new URLSearchParams(location.hash.slice(1)).get("token");
if (handed) { token = handed; history.replaceState(null, "", location.pathname); }
if (token) { $("token").value = token; start(); }
