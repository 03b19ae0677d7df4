# A backup while everything runs, and its way back beneath running programs.
load ../lib/server

setup() { server_start SYNCHRONOUS=normal; }
teardown() { [ -z "${state:-}" ] || server_stop; }

patch() { # FILE
  post /api/patches/apply "{\"orderId\":\"o\",\"patches\":[{\"op\":\"append\",\"file\":\"$1\",\"block\":\"x\"}]}"
  [ "$http_status" = 200 ] || { show; false; }
}
head_is() { http GET '/api/events?limit=1'; [ "$(field .head)" = "$1" ]; }

@test "running programs go on with the restored database, and subscribers are told" {
  patch a
  http GET /api/events
  epoch=$(field .epoch)
  patchctl db backup "$state/backup"
  patch b
  patch c
  head_is 6
  curl -sSN -m 120 -H "Authorization: Bearer $token" "$url/sse?since=now" >"$state/stream" &
  stream=$!
  wait_for 20 grep -q '^event: connected' "$state/stream"
  patchctl db restore "$state/backup"
  # the same programs: none was started again
  head_is 2
  http GET /api/events
  [ "$(field .epoch)" != "$epoch" ]
  patch d
  head_is 4
  http GET '/api/patches/logs?count=exact'
  [ "$(field .pagination.total)" = 4 ] || { show; false; }
  http GET /api/patches/stats
  [ "$(field .totals.ok)" = 2 ] || { show; false; }
  wait_for 30 grep -q '^event: gap' "$state/stream"
  # behind the gap the stream goes on at its head
  patch e
  wait_for 30 grep -q '"file":"e"' "$state/stream"
  kill "$stream"
  patchctl db verify
  patchctl db check
  # what was there before is beside it, whole
  before=$(ls "$state"/patchwarden.db.before-restore* | grep -v -e '-wal$' -e '-shm$')
  [ "$(sqlite3 "$before" 'SELECT count(*) FROM event')" = 6 ]
}

@test "a backup under writers at full speed is whole, and they go on" {
  python3 "$BATS_TEST_DIRNAME/load.py" "$url" "$token" "$state/patchwarden.db-wal" 10 >"$state/load" &
  load=$!
  some_written() { [ "$(sqlite3 "$state/patchwarden.db" 'SELECT count(*) FROM event')" -gt 1000 ]; }
  wait_for 30 some_written
  patchctl db backup "$state/backup"
  at=$(sqlite3 "$state/patchwarden.db" 'SELECT max(seq) FROM event')
  wait "$load"
  [ "$(jq '.failed|length' "$state/load")" = 0 ]
  [ "$(sqlite3 "$state/patchwarden.db" 'SELECT max(seq) FROM event')" -gt "$at" ]
  PATCHWARDEN_DATABASE=$state/backup patchctl db verify
  PATCHWARDEN_DATABASE=$state/backup patchctl db check
}
