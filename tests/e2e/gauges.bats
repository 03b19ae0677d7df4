# What the daemon of the stream tells about itself, and how many it lets in.
load ../lib/server

setup() { server_start HEARTBEAT_S=1 CLIENTS_PER_TOKEN=4 CLIENTS_PER_ADDRESS=3; }
teardown() {
  [ -z "$listeners" ] || kill $listeners 2>/dev/null || true
  server_stop
}
listeners=

# listen QUERY [CURL-ARGUMENT...]: one more subscriber.
listen() {
  local query=$1 out
  shift
  out=$(mktemp "$state/heard.XXXXXX")
  curl -sSN -m 300 -H "Authorization: Bearer ${token}" "$@" "$url/sse$query" >"$out" 2>&1 3>&- &
  listeners+=" $!"
  wait_for 60 grep -q '^event: connected' "$out"
}
status() { http GET /api/stream/status; }
status_is() {
  status
  [ "$(field "$1")" = "$2" ]
}
append() {
  post /api/patches/apply '{"patches":[{"op":"append","file":"f","block":"x\n"}]}'
  [ "$http_status" = 200 ]
}

@test "subscribers, events and their bytes are counted" {
  status_is '.subscribers | add' 0
  listen ''
  listen '?type=patch_applied&file=f'
  listen '?file=f&type=patch_applied' --interface 127.0.0.2
  wait_for 60 status_is .subscribers.sse 3
  [ "$(field .filters)" = 1 ]
  append
  wait_for 60 status_is .events "$(sqlite3 "$state/patchwarden.db" 'SELECT count(*) FROM event')"
  wait_for 60 status_is '[.lag[].subscribers] | add' 3
  [ "$(field .lag[0].subscribers)" = 3 ]
  [ "$(field .head)" = "$(sqlite3 "$state/patchwarden.db" 'SELECT max(seq) FROM event')" ]
  [ "$(field '.bytes.sse > 1000 and .sends.sse >= 3 and .rings > 0')" = true ]
  kill $listeners
  wait_for 60 status_is .subscribers.sse 0
  [ "$(field .filters)" = 0 ]
  [ "$(field .closed.client)" -ge 3 ]
}

@test "Prometheus' own parser reads /metrics" {
  listen ''
  append
  http GET /metrics
  [ "$http_status" = 200 ]
  [[ $http_headers == *"Content-Type: text/plain; version=0.0.4"* ]]
  /usr/bin/python3 - "$state/.body" <<'P'
import sys
from prometheus_client.parser import text_string_to_metric_families
all = {f.name: f for f in text_string_to_metric_families(open(sys.argv[1]).read())}
one = {s.labels["transport"]: s.value
       for s in all["patchwarden_stream_subscribers"].samples}
assert one == {"websocket": 0, "websocket_deflate": 0, "sse": 1}, one
lag = all["patchwarden_stream_lag_events"]
assert lag.type == "histogram"
count = [s.value for s in lag.samples if s.name.endswith("_count")]
assert count == [1], count
assert all["patchwarden_stream_events"].samples[0].value >= 0
P
}

@test "they need a token of the stream, and take no parameters" {
  for path in /metrics /api/stream/status; do
    token=none http GET "$path"
    [ "$http_status" = 401 ] || { show; false; }
    http GET "$path?x=1"
    [ "$http_status" = 400 ] || { show; false; }
    http POST "$path" -d ''
    [ "$http_status" = 405 ] || { show; false; }
    http HEAD "$path"
    [ "$http_status" = 200 ] || { show; false; }
  done
  token=$(patchctl token new --name blind --scopes log:read) http GET /metrics
  [ "$http_status" = 403 ] || { show; false; }
}

@test "one address has so many streams, and so has one token" {
  for i in 1 2 3; do listen ''; done
  http GET /sse -m 60
  [ "$http_status" = 429 ] || { show; false; }
  [ "$(field .code)" = too_many_streams ]
  [[ $http_headers == *Retry-After:* ]]
  # what a client itself says of its address is not what counts
  http GET /sse -m 60 -H 'X-Forwarded-For: 10.9.8.7'
  [ "$http_status" = 429 ] || { show; false; }
  listen '' --interface 127.0.0.2
  http GET /sse -m 60 --interface 127.0.0.3
  [ "$http_status" = 429 ] || { show; false; }
  [[ $(field .detail) == *token* ]]
  token=$(patchctl token new --name other --scopes stream:read) listen '' --interface 127.0.0.3
  kill $(cut -d' ' -f2,3 <<<"$listeners")
  wait_for 60 status_is .subscribers.sse 3
  listen ''
}

@test "a daemon that ends says when to come back, to each another time" {
  listen ''
  listen ''
  listen '' --interface 127.0.0.2
  wait_for 60 status_is .subscribers.sse 3
  kill -TERM "$broadcastd_pid"
  wait "$broadcastd_pid"
  wait $listeners || true
  [ "$(cat "$state"/heard.* | grep '^retry:' | grep -vc 'retry: 2000')" = 3 ]
  [ "$(cat "$state"/heard.* | grep '^retry:' | grep -v 'retry: 2000' | sort -u | wc -l)" = 3 ]
}

# is_heard: writers' rings reach the daemon.
is_heard() {
  status
  rings=$(field .rings)
  wait_for 60 one_more_ring
}
one_more_ring() {
  append
  status_is ".rings > $rings" true
}

@test "a doorbell that was taken away or put in another's place is made anew, and heard" {
  bell=$state/run/bell
  is_heard
  rm "$bell"
  wait_for 60 test -p "$bell"
  is_heard
  # one that is not the daemon's, under its name
  mkfifo "$bell.new"
  mv "$bell.new" "$bell"
  is_heard
  rm "$bell"
  echo data >"$bell"
  wait_for 60 grep -q 'is not a FIFO' "$state/log/broadcastd.log"
  append
  [ "$(cat "$bell")" = data ]
  wait_for 60 status_is .head "$(sqlite3 "$state/patchwarden.db" 'SELECT max(seq) FROM event')"
  rm "$bell"
  wait_for 60 test -p "$bell"
  is_heard
}
