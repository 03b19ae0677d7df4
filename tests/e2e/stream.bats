# Subscribers nobody here wrote: each event once, in order, whatever dies.
load ../lib/server

setup() {
  export ASAN_OPTIONS=detect_leaks=1
  server_start HEARTBEAT_S=1 SANDBOX=off
}
teardown() { server_stop; }

# load N: post N batches, the last of which has the order "end".
load_batches() {
  local i order
  for ((i = 1; i <= $1; i++)); do
    order=o$i
    [ $i -lt "$1" ] || order=end
    curl -fsS -o /dev/null -H "Authorization: Bearer $token" \
      -H 'Content-Type: application/json' "$url/api/patches/apply" --data-binary \
      "{\"orderId\":\"$order\",\"patches\":[{\"op\":\"append\",\"file\":\"f$((i % 7))\",\"block\":\"$i\\n\"}]}"
  done
}
all_seqs() {
  sqlite3 "$state/patchwarden.db" 'SELECT seq FROM event ORDER BY seq'
}

@test "subscribers get each event once, in order, across kill -9 of broadcastd under load" {
  ws=() sse=()
  for i in 1 2 3 4 5 6; do
    /usr/bin/python3 "$BATS_TEST_DIRNAME/subscriber.py" "ws://127.0.0.1:$port/ws" \
      "$state/ws$i" end 3>&- &
    ws+=($!)
  done
  for i in 1 2 3; do
    "$BATS_TEST_DIRNAME/sse.sh" "$url/sse" "$state/sse$i" end 3>&- &
    sse+=($!)
  done
  load_batches 150 &
  loader=$!
  for i in 1 2 3 4; do
    sleep 0.4
    kill -9 "$broadcastd_pid"
    wait "$broadcastd_pid" 2>/dev/null || true
    broadcastd_start
  done
  wait $loader
  for pid in "${ws[@]}" "${sse[@]}"; do
    wait "$pid" || { tail -n 5 "$state"/ws? "$state"/sse? "$state"/log/broadcastd.log; false; }
  done
  all_seqs >"$state/want"
  for i in "$state"/ws? "$state"/sse?; do
    grep -v '#' "$i" | cut -d' ' -f1 | cmp - "$state/want" || {
      diff <(grep -v '#' "$i" | cut -d' ' -f1) "$state/want" | head -n 5
      false
    }
  done
  grep -q '#' "$state"/ws? "$state"/sse?
}

@test "broadcastd told to end says goodbye and loses nothing" {
  /usr/bin/python3 "$BATS_TEST_DIRNAME/subscriber.py" "ws://127.0.0.1:$port/ws" \
    "$state/ws1" end 3>&- &
  subscriber=$!
  load_batches 40 &
  loader=$!
  sleep 0.3
  kill -TERM "$broadcastd_pid"
  wait "$broadcastd_pid"
  broadcastd_start
  wait $loader $subscriber
  all_seqs >"$state/want"
  grep -v '#' "$state/ws1" | cut -d' ' -f1 | cmp - "$state/want"
}

@test "a filter gives those events only" {
  load_batches 5
  post /api/patches/apply '{"orderId":"special","patches":[{"op":"append","file":"sub/g.txt","block":"x\n"}]}'
  [ "$http_status" = 200 ] || { show; false; }
  load_batches 3
  run timeout 120 /usr/bin/python3 "$BATS_TEST_DIRNAME/subscriber.py" \
    "ws://127.0.0.1:$port/ws" "$state/out" special '&type=patch_applied&file=sub/**'
  [ "$status" = 0 ] || { cat "$state/out"; false; }
  [ "$(grep -c patch_applied "$state/out")" = 1 ]
  [ "$(wc -l <"$state/out")" = 1 ]
}

@test "wrong parameters, tokens and origins are refused" {
  for path in '/sse?type=nonsense' '/sse?since=x' '/sse?unknown=1' '/sse?type=a&type=b'; do
    http GET "$path" -m 30
    [ "$http_status" = 400 ] || { echo "$path"; show; false; }
  done
  token=wrong http GET /sse -m 30
  [ "$http_status" = 401 ] || { show; false; }
  blind=$(patchctl token new --name blind --scopes log:read)
  http GET /sse -m 30 -H "Authorization: Bearer $blind"
  [ "$http_status" = 401 ] || [ "$http_status" = 403 ] || [ "$http_status" = 400 ]
  token=$blind http GET /sse -m 30
  [ "$http_status" = 403 ] || { show; false; }
  http GET /sse -m 30 -H 'Origin: https://evil.example.org'
  [ "$http_status" = 403 ] || { show; false; }
}

# until_seen PATTERN N PATH: read the stream until N lines fit.
until_seen() {
  local line seen=0 curl_pid
  exec 5< <(exec curl -sSN -m 60 -H "Authorization: Bearer $token" "$url$3" 2>"$state/curl")
  curl_pid=$!
  while [ "$seen" -lt "$2" ] && IFS= read -r line <&5; do
    [[ ! $line =~ $1 ]] || seen=$((seen + 1))
  done
  exec 5<&-
  kill "$curl_pid" 2>/dev/null || true
  [ "$seen" -ge "$2" ]
}

@test "a position that is gone gets a gap first" {
  load_batches 2
  until_seen '^event: gap' 1 '/sse?since=999999'
}

@test "a stream that is silent has heartbeats" {
  until_seen '^:' 4 '/sse?since=now'
}

ws_case() {
  /usr/bin/python3 "$BATS_TEST_DIRNAME/ws_cases.py" "ws://127.0.0.1:$port" "$token" "$@"
}

@test "what a WebSocket client says is answered or refused" {
  for name in connected subprotocol first_message wrong_first_message messages fragments binary too_long; do
    ws_case "$name" || { echo "$name"; tail -n 5 "$state/log/broadcastd.log"; false; }
  done
  ws_case subscribe curl -fsS -o "$state/curl" -H "Authorization: Bearer $token" \
    -H 'Content-Type: application/json' "$url/api/patches/apply" \
    --data-binary '{"patches":[{"op":"append","file":"f","block":"x\n"}]}'
}

@test "events are compressed for those who offer it, unless it is switched off" {
  ws_case deflated curl -fsS -o "$state/curl" -H "Authorization: Bearer $token" \
    -H 'Content-Type: application/json' "$url/api/patches/apply" \
    --data-binary '{"patches":[{"op":"append","file":"f","block":"x\n"}]}'
  http GET /api/stream/status
  [ "$(field '.opened.websocket_deflate == 2 and .opened.websocket == 1')" = true ]
  [ "$(field '.bytes.websocket_deflate < .bytes.websocket * 1.5')" = true ]
  echo PATCHWARDEN_DEFLATE=false >>"$state/patchwarden.conf"
  kill -HUP "$broadcastd_pid"
  wait_for 60 ws_case declined
}

@test "a token that is revoked ends its streams" {
  ws_case revoked "$build/src/patchctl/patchctl" token revoke "$(cut -d_ -f2 <<<"$token")"
}

@test "HUP finds a FIFO and a database anew; streams go on" {
  /usr/bin/python3 "$BATS_TEST_DIRNAME/subscriber.py" "ws://127.0.0.1:$port/ws" \
    "$state/ws1" end 3>&- &
  subscriber=$!
  post /api/patches/apply '{"patches":[{"op":"append","file":"f","block":"x\n"}]}'
  rm "$state/run/bell"
  kill -HUP "$broadcastd_pid"
  wait_for 30 test -p "$state/run/bell"
  load_batches 3
  wait $subscriber
  all_seqs >"$state/want"
  grep -v '#' "$state/ws1" | cut -d' ' -f1 | cmp - "$state/want"
}

@test "it listens on a port as well when the configuration says so" {
  other=$(port_free)
  echo "PATCHWARDEN_BROADCAST_LISTEN=127.0.0.1:$other" >>"$state/patchwarden.conf"
  kill -TERM "$broadcastd_pid"
  wait "$broadcastd_pid"
  broadcastd_start
  url=http://127.0.0.1:$other until_seen '^event: connected' 1 /sse
}
