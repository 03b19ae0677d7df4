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
