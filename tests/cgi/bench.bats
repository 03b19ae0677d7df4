# The logs that are measured are the same for everybody, and their answers are
# right.  Times are nobody's business here.
load ../lib/cgi

setup() { cgi_setup; }
teardown() { cgi_teardown; }

seed() {	# NAME: two databases of 1,000 patches
  "$top/tests/bench/seed" --patches 1k --seed 7 --build "$build" \
    --out "$state/$1.db" --flat "$state/$1.flat"
}
rows() {	# DATABASE QUERY: a hash of what it gives
  sqlite3 -readonly "$1" "$2" | sha256sum
}

@test "the same seed makes the same log, hashes and sums and all" {
  command -v python3 sqlite3 >/dev/null || skip "python3 or sqlite3 is missing"
  seed a
  seed b
  for table in event term patch_log posting log_day patch_outcome rollup \
      work_item work_cell patch_custody producer_event; do
    [ "$(sqlite3 "$state/a.db" "SELECT count(*) FROM $table")" -gt 0 ]
    a=$(rows "$state/a.db" "SELECT * FROM $table")
    [ "$a" = "$(rows "$state/b.db" "SELECT * FROM $table")" ]
  done
  cmp "$state/a.flat" "$state/b.flat"
}

@test "a seeded log has what was asked for, and its chain and sums hold" {
  command -v python3 sqlite3 >/dev/null || skip "python3 or sqlite3 is missing"
  seed a
  [ "$(sqlite3 "$state/a.db" 'SELECT count(*) FROM patch_outcome
    WHERE outcome <> 3')" = 1000 ]
  [ "$(sqlite3 "$state/a.db" 'SELECT count(*) FROM patch_log')" = \
    "$(sqlite3 "$state/a.flat" 'SELECT count(*) FROM patch_events')" ]
  PATCHWARDEN_DATABASE=$state/a.db run patchctl db verify
  echo "$output"
  [ "$status" = 0 ]
  PATCHWARDEN_DATABASE=$state/a.db run patchctl db check
  echo "$output"
  [ "$status" = 0 ]
}

@test "questions to a seeded log are answered as the specification's SQL does" {
  command -v python3 sqlite3 >/dev/null || skip "python3 or sqlite3 is missing"
  run "$top/tests/bench/query" --smoke --only logs --build "$build" \
    --dir "$state"
  echo "$output"
  [ "$status" = 0 ]
  [[ $output == *"agrees: logs, count, common"* ]]
}

@test "the walk of a chain is measured beside reading and hashing it" {
  command -v python3 sqlite3 openssl >/dev/null || skip "a program is missing"
  run "$top/tests/bench/verify" --size 1k --quick --build "$build" --dir "$state"
  echo "$output"
  [ "$status" = 0 ]
  for row in read sha256 floor 'verify, 1 thread' 'verify, 2 threads'; do
    [[ $output == *"$row"* ]]
  done
}

@test "the stream is measured beside a server that only sends" {
  command -v python3 setpriv taskset >/dev/null || skip "a program is missing"
  run "$top/tests/bench/fanout" --smoke --no-peers --build "$build" \
    --dir "$state"
  echo "$output"
  [ "$status" = 0 ]
  for table in 'ws, 20 subscribers' 'sse, 20 subscribers' 'ws, 20 of 120' \
      'sse, 20 of 120' 'ws, all of 1000' 'sse, all of 1000'; do
    [[ $output == *"$table"* ]]
  done
  [ "$(grep -cE '^ *(1 +|10 +)?limit ' <<<"$output")" = 8 ]
  [ "$(grep -cE '^ *(1 +|10 +)?ours ' <<<"$output")" = 8 ]
}

@test "the grouping of logged lines is measured beside sort and uniq" {
  command -v python3 >/dev/null || skip "python3 is missing"
  run "$top/tests/bench/ops" --quick --build "$build" --dir "$state"
  echo "$output"
  [ "$status" = 0 ]
  for row in mask group text-all json-all both words; do
    [[ $output == *"$row"* ]]
  done
}
