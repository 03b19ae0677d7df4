# The log through a real web server: exports, and rows as they come.
load ../lib/server

setup() { server_start FOLLOWERS=1; }
teardown() { [ -z "${state:-}" ] || server_stop; }

lines() { [ "$(grep -c "$2" "$1")" -ge "$3" ]; }

@test "rows come as they are stored; a second follower is turned away" {
  curl -sSN -m 60 -H "Authorization: Bearer $token" "$url/api/patches/logs?follow=true&status=applied" >"$state/follow" &
  follower=$!
  wait_for 20 lines "$state/follow" '"following":true' 1
  http GET '/api/patches/logs?follow=true'
  [ "$http_status" = 503 ] || { show; false; }
  [[ $(field .detail) == */sse* ]]
  for i in 1 2 3; do
    post /api/patches/apply "{\"patches\":[{\"op\":\"append\",\"file\":\"f$i\",\"block\":\"x\"}]}"
  done
  wait_for 20 lines "$state/follow" '"patch_id"' 3
  [ "$(grep '"patch_id"' "$state/follow" | jq -r .file_path | tr '\n' ' ')" = 'f1 f2 f3 ' ]
  next=$(head -n 1 "$state/follow" | jq -r .next)
  kill "$follower"
  # whoever goes away frees the place, and goes on where he was
  follow_again() {
    curl -sSN -m 8 -H "Authorization: Bearer $token" "$url/api/patches/logs?follow=true&status=applied&cursor=$next" >"$state/again" || true
    lines "$state/again" '"patch_id"' 3
  }
  wait_for 120 follow_again
}

@test "an export of many rows is whole, with gzip and without" {
  for i in 1 2 3; do
    seq 1 5000 | jq -c --arg r "$i" '{patch_id: ($r + "-" + tostring), type: "patch_applied", file: "a/b.c", reason: ("word " * 20)}' >"$state/lines"
    http POST /api/patches/events -H 'Content-Type: application/x-ndjson' --data-binary @"$state/lines"
    [ "$http_status" = 200 ] || { show; false; }
  done
  curl -fsS -m 60 -H "Authorization: Bearer $token" "$url/api/patches/logs?format=ndjson" >"$state/rows"
  [ "$(wc -l <"$state/rows")" = 15001 ]
  patchctl db verify --export "$state/rows"
  curl -fsS -m 60 --compressed -H "Authorization: Bearer $token" "$url/api/patches/logs?format=csv" >"$state/rows.csv"
  patchctl db verify --export "$state/rows.csv"
  # a client that goes away in the middle has something that is found wanting
  curl -sS -m 60 -H "Authorization: Bearer $token" "$url/api/patches/logs?format=ndjson" | head -c 100000 >"$state/part"
  run patchctl db verify --export "$state/part"
  [ "$status" = 1 ]
}
