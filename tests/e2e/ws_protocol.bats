# The cases of the Autobahn test suite, against the WebSocket of the daemon with
# an echo behind it.
load ../lib/server

@test "framing, control frames, fragments, UTF-8, closing, limits, compression" {
  state=$(mktemp -d)
  mkfifo "$state/in"
  "$build/tests/lib/ws_echo" <"$state/in" >"$state/port" 2>"$state/errors" 3>&- &
  echo_pid=$!
  exec 4>"$state/in"
  wait_for 60 test -s "$state/port"
  run timeout 3000 /usr/bin/python3 "$BATS_TEST_DIRNAME/ws_protocol.py" "$(cat "$state/port")"
  exec 4>&-
  wait "$echo_pid" || { cat "$state/errors"; false; }
  grep -A1 '^not ok' <<<"$output" || true
  [ "$status" = 0 ]
  [ "$(grep -c '^ok' <<<"$output")" -ge 351 ]
  rm -rf "$state"
}
