# One-shot tickets open a stream, once, for as long as their token is good.
load ../lib/server

setup() { server_start HEARTBEAT_S=1 SANDBOX=off LOG_LEVEL=debug TICKET_TTL=300; }
teardown() { server_stop; }

ticket() {	# its text
  curl -fsS -m 30 -d '' -H "Authorization: Bearer $token" "$url/api/stream/tickets" | jq -r .ticket
}
sql() { sqlite3 -cmd '.timeout 5000' "$state/patchwarden.db" "$1"; }
ws_case() {
  /usr/bin/python3 "$BATS_TEST_DIRNAME/ws_cases.py" "ws://127.0.0.1:$port" "$@"
}
# sse QUERY [CURL-ARGUMENT...]: the answer's head in $state/head; what comes is
# in $state/sse.  Its pid in $sse, until it ends.
sse() {
  local query=$1
  shift
  : >"$state/head"
  : >"$state/sse"
  curl -sSN -m 120 -D "$state/head" -o "$state/sse" "$@" "$url/sse?$query" 2>"$state/curl" 3>&- &
  sse=$!
}
sse_end() { kill "$sse" 2>/dev/null || true; wait "$sse" 2>/dev/null || true; }
sse_has() { wait_for 60 grep -q "$1" "$state/sse" || { cat "$state/head" "$state/sse" "$state/curl"; false; }; }
# refused STATUS QUERY [CURL-ARGUMENT...]: /sse does not open, and says why.
refused() {
  local want=$1 query=$2
  shift 2
  http_status=$(curl -sS -m 30 -o "$state/.body" -w '%{http_code}' "$@" "$url/sse?$query")
  body=$(cat "$state/.body")
  [ "$http_status" = "$want" ] || { show; false; }
  [ "$(field .at)" = '?ticket' ] || { show; false; }
}
batch() {
  curl -fsS -o "$state/curl" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
    "$url/api/patches/apply" --data-binary '{"patches":[{"op":"append","file":"f","block":"x\n"}]}'
}

@test "a ticket opens /sse without a header, with filters, once" {
  t=$(ticket)
  sse "ticket=$t&type=patch_applied"
  sse_has '^event: connected'
  batch
  sse_has '^event: patch_applied'
  run grep -c '^event: patch_requested' "$state/sse"
  [ "$output" = 0 ]
  refused 401 "ticket=$t"
  [[ $(field .detail) == *'was used'*'POST /api/stream/tickets'* ]]
  sse_end
  refused 401 "ticket=$t"
  ws_case - ticket_refused "$t" 401
}

@test "a ticket opens /ws without a header, once" {
  t=$(ticket)
  ws_case - ticket "$t" curl -fsS -o "$state/curl" -H "Authorization: Bearer $token" \
    -H 'Content-Type: application/json' "$url/api/patches/apply" \
    --data-binary '{"patches":[{"op":"append","file":"f","block":"x\n"}]}'
  ws_case - ticket_refused "$t" 401
  refused 401 "ticket=$t"
}

@test "of many who come with one ticket at a time, one gets the stream" {
  for round in 1 2 3; do
    t=$(ticket)
    pids=()
    for i in 1 2 3 4 5 6 7 8; do
      curl -sSN -m 60 -o "$state/one$i" -w '%{http_code}\n' "$url/sse?ticket=$t" >"$state/code$i" 2>/dev/null 3>&- &
      pids+=($!)
    done
    wait_for 60 seven_refused || { head "$state"/code?; false; }
    run grep -l '^event: connected' "$state"/one?
    [ "${#lines[@]}" = 1 ] || { echo "$output"; false; }
    kill "${pids[@]}" 2>/dev/null || true
    wait "${pids[@]}" 2>/dev/null || true
    rm "$state"/one? "$state"/code?
  done
}
seven_refused() {
  [ "$(cat "$state"/code? | grep -c 401)" = 7 ] || return 1
  grep -q '^event: connected' "$state"/one?
}

@test "an expired ticket opens nothing" {
  t=$(ticket)
  sql 'UPDATE stream_ticket SET expires_at = created_at'
  refused 401 "ticket=$t"
  ws_case - ticket_refused "$t" 401
}

@test "a ticket expires by itself after PATCHWARDEN_TICKET_TTL seconds" {
  stop_pid "$lighttpd_pid"
  sed -i s/TICKET_TTL=300/TICKET_TTL=5/ "$state/patchwarden.conf"
  lighttpd_start
  t=$(ticket)
  until_ms=$(sql 'SELECT max(expires_at) FROM stream_ticket')
  wait_for 60 past "$until_ms"
  refused 401 "ticket=$t"
}
past() { [ "$(date +%s%3N)" -gt "$1" ]; }

@test "the end of the token is the end of a stream that its ticket opened" {
  admin=$token
  for end in revoke expire; do
    token=$(patchctl token new --name page --scopes stream:read)
    id=$(cut -d_ -f2 <<<"$token")
    sse "ticket=$(ticket)"
    sse_has '^event: connected'
    late=$(ticket)
    last=$(ticket)
    if [ $end = revoke ]; then
      ws_case - ticket_revoked "$(ticket)" "$build/src/patchctl/patchctl" token revoke "$id"
    else
      # what a token's stream will do is decided when it opens
      sse_end
      sql "UPDATE token SET expires_at = $(($(date +%s%3N) + 10000)) WHERE id = '$id'"
      sse "ticket=$late"
      sse_has '^event: connected'
    fi
    sse_has 'expired or was revoked'
    wait "$sse"
    refused 401 "ticket=$last"
    token=$admin
  done
}

@test "a ticket and a token together are refused, and the ticket is not used by that" {
  t=$(ticket)
  refused 400 "ticket=$t" -H "Authorization: Bearer $token"
  ws_case "$token" ticket_and_header "$t"
  ws_case "$token" ticket_and_subprotocol "$t"
  refused 400 "ticket=$t&ticket=$t"
  sse "ticket=$t"
  sse_has '^event: connected'
  sse_end
}

@test "a page elsewhere cannot use a ticket" {
  t=$(ticket)
  http_status=$(curl -sS -m 30 -o "$state/.body" -w '%{http_code}' -H 'Origin: https://evil.example.org' "$url/sse?ticket=$t")
  [ "$http_status" = 403 ]
  sse "ticket=$t" -H "Origin: $url"
  sse_has '^event: connected'
  sse_end
}

@test "what is no ticket opens nothing" {
  for t in '' x pwt_ "$token" 'pwt_%00' "$(printf 'pwt_%.0s' {1..300})"; do
    http_status=$(curl -sS -m 30 -o "$state/.body" -w '%{http_code}' "$url/sse?ticket=$t")
    [[ $http_status == 40[01] ]] || { echo "$t"; show; false; }
  done
  run ws_case "$(ticket)" connected
  [ "$status" != 0 ]
}

@test "no ticket is taken again by a daemon that was killed and started again" {
  used=$(ticket)
  unused=$(ticket)
  sse "ticket=$used"
  sse_has '^event: connected'
  kill -9 "$broadcastd_pid"
  wait "$broadcastd_pid" 2>/dev/null || true
  sse_end
  rm -f "$state/run/broadcast.sock"
  broadcastd_start
  refused 401 "ticket=$used"
  # it cannot know that this one was not
  refused 401 "ticket=$unused"
  sse "ticket=$(ticket)"
  sse_has '^event: connected'
  sse_end
}

@test "HUP forgets no ticket that was used" {
  used=$(ticket)
  unused=$(ticket)
  sse "ticket=$used"
  sse_has '^event: connected'
  sse_end
  kill -HUP "$broadcastd_pid"
  wait_for 30 grep -q 'opened anew' "$state/log/broadcastd.log"
  refused 401 "ticket=$used"
  sse "ticket=$unused"
  sse_has '^event: connected'
  sse_end
}

@test "a restored database brings no used ticket back" {
  used=$(ticket)
  patchctl db backup "$state/backup"
  sse "ticket=$used"
  sse_has '^event: connected'
  patchctl db restore "$state/backup"
  sse_has '^event: gap'
  sse_end
  refused 401 "ticket=$used"
  sse "ticket=$(ticket)"
  sse_has '^event: connected'
  sse_end
}

@test "no log has a ticket" {
  t=$(ticket)
  sse "ticket=$t"
  sse_has '^event: connected'
  sse_end
  refused 401 "ticket=$t"
  refused 400 "ticket=$t&ticket=$t"
  ws_case - ticket_refused "$t" 401
  stop_pid "$lighttpd_pid"		# it writes its log late
  grep -q 'GET /sse"' "$state/log/access.log"
  run grep -rF "${t#pwt_}" "$state/log"
  [ "$status" = 1 ] || { echo "$output"; false; }
}
