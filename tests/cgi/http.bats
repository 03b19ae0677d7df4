# What every program has from src/http, shown by one that has little else:
# answers that the client has already.
top=${abs_top_srcdir:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}
app=${abs_top_builddir:-$top/build}/tests/lib/http_app

setup() {
  state=$(mktemp -d /tmp/pw.XXXXXX)
  export HTTP_APP_NOTES=$state/notes
  : >"$state/notes"
}
teardown() { rm -rf "${state:?}"; }

# get METHOD URI [NAME=VALUE...]: status, headers, body; $code of the process.
get() {
  local method=$1 uri=$2
  shift 2
  code=0
  env REQUEST_METHOD="$method" REQUEST_URI="$uri" "$@" "$app" </dev/null \
    >"$state/answer" || code=$?
  headers=$(sed '/^\r\{0,1\}$/q' "$state/answer" | tr -d '\r')
  sed '1,/^\r\{0,1\}$/d' "$state/answer" >"$state/body"
  status=$(sed -n 's/^Status: //p' <<<"$headers")
}
has() { grep -qixF -- "$1" <<<"$headers"; }
lacks() { if grep -qi "^$1:" <<<"$headers"; then echo "$headers"; false; fi; }

@test "an answer with a version may be kept if it is asked for each time" {
  get GET /tagged/v1
  [ "$status" = 200 ]
  has 'ETag: "v1"'
  has 'Cache-Control: private, no-cache'
  has 'Content-Type: application/json'
  [ "$(cat "$state/body")" = '{"ok":true}' ]
}

@test "who has that version gets a 304 and nothing else, and it is not made" {
  for sent in '"v1"' 'W/"v1"' '"x", "v1"' '"v1-gzip"'; do
    get GET /tagged/v1 HTTP_IF_NONE_MATCH="$sent"
    [ "$status" = 304 ]
    has "ETag: ${sent#*, }"
    has 'Cache-Control: private, no-cache'
    lacks Content-Type
    lacks Content-Length
    [ ! -s "$state/body" ]
  done
  get GET /tagged/v1 HTTP_IF_NONE_MATCH='*'
  [ "$status" = 304 ]
  has 'ETag: "v1"'
  [ ! -s "$state/notes" ]
}

@test "who has another version, or sends no list of tags, gets all" {
  for sent in '"v2"' v1 'W/v1' '"v1' ''; do
    get GET /tagged/v1 HTTP_IF_NONE_MATCH="$sent"
    [ "$status" = 200 ]
    has 'ETag: "v1"'
    [ "$(cat "$state/body")" = '{"ok":true}' ]
  done
}

@test "HEAD is answered alike, other methods never by a 304" {
  get HEAD /tagged/v1 HTTP_IF_NONE_MATCH='"v1"'
  [ "$status" = 304 ]
  has 'ETag: "v1"'
  lacks Content-Type
  get HEAD /tagged/v1 HTTP_IF_NONE_MATCH='"v2"'
  [ "$status" = 200 ]
  has 'ETag: "v1"'
  [ ! -s "$state/body" ]
  get POST /tagged/v1 HTTP_IF_NONE_MATCH='"v1"' CONTENT_TYPE=application/json
  [ "$status" = 200 ]
  has 'Cache-Control: no-store'
  lacks ETag
}

@test "a fault has no version" {
  get GET /fails
  [ "$status" = 404 ]
  has 'Cache-Control: no-store'
  lacks ETag
}
