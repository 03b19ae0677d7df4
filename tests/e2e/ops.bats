# ops.fcgi with a GitHub that remembers and misbehaves: by hand, by tools, and
# what a change tells; and behind a web server, whose requests nothing holds up.
bats_require_minimum_version 1.5.0
load ../lib/server
load ../lib/github

setup() {
  server_files GITHUB_OWNER=acme GITHUB_REPO=app GITHUB_REPOS=acme/lib \
    GITHUB_TOKEN=$github_token GITHUB_WRITE_GAP_MS=0 OPS_PATCHES=false \
    OPS_SETTLE_S=1
  github_start "$state/github"
  github_tell seed '{"repo":"acme/app"}' >/dev/null
  github_tell seed '{"repo":"acme/lib"}' >/dev/null
  echo "PATCHWARDEN_GITHUB_API=$github" >>"$state/patchwarden.conf"
  broadcastd_start
  lighttpd_start
}
teardown() {
  github_stop
  [ -z "${state:-}" ] || server_stop
}
sql() { sqlite3 -cmd '.timeout 20000' "$state/patchwarden.db" "$1"; }
call() { post "/api/tools/$1" "$2"; }
there() { github_state | jq -r ".[\"acme/app\"]$1"; }

@test "issues and pull requests are listed, made, commented on, closed" {
  github_tell seed '{"repo":"acme/app","issues":[{"title":"old","labels":["bug"]},{"title":"done","state":"closed"}],"pulls":[{"title":"a pull"}]}'
  http GET /api/github/issues
  [ "$http_status" = 200 ]
  [ "$(field '[.issues[].title]|join(" ")')" = old ]
  [ "$(field '.repo')" = acme/app ]
  http GET '/api/github/issues?state=all&limit=1'
  [ "$(field '[(.issues|length),.has_more]|tostring')" = '[1,true]' ]
  http GET '/api/github/issues?labels=none'
  [ "$(field '.issues|length')" = 0 ]
  http GET '/api/github/prs?state=all'
  [ "$(field '[.prs[].title]|join(" ")')" = "a pull" ]
  post /api/github/issues '{"title":"by hand","body":"text","labels":["bug"]}'
  [ "$http_status" = 201 ]
  n=$(field .issue.number)
  [ "$(field '.issue|[.title,.body,.state,.labels[0]]|join(" ")')" = "by hand text open bug" ]
  post "/api/github/issues/$n/comments" '{"body":"a word"}'
  [ "$http_status" = 201 ]
  [ "$(field .comment.body)" = "a word" ]
  http PATCH "/api/github/issues/$n" -H 'Content-Type: application/json' -d '{"state":"closed"}'
  [ "$http_status" = 200 ]
  http GET '/api/github/issues?state=closed'
  [ "$(field '[.issues[].title]|join(" ")')" = "by hand done" ]
  [ "$(github_asked .complaint)" = 0 ]
}

@test "the tools do the same, in any repository that is configured" {
  call createIssue '{"title":"from a model","body":null,"labels":null,"repo":null}'
  [ "$http_status" = 201 ]
  n=$(field .issue.number)
  call commentOnIssue "{\"arguments\":\"{\\\"number\\\":$n,\\\"body\\\":\\\"hm\\\",\\\"repo\\\":null}\"}"
  [ "$http_status" = 201 ]
  call closeIssue "{\"number\":$n}"
  [ "$(field '[.number,.state]|tostring')" = "[$n,\"closed\"]" ]
  call listIssues '{"state":"all"}'
  [ "$(field '.issues[0]|[.title,.state,.comments]|tostring')" = '["from a model","closed",1]' ]
  call listPRs '{}'
  [ "$(field '.prs|length')" = 0 ]
  call createIssue '{"title":"there","repo":"acme/lib"}'
  [ "$http_status" = 201 ]
  [ "$(field .repo)" = acme/lib ]
  asked=$(github_asked)
  call createIssue '{"title":"elsewhere","repo":"evil/place"}'
  [ "$http_status" = 422 ]
  [ "$(field .at)" = repo ]
  [ "$(github_asked)" = "$asked" ]
}

@test "what GitHub refuses is told, never as a fault of ours" {
  post /api/github/issues/999/comments '{"body":"x"}'
  [ "$http_status" = 404 ]
  github_tell fault '{"do":"status","status":422,"answer":{"message":"Validation Failed","errors":[{"field":"title","code":"missing"}]}}'
  post /api/github/issues '{"title":"t"}'
  [ "$http_status" = 422 ]
  [[ $(field .detail) == *"Validation Failed"*title* ]]
  for status in 401 403; do
    github_tell fault "{\"do\":\"status\",\"status\":$status,\"answer\":{\"message\":\"Bad credentials\"}}"
    http GET /api/github/issues
    [ "$http_status" = 502 ]
    [[ $(field .detail) == *PATCHWARDEN_GITHUB_TOKEN_FILE* ]]
    [[ $body != *"$github_token"* ]]
  done
  http GET /api/github/issues
  [ "$http_status" = 200 ]
  github_tell fault '{"do":"secondary","retry_after":7}'
  post /api/github/issues '{"title":"t"}'
  [ "$http_status" = 503 ]
  [[ $http_headers == *"Retry-After: "[1-9]* ]]
}

@test "an issue that may have been made is not made again by the same key" {
  github_tell fault '{"do":"close_after","method":"POST","path":"/issues$"}'
  for i in 1 2 3; do
    post /api/github/issues '{"title":"once"}' -H 'Idempotency-Key: k1'
    [ "$http_status" = 502 ]
    [ "$(field .outcome)" = unknown ]
  done
  [ "$(there '.issues|length')" = 1 ]
  # what was not done may be done later
  github_tell fault '{"do":"status","status":401,"answer":{"message":"no"},"method":"POST"}'
  post /api/github/issues '{"title":"twice"}' -H 'Idempotency-Key: k2'
  [ "$http_status" = 502 ]
  post /api/github/issues '{"title":"twice"}' -H 'Idempotency-Key: k2'
  [ "$http_status" = 201 ]
  post /api/github/issues '{"title":"twice"}' -H 'Idempotency-Key: k2'
  [ "$http_status" = 201 ]
  [ "$(there '.issues|length')" = 2 ]
}

filed() { [ "$(sql 'SELECT gh_issue_number IS NOT NULL FROM ops_issues WHERE id = 1')" = 1 ]; }
said() { [ "$(github_state | jq -r '[.. | .body? // empty | strings | select(contains("'"$1"'"))] | length')" = "$2" ]; }

is_closed() { [ "$(there '.issues[0].state')" = closed ]; }

@test "a change is told GitHub after the answer, once" {
  post '/api/ops/logs?worker=shop' '[{"level":"fatal","message":"out of memory"}]'
  [ "$http_status" = 200 ]
  wait_for 120 filed
  [ "$(there '.issues|length')" = 1 ]
  # GitHub is slow: nobody waits for it
  github_tell fault '{"do":"hang_after","seconds":20,"path":"comments","method":"POST"}'
  began=$SECONDS
  post /api/ops/issues/1/claim '{"by":"ada"}'
  [ "$http_status" = 200 ]
  [ $((SECONDS - began)) -lt 15 ]
  post /api/ops/issues/1/claim '{"by":"grace"}'
  [ "$http_status" = 409 ]
  wait_for 240 said 'Claimed by' 1
  post /api/ops/issues/1/resolve '{"by":"ada","note":"more memory"}'
  [ "$http_status" = 200 ]
  wait_for 240 said 'Resolved by' 1
  wait_for 120 is_closed
  said 'Claimed by' 1
}

@test "many changes at once leave few senders, and each is told" {
  for i in alpha beta gamma delta; do
    post "/api/ops/logs?worker=$i" "[{\"level\":\"fatal\",\"message\":\"$i $i died of $i\"}]"
  done
  for id in 1 2 3 4; do
    post "/api/ops/issues/$id/claim" "{\"by\":\"p$id\"}"
    [ "$http_status" = 200 ]
  done
  told() { [ "$(sql "SELECT count(*) FROM github_outbox WHERE state <> 'done'")" = 0 ]; }
  wait_for 240 told
  [ "$(there '.issues|length')" = 4 ]
  said 'Claimed by' 4
}

scan_ended() {
  http GET "$1"
  [ "$(field .scan.status)" != running ]
}

@test "a scan outlives its request and the program, and holds nobody up" {
  mkfifo "$state/hold"
  python3 - "$state" 3>&- <<'END' &
import os, socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(8)
with open(sys.argv[1] + "/slow.port.new", "w") as f:
    f.write(str(s.getsockname()[1]))
os.rename(sys.argv[1] + "/slow.port.new", sys.argv[1] + "/slow.port")
held = [s.accept()[0]]
open(sys.argv[1] + "/asked", "w").close()
open(sys.argv[1] + "/hold").read()
body = b'{"logs":[{"worker":"w","level":"error","message":"slow but sure"}]}'
c = held[0]
c.recv(65536)
c.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
c.close()
END
  wait_for 60 test -s "$state/slow.port"
  stop_pid "$lighttpd_pid"
  echo "PATCHWARDEN_CORE_CLOUDFLARE_API=http://127.0.0.1:$(cat "$state/slow.port")" >>"$state/patchwarden.conf"
  lighttpd_start
  http POST /api/ops/scan -H 'Prefer: respond-async' -d ''
  [ "$http_status" = 202 ]
  where=$(sed -n 's/^[Ll]ocation: //p' <<<"$http_headers")
  wait_for 60 test -e "$state/asked"
  http GET "$where"
  [ "$(field .scan.status)" = running ]
  for i in 1 2 3 4 5; do
    http POST /api/ops/scan -d ''
    [ "$http_status" = 409 ]
    [ "/api/ops/scans/$(field .scan_id)" = "$where" ]
  done
  # the web server and its programs go, and come back
  stop_pid "$lighttpd_pid"
  lighttpd_start
  http GET "$where"
  [ "$(field .scan.status)" = running ]
  echo go >"$state/hold"
  wait_for 120 scan_ended "$where"
  show
  [ "$(field .scan.status)" = done ]
  [ "$(field .scan.totals.worker_logs)" = 1 ]
}

@test "one write at a time and a pause after it, over all programs" {
  made=0
  for i in 1 2 3 4 5; do
    printf '{"title":"by %s","body":"text"}' $i >"$state/in.$i"
    env PATCHWARDEN_GITHUB_WRITE_GAP_MS=300 REQUEST_METHOD=POST \
      REQUEST_URI=/api/github/issues SCRIPT_NAME=/api/github/issues \
      GATEWAY_INTERFACE=CGI/1.1 SERVER_PROTOCOL=HTTP/1.1 \
      CONTENT_TYPE=application/json HTTP_AUTHORIZATION="Bearer $token" \
      CONTENT_LENGTH="$(stat -c %s "$state/in.$i")" \
      "$build/cgi-bin/ops.fcgi" <"$state/in.$i" >"$state/out.$i" 2>>"$state/log/ops.log" 3>&- &
    asked[i]=$!
  done
  for i in 1 2 3 4 5; do
    wait "${asked[i]}"
    # who would have to wait too long is told when to come again
    head -n 1 "$state/out.$i" | grep -qE '201|503' || { cat "$state/out.$i"; false; }
    if head -n 1 "$state/out.$i" | grep -q 201; then made=$((made + 1)); fi
  done
  [ "$made" -gt 1 ] || { cat "$state"/out.*; cat "$state/log/ops.log"; false; }
  jq -s 'map(select(.method == "POST"))' "$github_folder/journal" >"$state/posts"
  [ "$(jq length "$state/posts")" = "$made" ]
  [ "$(jq 'map(select(.busy > 0)) | length' "$state/posts")" = 0 ]
  [ "$(jq '[range(1; length) as $i | .[$i].at - .[$i - 1].at] | min >= 300' "$state/posts")" = true ]
}
