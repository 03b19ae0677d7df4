# Whatever dies, stops or lies: the stream has no hole and no double.
load ../lib/server

setup() {
  stream_port=$(port_free)
  server_files SYNCHRONOUS=normal HEARTBEAT_S=1 LAG_BYTES=65536 \
    BROADCAST_LISTEN="127.0.0.1:$stream_port"
}
teardown() { server_stop; }

# The clocks of the daemon and of the programs come from $state/clock, which is
# read each time; that of the machine cannot be moved.  A clock that somebody sets
# leaves the monotonic one alone.
clocks_of_our_own() {
  local library asan
  library=$(find /usr/lib -name libfaketimeMT.so.1 2>/dev/null | head -n 1)
  [ -n "$library" ] || return 1
  asan=$(ldd "$build/src/broadcastd/broadcastd" | awk '/libasan/ { print $3 }')
  echo +0 >"$state/clock"
  export CHAOS_PRELOAD="$asan $library"
  export FAKETIME_TIMESTAMP_FILE=$state/clock FAKETIME_NO_CACHE=1
  export FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1
  sed -i "s|\"bin-environment\" => (|& \"LD_PRELOAD\" => \"$CHAOS_PRELOAD\", $(printf '"%s" => "%s", ' \
    FAKETIME_TIMESTAMP_FILE "$state/clock" FAKETIME_NO_CACHE 1 \
    FAKETIME_DONT_FAKE_MONOTONIC 1 DONT_FAKE_MONOTONIC 1)|" "$state/lighttpd.conf"
}

chaos() { # DECK TIMES
  local times=$2
  [ -z "${PATCHWARDEN_QUICK:-}" ] || times=1
  lighttpd_start
  run /usr/bin/python3 -B "$BATS_TEST_DIRNAME/chaos.py" "$state" \
    "$build/src/broadcastd/broadcastd" "$(readlink -f "$build/cgi-bin/patches.fcgi")" \
    "http://127.0.0.1:$stream_port" "$1" "${CHAOS_TIMES:-$times}"
  echo "$output"
  [ "$status" = 0 ]
  patchctl db verify
  patchctl db check
}

@test "no hole and no double for anybody, whatever dies, stops or is taken away" {
  chaos kills 2
}

@test "nor when the clocks of the daemon and of the programs jump" {
  clocks_of_our_own || skip "libfaketime is not installed (on Debian: faketime)"
  chaos clocks 1
}

# Numbers on standard input: one at least, and none that nobody can have waited.
durations_are_sane() {
  jq -e -s 'length > 0 and all(type == "number" and . >= 0 and . < 600000)'
}

@test "what happens while the clock runs backwards takes its time all the same" {
  clocks_of_our_own || skip "libfaketime is not installed (on Debian: faketime)"
  # ten seconds back each time somebody looks
  echo '+0 i-10' >"$state/clock"
  lighttpd_start
  post /api/patches/apply '{"patches":[{"op":"append","file":"f","block":"x\n"}]}'
  [ "$http_status" = 200 ] || { show; false; }
  field '.results[].duration_ms' | durations_are_sane
  id=$(field '.results[0].patch_id')
  http GET "/api/patches/$id"
  [ "$(field '.events[0].ts > .events[-1].ts')" = true ] || { show; false; }
  post "/api/patches/$id/revert" '{}'
  [ "$http_status" = 200 ] || { show; false; }
  field '.results[].duration_ms' | durations_are_sane
  post /api/patches/apply '{"patches":[{"op":"replace-block","file":"f","start":7,"end":9,"block":"x\n"}]}'
  [ "$http_status" = 422 ] || { show; false; }
  http GET /api/patches/logs
  [ "$(field '.results | length')" -ge 5 ] || { show; false; }
  patchctl db verify
  patchctl db check
}

@test "so do batches without a server" {
  clocks_of_our_own || skip "libfaketime is not installed (on Debian: faketime)"
  echo '+0 i-10' >"$state/clock"
  echo '{"patches":[{"op":"append","file":"f","block":"x\n"}]}' >"$state/batch"
  there() {
    env LD_PRELOAD="$CHAOS_PRELOAD" "$build/src/patchctl/patchctl" "$@" --root "$workspace" --json
  }
  there apply "$state/batch" >"$state/done"
  jq '.results[].duration_ms' "$state/done" | durations_are_sane
  there revert "$(jq -r '.results[0].patch_id' "$state/done")" >"$state/undone"
  jq '.results[].duration_ms' "$state/undone" | durations_are_sane
  jq '.duration_ms // empty' "$workspace/.mission_control/patch_log.jsonl" | durations_are_sane
}
