# Who falls too far behind is closed, and goes on from where it was.
load ../lib/server

setup() {
  stream_port=$(port_free)
  server_start HEARTBEAT_S=600 LAG_EVENTS=200 BROADCAST_LISTEN=127.0.0.1:$stream_port
}
teardown() {
  [ -z "$sleepers" ] || kill $sleepers 2>/dev/null || true
  server_stop
}
sleepers=

# publish N: events of 8 KB, more than sockets hold.
publish() {
  local i
  for ((i = 0; i < $1; i += 500)); do
    jq -nc --argjson n "$i" 'range($n; $n + 500) | { type: "phase_generating",
      payload: { orderId: "o\(. % 2)", message: ("x" * 8000) } }' >"$state/lines"
    http POST /api/events -H 'Content-Type: application/x-ndjson' --data-binary @"$state/lines"
    [ "$http_status" = 200 ] || [ "$http_status" = 201 ] || { show; return 1; }
  done
}
# sleeper WIRE NAME [QUERY]
sleeper() {
  /usr/bin/python3 "$top/tests/e2e/sleeper.py" "$1" "$stream_port" "$state/$2" "$state/go-$2" "${3:-}" 3>&- &
  sleepers+=" $!"
  wait_for 60 grep -q connected "$state/$2"
}
status_is() {
  http GET /api/stream/status
  [ "$(field "$1")" = true ]
}
seqs() { grep -E '^[0-9]+$' "$1"; }
head_seq() { sqlite3 "$state/patchwarden.db" 'SELECT max(seq) FROM event'; }
# has NAME FROM TO: each of these once, in order, and nothing else.
has() { [ "$(seqs "$state/$1")" = "$(seq "$2" "$3")" ]; }
had_last() { [ "$(seqs "$state/$1" | tail -n 1)" = "$2" ]; }

@test "who was up to date and falls too far behind is closed with its position" {
  publish 500
  base=$(head_seq)
  sleeper ws ws
  sleeper sse sse
  wait_for 60 status_is '(.lag[0].subscribers == 2) and .head == '"$base"
  publish 2000
  wait_for 60 status_is '.subscribers.websocket + .subscribers.sse == 0'
  touch "$state/go-ws" "$state/go-sse"
  wait_for 60 grep -q '^end' "$state/ws"
  wait_for 60 grep -q '^end' "$state/sse"
  wait_for 60 status_is '.closed.behind == 2 and .closed.lagging == 0'
  last=$(seqs "$state/ws" | tail -n 1)
  [ "$last" -lt "$(head_seq)" ]
  has ws $((base + 1)) "$last"
  grep -qE "^end 4408 lagging by [0-9]+ events; last seq $last$" "$state/ws" || { tail -1 "$state/ws"; false; }
  last=$(sed -n 's/^end 0 //p' "$state/sse")
  has sse $((base + 1)) "$last"
  http GET /metrics
  [[ $body == *'patchwarden_stream_closed_total{reason="behind"} 2'* ]]
  # it goes on from there, as far behind as it is
  touch "$state/go-again"
  sleeper ws again "?since=$last"
  wait_for 120 had_last again "$(head_seq)"
  has again $((last + 1)) "$(head_seq)"
  status_is '.closed.behind == 2'
}

@test "who asks for old events may be far behind until it has had them" {
  publish 2000
  sleeper ws old '?since=earliest'
  sleeper sse old-sse '?since=earliest'
  wait_for 60 status_is '.stalled == 2'
  sleep 3	# some ticks
  status_is '.subscribers.websocket == 1 and .subscribers.sse == 1 and .closed.behind == 0'
  touch "$state/go-old" "$state/go-old-sse"
  wait_for 120 had_last old "$(head_seq)"
  wait_for 120 had_last old-sse "$(head_seq)"
  has old 1 "$(head_seq)"
  has old-sse 1 "$(head_seq)"
  wait_for 60 status_is '.lag[0].subscribers == 2 and .closed.behind == 0'
}

@test "no limit, no end" {
  sed -i s/LAG_EVENTS=.*/LAG_EVENTS=0/ "$state/patchwarden.conf"
  kill -HUP "$broadcastd_pid"
  wait_for 60 grep -q 'opened anew' "$state/log/broadcastd.log"
  sleeper ws free
  publish 2000
  wait_for 60 status_is '.stalled == 1'
  sleep 3
  status_is '.subscribers.websocket == 1 and .closed.behind == 0'
}
