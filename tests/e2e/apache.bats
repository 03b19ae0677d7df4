# The same programs behind Apache httpd.
load ../lib/server

setup() {
  local modules
  command -v apache2 >/dev/null || skip "apache2 is not installed"
  modules=$(dirname "$(find /usr/lib/apache2 -name mod_proxy_fcgi.so | head -n 1)")
  server_files
  broadcastd_start
  mkdir "$state/apache"
  ln -s "$state/log" "$state/apache/log"
  # The checkout may stand where Apache's user cannot look.
  cp -R "$top/www" "$state/www"
  chmod -R a+rX "$state/www"
  sed -e "s|@PORT@|$port|g; s|@STATE@|$state/apache|g; s|@RUN@|$state/run|g" \
    -e "s|@WWW@|$state/www|g; s|@MODULES@|$modules|g" \
    "$top/contrib/apache/patchwarden.conf.in" >"$state/apache.conf"
  spawn patches.log "$build/cgi-bin/patches.fcgi" --listen "$state/run/patches.sock" --workers 3
  patches_pid=$spawned
  spawn logs.log "$build/cgi-bin/logs.fcgi" --listen "$state/run/logs.sock"
  logs_pid=$spawned
  spawn stats.log "$build/cgi-bin/stats.fcgi" --listen "$state/run/stats.sock"
  stats_pid=$spawned
  spawn reports.log "$build/cgi-bin/reports.fcgi" --listen "$state/run/reports.sock"
  reports_pid=$spawned
  spawn agent.log "$build/cgi-bin/agent.fcgi" --listen "$state/run/agent.sock"
  agent_pid=$spawned
  spawn ops.log "$build/cgi-bin/ops.fcgi" --listen "$state/run/ops.sock"
  ops_pid=$spawned
  # Its workers are another user when root starts it.
  chmod 0755 "$state" "$state/run"
  wait_for 10 test -S "$state/run/patches.sock"
  wait_for 10 test -S "$state/run/logs.sock"
  wait_for 10 test -S "$state/run/agent.sock"
  wait_for 10 test -S "$state/run/ops.sock"
  wait_for 10 test -S "$state/run/reports.sock"
  wait_for 10 test -S "$state/run/stats.sock"
  chmod 0777 "$state/run"/*.sock
  if [ "$(id -u)" = 0 ]; then
    printf 'User www-data\nGroup www-data\n' >>"$state/apache.conf"
  fi
  spawn apache.log apache2 -DFOREGROUND -f "$state/apache.conf"
  apache_pid=$spawned
  wait_for 20 curl -fsS -m 5 "$url/readyz" || {
    tail -n 20 "$state"/log/*.log >&2
    curl -sS "$url/readyz" >&2
    false
  }
}
teardown() { [ -z "${state:-}" ] || server_stop; }

@test "apply, show, diff, log and files through Apache" {
  post /api/patches/apply '{"patches":[{"op":"append","file":"a/b c.txt","block":"one\ntwo\n"}]}'
  [ "$http_status" = 200 ] || { show; false; }
  id=$(field '.results[0].patch_id')
  http GET "/api/patches/$id"
  [ "$http_status" = 200 ] && [ "$(field '.events | length')" -ge 2 ] || { show; false; }
  http GET "/api/patches/$id/diff"
  [[ $http_status = 200 && $body == *+one* ]] || { show; false; }
  http GET '/api/patches/logs?file=b%20c'
  [ "$http_status" = 200 ] && [ "$(field '.results[0].patch_id')" = "$id" ] || { show; false; }
  for path in 'a/b%20c.txt' 'a%2Fb%20c.txt'; do
    http GET "/api/files/$path?lines=2-2"
    [ "$http_status" = 200 ] || { show; false; }
  done
}

@test "statistics and trends through Apache" {
  post /api/patches/apply '{"patches":[{"op":"append","file":"r","block":"x"}]}'
  http GET /api/patches/stats
  [ "$(field .totals.ok)" = 1 ] || { show; false; }
  http GET '/api/patches/trends?group=phase'
  [ "$(field '.results[0].total')" = 1 ] || { show; false; }
}

@test "a report through Apache" {
  post /api/patches/apply '{"orderId":"o1","patches":[{"op":"append","file":"r","block":"x"}]}'
  post /api/delivery/reports '{"order_id":"o1"}'
  [ "$(field .generated)" = 1 ] || { show; false; }
  http GET /api/delivery/reports/o1.html
  [ "$http_status" = 200 ] || { show; false; }
  [ "$(grep -ci '^content-security-policy:' <<<"$http_headers")" = 1 ] || { show; false; }
  grep -qi "^content-security-policy: default-src 'none'; style-src 'unsafe-inline'" <<<"$http_headers"
}

@test "JSON-RPC through Apache" {
  post /api/rpc '{"jsonrpc":"2.0","id":"a","method":"PatchOps.applyPatches","params":{"patches":[{"op":"append","file":"r","block":"x"}]}}'
  [ "$(field '.result.results[0].status')" = applied ] || { show; false; }
}

@test "a large body, chunked, through Apache" {
  printf '{"patches":[{"op":"create","file":"big","block":"%s"}]}' \
    "$(head -c 3000000 /dev/zero | tr '\0' x)" >"$state/big.json"
  http POST /api/patches/apply -H 'Content-Type: application/json' \
    -H 'Transfer-Encoding: chunked' --data-binary @"$state/big.json"
  [ "$http_status" = 200 ] || { show; false; }
  [ "$(stat -c %s "$workspace/big")" = 3000000 ]
}

@test "problems keep their document through Apache" {
  post /api/patches/apply '{'
  [ "$http_status" = 400 ] && [ "$(field .code)" = bad_json ] || { show; false; }
  token=wrong http GET /api/patches/logs
  [ "$http_status" = 401 ] && [ "$(field .code)" = unauthorized ] || { show; false; }
  http GET /api/nothing
  [ "$http_status" = 404 ] && [ "$(field .code)" = not_found ] || { show; false; }
}

@test "WebSocket and SSE through Apache" {
  post /api/patches/apply '{"orderId":"end","patches":[{"op":"append","file":"f","block":"x\n"}]}'
  run timeout 20 /usr/bin/python3 "$BATS_TEST_DIRNAME/subscriber.py" \
    "ws://127.0.0.1:$port/ws" "$state/out" end
  [ "$status" = 0 ] || { echo "$output"; cat "$state/out"; false; }
  run timeout 20 "$BATS_TEST_DIRNAME/sse.sh" "$url/sse" "$state/sse" end
  [ "$status" = 0 ] || { cat "$state/sse"; false; }
}

# ws_case CASE: with a command that makes an event, as the case needs it.
ws_case() {
  timeout 300 /usr/bin/python3 "$BATS_TEST_DIRNAME/ws_cases.py" "ws://127.0.0.1:$port" "$token" "$@" \
    curl -fsS -o "$state/curl" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
    "$url/api/patches/apply" --data-binary '{"patches":[{"op":"append","file":"f","block":"x\n"}]}'
}
ticket() {
  post /api/stream/tickets ''
  [ "$http_status" = 200 ] || [ "$http_status" = 201 ] || { show; false; }
  ticket=$(field .ticket)
}

@test "a ticket opens a stream through Apache, once" {
  ticket
  ws_case ticket "$ticket"
  ws_case ticket_refused "$ticket" 401
  ticket
  post /api/patches/apply '{"patches":[{"op":"append","file":"f","block":"x\n"}]}'
  # the stream does not end by itself: once there is an event, awk ends curl
  curl -sSN -m 120 "$url/sse?since=earliest&ticket=$ticket" 2>"$state/curl" |
    awk '/^event: patch_applied/ { found = 1; exit } END { exit !found }'
  http_status=$(curl -sS -m 60 -o "$state/.body" -w '%{http_code}' "$url/sse?ticket=$ticket")
  [ "$http_status" = 401 ] || { show; false; }
  [ "$(jq -r .at "$state/.body")" = '?ticket' ]
}

@test "events are compressed through Apache for those who offer it" {
  ws_case deflated
  http GET /api/stream/status
  [ "$(field '.opened.websocket_deflate == 2 and .opened.websocket == 1')" = true ] || { show; false; }
  [ "$(field '.bytes.websocket_deflate > 0')" = true ] || { show; false; }
}

@test "the page and its headers" {
  http GET /
  [ "$http_status" = 200 ]
  grep -qi "^content-security-policy: default-src 'none'" <<<"$http_headers"
}

@test "ops and the tools through Apache, with every method and header" {
  post /api/ops/logs '[{"worker":"shop","level":"error","message":"no stock for order 17"}]'
  [ "$(field .issues_opened)" = 1 ] || { show; false; }
  printf '{"content":"tests"}' | gzip >"$state/test.txt.gz"
  http POST /api/ops/logs -H 'Content-Type: application/gzip' --data-binary @"$state/test.txt.gz"
  [ "$(field .test)" = true ] || { show; false; }
  http POST /api/ops/scan -H 'Prefer: respond-async' -d ''
  [ "$http_status" = 202 ] || { show; false; }
  http GET /api/ops/issues/1
  [ "$(field .issue.worker)" = shop ] || { show; false; }
  http GET /api/tools
  [ "$(field '.tools|length')" = 5 ] || { show; false; }
  post /api/tools/listIssues '{}'
  [ "$(field .code)" = not_ready ] || { show; false; }
  http PATCH /api/github/issues/1 -H 'Content-Type: application/json' -d '{"state":"closed"}'
  [ "$(field .code)" = not_ready ] || { show; false; }
}
