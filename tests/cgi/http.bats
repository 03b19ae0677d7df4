# What every program has from src/http, shown by one that has little else:
# answers that the client has already, and long ones.
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

@test "a long answer is whole, in order, and little of it is held at once" {
  get GET /rows/ndjson/200000/0
  [ "$status" = 200 ]
  [ "$code" = 0 ]
  lacks Content-Length
  [ "$(jq -s 'length as $n|map(.row)==[range(1;$n+1)],$n' -c "$state/body" | tr '\n' ' ')" = 'true 200000 ' ]
  [ "$(tail -n 1 "$state/body" | jq .cap)" -le 65536 ]
}

@test "a short one has its length" {
  get GET /rows/ndjson/3/0
  [ "$status" = 200 ]
  has "Content-Length: $(stat -c %s "$state/body")"
  [ "$(jq -s length "$state/body")" = 3 ]
}

@test "what fails early is a problem with its status" {
  for type in ndjson csv; do
    get GET "/rows/$type/200000/9"
    [ "$status" = 503 ]
    has 'Content-Type: application/problem+json'
    [ "$(jq -r .detail "$state/body")" = 'row 9' ]
  done
}

@test "what fails late is seen: in NDJSON by a last line, in all by the end" {
  get GET /rows/ndjson/200000/150000
  [ "$status" = 200 ]
  [ "$code" = 3 ]
  [ "$(tail -n 1 "$state/body" | jq -r .code,.detail | tr '\n' ' ')" = 'busy row 150000 ' ]
  [ "$(tail -n 2 "$state/body" | head -n 1 | jq .row)" = 149999 ]
  get GET /rows/csv/200000/150000
  [ "$code" = 3 ]
  run grep -c busy "$state/body"
  [ "$output" = 0 ]
}

@test "a row that is too large is a fault, early and late" {
  get GET /large/early
  [ "$status" = 422 ]
  [ "$(jq -r .code "$state/body")" = limit_exceeded ]
  get GET /large/late
  [ "$status" = 200 ]
  [ "$code" = 3 ]
  [ "$(tail -n 1 "$state/body" | jq -r .code)" = limit_exceeded ]
}

@test "the head of a long answer costs one row" {
  get HEAD /rows/ndjson/200000/0
  [ "$status" = 200 ]
  has 'Content-Type: application/x-ndjson'
  [ ! -s "$state/body" ]
  [ "$(cat "$state/notes")" = 'unwanted 1' ]
}

@test "what is flushed leaves at once" {
  export HTTP_APP_GO=$state/go
  mkfifo "$state/pipe"
  REQUEST_METHOD=GET REQUEST_URI=/follow "$app" </dev/null >"$state/pipe" 3>&- &
  exec 4<"$state/pipe"
  while read -r -t 50 line <&4 && [ "$line" != first ]; do :; done
  [ "$line" = first ]
  : >"$state/go"
  read -r -t 50 line <&4
  [ "$line" = second ]
  wait $!
}

@test "the maker of rows stops when nobody reads them" {
  export REQUEST_METHOD=GET REQUEST_URI=/rows/ndjson/1000000000/0
  env --ignore-signal=PIPE "$app" </dev/null 3>&- | head -c 100000 >/dev/null
  read -r what n <"$state/notes"
  [ "$what" = gone ]
  [ "$n" -lt 1000000 ]
}
