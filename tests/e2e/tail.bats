# patchctl tail against a real server: each event once, whatever dies, and
# nothing that a stranger wrote moves a terminal.
load ../lib/server

setup() {
  export ASAN_OPTIONS=detect_leaks=1
  server_start HEARTBEAT_S=1 SANDBOX=off
  tails=()
}
teardown() {
  local pid
  for pid in "${tails[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  server_stop
}

# tail OUT [OPTION...]: in the background; its pid in $tail_pid.
tail() {
  local out=$state/$1
  shift
  "$build/src/patchctl/patchctl" tail "$@" >"$out" 2>"$out.said" 3>&- &
  tail_pid=$!
  tails+=("$tail_pid")
}
# For at most two minutes.
now_tail() { timeout 120 "$build/src/patchctl/patchctl" tail "$@"; }
pty() { TERM=xterm script -qec "timeout 120 $build/src/patchctl/patchctl tail $*" /dev/null </dev/null 3>&-; }

patch() { # FILE [MEMBERS] [MEMBERS OF THE OPERATION]
  post /api/patches/apply \
    "{${2:+$2,}\"patches\":[{\"op\":\"append\",\"file\":\"$1\",\"block\":\"x\\n\"${3:+,$3}}]}"
  [ "$http_status" = 200 ] || { show; false; }
}
say() { # TYPE PAYLOAD
  post /api/events "{\"type\":\"$1\",\"payload\":$2}"
  [ "$http_status" = 200 ] || { show; false; }
}
seqs() { jq -r .seq "$state/$1"; }
subscribers() {
  http GET /api/stream/status
  [ "$(field .subscribers.sse)" = "$1" ]
}
lines_are() { [ "$(wc -l <"$state/$1")" = "$2" ]; }
broadcastd_again() {
  kill -9 "$broadcastd_pid"
  wait "$broadcastd_pid" 2>/dev/null || true
  broadcastd_start
}

@test "--json prints the events as the server lists them, byte for byte" {
  patch a '"orderId":"ü","requester":"me"' '"reason":"two\nlines \u001b","taskId":"T"'
  say phase_implementing '{"order_id":"O","message":"\u00e9 \u2028 \"q\"","n":1.50}'
  patch b
  now_tail --since earliest --count 5 --json >"$state/out"
  lines_are out 5
  http GET /api/events
  [ "$(field '.events | length')" = 5 ]
  diff <(jq -c '.events[]' <<<"$body") <(jq -c . "$state/out")
  while IFS= read -r line; do
    [[ $body == *"$line"* ]] || { echo "not in the list: $line"; false; }
  done <"$state/out"
  now_tail --since 3 --count 2 --json | cmp - <(sed -n 4,5p "$state/out")
}

@test "a line for people has what happened, to what, by whom, and why not" {
  patch a '"orderId":"O1","requester":"me"' '"reason":"so","taskId":"T1"'
  post /api/patches/apply '{"patches":[{"op":"replace-block","file":"a","start":7,"end":9,"block":"x\n"}]}'
  [ "$http_status" = 422 ]
  say phase_implementing '{"order_id":"O2","message":"at it"}'
  say deployment_failed '{"error":"no disk"}'
  run now_tail --since earliest --count 6 --no-reconnect
  [ "$status" = 0 ] || { echo "$output"; false; }
  t='[0-9-]{10}T[0-9:.]{12}Z  '
  [[ ${lines[0]} =~ ^${t}1\ \ \.\ patch_requested\ \ a\ \ append\ \ by\ me\ \ order\ O1\ \ task\ T1\ \ so$ ]]
  [[ ${lines[1]} =~ ^${t}2\ \ \+\ patch_applied\ \ a\ \ append\ \ \+1\ -0\ \ by\ me\ \ order\ O1\ \ task\ T1\ \ so$ ]]
  [[ ${lines[3]} =~ ^${t}4\ \ !\ patch_failed\ \ a\ \ replace-block\ \ .*out_of_range:\  ]]
  [[ ${lines[4]} =~ ^${t}5\ \ \.\ phase_implementing\ \ order\ O2\ \ at\ it$ ]]
  [[ ${lines[5]} =~ ^${t}6\ \ !\ deployment_failed:\ no\ disk$ ]]
}

@test "each filter gives its events only" {
  patch src/a.c '"orderId":"O1","requester":"one"' '"taskId":"T1"'
  patch src/b.c '"orderId":"O2","requester":"two"' '"taskId":"T2"'
  post /api/patches/apply '{"orderId":"end of+it&","patches":[{"op":"create","file":"docs/c","block":"x\n"}]}'
  [ "$http_status" = 200 ]
  set -f	# the patterns are the server's
  while read -r want options; do
    # shellcheck disable=SC2086
    got=$(now_tail --since earliest --json --count "$(tr , '\n' <<<"$want" | wc -l)" $options | jq -r .seq | paste -sd,)
    [ "$got" = "$want" ] || { echo "$options: $got"; false; }
  done <<'END'
2,4,6 --type patch_applied
1,2,5,6 --type patch_requested,patch_applied --file **/[ac]*
1,2 --order O1
3,4 --order-id=O2
3,4 --task T2
1,2 --task-id T1
3 --requester two --type patch_requested
1,2,3,4 --file src/*.c
5,6 --op create
6 --workspace default --type patch_applied --op create
END
  set +f
  [ "$(now_tail --since 1 --order 'end of+it&' --count 1 --json | jq .seq)" = 5 ]
}

@test "without --since only what is new comes, each event when it happens" {
  patch old
  tail out
  wait_for 60 subscribers 1
  patch new
  wait_for 60 lines_are out 2
  [ "$(grep -c '  new  ' "$state/out")" = 2 ]
  kill -0 "$tail_pid"
  patch newer
  wait_for 60 lines_are out 4
}

@test "no hole and no double across kill -9 of broadcastd under load" {
  patch a
  tail all --since earliest --json --count 202
  tail some --since 0 --json --type patch_applied --file '*' --count 101
  tail lines --since 1 --count 201
  pids=("${tails[@]}")
  wait_for 60 grep -q . "$state/all"
  (for ((i = 0; i < 100; i++)); do
    curl -fsS -o /dev/null -H "Authorization: Bearer $token" \
      -H 'Content-Type: application/json' "$url/api/patches/apply" --data-binary \
      "{\"patches\":[{\"op\":\"append\",\"file\":\"f$((i % 7))\",\"block\":\"$i\\n\"}]}"
    sleep 0.05
  done) 3>&- &
  loader=$!
  for i in 1 2 3; do
    sleep 1
    broadcastd_again
  done
  wait "$loader"
  for pid in "${pids[@]}"; do
    wait_for 120 not_running "$pid" || { head -n 20 "$state"/*.said; false; }
    wait "$pid"
  done
  seqs all | diff - <(seq 202)
  seqs some | diff - <(seq 2 2 202)
  awk '{ print $2 }' "$state/lines" | diff - <(seq 2 202)
  for name in all some lines; do
    grep -qE '^patchctl: lost the connection after seq [0-9]+: .*; trying again in [0-9.]+ s$' "$state/$name.said"
    grep -qE '^patchctl: connected again; going on after seq [0-9]+$' "$state/$name.said"
    # A server that is not there now is told, but nothing else.
    [ "$(grep -vcE '^patchctl: (lost the connection|connected again|the server answered 50[0-9]|no answer)' "$state/$name.said")" = 0 ]
  done
}

@test "a daemon that goes says when to come back, and is asked then" {
  tail out --json --count 2
  wait_for 60 subscribers 1
  kill -TERM "$broadcastd_pid"
  wait "$broadcastd_pid"
  wait_for 60 grep -q 'lost the connection after seq 0: .*the server ended the stream' "$state/out.said"
  patch a
  broadcastd_start
  wait_for 120 not_running "$tail_pid"
  wait "$tail_pid"
  seqs out | diff - <(seq 2)
}

@test "a server that is not ready is asked again, one that is full after Retry-After" {
  kill "$broadcastd_pid"
  wait "$broadcastd_pid"
  patch a
  tail out --since earliest --json --count 3
  wait_for 60 grep -q '^patchctl: the server answered 503; trying again in' "$state/out.said"
  echo PATCHWARDEN_CLIENTS_PER_TOKEN=1 >>"$state/patchwarden.conf"
  broadcastd_start
  wait_for 60 lines_are out 2
  first=$tail_pid
  grep -qx 'patchctl: connected' "$state/out.said"
  tail second --since earliest --json --count 2
  wait_for 60 grep -qE '^patchctl: this token has 1 streams open already; trying again in [56]\.[0-9] s$' "$state/second.said"
  patch b
  wait_for 60 not_running "$first"
  wait_for 60 not_running "$tail_pid"
  wait "$tail_pid"
  seqs second | diff - <(seq 2)
}

@test "a position that is gone is told as a gap, then comes all there is" {
  for ((i = 0; i < 300; i++)); do
    printf '{"patch_id":"old-%d","type":"patch_applied","file":"f","ts":%d}\n' "$i" $((1580000000000 + i))
  done >"$state/old"
  http POST /api/patches/events -H 'Content-Type: application/x-ndjson' --data-binary "@$state/old"
  [ "$http_status" = 200 ] || { show; false; }
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet
  now_tail --since 100 --json --count 45 >"$state/out" 2>"$state/said"
  seqs out | diff - <(seq 256 300)
  [ "$(cat "$state/said")" = 'patchctl: gap: events after seq 100 are gone; the oldest is 256' ]
  now_tail --since earliest --json --count 45 2>"$state/said" | cmp - "$state/out"
  [ ! -s "$state/said" ]
  tail ahead --since 9000 --json --count 2
  wait_for 60 grep -q 'gap: seq 9000 is ahead of the stream' "$state/ahead.said"
  patch a
  wait_for 60 not_running "$tail_pid"
  seqs ahead | diff - <(seq 301 302)
}

@test "a database that is another one is told, live and after a loss" {
  patch a
  patchctl db backup "$state/backup"
  patch b
  tail live --since earliest --json --count 6
  wait_for 60 lines_are live 4
  tail lost --since earliest --json --count 6
  lost=$tail_pid
  wait_for 60 lines_are lost 4
  kill -STOP "$lost"
  patchctl db restore "$state/backup"
  wait_for 60 grep -q 'gap: the database is another one now' "$state/live.said"
  kill -9 "$broadcastd_pid"
  wait "$broadcastd_pid" 2>/dev/null || true
  broadcastd_start
  kill -CONT "$lost"
  wait_for 60 grep -q 'gap: the database is another one now' "$state/lost.said"
  # seqs of before are given again, and are other events
  wait_for 60 subscribers 2
  patch c
  for pid in "${tails[@]}"; do
    wait_for 60 not_running "$pid" || { cat "$state"/*.said; false; }
    wait "$pid"
  done
  for name in live lost; do
    [ "$(seqs $name | paste -sd,)" = 1,2,3,4,3,4 ] || { cat "$state/$name"; false; }
    [ "$(jq -r .payload.file "$state/$name" | paste -sd,)" = a,a,b,b,c,c ]
  done
}

@test "what the server refuses ends it, with the server's words" {
  run now_tail --type nonsense
  [ "$status" = 2 ]
  [[ $output == *'"nonsense" is no type of event at ?type'* ]] || { echo "$output"; false; }
  run now_tail --since yesterday --json
  [ "$status" = 2 ]
  [ "$(head -n 1 <<<"$output" | jq -r .at)" = '?since' ] || { echo "$output"; false; }
  run now_tail --file ''
  [ "$status" = 2 ]
  [[ $output == *'at ?file'* ]] || { echo "$output"; false; }
  run now_tail --order a --order-id b
  [ "$status" = 2 ]
  [[ $output == *'?order_id'* ]] || { echo "$output"; false; }
  PATCHWARDEN_TOKEN=wrong run now_tail
  [ "$status" = 1 ]
  [[ $output == *'the token is unknown'* ]] || { echo "$output"; false; }
  PATCHWARDEN_TOKEN=$(patchctl token new --name blind --scopes log:read) run now_tail
  [ "$status" = 1 ]
  [[ $output == *stream:read* ]] || { echo "$output"; false; }
  run now_tail --url "$url/nowhere"
  [ "$status" = 3 ]
  [[ $output == *404*'is the address right?'* ]] || { echo "$output"; false; }
  run now_tail --url "http://127.0.0.1:$(port_free)" --no-reconnect
  [ "$status" = 3 ]
  [[ $output == *'no answer from'* ]] || { echo "$output"; false; }
}

@test "a token that is revoked ends it" {
  mine=$(patchctl token new --name mine --scopes stream:read)
  PATCHWARDEN_TOKEN=$mine tail out
  wait_for 60 subscribers 1
  patchctl token revoke "$(cut -d_ -f2 <<<"$mine")"
  wait_for 60 not_running "$tail_pid"
  run wait "$tail_pid"
  grep -q '^patchctl: the token has expired or was revoked$' "$state/out.said"
  if grep -q 'trying again' "$state/out.said"; then false; fi
}

@test "wrong usage is said before anybody is asked" {
  while read -r options; do
    # shellcheck disable=SC2086
    run now_tail $options
    [ "$status" = 2 ] || { echo "$options: $status $output"; false; }
    [[ $output == *'patchctl tail --help'* ]] || { echo "$output"; false; }
  done <<'END'
--count 0
--count x
--count -1
--silence 0
--silence 1s
--color yes
--root /tmp
--url nowhere
--nonsense
word
END
  PATCHWARDEN_URL='' run now_tail
  [ "$status" = 2 ]
  [[ $output == *'--url URL, or set PATCHWARDEN_URL'* ]] || { echo "$output"; false; }
}

@test "a connection on which nothing is heard is taken for lost" {
  sed -i s/HEARTBEAT_S=1/HEARTBEAT_S=3600/ "$state/patchwarden.conf"
  broadcastd_again
  wait_for 60 subscribers 0	# the web server has seen that it is back
  run now_tail --silence 1 --no-reconnect
  [ "$status" = 3 ]
  [[ $output == *'nothing was heard from '*' for 1 s'* ]] || { echo "$output"; false; }
  tail out --silence 1 --json --count 2
  wait_for 60 grep -q 'connected again' "$state/out.said"
  patch a
  wait_for 60 not_running "$tail_pid"
  wait "$tail_pid"
  seqs out | diff - <(seq 2)
}

@test "heartbeats keep a silent connection" {
  tail out --silence 3 --no-reconnect --count 2
  wait_for 60 subscribers 1
  sleep 5
  patch a
  wait_for 60 not_running "$tail_pid"
  wait "$tail_pid" || { cat "$state/out.said"; false; }
}

@test "it ends quietly when nobody reads, at once, and when it is interrupted" {
  patch a
  now_tail --since earliest 2>"$state/said" | head -n 1 >"$state/out"
  lines_are out 1
  [ ! -s "$state/said" ]
  mkfifo "$state/pipe"
  tail pipe		# both ends: opening waits for the reader
  exec 5<"$state/pipe"
  wait_for 60 subscribers 1
  exec 5<&-
  wait_for 30 not_running "$tail_pid"	# though no event came
  rc=0
  wait "$tail_pid" || rc=$?
  [ "$rc" = 141 ]
  [ ! -s "$state/pipe.said" ]
  # A background job of a script ignores SIGINT unless somebody gives it back.
  python3 - "$build/src/patchctl/patchctl" "$state/interrupted" <<'END'
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
p = subprocess.Popen([sys.argv[1], "tail", "--since", "earliest"],
                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
p.stdout.readline()
p.send_signal(signal.SIGINT)
assert p.stderr.read() == b"", "it said something"
assert p.wait(60) == -signal.SIGINT, p.returncode
END
}

@test "an output that takes nothing is an error" {
  [ -w /dev/full ] || skip "no /dev/full"
  patch a
  rc=0
  now_tail --since earliest >/dev/full 2>"$state/said" || rc=$?
  [ "$rc" = 3 ]
  grep -q 'cannot write the output' "$state/said"
}

@test "colours on a terminal only, and not with NO_COLOR; signs always" {
  command -v script >/dev/null || skip "script is not installed"
  patch a
  green=$'\033[32m+ patch_applied\033[0m'
  run pty --since earliest --count 2
  [[ $output == *"$green"* ]] || { echo "$output"; false; }
  NO_COLOR=1 run pty --since earliest --count 2
  [[ $output != *$'\033'* ]]
  [[ $output == *'  + patch_applied  '* ]]
  NO_COLOR=1 run pty --since earliest --count 2 --color always
  [[ $output == *"$green"* ]]
  run pty --since earliest --count 2 --color never
  [[ $output != *$'\033'* ]]
  run now_tail --since earliest --count 2
  [[ $output != *$'\033'* ]]
  run now_tail --since earliest --count 2 --color=always
  [[ $output == *"$green"* ]]
}

@test "texts of strangers are inert" {
  command -v script >/dev/null || skip "script is not installed"
  patch a '"orderId":"\u202eO"' '"reason":"\u001b]0;title\u0007\u009b31m\nsecond  +\r\tline \u007f"'
  say phase_implementing '{"order_id":"\u001b[2J","requester":"\u200b","file":"\u001bc","message":"\u0000\u0008\u2066"}'
  # nothing but printable characters and line ends, in a file and on a terminal
  control() { LC_ALL=C grep -nP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]' "$1"; }
  now_tail --since earliest --count 3 >"$state/file"
  lines_are file 3
  NO_COLOR=1 pty --since earliest --count 3 | sed 's/\r*$//' >"$state/terminal"
  lines_are terminal 3
  cmp "$state/file" "$state/terminal"
  if control "$state/file"; then false; fi
  grep -qF '\u{1b}]0;title\u{7}\u{9b}31m' "$state/file"
  grep -qF 'order \u{202e}O' "$state/file"
  # --json is what the server sent, but on a terminal no control character
  now_tail --since earliest --count 3 --json >"$state/json"
  LC_ALL=C grep -qP '\xc2\x9b31m' "$state/json"
  pty --since earliest --count 3 --json | sed 's/\r*$//' >"$state/json.terminal"
  if LC_ALL=C grep -nP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$state/json.terminal"; then false; fi
  diff <(jq -c . "$state/json") <(jq -c . "$state/json.terminal")
}

@test "a server that is none of ours is told from one, and cannot do harm" {
  other=$(port_free)
  cat >"$state/other.py" <<'END'
import http.server, sys
class Other(http.server.BaseHTTPRequestHandler):
    def log_message(self, *a): pass
    def do_GET(self):
        path = self.path.split("?")[0].split("/")[1]
        if path == "moved":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            return
        if path == "evil":
            self.send_response(400)
            self.send_header("Content-Type", "application/problem+json")
            self.end_headers()
            self.wfile.write(b'{"code":"bad_query","detail":"\\u001b[2Jno"}')
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if path == "page"
                         else "text/event-stream; charset=utf-8")
        self.end_headers()
        if path == "page":
            self.wfile.write(b"<p>data: x\n\n")
        elif path == "id":
            self.wfile.write(b"id: x\ndata: {}\n\n")
        elif path == "twice":
            for i in (1, 2, 2, 1, 3, 3, 4):
                self.wfile.write(b"id: %d\nevent: t\xc2\x9b\ndata: {\n"
                                 b"data: \"seq\": %d}\r\n\r" % (i, i))
            self.wfile.write(b"id: 5\ndata: half")
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Other).serve_forever()
END
  python3 "$state/other.py" "$other" 3>&- &
  tails+=($!)
  wait_for 30 port_taken "$other"
  while read -r path want; do
    run now_tail --url "http://127.0.0.1:$other/$path"
    [ "$status" = 3 ] || { echo "$path $status $output"; false; }
    [[ $output == *"$want"* ]] || { echo "$path $output"; false; }
  done <<'END'
moved answered 302; give the address it leads to
page answered 200, but with no event stream; is the address right?
id the stream has an id that is no seq; is the address right?
END
  rc=0
  NO_COLOR=1 now_tail --url "http://127.0.0.1:$other/twice" --json --no-reconnect >"$state/out" || rc=$?
  [ "$rc" = 3 ]
  [ "$(seqs out | paste -sd,)" = 1,2,3,4,null ] || { cat "$state/out"; false; }
  lines_are out 5
  [ "$(sed -n '5p' "$state/out" | jq -r .code)" = unreachable ]
  run now_tail --url "http://127.0.0.1:$other/twice" --count 4
  [[ ${lines[3]} == '  4  . t\u{9b}  {'*'"seq": 4}' ]] || { echo "$output"; false; }
  if command -v script >/dev/null; then
    run pty --url "http://127.0.0.1:$other/evil"
    [[ $output == *'[2Jno'* ]]
    [[ $output != *$'\033[2J'* ]]
  fi
}
