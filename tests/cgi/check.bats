# db check: the log and its sums are what the events say, or it is told.
load ../lib/cgi

setup() {
  cgi_setup
  printf 'one\n' >"$workspace/f"
  printf 'two\n' >"$workspace/g"
}
teardown() { cgi_teardown; }

sql() { sqlite3 "$state/patchwarden.db" "$1"; }

# Something of everything.
fill() {
  apply '[{"op":"append","file":"f","block":"x","taskId":"t1"},{"op":"append","file":"g","block":"y"}]' '"orderId":"o1","phase":"core","meta":{"a":["deep",7]}'
  id=$(field '.results[0].patch_id')
  apply '[{"op":"replace-block","file":"f","start":77,"end":77,"block":"x"},{"op":"append","file":"g","block":"y"}]' '"orderId":"o1"'
  cgi POST "/api/patches/$id/revert" </dev/null
  cgi POST /api/events <<<'{"type":"phase_generating","payload":{"order_id":"o1"}}'
  cgi POST /api/patches/events <<<'[{"patch_id":"x","type":"patch_requested","ts":5},{"patch_id":"x","type":"patch_failed","error":"no","ts":1000},{"patch_id":"x","type":"patch_applied","ts":99000,"order_id":"o2"},{"patch_id":"y","type":"patch_applied","ts_check_ok":false}]'
  [ "$http_status" = 200 ]
}

dump() {
  for table in patch_log posting log_day patch_outcome rollup work_item work_cell; do
    sqlite3 "$state/patchwarden.db" ".dump $table"
  done
}

@test "what was written bit by bit is sound" {
  fill
  run patchctl db check
  [ "$status" = 0 ]
  [[ $output == *"are those of"* ]]
  run patchctl db check --quiet
  [ "$status" = 0 ]
  [ -z "$output" ]
  run patchctl --json db check
  [ "$(jq -c '[.ok,.rebuilt,.differences]' <<<"$output")" = '[true,false,[]]' ]
}

@test "each table that was tampered with is told, and made anew" {
  fill
  before=$(dump)
  while IFS='|' read -r table statement; do
    sql "$statement"
    run patchctl --json db check
    [ "$status" = 1 ]
    jq -e --arg t "$table" '.differences|map(startswith($t))|any' <<<"$output" || { echo "$table: $output"; false; }
    run patchctl db check --rebuild
    [ "$status" = 0 ]
    [ "$(dump)" = "$before" ]
  done <<'END'
patch_log|UPDATE patch_log SET op = op + 1 WHERE id = 2
patch_log|DELETE FROM patch_log WHERE id = 3
patch_log|INSERT INTO patch_log SELECT 9999, created_at, flags, type, status, file, op, task, "order", requester, reason, error, phase, workspace FROM patch_log LIMIT 1
posting|DELETE FROM posting WHERE term = (SELECT id FROM term WHERE text = 'deep')
posting|INSERT INTO posting VALUES (1, 77)
log_day|UPDATE log_day SET last_id = last_id - 1
patch_outcome|DELETE FROM patch_outcome WHERE outcome = 3
patch_outcome|UPDATE patch_outcome SET outcome = 1 WHERE outcome = 2
rollup|DELETE FROM rollup WHERE facet = 3 AND grain = 1
rollup|UPDATE rollup SET cells = x'0001020304'
rollup|INSERT INTO rollup VALUES (1, 1, 5, 0, 0, x'0000010000')
work_item|UPDATE work_item SET ok = ok + 1
work_item|UPDATE work_item SET last_at = 0
work_item|UPDATE work_item SET first_at = NULL, last_at = NULL WHERE field = 9
work_item|DELETE FROM work_item WHERE field = 10
work_item|DELETE FROM work_item WHERE field = 9
work_item|UPDATE work_item SET last_id = last_id - 1 WHERE field = 9
work_item|UPDATE work_item SET last_id = last_id + 1 WHERE term = (SELECT id FROM term WHERE field = 9 AND text = 'o1')
term_gram|INSERT INTO term_gram (term_gram, rowid, text) SELECT 'delete', id, text FROM term WHERE text = 'deep'
work_cell|UPDATE work_cell SET failed = failed + 1
work_cell|DELETE FROM work_cell WHERE grain = 0
END
}

@test "a rebuild that was killed is finished by db migrate; the log says so meanwhile" {
  fill
  before=$(dump)
  sql "DELETE FROM patch_log; DELETE FROM posting; DELETE FROM log_day; DELETE FROM patch_outcome; DELETE FROM rollup; DELETE FROM work_item; DELETE FROM work_cell; INSERT INTO property VALUES ('projected_to', '0')"
  cgi GET /api/patches/stats
  [ "$http_status" = 503 ]
  [ "$(field .code)" = busy ]
  # who writes meanwhile is not stopped
  apply '[{"op":"append","file":"f","block":"z"}]'
  [ "$http_status" = 200 ]
  patchctl db migrate
  run patchctl db check
  [ "$status" = 0 ]
  [ "$(sql 'SELECT count(*) FROM patch_log')" -gt 10 ]
  cgi GET /api/patches/stats
  [ "$http_status" = 200 ]
}

@test "after retention the sums of what is gone are kept by a rebuild" {
  cgi POST /api/patches/events CONTENT_TYPE=application/x-ndjson < <(
    for i in $(seq 400); do
      printf '{"patch_id":"p%d","type":"patch_applied","order_id":"o","file":"f%d","ts":%d}\n' "$i" "$i" $((1500000000000 + i * 1000000))
    done)
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet
  run patchctl db check
  [ "$status" = 0 ]
  before=$(sqlite3 "$state/patchwarden.db" '.dump rollup' '.dump work_cell' '.dump patch_outcome')
  run patchctl db check --rebuild
  [ "$status" = 0 ]
  [ "$(sqlite3 "$state/patchwarden.db" '.dump rollup' '.dump work_cell' '.dump patch_outcome')" = "$before" ]
}

@test "a database of the schema before is migrated, and its log is complete" {
  fill
  before=$(dump)
  mv "$state/patchwarden.db" "$state/new.db"
  rm -f "$state"/patchwarden.db-*
  for file in "$top"/migrations/0*.sql; do
    name=$(basename "$file" .sql)
    version=$((10#${name%%_*}))
    [ "$version" -le 27 ] || continue
    [ "$version" -gt 1 ] || sql "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT"
    sqlite3 "$state/patchwarden.db" <"$file"
    sql "INSERT INTO schema_migrations VALUES ($version, '$name', '$(sha256sum <"$file" | cut -d' ' -f1)', 1)"
  done
  sql "ATTACH '$state/new.db' AS new;
    INSERT INTO property SELECT * FROM new.property;
    INSERT INTO event SELECT * FROM new.event;
    INSERT INTO token SELECT * FROM new.token;
    INSERT INTO producer_event SELECT * FROM new.producer_event"
  cgi GET /api/patches/stats
  [ "$http_status" = 503 ]
  patchctl db migrate >/dev/null
  run patchctl db check
  [ "$status" = 0 ]
  [ "$(dump)" = "$before" ]
  run patchctl db verify
  [ "$status" = 0 ]
}

@test "errors of a database of schema 31 are written anew, and what came meanwhile is there" {
  for i in 1 2 3; do
    apply '[{"op":"replace-block","file":"f","start":77,"end":77,"block":"x"},{"op":"append","file":"g","block":"y"}]' '"orderId":"o1"'
  done
  before=$(dump)
  [ "$(sql 'SELECT count(*) FROM rollup WHERE facet IN (7, 8)')" -gt 3 ]
  # the same error, whose number has one byte
  [ "$(sql 'SELECT count(*) FROM rollup WHERE facet IN (7, 8) AND (length(cells) <> 3 OR substr(cells, 2, 1) <> CAST(char(1) AS BLOB))')" = 0 ]
  [ "$(sql "SELECT substr(hex(cells), 1, 2) FROM rollup WHERE facet = 7 AND grain = 2")" = 03 ]
  sql "UPDATE rollup SET cells = CAST(substr(cells, 3, 1) || x'0000' || substr(cells, 1, 1) || x'00' AS BLOB) WHERE facet IN (7, 8);
    DELETE FROM rollup WHERE facet = 7 AND grain = 2"
  unmigrate 31
  # programs do not answer before the migration, nor in its midst
  cgi GET /api/patches/stats
  [ "$http_status" = 503 ]
  cp "$state/patchwarden.db" "$state/old.db"
  patchctl db migrate >/dev/null
  [ "$(dump)" = "$before" ]
  cgi GET "/api/patches/logs?search=no"
  [ "$http_status" = 200 ]
  # the migration without its end, as after a crash
  mv "$state/old.db" "$state/patchwarden.db"
  rm -f "$state"/patchwarden.db-*
  for file in "$top"/migrations/03[2-9]*.sql; do
    name=$(basename "$file" .sql)
    sqlite3 "$state/patchwarden.db" <"$file"
    sql "INSERT INTO schema_migrations VALUES ($((10#${name%%_*})), '$name', '$(sha256sum <"$file" | cut -d' ' -f1)', 1)"
  done
  cgi GET /api/patches/stats
  [ "$http_status" = 503 ]
  apply '[{"op":"replace-block","file":"f","start":78,"end":78,"block":"x"}]'
  patchctl db migrate >/dev/null
  run patchctl db check
  [ "$status" = 0 ]
  cgi GET /api/patches/stats
  [ "$(field '[.errors[].occurrences] | add')" -gt 3 ]
}

@test "the nightly line of cron says nothing when all is well, and what is wrong when not" {
  fill
  mkdir "$state/bin"
  printf '#!/bin/sh\nexec %q "$@"\n' "$build/src/patchctl/patchctl" >"$state/bin/patchctl"
  chmod +x "$state/bin/patchctl"
  line=$(sed -n 's/^[0-9* ]*\tpatchwarden\t//p' "$top/contrib/cron.d/patchwarden")
  [ -n "$line" ]
  nightly() {
    env -i PATH="$state/bin:/usr/bin:/bin" PATCHWARDEN_CONFIG="$PATCHWARDEN_CONFIG" \
      ASAN_OPTIONS=detect_leaks=0 /bin/sh -c "$line" </dev/null 2>&1
  }
  run nightly
  [ "$status" = 0 ]
  [ -z "$output" ]
  sql "DELETE FROM patch_outcome"
  run nightly
  [ "$status" = 1 ]
  [[ $output == *patch_outcome* ]]
}
