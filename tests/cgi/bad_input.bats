# Bad input of every kind: the promised problem document, the tree untouched.
load ../lib/cgi

setup() {
  cgi_setup
  printf 'a\nb\nc\n' >"$workspace/f"
  before=$(tree_hash)
}
teardown() { cgi_teardown; }

# refused STATUS CODE: a problem document, and nothing has changed.
refused() {
  [ "$http_status" = "$1" ] && [ "$(field .code)" = "$2" ] &&
    [ "$(field .ok)" = false ] && [ "$(field .status)" = "$1" ] &&
    [ "$(field .title)" != null ] && [ "$(field .retryable)" != null ] &&
    [ "$(field .request_id)" != null ] &&
    grep -qi '^content-type: application/problem+json' <<<"$http_headers" &&
    [ "$(tree_hash)" = "$before" ] || { show; return 1; }
}
post() { cgi POST /api/patches/apply "${@:2}" <<<"$1"; }
append='[{"op":"append","file":"f","block":"x\n"}]'

@test "malformed JSON" {
  for text in '{' '' 'nonsense' '{"patches":[}' "{\"patches\":$append} x" \
      "{'patches':$append}" "{\"patches\":$append,}" '[1' '"\ud800"' '{"a":NaN}' \
      "{\"patches\":$append,\"patches\":$append}"; do
    post "$text"
    refused 400 bad_json
  done
}

@test "a body that is no UTF-8" {
  cgi POST /api/patches/apply \
    < <(printf '{"requester":"\377","patches":%s}' "$append")
  refused 400 bad_json
}

@test "a body that nests too deep" {
  post "$(printf '[%.0s' {1..100})$(printf ']%.0s' {1..100})"
  refused 400 bad_json
}

@test "wrong types" {
  post '{"patches":7}'
  refused 422 invalid
  post '[]'
  refused 422 invalid
  apply '[{"op":"append","file":7,"block":"x"}]'
  refused 422 invalid
  apply '[{"op":"replace-block","file":"f","start":"1","end":1,"block":"x"}]'
  refused 422 invalid
  apply '[{"op":"replace-block","file":"f","start":1.5,"end":2,"block":"x"}]'
  refused 422 invalid
  apply "$append" '"dryRun":"yes"'
  refused 422 invalid
}

@test "unknown members are named" {
  apply "$append" '"requestor":"me"'
  refused 422 unknown_member
  [ "$(field .at)" = /requestor ]
  apply '[{"op":"append","file":"f","block":"x","Line":1}]'
  refused 422 unknown_member
  [ "$(field .at)" = /patches/0/Line ]
}

@test "several faults are told at once" {
  apply '[{"op":"append","file":"f","block":7},{"op":"append","file":8,"block":"x"}]'
  refused 422 invalid
  [ "$(field '.errors | length')" -ge 2 ]
}

@test "members that are missing" {
  post '{}'
  refused 422 invalid
  apply '[{"op":"append","block":"x"}]'
  refused 422 invalid
  apply '[{"file":"f","block":"x"}]'
  refused 422 invalid
  apply '[]'
  [ "$http_status" = 422 ]
}

@test "an operation that nobody knows" {
  apply '[{"op":"explode","file":"f"}]'
  [[ $http_status = 422 ]]
  [ "$(tree_hash)" = "$before" ]
}

@test "positions out of range" {
  for n in 0 -1 99 99999999999 9223372036854775808; do
    apply "[{\"op\":\"insert-before\",\"file\":\"f\",\"line\":$n,\"block\":\"x\n\"}]"
    [[ $http_status = 422 || $(field .code) = bad_json ]] && [ "$(tree_hash)" = "$before" ] || { show; false; }
  done
  apply '[{"op":"replace-block","file":"f","start":2,"end":4,"block":"x\n"}]'
  refused 422 out_of_range
}

@test "two operations on the same lines" {
  apply '[{"op":"replace-block","file":"f","start":1,"end":2,"block":"x\n"},{"op":"replace-block","file":"f","start":2,"end":3,"block":"y\n"}]'
  refused 422 overlap
}

@test "paths that escape or may not be edited" {
  for path in ../x a/../../x /etc/passwd; do
    apply "[{\"op\":\"append\",\"file\":\"$path\",\"block\":\"x\"}]"
    refused 400 path_escape
  done
  for path in .git/config .GIT/config a/.git/hooks/x .patchwarden/x; do
    apply "[{\"op\":\"append\",\"file\":\"$path\",\"block\":\"x\"}]"
    refused 403 path_denied
  done
  apply '[{"op":"append","file":"a\u0000b","block":"x"}]'
  [[ $http_status = 4?? ]]
  [ "$(tree_hash)" = "$before" ]
}

@test "symlinks, hard links, folders, FIFOs and devices" {
  ln -s /etc/passwd "$workspace/link"
  ln -s /tmp "$workspace/away"
  ln "$workspace/f" "$workspace/hard"
  mkdir "$workspace/folder"
  mkfifo "$workspace/fifo"
  before=$(tree_hash)
  for path in link away/x hard folder fifo; do
    apply "[{\"op\":\"append\",\"file\":\"$path\",\"block\":\"x\"}]"
    [[ $http_status = 4?? ]] && [ "$(tree_hash)" = "$before" ] || { echo "$path"; show; false; }
  done
}

@test "a binary file" {
  printf 'a\0b\n' >"$workspace/bin"
  before=$(tree_hash)
  apply '[{"op":"append","file":"bin","block":"x\n"}]'
  refused 422 binary_file
}

@test "a base that is not the file's" {
  apply "$append" "\"base\":{\"f\":\"$(printf x | sha256sum | cut -c1-64)\"}"
  refused 409 stale_base
}

@test "a text that is not what was expected" {
  apply '[{"op":"replace-block","file":"f","start":1,"end":1,"block":"x\n","expect":"z\n"}]'
  refused 409 stale_base
  [ "$(field '.results[0].current_text')" = $'a\nb\nc' ]
}

@test "over the limits" {
  export PATCHWARDEN_BODY_BYTES=2048 PATCHWARDEN_FILE_BYTES=1024
  apply "[{\"op\":\"append\",\"file\":\"f\",\"block\":\"$(printf 'x%.0s' {1..3000})\"}]"
  refused 413 too_large
  apply "[{\"op\":\"append\",\"file\":\"f\",\"block\":\"$(printf 'x%.0s' {1..1500})\"}]"
  refused 422 limit_exceeded
}

@test "a body that is cut off" {
  post "{\"patches\":$append}" CONTENT_LENGTH=5000
  refused 400 body_incomplete
}

@test "another content type" {
  post "{\"patches\":$append}" CONTENT_TYPE=text/plain
  refused 415 media_type
}

@test "no token, a revoked token, an expired token, a token without the scope" {
  post "{\"patches\":$append}" HTTP_AUTHORIZATION=
  refused 401 unauthorized
  grep -qi '^www-authenticate: bearer' <<<"$http_headers"
  reader=$(patchctl token new --name reader --scopes log:read)
  post "{\"patches\":$append}" HTTP_AUTHORIZATION="Bearer $reader"
  refused 403 scope_missing
  preview=$(patchctl token new --name preview --scopes patch:preview)
  post "{\"patches\":$append}" HTTP_AUTHORIZATION="Bearer $preview"
  refused 403 scope_missing
  post "{\"patches\":$append,\"dryRun\":true}" HTTP_AUTHORIZATION="Bearer $preview"
  [ "$http_status" = 200 ]
  id=${reader#pw_}
  patchctl token revoke "${id%%_*}"
  cgi GET /api/patches/logs HTTP_AUTHORIZATION="Bearer $reader"
  refused 401 unauthorized
  old=$(patchctl token new --name old --scopes log:read --expires 2020-01-01) || return 0
  cgi GET /api/patches/logs HTTP_AUTHORIZATION="Bearer $old"
  refused 401 unauthorized
}

@test "a workspace that does not exist, a root that is gone" {
  apply "$append" '"workspace":"nowhere"'
  [[ $http_status = 4?? ]]
  [ "$(tree_hash)" = "$before" ]
  mv "$workspace" "$state/gone"
  apply "$append"
  [ "$http_status" = 503 ]
  [ "$(field .code)" = not_ready ]
  [ ! -e "$workspace" ]
}

@test "routes and methods that do not exist" {
  cgi GET /api/nothing
  refused 404 not_found
  cgi GET /api/patches/apply
  [[ $http_status = 40[45] ]]
  cgi POST /api/files/f <<<'{}'
  refused 405 method_not_allowed
  grep -qi '^allow: .*GET' <<<"$http_headers"
}

@test "query strings that are wrong" {
  for query in limit=0 limit=-1 limit=1001 limit=x offset=-1 order=up from=never \
      nonsense=1 limit=1\&limit=2 type=nothing status=typo status=Applied status= cursor=rubbish file=%ff file=%zz; do
    cgi GET "/api/patches/logs?$query"
    [ "$http_status" = 400 ] && [ "$(field .code)" = bad_query ] || { echo "$query"; show; false; }
  done
  cgi GET '/api/events?since=x'
  refused 400 bad_query
}

@test "an idempotency key with another request" {
  post "{\"patches\":$append,\"dryRun\":false}" HTTP_IDEMPOTENCY_KEY=k1
  [ "$http_status" = 200 ]
  before=$(tree_hash)
  first=$(field .batch_id)
  post "{\"patches\":$append,\"dryRun\":false}" HTTP_IDEMPOTENCY_KEY=k1
  [ "$http_status" = 200 ]
  [ "$(field .batch_id)" = "$first" ]
  [ "$(tree_hash)" = "$before" ]
  post '{"patches":[{"op":"append","file":"f","block":"other\n"}]}' HTTP_IDEMPOTENCY_KEY=k1
  refused 422 idempotency_mismatch
}
