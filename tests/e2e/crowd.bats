# Ten thousand subscribers, of whom a tenth never reads and a tenth comes and goes.
load ../lib/server

setup() {
  crowd=${CROWD:-10000}
  files=$(ulimit -Hn)
  [ "$files" = unlimited ] || [ "$files" -ge $((crowd + 1000)) ] || crowd=$((files - 1000))
  stream_port=$(port_free)
  export ASAN_OPTIONS=quarantine_size_mb=4
  # they answer no pings: on a slow machine they would be taken for dead
  server_start CLIENTS_MAX=$((crowd + 500)) BROADCAST_LISTEN=127.0.0.1:$stream_port HEARTBEAT_S=1000
}
teardown() {
  [ -z "$crowd_pid" ] || kill "$crowd_pid" 2>/dev/null || true
  server_stop
}
crowd_pid=

rss_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$broadcastd_pid/status"; }
# publish N: in bodies of 500, of fifty orders.
publish() {
  local i
  for ((i = 0; i < $1; i += 500)); do
    jq -nc --argjson from $((published + i)) 'range($from; $from + 500) | {
      patch_id: "p\(.)", type: "patch_applied", file: "src/f\(. % 7).c",
      op: "append", order_id: "o\(. % 50 + 1)", reason: ("because " * 20) }' >"$state/lines"
    http POST /api/patches/events -H 'Content-Type: application/x-ndjson' \
      --data-binary @"$state/lines"
    [ "$http_status" = 200 ] || [ "$http_status" = 201 ] || { show; return 1; }
  done
  published=$((published + $1))
}
status_is() {
  http GET /api/stream/status
  [ "$(field "$1")" = true ]
}

@test "each of 10,000 gets each of its events once and in order; the deaf cost nothing" {
  published=0
  publish 500
  base=$(sqlite3 "$state/patchwarden.db" 'SELECT max(seq) FROM event')
  "$build/tests/lib/crowd" "127.0.0.1:$stream_port" "$token" "$crowd" "$base" \
    "$state/expect" >"$state/crowd" 2>&1 3>&- &
  crowd_pid=$!
  wait_for 600 grep -q -e '^connected' -e '^not' "$state/crowd"
  [ "$(cat "$state/crowd")" = "connected: $crowd" ] || { cat "$state/crowd"; false; }
  status_is ".subscribers.sse + .subscribers.websocket == $crowd" || { show; false; }
  idle=$(rss_kb)
  publish 2500
  wait_for 600 status_is ".head == $((base + 2500))"
  half=$(rss_kb)
  publish 2500
  {
    sqlite3 -separator ' ' "$state/patchwarden.db" "
      SELECT 0, count(*), sum(seq) FROM event WHERE seq > $base;
      SELECT substr(order_id, 2), count(*), sum(seq) FROM event
      WHERE seq > $base GROUP BY order_id"
  } >"$state/expect.new"
  mv "$state/expect.new" "$state/expect"
  wait "$crowd_pid" || { cat "$state/crowd"; false; }
  crowd_pid=
  cat "$state/crowd"
  end=$(rss_kb)
  echo "resident: $idle KB when all were connected, $half KB after 2,500 events, $end KB at the end"
  [ "$(grep -c '^exact' "$state/crowd")" = 1 ]
  # three logs of twice LAG_BYTES, and a frame that is half sent for each
  [ $((end - idle)) -lt $((6 * 1024 + crowd * 2 + 32768)) ]
  wait_for 120 status_is '([.subscribers[]] | add) == 0 and .filters == 0'
  [ "$(rss_kb)" -le $((end + 1024)) ]
}
