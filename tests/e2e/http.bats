# Answers that the client has already, and long ones, behind lighttpd.
load ../lib/server

app=$build/tests/lib/http_app

setup_file() {
  make -C "${abs_top_builddir:-$BATS_TEST_DIRNAME/../../build}" tests/lib/http_app >/dev/null
}
setup() {
  server_files
  sed -i "s|\"bin-path\" => \"[^\"]*patches.fcgi\"|\"bin-path\" => \"$app\"|;
    s|\"max-procs\" => 4|\"max-procs\" => 1|;
    s|\^/(api/[^\"]*\"|^/\"|;
    s|\"PATCHWARDEN_CONFIG\" => \"[^\"]*\"|\"HTTP_APP_NOTES\" => \"$state/notes\"|;
    s|^deflate.mimetypes = (|& \"application/json\",|" "$state/lighttpd.conf"
  lighttpd_start
  : >"$state/notes"		# what its start asked for
}
teardown() { server_stop; }
headers_have() { grep -qixF -- "$1" <<<"$http_headers"; }

@test "a 304 has its ETag and no body; HEAD too" {
  http GET /tagged/v1
  [ "$http_status" = 200 ]
  headers_have 'ETag: "v1"'
  headers_have 'Cache-Control: private, no-cache'
  for method in GET HEAD; do
    http $method /tagged/v1 -H 'If-None-Match: W/"v0", "v1"'
    [ "$http_status" = 304 ]
    headers_have 'ETag: "v1"'
    run grep -iE '^content-(type|length):' <<<"$http_headers"
    [ "$status" = 1 ] || { echo "$http_headers"; false; }
  done
}

@test "curl keeps an answer by its ETag, compressed or not" {
  for encoding in identity gzip; do
    curl -fsS -H "Accept-Encoding: $encoding" --etag-save "$state/etag" \
      -o "$state/first" "$url/tagged/version-1"
    grep -q version-1 "$state/etag"
    code=$(curl -fsS -H "Accept-Encoding: $encoding" --etag-compare "$state/etag" \
      -o "$state/again" -w '%{http_code}' "$url/tagged/version-1")
    [ "$code" = 304 ]
    [ ! -s "$state/again" ]
  done
  # each was made once
  [ "$(cat "$state/notes")" = $'made 1\nmade 1' ]
}

@test "a long answer comes whole, and the connection is used again" {
  curl -fsS "$url/rows/ndjson/300000/0" -o "$state/one" "$url/rows/ndjson/5/0" \
    -o "$state/two" -w '%{num_connects}\n' >"$state/connects"
  [ "$(tail -n 1 "$state/one" | jq .row)" = 300000 ]
  [ "$(wc -l <"$state/one")" = 300000 ]
  [ "$(wc -l <"$state/two")" = 5 ]
  [ "$(tr '\n' ' ' <"$state/connects")" = '1 0 ' ]
}

@test "what fails late is no whole answer to the client, and the next is" {
  for type in ndjson csv; do
    status=0
    curl -sS "$url/rows/$type/300000/290000" -o "$state/part" || status=$?
    [ "$status" = 18 ]
    [ "$(grep -c '"cap"' "$state/part")" = 289999 ] || [ "$type" = csv ]
    http GET /rows/$type/4/0
    [ "$http_status" = 200 ]
    [ "$(wc -l <<<"$body")" = 4 ]
  done
  curl -sS "$url/rows/ndjson/300000/290000" -o "$state/part" || true
  [ "$(tail -n 1 "$state/part" | jq -r .code)" = busy ]
}

@test "the maker of rows stops when the client is gone" {
  sed -i 's/^server.stream-response-body = 1/server.stream-response-body = 2/' "$state/lighttpd.conf"
  stop_pid "$lighttpd_pid"
  lighttpd_start
  curl -sS "$url/rows/ndjson/1000000000/0" 2>/dev/null | head -c 1000000 >/dev/null
  wait_for 60 grep -q '^gone ' "$state/notes"
  http GET /rows/ndjson/4/0
  [ "$http_status" = 200 ]
}
