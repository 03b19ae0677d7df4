# Real input: the history of this project itself, as batches over HTTP.
load ../lib/server

setup() { server_start; }
teardown() { server_stop; }

@test "every commit of our own history, replayed, gives git's tree" {
  git -C "$top" rev-parse HEAD >/dev/null 2>&1 || skip "not a git checkout"
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*
  run /usr/bin/python3 "$BATS_TEST_DIRNAME/replay.py" "$top" "$workspace"
  echo "$output"
  [ "$status" = 0 ]
  patchctl db verify
}

@test "files whose lines end in CRLF, have a BOM, or lack the last newline" {
  repo=$state/repo
  git init -q "$repo"
  commit() {
    git -C "$repo" add -A
    git -C "$repo" -c user.name=t -c user.email=t@example.org commit -qm x
  }
  printf '\357\273\277one\r\ntwo\r\nthree' >"$repo/a b"
  printf 'x' >"$repo/ünï.txt"
  mkdir "$repo/deep"
  : >"$repo/deep/empty"
  commit
  printf '\357\273\277one\r\n2\r\nthree\r\nfour\r\n' >"$repo/a b"
  printf 'x\ny' >"$repo/ünï.txt"
  printf 'now\n' >"$repo/deep/empty"
  commit
  printf '\357\273\277zero\r\none\r\n' >"$repo/a b"
  : >"$repo/ünï.txt"
  rm -r "$repo/deep"
  commit
  run /usr/bin/python3 "$BATS_TEST_DIRNAME/replay.py" "$repo" "$workspace"
  echo "$output"
  [ "$status" = 0 ]
}
