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
