# Validators behind a real web server: the runner of a confined program.
load ../lib/server

setup() {
  server_files
  mkdir "$state/policies"
  echo "PATCHWARDEN_POLICIES=default=$state/policies/default.json" >>"$state/patchwarden.conf"
  echo '{"validators":[{"name":"sh"}]}' >"$state/policies/default.json"
  broadcastd_start
  lighttpd_start
}
teardown() { server_stop; }
create() { post /api/patches/apply "{\"patches\":[{\"op\":\"create\",\"file\":\"$1\",\"block\":\"$2\\n\"}]}"; }
# The runners: children of handlers, of the same program.
runners() {
  local parent
  for parent in $(pgrep -P "$lighttpd_pid"); do
    pgrep -P "$parent" -f patches.fcgi
  done
}

@test "a confined program runs validators by its runner" {
  create good.sh ':'
  [ "$http_status" = 200 ] && [ "$(field '.validators[0].status')" = ok ] || { show; false; }
  create bad.sh 'fi'
  [ "$http_status" = 422 ] && [ ! -e "$workspace/bad.sh" ] || { show; false; }
}

@test "a new policy holds at once" {
  create bad.sh 'fi'
  [ "$http_status" = 422 ] || { show; false; }
  echo '{"validators":[{"name":"sh","rule":"advisory"}]}' >"$state/policies/new"
  mv "$state/policies/new" "$state/policies/default.json"
  create bad.sh 'fi'
  [ "$http_status" = 200 ] && [ "$(field '.results[0].ts_check_ok')" = false ] || { show; false; }
}

@test "runners that are killed: 503, then others are there" {
  create one.sh ':'
  [ "$http_status" = 200 ] || { show; false; }
  pids=$(runners)
  [ -n "$pids" ]
  kill -9 $pids
  refused=0
  for try in 1 2 3 4 5 6 7 8 9 10; do
    create "f$try.sh" ':'
    [ "$http_status" != 200 ] || break
    [ "$http_status" = 503 ] && [ ! -e "$workspace/f$try.sh" ] || { show; false; }
    refused=$((refused + 1))
    sleep 0.3
  done
  [ "$http_status" = 200 ] && [ "$refused" -ge 1 ] || { show; false; }
  grep -q 'runner of validators is gone' "$state"/log/*.log
}

@test "no runner is left when the web server is killed" {
  create one.sh ':'
  pids=$(runners)
  [ -n "$pids" ]
  kill -9 "$lighttpd_pid"
  for pid in $pids; do
    wait_for 10 not_running "$pid"
  done
}

@test "a validator at work ends with the web server, and leaves nothing" {
  echo '{"validators":[{"name":"slow","globs":["**"],"command":["sh","-c","sleep 1234.5 & wait"]}]}' >"$state/policies/default.json"
  curl -sS -m 30 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
      -d '{"patches":[{"op":"create","file":"x","block":"x\n"}]}' "$url/api/patches/apply" 3>&- &
  asking=$!
  wait_for 10 pgrep -f 'sleep 1234[.]5'
  pids=$(pgrep -f 'sleep 1234[.]5')
  workers=$(pgrep -P "$lighttpd_pid" -f patches.fcgi)
  kill -9 $workers
  for pid in $pids; do
    wait_for 10 not_running "$pid"
  done
  kill "$asking" 2>/dev/null || true
  [ ! -e "$workspace/x" ]
}
