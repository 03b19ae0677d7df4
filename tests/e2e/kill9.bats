# Programs are killed; batches are not.
load ../lib/server

setup() { server_start "SYNCHRONOUS=normal"; }
teardown() { server_stop; }

@test "kill -9 at random moments under load: the tree is before or after a batch, the log agrees" {
  rounds=200
  [ -z "${PATCHWARDEN_QUICK:-}" ] || rounds=20
  run /usr/bin/python3 "$BATS_TEST_DIRNAME/kill9.py" "$workspace" \
    "$(readlink -f "$build/cgi-bin/patches.fcgi")" $rounds
  echo "$output"
  [ "$status" = 0 ]
  patchctl db verify
  patchctl db check
  [ -z "$(find "$workspace/.patchwarden" -type f ! -name .gitignore)" ]
}
