# The log: pages, exports that tell when they are cut, rows as they come.
load ../lib/cgi

setup() {
  cgi_setup
  printf 'one\n' >"$workspace/f"
}
teardown() { cgi_teardown; }

# told N: N events of a producer elsewhere.
told() {
  cgi POST /api/patches/events CONTENT_TYPE=application/x-ndjson < <(
    for i in $(seq "$1"); do
      printf '{"patch_id":"p%d","type":"patch_applied","file":"src/f%d.c","op":"append","requester":"fab","reason":"say \\"%d\\", ä","meta":{"k":"v%d"},"ts":%d}\n' \
        "$i" "$((i % 7))" "$i" "$((i % 3))" $((1700000000000 + i))
    done)
  [ "$http_status" = 200 ]
}

@test "an export as NDJSON has every row, and a last line that proves it" {
  told 300
  cgi GET '/api/patches/logs?format=ndjson'
  [ "$http_status" = 200 ]
  grep -q '^Content-Type: application/x-ndjson' <<<"$http_headers"
  printf '%s\n' "$body" >"$state/log"
  [ "$(wc -l <"$state/log")" = 301 ]
  [ "$(tail -n 1 "$state/log" | jq -c '[.end,.rows]')" = '[true,300]' ]
  [ "$(tail -n 1 "$state/log" | jq -r .sha256)" = "$(head -n 300 "$state/log" | sha256sum | cut -d' ' -f1)" ]
  run patchctl db verify --export "$state/log"
  [ "$status" = 0 ]
  head -n 200 "$state/log" >"$state/part"
  run patchctl db verify --export "$state/part"
  [ "$status" = 1 ]
  sed '5s/append/prepend/' "$state/log" >"$state/bad"
  run patchctl db verify --export "$state/bad"
  [ "$status" = 1 ]
}

@test "an export as CSV reads as the rows do" {
  told 20
  apply '[{"op":"append","file":"f","block":"x"}]'
  cgi GET '/api/patches/logs?order=asc' HTTP_ACCEPT=text/csv
  grep -q '^Content-Type: text/csv' <<<"$http_headers"
  printf '%s\n' "$body" >"$state/log.csv"
  [[ $(tail -n 1 "$state/log.csv") == '#end,22,'* ]]
  run patchctl db verify --export "$state/log.csv"
  [ "$status" = 0 ]
  python3 - "$state/log.csv" <<'END' >"$state/rows"
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="")))[:-1]
print(len(rows), rows[4]["patch_id"], rows[4]["reason"], rows[4]["meta"], rows[21]["status"])
END
  [ "$(cat "$state/rows")" = '22 p5 say "5", ä {"k":"v2"} applied' ]
}

@test "filters and limit hold for exports, too" {
  told 50
  cgi GET '/api/patches/logs?format=ndjson&file=f3&order=asc&limit=4&offset=1'
  [ "$(head -n 4 <<<"$body" | jq -r .patch_id | tr '\n' ' ')" = 'p10 p17 p24 p31 ' ]
  cgi GET '/api/patches/logs?format=ndjson&search=nothing%20like%20it'
  [ "$(jq -c '[.end,.rows]' <<<"$body")" = '[true,0]' ]
}

@test "an export goes on where it paused, also with filters" {
  told 5000
  for query in op=append requester=fab file=src search=say 'op=append&search=v1'; do
    cgi GET "/api/patches/logs?format=ndjson&$query"
    cgi_export=$(tail -n 1 <<<"$body" | jq .rows)
    cgi GET "/api/patches/logs?limit=1&count=exact&$query"
    [ "$cgi_export" = "$(field .pagination.total)" ] || { echo "$query: $cgi_export"; false; }
    [ "$cgi_export" -gt 1600 ]
  done
}

# half QUERY COMMAND...: an export of which some is read before the command runs,
# and the rest after it, into $state/part; its status in $status.
half() {
  local query=$1 pid some
  shift
  rm -f "$state/out"
  mkfifo "$state/out"
  env REQUEST_METHOD=GET REQUEST_URI="/api/patches/logs?$query" \
    HTTP_AUTHORIZATION="Bearer $token" "$build/cgi-bin/logs.fcgi" \
    </dev/null >"$state/out" 2>"$state/.errors" 3>&- &
  pid=$!
  exec 4<"$state/out"
  read -r -N 1000 -u 4 some
  "$@"
  { printf '%s' "$some"; cat <&4; } >"$state/part"
  exec 4<&-
  status=0
  wait "$pid" || status=$?
}
sql() { sqlite3 "$state/patchwarden.db" "$1"; }

@test "an export during which the log changes beneath it is cut, and says why" {
  told 6000
  half format=ndjson true
  [ "$status" = 0 ]
  [ "$(tail -n 1 "$state/part" | jq .rows)" = 6000 ]

  half format=ndjson sql "INSERT INTO property VALUES ('projected_to', '1')"
  [ "$status" = 3 ]
  [ "$(tail -n 1 "$state/part" | jq -r .code)" = busy ]
  [[ $(tail -n 1 "$state/part" | jq -r .detail) == *'made anew'* ]]
  sql "DELETE FROM property WHERE key = 'projected_to'"

  half format=csv sql "DELETE FROM patch_log WHERE id < 100"
  [ "$status" = 3 ]
  run grep -c '^#end' "$state/part"
  [ "$output" = 0 ]
  # what was removed had been read
  half 'format=ndjson&order=asc' sql "DELETE FROM patch_log WHERE id < 200"
  [ "$status" = 0 ]
  [ "$(tail -n 1 "$state/part" | jq .rows)" = 5901 ]

  cp "$state/patchwarden.db" "$state/other.db"
  sqlite3 "$state/other.db" "UPDATE property SET value = 'other' WHERE key = 'epoch'"
  half format=ndjson mv "$state/other.db" "$state/patchwarden.db"
  [ "$status" = 3 ]
  [[ $(tail -n 1 "$state/part" | jq -r .detail) == *'another database'* ]]
}

@test "a client that takes its time holds no transaction" {
  told 6000
  checkpointed() {
    sql 'PRAGMA wal_checkpoint(TRUNCATE)' >"$state/checkpoint"
  }
  half format=ndjson checkpointed
  [ "$status" = 0 ]
  [ "$(cut -d'|' -f1 "$state/checkpoint")" = 0 ]
}

@test "a page has the payload's members by their names of the log" {
  apply '[{"op":"append","file":"f","block":"x","meta":{"a":1}}]' '"orderId":"o"'
  cgi GET '/api/patches/logs?status=applied'
  [ "$(field '.results[0]|keys_unsorted|.[0]')" = id ]
  [ "$(field '.results[0]|[.file_path,.op,.order_id,.meta.a,.status]|tostring')" = '["f","append","o",1,"applied"]' ]
  [ "$(field '.results[0].created_at')" != null ]
  [ "$(field '.results[0]|has("file") or has("ts") or has("seq") or has("validators")')" = false ]
  [ "$(field '.pagination|[.complete,.has_more,.next]|tostring')" = '[true,false,null]' ]
}

@test "who has the page already gets a 304, until a row is added" {
  told 3
  cgi GET '/api/patches/logs?limit=2'
  tag=$(sed -n 's/^ETag: //p' <<<"$http_headers")
  cgi GET '/api/patches/logs?limit=2' HTTP_IF_NONE_MATCH="$tag"
  [ "$http_status" = 304 ]
  cgi GET '/api/patches/logs?limit=3' HTTP_IF_NONE_MATCH="$tag"
  [ "$http_status" = 200 ]
  apply '[{"op":"append","file":"f","block":"x"}]'
  cgi GET '/api/patches/logs?limit=2' HTTP_IF_NONE_MATCH="$tag"
  [ "$http_status" = 200 ]
}

@test "what retention removes makes another page of it" {
  told 700
  cgi GET '/api/patches/logs?order=asc&limit=1'
  tag=$(sed -n 's/^ETag: //p' <<<"$http_headers")
  [ "$(field '.results[0].id')" = 1 ]
  PATCHWARDEN_RETAIN_LOG_DAYS=30 patchctl db retain --quiet
  cgi GET '/api/patches/logs?order=asc&limit=1' HTTP_IF_NONE_MATCH="$tag"
  [ "$http_status" = 200 ]
  [ "$(field '.results[0].id')" = 512 ]
}

@test "a walk by cursor does not see what is added meanwhile" {
  told 30
  cgi GET '/api/patches/logs?limit=7'
  [ "$(field '.results[6].patch_id')" = p24 ]
  next=$(field .pagination.next)
  apply '[{"op":"append","file":"f","block":"x"}]'
  cgi GET "/api/patches/logs?limit=7&cursor=$next"
  [ "$(field '.results[0].patch_id')" = p23 ]
  cgi GET '/api/patches/logs?limit=1'
  [ "$(field '.results[0].status')" = applied ]
}

@test "wrong and contradictory parameters are named" {
  while read -r query at; do
    cgi GET "/api/patches/logs?$query"
    [ "$http_status" = 400 ]
    [ "$(field .at)" = "?$at" ]
  done <<'END'
format=xml format
follow=true&format=csv follow
follow=true&to=2026-01-01 to
follow=true&limit=5 limit
follow=true&offset=1 offset
follow=true&order=desc order
format=csv&count=exact count
cursor=c1.1.1 cursor
cursor=c2.x.1.0 cursor
limit=1001 limit
search= search
END
}
