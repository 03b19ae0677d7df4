# Old rows go, and what stays still adds up.
load ../lib/cgi

setup() { cgi_setup; }
teardown() { cgi_teardown; }

sql() { sqlite3 "$state/patchwarden.db" "$1"; }

# old N: N events of a producer elsewhere, of the year 2020.
old() {
  local i
  cgi POST /api/patches/events CONTENT_TYPE=application/x-ndjson < <(
    for ((i = 0; i < $1; i++)); do
      printf '{"patch_id":"old-%d","type":"patch_%s","file":"src/f%d.c","op":"append","requester":"fab","order_id":"o%d","batch_id":"b%d","meta":{"run":"r%d"},"ts":%d}\n' \
        "$i" "$( ((i % 5)) && echo applied || echo failed)" $((i % 40)) $((i % 3)) $((i / 7)) $((i % 11)) $((1580000000000 + i * 60000))
    done)
  [ "$http_status" = 200 ]
}
new() {
  apply '[{"op":"append","file":"new","block":"x"}]' '"orderId":"o1"'
  [ "$http_status" = 200 ]
}
totals() { sql "SELECT group_concat(quote(cells)) FROM rollup"; }

@test "nothing is removed by default" {
  old 300
  run patchctl db retain
  [ "$status" = 0 ]
  [ "${lines[0]}" = "log      kept for ever" ]
  [ "$(sql 'SELECT count(*) FROM event')" = 300 ]
}

@test "old events go in whole blocks, the chain and the sums hold" {
  old 700
  new
  before=$(totals)
  export PATCHWARDEN_RETAIN_LOG_DAYS=30
  run patchctl --json db retain --dry-run
  [ "$(jq .log.rows <<<"$output")" = 511 ]
  [ "$(sql 'SELECT min(seq) FROM event')" = 1 ]
  run patchctl --json db retain
  [ "$status" = 0 ]
  [ "$(jq .log.rows <<<"$output")" = 511 ]
  [ "$(sql 'SELECT min(seq) FROM event')" = 512 ]
  [ "$(sql 'SELECT min(id) FROM patch_log')" = 512 ]
  [ "$(sql 'SELECT min(seq) FROM producer_event')" = 512 ]
  [ "$(sql 'SELECT min(block) FROM posting')" = 2 ]
  [ "$(sql 'SELECT min(first_id) FROM log_day')" = 512 ]
  [ "$(totals)" = "$before" ]
  [ "$(sql 'SELECT count(*) FROM patch_outcome')" = 701 ]
  run patchctl --json db verify
  [ "$status" = 0 ]
  [ "$(jq .sealed <<<"$output")" = 511 ]
  run patchctl db check
  [ "$status" = 0 ]
  new
  run patchctl db verify
  [ "$status" = 0 ]
  run patchctl --json db retain
  [ "$(jq .log.rows <<<"$output")" = 0 ]
}

@test "an altered seal, or a missing one, is found" {
  old 600
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet
  sql "UPDATE event_seal SET last_hash = zeroblob(32)"
  run patchctl db verify
  [ "$status" = 1 ]
  [[ $output == *512* ]]
  sql "DELETE FROM event_seal"
  run patchctl db verify
  [ "$status" = 1 ]
}

@test "events that are all old leave a head to go on from" {
  old 511
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet
  [ "$(sql 'SELECT count(*) FROM event')" = 0 ]
  new
  [ "$(sql 'SELECT min(seq) FROM event')" = 512 ]
  run patchctl db verify
  [ "$status" = 0 ]
}

@test "the archive has what went, and is verified by itself" {
  old 600
  mkdir "$state/archive"
  export PATCHWARDEN_RETAIN_LOG_DAYS=30 PATCHWARDEN_RETAIN_ARCHIVE=$state/archive
  run patchctl --json db retain
  [ "$status" = 0 ]
  file=$(jq -r .archive <<<"$output")
  [ "$file" = "$state/archive/events-000000000001-000000000511.ndjson" ]
  run patchctl db verify --export "$file"
  [ "$status" = 0 ]
  [ "$(wc -l <"$file")" = 512 ]
}

@test "an archive that cannot be written keeps the events" {
  old 600
  export PATCHWARDEN_RETAIN_LOG_DAYS=30 PATCHWARDEN_RETAIN_ARCHIVE=$state/nowhere
  run patchctl db retain
  [ "$status" = 3 ]
  [[ $output == *nowhere* ]]
  [ "$(sql 'SELECT count(*) FROM event')" = 600 ]
}

@test "diffs, versions and replaced reports go by their own age" {
  new
  id=$(field '.results[0].patch_id')
  old_id=01700000-0000-7000-8000-000000000001
  sql "INSERT INTO patch_diff SELECT '$old_id', diff FROM patch_diff;
    INSERT INTO file_edit (workspace, path, batch_id, patch_id, n, script)
      SELECT workspace, path, 'b', '$old_id', n, script FROM file_edit;
    INSERT INTO worker_logs (source, worker, level, message, ts) VALUES ('s', 'w', 'error', 'm', 5)"
  PATCHWARDEN_RETAIN_DIFFS_DAYS=1 patchctl db retain --quiet
  [ "$(sql 'SELECT group_concat(patch_id) FROM patch_diff')" = "$id" ]
  [ "$(sql 'SELECT count(*) FROM file_edit')" = 2 ]
  PATCHWARDEN_RETAIN_EDITS_DAYS=1 PATCHWARDEN_RETAIN_OPS_DAYS=1 patchctl db retain --quiet
  [ "$(sql 'SELECT group_concat(patch_id) FROM file_edit')" = "$id" ]
  [ "$(sql 'SELECT count(*) FROM worker_logs')" = 0 ]
}

@test "no posting is left of what went, however meta writes its values" {
  cgi POST /api/patches/events CONTENT_TYPE=application/x-ndjson < <(
    for ((i = 0; i < 300; i++)); do
      printf '{"patch_id":"p%d","type":"patch_applied","file":"a%d","meta":{"a":1.50,"b":1e3,"c":123456789012345678,"d":[{"k":"v%d","n":-0.0}],"e":"","f":true},"ts":%d}\n' \
        "$i" "$i" "$i" $((1580000000000 + i))
    done)
  [ "$http_status" = 200 ] || { show; false; }
  [ "$(sql 'SELECT count(*) FROM posting WHERE block = 0')" -gt 500 ]
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet
  [ "$(sql 'SELECT min(seq) FROM event')" = 256 ]
  [ "$(sql 'SELECT count(*) FROM posting WHERE block = 0')" = 0 ] || {
    sql 'SELECT t.* FROM posting JOIN term AS t ON t.id = term WHERE block = 0'
    false
  }
  patchctl db check
}

# Every sum, as text.
sums() {
  sql "SELECT * FROM rollup ORDER BY 1, 2, 3, 4, 5, 6, 7;
    SELECT * FROM work_item ORDER BY 1; SELECT * FROM work_cell ORDER BY 1, 2, 3" | sort
}

@test "sums that are made anew still count what went" {
  old 700
  new
  cgi POST /api/events <<<'{"type":"phase_generating","payload":{"order_id":"o2","factory":"fab"}}'
  patchctl db check --rebuild --quiet
  sums >"$state/before"
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet
  patchctl db check
  sums | diff - "$state/before"
  patchctl db check --rebuild
  sums | diff - "$state/before"
  cgi GET '/api/patches/stats?from=2020-01-01&to=2020-03-01'
  [ "$(field '.totals.ok + .totals.failed')" = 700 ] || { show; false; }
  patchctl db verify
}

@test "who reads from the earliest, or below it, is told where the log begins" {
  old 600
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet
  cgi GET '/api/events?since=earliest&limit=2'
  [ "$http_status" = 200 ]
  [ "$(field '[.events[].seq]|join(" ")')" = "512 513" ] || { show; false; }
  cgi GET '/api/events?since=511&limit=1'
  [ "$(field '.events[0].seq')" = 512 ]
  [ "$(field .gap)" = null ] || { show; false; }
  for asked in 0 100 510; do
    cgi GET "/api/events?since=$asked&limit=1"
    [ "$(jq -c .gap <<<"$body")" = "{\"asked\":$asked,\"oldest\":512}" ] || { show; false; }
    [ "$(field '.events[0].seq')" = 512 ]
  done
  # a position that a restore has left nowhere
  cgi GET '/api/events?since=9000'
  [ "$(jq -c .gap <<<"$body")" = '{"asked":9000,"oldest":512}' ] || { show; false; }
  [ "$(field .next)" = 600 ]
  cgi GET '/api/events?since=600'
  [ "$(field .gap)" = null ]
  [ "$(field '.events|length')" = 0 ]
}

@test "trails and the log go as far back as there are events" {
  old 600
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet
  cgi GET '/api/patches?order_id=o0&limit=1000'
  [ "$http_status" = 200 ] || { show; false; }
  [ "$(field '.events|length')" = "$(sql "SELECT count(*) FROM event WHERE order_id = 'o0'")" ]
  [ "$(field '.events[0].seq')" -ge 512 ]
  cgi GET /api/patches/old-3
  [ "$http_status" = 404 ] || { show; false; }
  cgi GET /api/patches/old-599
  [ "$http_status" = 200 ]
  cgi GET '/api/patches/logs?order_id=o0&count=exact&limit=1'
  [ "$(field .pagination.total)" = "$(sql "SELECT count(*) FROM event WHERE order_id = 'o0'")" ] || { show; false; }
  # nothing is left of it: nobody knows it any more
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet
}

# age N: what was applied until now becomes N days older, as if it had been then.
age() {
  sql "UPDATE file_edit SET patch_id = '01600000' || substr(patch_id, 9),
      batch_id = '01600000' || substr(batch_id, 9);
    UPDATE event SET patch_id = '01600000' || substr(patch_id, 9) WHERE patch_id IS NOT NULL"
}

@test "a patch whose edits are gone is not taken back, and that is said" {
  new
  age
  id=$(sql "SELECT patch_id FROM file_edit")
  PATCHWARDEN_RETAIN_EDITS_DAYS=1 patchctl db retain --quiet
  [ "$(sql 'SELECT count(*) FROM file_edit')" = 0 ]
  cgi POST "/api/patches/$id/revert" <<<'{}'
  [ "$http_status" = 422 ] || { show; false; }
  [[ $body == *"not kept any more"* ]] || { show; false; }
  file_is new x
}

@test "a patch that the log has no more is not taken back, and that is said" {
  old 511
  new
  id=$(field '.results[0].patch_id')
  sql "DELETE FROM patch_log WHERE id > 511; DELETE FROM patch_custody WHERE id > 511; DELETE FROM event WHERE seq > 511"
  cgi POST "/api/patches/$id/revert" <<<'{}'
  [ "$http_status" = 422 ] || { show; false; }
  [[ $body == *"does not go back"* ]] || { show; false; }
  file_is new x
}

@test "SIGKILL at any write: the chain and the log hold, the next run goes on" {
  command -v strace >/dev/null || skip "no strace"
  strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
  old 3000
  new
  mkdir "$state/archive"
  export PATCHWARDEN_RETAIN_LOG_DAYS=30 PATCHWARDEN_RETAIN_ARCHIVE=$state/archive
  points=0
  for call in write pwrite64 fdatasync fsync renameat2; do
    for ((i = 1; i < 200; i = i * 2 + 1)); do
      run strace -f -qq -o /dev/null -e "trace=$call" -e "inject=$call:signal=KILL:when=$i" \
        "$build/src/patchctl/patchctl" db retain --quiet
      [ "$status" = 137 ] || break
      points=$((points + 1))
      patchctl db verify >/dev/null
      patchctl db check --quiet
    done
  done
  [ $points -gt 5 ]
  patchctl db retain --quiet
  [ "$(sql 'SELECT min(seq) FROM event')" = 2816 ]
  patchctl db verify
  # each event that went is in one of the archives
  cat "$state"/archive/*.ndjson | jq -r 'select(.seq).seq' | sort -nu >"$state/kept"
  seq 1 2815 | cmp - "$state/kept"
  for f in "$state"/archive/*.ndjson; do
    patchctl db verify --export "$f"
  done
}

@test "an archive of another history is not written over" {
  old 600
  mkdir "$state/archive"
  export PATCHWARDEN_RETAIN_LOG_DAYS=30 PATCHWARDEN_RETAIN_ARCHIVE=$state/archive
  file=$state/archive/events-000000000001-000000000511.ndjson
  echo precious >"$file"
  run patchctl db retain
  [ "$status" != 0 ]
  [[ $output == *"$file"* ]] || { echo "$output"; false; }
  [ "$(cat "$file")" = precious ]
  [ "$(sql 'SELECT count(*) FROM event')" = 600 ]
  # the same piece of the same chain is what an earlier run has left
  patchctl db export --to-seq 511 --output "$file"
  before=$(stat -c %i "$file")
  patchctl db retain --quiet
  [ "$(stat -c %i "$file")" = "$before" ]
  [ "$(sql 'SELECT count(*) FROM event')" = 89 ]
}

@test "writers go on beside it" {
  old 3000
  writers=()
  for w in 1 2; do
    (cgi_name=.w$w
    for ((i = 0; i < 12; i++)); do
      apply "[{\"op\":\"append\",\"file\":\"w$w\",\"block\":\"x\"}]" || exit 1
      [ "$http_status" = 200 ] || { show; exit 1; }
    done) 3>&- &
    writers+=($!)
  done
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet &
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet
  wait $!
  for w in "${writers[@]}"; do wait "$w"; done
  [ "$(sql 'SELECT min(seq) FROM event')" = 2816 ]
  [ "$(sql "SELECT count(*) FROM event WHERE type = 'patch_applied' AND file LIKE 'w%'")" = 24 ]
  patchctl db verify
  patchctl db check
}

# As cron would: its line of the night, its PATH, no terminal and nothing else.
cron() {
  local line path
  line=$(grep -v '^#\|^[A-Z]*=\|^$' "$top/contrib/cron.d/patchwarden" | sed 's/\t/ /g' | grep 'db retain')
  [ "$(wc -l <<<"$line")" = 1 ]
  # minute hour day month weekday user command
  [[ $line =~ ^([0-9*/,-]+\ +){5}patchwarden\ +(.*)$ ]]
  path=$(sed -n 's/^PATH=//p' "$top/contrib/cron.d/patchwarden")
  env -i PATH="$build/src/patchctl:$path" HOME="$state" LOGNAME=patchwarden SHELL=/bin/sh \
    ASAN_OPTIONS="$ASAN_OPTIONS" PATCHWARDEN_CONFIG="$PATCHWARDEN_CONFIG" "$@" \
    setsid /bin/sh -c "${BASH_REMATCH[2]}" </dev/null
}

@test "cron says nothing while all is well, and mails what is not" {
  old 600
  run cron
  [ "$status" = 0 ] || { echo "$output"; false; }
  [ -z "$output" ] || { echo "$output"; false; }
  echo PATCHWARDEN_RETAIN_LOG_DAYS=30 >>"$PATCHWARDEN_CONFIG"
  run cron PATCHWARDEN_RETAIN_ARCHIVE="$state/nowhere"
  [ "$status" = 3 ] || { echo "$status $output"; false; }
  [[ $output == *"$state/nowhere"* ]] || { echo "$output"; false; }
  [ "$(wc -l <<<"$output")" -le 3 ]
  [ "$(sql 'SELECT min(seq) FROM event')" = 1 ]
  run cron
  [ "$status" = 0 ]
  [ -z "$output" ] || { echo "$output"; false; }
  [ "$(sql 'SELECT min(seq) FROM event')" = 512 ]
  sql "UPDATE patch_log SET op = 0 WHERE id = 600"
  run cron
  [ "$status" = 1 ]
  [[ $output == *patch_log* ]] || { echo "$output"; false; }
  [[ $output == *--rebuild* ]]
}
