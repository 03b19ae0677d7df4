# README.md keeps its word: its blocks run as they stand, one after the other.
top=${abs_top_srcdir:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}

setup() {
  home=$(mktemp -d /tmp/pw-readme.XXXXXX)
  export PATCHWARDEN_BUILD=${abs_top_builddir:-$top/build}
  export HOME=$home TMPDIR=$home
  export ASAN_OPTIONS=detect_leaks=0	# see tests/lib/server.bash
  unset XDG_STATE_HOME
}
teardown() {
  cd /
  "$top/contrib/up" --stop 3>&-
  rm -rf "$home"
}

# The blocks that are marked as sh; another build, and the test's own folder.
blocks() {
  sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$top/README.md" |
    sed -e "s|\$PWD/build|$PATCHWARDEN_BUILD|; s|/tmp/patchwarden|$home/patchwarden|" \
      -e "s|\./contrib/up|$top/contrib/up|"
}

@test "README's blocks run, and do what it says beside them" {
  blocks >"$home/script"
  [ "$(grep -c . "$home/script")" -gt 50 ]
  cd "$top"
  run bash -euo pipefail "$home/script" 3>&-
  [ "$status" = 0 ] || { echo "$output"; false; }
  while read -r said; do
    [[ $output == *"$said"* ]] || { echo "never said: $said"; echo "$output"; false; }
  done <<'END'
"ok":true,"batch_id"
"dry_run":true
{"status":"applied","code":null,"error":null,"shift":1,
{"status":"failed","code":"span_conflict"
"current_text":"zero\none\nTWO\nthree\n"}
+zero
{"status":"reverted","file":"notes.txt"}
{"code":"path_denied","error":"policy rule allow: etc/x matches none of
{"code":"validator_failed"
"at":"/patches/0","validators":[{"name":"sh","rule":"required","ok":false
patch_applied
applied  a.c  replace-block  +1 -1
applied  a.c and 1 more  apply-patch  +2 -1
reverted  a.c  replace-block
applied  notes.txt  append
# Delivery report: order `order-17`
"lines":3,"worker_logs":3
[redacted:
{"ok":true,"id":1,"status":"in_progress"}
END
  [[ $output != *hunter2* ]]
  [ "$(cat "$home/.local/state/patchwarden/demo/notes.txt")" = $'one\nTWO\nthree\nfour' ]
}
