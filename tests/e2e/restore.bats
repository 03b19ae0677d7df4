# A backup while everything runs, and its way back beneath running programs.
load ../lib/server

setup() { server_start SYNCHRONOUS=normal; }
teardown() { [ -z "${state:-}" ] || server_stop; }

patch() { # FILE [ORDER]
  post /api/patches/apply "{\"orderId\":\"${2:-o}\",\"patches\":[{\"op\":\"append\",\"file\":\"$1\",\"block\":\"x\"}]}"
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

# watch NAME QUERY: the frames of a WebSocket until the order "end".
watch() {
  /usr/bin/python3 "$BATS_TEST_DIRNAME/ws_watch.py" "ws://127.0.0.1:$port/ws?$2" \
    "$state/$1" end 3>&- 2>"$state/$1.err" &
  watchers+=($!)
}
watched() {
  local pid
  for pid in "${watchers[@]}"; do
    wait "$pid" || { tail -n 5 "$state"/*.err; false; }
  done
  watchers=()
}
# seen NAME FILTER: of all its frames, by jq.
seen() { jq -sc "$2" "$state/$1"; }

@test "WebSockets: live over a restore, and back with a position of before" {
  watchers=()
  patch a
  patchctl db backup "$state/backup"
  patch b
  patch c
  http GET /api/events
  epoch=$(field .epoch)
  watch live since=now
  watch replaying since=earliest
  wait_for 30 grep -q '"file":"c"' "$state/replaying"
  wait_for 30 grep -q connected "$state/live"
  patchctl db restore "$state/backup"
  http GET /api/events
  new=$(field .epoch)
  wait_for 30 grep -q '"type":"gap"' "$state/live"
  wait_for 30 grep -q '"type":"gap"' "$state/replaying"
  watch beyond since=5
  watch before "since=1&epoch=$epoch"
  watch good "since=1&epoch=$new"
  for name in beyond before good; do
    wait_for 30 grep -q connected "$state/$name"
  done
  patch d end
  watched
  for name in live replaying beyond before; do
    [ "$(seen $name '[.[]|select(.type == "gap").epoch]')" = "[\"$new\"]" ] || { cat "$state/$name"; false; }
    # behind the gap: what is new, once
    [ "$(seen $name '[.[]|select(.epoch == "'"$new"'" and .payload).seq]')" = '[3,4]' ] || { cat "$state/$name"; false; }
  done
  [ "$(seen good '[.[]|select(.payload).seq]')" = '[2,3,4]' ]
  [ "$(seen good '[.[]|select(.type == "gap")]|length')" = 0 ]
}

@test "a position that retention has taken away gets the gap, then all there is" {
  watchers=()
  for ((i = 0; i < 300; i++)); do
    printf '{"patch_id":"old-%d","type":"patch_applied","file":"f","ts":%d}\n' "$i" $((1580000000000 + i))
  done >"$state/old"
  http POST /api/patches/events -H 'Content-Type: application/x-ndjson' --data-binary "@$state/old"
  [ "$http_status" = 200 ] || { show; false; }
  watch live since=now
  wait_for 30 grep -q connected "$state/live"
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet
  watch gone since=100
  watch edge since=255
  watch all since=earliest
  for name in gone edge all; do
    wait_for 30 grep -q '"old-299"' "$state/$name"
  done
  patch d end
  watched
  for name in gone edge all; do
    [ "$(seen $name '[.[]|select(.payload).seq] == [range(256; 303)]')" = true ] || { cat "$state/$name"; false; }
  done
  [ "$(seen gone '[.[]|select(.type == "gap")|[.asked, .oldest]]')" = '[[100,256]]' ]
  for name in live edge all; do
    [ "$(seen $name '[.[]|select(.type == "gap")]|length')" = 0 ] || { cat "$state/$name"; false; }
  done
}

loading() { kill -0 "$load" 2>/dev/null; }

@test "backups under writers at full speed are whole, and they go on" {
  python3 "$BATS_TEST_DIRNAME/load.py" "$url" "$token" "$state/patchwarden.db-wal" \
    "${LOAD_SECONDS:-12}" >"$state/load" 3>&- &
  load=$! backups=0 at=0
  some_written() { [ "$(sqlite3 "$state/patchwarden.db" 'SELECT count(*) FROM event')" -gt 2000 ]; }
  wait_for 60 some_written
  while loading; do
    answer=$(patchctl db backup "$state/backup" --force --json)
    # each later than the one before: nothing stands still
    [ "$(jq .last_seq <<<"$answer")" -gt "$at" ] || ! loading
    at=$(jq .last_seq <<<"$answer")
    backups=$((backups + 1))
    PATCHWARDEN_DATABASE=$state/backup patchctl db verify >/dev/null
  done
  wait "$load"
  echo "# $backups backups, the last of $(stat -c %s "$state/backup") bytes; $(cat "$state/load")" >&3
  [ "$(jq '.failed|length' "$state/load")" = 0 ]
  # nobody waited for it for as long as busy_ms
  [ "$(jq .slowest_write_ms "$state/load")" -lt 20000 ]
  [ "$(jq .wal_bytes "$state/load")" -lt $((256 << 20)) ]
  [ $backups -gt 2 ]
  # and when it is done the WAL can be begun again
  [ "$(sqlite3 "$state/patchwarden.db" 'PRAGMA busy_timeout = 10000; PRAGMA wal_checkpoint(TRUNCATE)' | tail -n 1)" = "0|0|0" ]
  patchctl db check
  PATCHWARDEN_DATABASE=$state/backup patchctl db check
}

# writer NAME PATH BODY: posts one after the other until there is $state/stop,
# @ in the body is the order; the orders that were acknowledged, a line each.
writer() {
  local i status
  for ((i = 0; ; i++)); do
    [ ! -e "$state/stop" ] || return 0
    status=$(curl -sS -m 60 -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $token" \
      -H 'Content-Type: application/json' "$url$2" --data-binary "${3//@/$1-$i}")
    case $status in
    200) echo "$1-$i" ;;
    *) echo "$1-$i $status" >&2 ;;
    esac
  done
}
# Whoever opens the database meets each step of the swap.
opener() {
  until [ -e "$state/stop" ]; do
    patchctl db verify >/dev/null || return 1
  done
}
orders_in() { # DATABASE
  sqlite3 "$1" "SELECT order_id FROM event WHERE type <> 'patch_requested'"
}

@test "what was acknowledged while databases were restored is in one of them" {
  patchctl db backup "$state/backup"
  writers=() openers=()
  # batches wait for their workspace first, phase events for the database alone
  for name in a b; do
    writer $name /api/patches/apply \
      '{"orderId":"@","patches":[{"op":"append","file":"f","block":"x"}]}' \
      >"$state/acked.$name" 2>"$state/refused.$name" 3>&- &
    writers+=($!)
  done
  for name in c d e f; do
    writer $name /api/events '{"type":"phase_generating","payload":{"order_id":"@"}}' \
      >"$state/acked.$name" 2>"$state/refused.$name" 3>&- &
    writers+=($!)
  done
  for _ in 1 2; do
    opener 2>>"$state/opener" 3>&- &
    openers+=($!)
  done
  more() { [ "$(cat "$state"/acked.? | wc -l)" -ge $((n + 5)) ]; }
  for ((i = 0; i < 12; i++)); do
    n=$(cat "$state"/acked.? | wc -l)
    wait_for 60 more
    patchctl db restore "$state/backup" || { touch "$state/stop"; false; }
  done
  n=$(cat "$state"/acked.? | wc -l)
  wait_for 60 more
  touch "$state/stop"
  wait "${writers[@]}"
  for pid in "${openers[@]}"; do
    wait "$pid" || { cat "$state/opener"; false; }
  done
  # nobody is refused because of it
  cat "$state"/refused.?
  [ -z "$(cat "$state"/refused.?)" ]
  kept=("$state"/patchwarden.db.before-restore-*Z)
  [ ${#kept[@]} = 12 ]
  for one in "$state/patchwarden.db" "${kept[@]}"; do
    orders_in "$one"
  done | sort >"$state/found"
  sort "$state"/acked.? | comm -23 - "$state/found" >"$state/lost"
  [ ! -s "$state/lost" ] || { echo "lost:"; cat "$state/lost"; false; }
  patchctl db verify
  patchctl db check
  for one in "${kept[@]}"; do
    PATCHWARDEN_DATABASE=$one patchctl db verify
  done
}
