# Answers that the client has already, behind lighttpd.
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
