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
  run /usr/bin/python3 "$BATS_TEST_DIRNAME/chaos.py" "$state" \
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
