# The manual says what the programs know.
load ../lib/cgi

@test "patchwarden.conf(5) has every setting as patchctl knows it" {
  "$top/man/update" "$build/src/patchctl/patchctl" "$top/man/patchwarden.conf.5" |
    diff "$top/man/patchwarden.conf.5" - || {
      echo "make update-manual brings it up to date"
      false
    }
}

@test "each route of a program is in its manual" {
  for program in patches logs stats reports agent ops; do
    "$build/cgi-bin/$program.fcgi" --help | awk '/^  / { print $1, $2 }' |
      while read -r method path; do
        grep -qF ".It Ic $method Pa $path" "$top/cgi-bin/$program.fcgi.8" || {
          echo "$program.fcgi.8 lacks $method $path"
          exit 1
        }
      done
  done
}

@test "each command of patchctl is in its manual" {
  patchctl --help | sed -n 's/^  \([a-z-]*\( [a-z][a-z]*\)\{0,1\}\)  *[A-Z].*/\1/p' >"$BATS_TEST_TMPDIR/commands"
  grep -qx replace-block "$BATS_TEST_TMPDIR/commands"
  while read -r words; do
    grep -qE "^\.It Ic $words( |$)" "$top/src/patchctl/patchctl.1" || {
      echo "patchctl.1 lacks $words"
      false
    }
  done <"$BATS_TEST_TMPDIR/commands"
}

@test "patchwarden.batch(5) has every operation and every member" {
  for name in PatchBatch PatchOp; do
    patchctl contract schema "$name"
  done | jq -r '.. | objects | (.properties? // {} | keys[]), (.const? // empty)' | sort -u >"$BATS_TEST_TMPDIR/words"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/words")" -gt 30 ]
  while read -r word; do
    grep -qE "(^|[^A-Za-z-])$word([^A-Za-z-]|\$)" "$top/man/patchwarden.batch.5" || {
      echo "patchwarden.batch.5 lacks $word"
      false
    }
  done <"$BATS_TEST_TMPDIR/words"
}
