# Many clients on few files, each from a version it read some time ago.
load ../lib/server

setup() { server_start SYNCHRONOUS=normal BUSY_MS=20000; }
teardown() { server_stop; }

@test "16 clients on 4 files, from old versions: each applied edit is there once, no refused one, the log gives the tree" {
  batches=500
  [ -z "${PATCHWARDEN_QUICK:-}" ] || batches=40
  run /usr/bin/python3 "$BATS_TEST_DIRNAME/concurrency.py" "$workspace" 16 $batches
  echo "$output"
  [ "$status" = 0 ]
  grep '^# ' <<<"$output" >&3
  patchctl db verify
}
