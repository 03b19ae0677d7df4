# One batch, killed or failed at every system call: it is done or it is not.
load ../lib/cgi

setup() {
  cgi_setup
  export TOKEN=$token
  short_io=$state.so
  export ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0
}
teardown() {
  rm -f "$short_io"
  cgi_teardown
}
# Each batch is looked at by a program, too, where the server can do that.
validator() {
  patchctl config | grep -q PATCHWARDEN_POLICIES || return 0
  echo "PATCHWARDEN_POLICIES=default=$state/policy.json" >>"$PATCHWARDEN_CONFIG"
  jq -n '{validators: [{name: "own", globs: ["**"], command: ["sh", "-c", "read -r line <one && [ ! -e two ]"]}]}' \
    >"$state/policy.json"
}
torture() {	# MODE
  command -v strace >/dev/null || skip "no strace"
  strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
  cc -shared -fPIC -O1 -o "$short_io" "$top/tests/lib/short_io.c"
  validator
  run /usr/bin/python3 "$BATS_TEST_DIRNAME/torture.py" "$state" \
    "$build/cgi-bin/patches.fcgi" "$build/src/patchctl/patchctl" "$short_io" "$1"
  echo "$output"
  # how many points there were is part of the answer
  [ "$status" != 0 ] || echo "${output%%$'\n'*}" >&3
  [ "$status" = 0 ]
}

@test "SIGKILL at every system call: the tree is old or new, the log agrees" { torture kill; }
@test "every system call fails once (EIO, ENOSPC, EMFILE, EINTR, ENOMEM)" { torture error; }
@test "every call that needs room fails from then on" { torture lasting; }
@test "every read and write does half" { torture short; }
@test "the recovery of a killed batch is killed or fails too" { torture compound; }
