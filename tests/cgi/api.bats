# What clients are promised: answers, versions of files, events, idempotency.
load ../lib/cgi

setup() {
  cgi_setup
  printf 'one\ntwo\nthree\n' >"$workspace/f"
}
teardown() { cgi_teardown; }

batch='{"requester":"factory","orderId":"o1","reason":"because","patches":[
  {"op":"replace-block","file":"f","start":2,"end":2,"block":"TWO\n","taskId":"t1"},
  {"op":"create","file":"d/new","block":"hi"},
  {"op":"append","file":"made","block":"x"}]}'

@test "a batch is applied, and its answer has all that is promised" {
  cgi POST /api/patches/apply <<<"$batch"
  [ "$http_status" = 200 ]
  [ "$(field .ok)" = true ]
  [ "$(field .dry_run)" = false ]
  [ "$(field '.results|length')" = 3 ]
  [ "$(field '[.results[].status]|unique[]')" = applied ]
  [ "$(field '.results[0]|[.type,.task_id,.order_id,.requester,.reason,.workspace,.ts_check_ok]|tostring')" = \
    '["patch_applied","t1","o1","factory","because","default",null]' ]
  [ "$(field '.results[0].diff_path')" = "/api/patches/$(field '.results[0].patch_id')/diff" ]
  [ "$(field '.results[0].after_sha256')" = "$(sha256sum <"$workspace/f" | cut -d' ' -f1)" ]
  [ "$(field '.results[1].before_sha256')" = null ]
  file_is f 'one\nTWO\nthree\n' && file_is d/new hi && file_is made x
}

@test "a simulation has the diffs of the later apply, byte by byte, and writes nothing" {
  before=$(tree_hash)
  cgi POST /api/patches/simulate <<<"$batch"
  [ "$http_status" = 200 ]
  [ "$(field '[.results[].status]|unique[]')" = planned ]
  for i in 0 1 2; do field ".results[$i].diff" >"$state/sim$i"; done
  [ "$(tree_hash)" = "$before" ]
  cgi GET /api/events
  [ "$(field .head)" = 0 ]
  cgi POST /api/patches/apply <<<"$batch"
  ids=($(field '.results[].patch_id'))
  for i in 0 1 2; do
    cgi GET "/api/patches/${ids[$i]}/diff"
    [ "$body" = "$(cat "$state/sim$i")" ]
    [ -n "$body" ]
  done
}

@test "NDJSON has each event when it happens, and the answer last" {
  cgi POST /api/patches/apply HTTP_ACCEPT=application/x-ndjson <<<"$batch"
  grep -q '^Content-Type: application/x-ndjson' <<<"$http_headers"
  [ "$(jq -r '.type // "answer"' <<<"$body" | tr '\n' ' ')" = \
    'patch_requested patch_requested patch_requested patch_applied patch_applied patch_applied answer ' ]
  [ "$(tail -n1 <<<"$body" | jq .ok)" = true ]
}

@test "the same Idempotency-Key gets the first answer again, and one effect" {
  cgi POST /api/patches/apply HTTP_IDEMPOTENCY_KEY=k1 <<<"$batch"
  [ "$http_status" = 200 ]
  first=$body after=$(tree_hash)
  cgi POST /api/patches/apply HTTP_IDEMPOTENCY_KEY=k1 <<<"$batch"
  [ "$http_status" = 200 ]
  [ "$body" = "$first" ]
  [ "$(tree_hash)" = "$after" ]
  grep -q '^Idempotency-Replayed: true' <<<"$http_headers"
  apply '[{"op":"replace-block","file":"f","start":9,"end":9,"block":"x"}]'
  [ "$http_status" = 422 ]
}

@test "a refusal is kept by its Idempotency-Key too" {
  wrong='{"patches":[{"op":"insert-before","file":"f","line":99,"block":"x"}]}'
  cgi POST /api/patches/apply HTTP_IDEMPOTENCY_KEY=k2 <<<"$wrong"
  [ "$http_status" = 422 ]
  [ "$(field .code)" = out_of_range ]
  first=$body
  cgi POST /api/patches/apply HTTP_IDEMPOTENCY_KEY=k2 <<<"$wrong"
  [ "$http_status" = 422 ]
  [ "$body" = "$first" ]
}

@test "events are published once by their Idempotency-Key" {
  for i in 1 2; do
    cgi POST /api/events HTTP_IDEMPOTENCY_KEY=k3 <<<'{"type":"phase_generated","payload":{"order_id":"o"}}'
    [ "$http_status" = 200 ]
    [ "$(field '.seqs[0]')" = 1 ]
  done
  cgi GET /api/events
  [ "$(field .head)" = 1 ]
}

@test "a stale base is told with the fresh text and hash" {
  apply '[{"op":"replace-block","file":"f","start":2,"end":2,"block":"x"}]' \
    "\"base\":{\"f\":\"$(printf other | sha256sum | cut -d' ' -f1)\"}"
  [ "$http_status" = 409 ]
  [ "$(field .code)" = stale_base ]
  [ "$(field '.results[0].current_sha256')" = "$(sha256sum <"$workspace/f" | cut -d' ' -f1)" ]
  [[ $(field '.results[0].current_text') == *two* ]]
  apply '[{"op":"replace-block","file":"f","start":2,"end":2,"block":"x"}]' \
    "\"base\":{\"f\":\"$(sha256sum <"$workspace/f" | cut -d' ' -f1)\"}"
  [ "$http_status" = 200 ]
}

@test "expect and expectSha256 are about the span" {
  apply '[{"op":"replace-block","file":"f","start":2,"end":2,"block":"x","expect":"two\n"}]'
  [ "$http_status" = 200 ]
  apply '[{"op":"replace-block","file":"f","start":2,"end":2,"block":"y","expect":"two\n"}]'
  [ "$http_status" = 409 ]
  cgi GET '/api/files/f?lines=3-3'
  apply "[{\"op\":\"replace-block\",\"file\":\"f\",\"start\":3,\"end\":3,\"block\":\"z\",\"expectSha256\":\"$(field .span.sha256)\"}]"
  [ "$http_status" = 200 ]
  file_is f 'one\nx\nz'
}

@test "atomic false applies what can be applied" {
  apply '[{"op":"append","file":"f","block":"four\n"},{"op":"insert-before","file":"f","line":99,"block":"x"}]' '"atomic":false'
  [ "$http_status" = 200 ]
  [ "$(field '[.results[].status]|tostring')" = '["applied","failed"]' ]
  file_is f 'one\ntwo\nthree\nfour\n'
}

@test "sequential coordinates see what the operations before left" {
  apply '[{"op":"insert-before","file":"f","line":1,"block":"zero\n"},{"op":"replace-block","file":"f","start":2,"end":2,"block":"ONE\n"}]' '"coordinates":"sequential"'
  [ "$http_status" = 200 ]
  file_is f 'zero\nONE\ntwo\nthree\n'
}

@test "a file, lines of it, and what is no UTF-8" {
  cgi GET '/api/files/f'
  [ "$(field .content)" = "$(printf 'one\ntwo\nthree\n')" ]
  [ "$(field .lines)" = 3 ]
  [ "$(field .sha256)" = "$(sha256sum <"$workspace/f" | cut -d' ' -f1)" ]
  cgi GET '/api/files/f?lines=2-3'
  [ "$(field .content)" = "$(printf 'two\nthree\n')" ]
  [ "$(field .span.sha256)" = "$(printf 'two\nthree\n' | sha256sum | cut -d' ' -f1)" ]
  printf 'a\xff\0' >"$workspace/b"
  cgi GET /api/files/b
  [ "$(field .encoding)" = base64 ]
  [ "$(field .content)" = Yf8A ]
  cgi GET '/api/files/f?lines=2-9'
  [ "$http_status" = 422 ]
  cgi GET /api/files/nothing
  [ "$http_status" = 404 ]
  cgi GET '/api/files/..%2Fsecret'
  [ "$http_status" = 400 ]
  cgi HEAD /api/files/f
  [ "$http_status" = 200 ]
  [ -z "$body" ]
}

@test "one patch: all its events; its factory's messages among them" {
  cgi POST /api/patches/apply <<<"$batch"
  id=$(field '.results[0].patch_id')
  cgi POST /api/events <<<"{\"type\":\"phase_validated\",\"payload\":{\"patch_id\":\"$id\"}}"
  cgi GET "/api/patches/$id"
  [ "$(field '[.events[].type]|tostring')" = '["patch_requested","patch_applied","phase_validated"]' ]
  cgi GET /api/patches/00000000-0000-7000-8000-000000000000
  [ "$http_status" = 404 ]
}

@test "the three producers' events are taken, once each" {
  events='[{"patch_id":"p1","file":"a","op":"append","task_id":null,"ts_check_ok":true,"diff_path":null,"meta":{},"ts":"2026-01-01T00:00:00Z"},
    {"patch_id":"p2","file":"a","op":"append","status":"applied","ts_check_ok":false,"ts_check_out":"bad","diff_path":"x","meta":{}},
    {"id":"e1","patchId":"p3","eventType":"PATCH_FAILED","status":"failed","createdAt":"2026-01-01T00:00:00Z","metadata":{"a":1}}]'
  cgi POST /api/patches/events <<<"$events"
  [ "$http_status" = 200 ]
  [ "$(field .accepted)" = 3 ]
  cgi POST /api/patches/events <<<"$events"
  [ "$(field .accepted)" = 0 ]
  [ "$(field .repeated)" = 3 ]
  cgi GET '/api/patches/logs?order=asc'
  [ "$(field '[.results[]|.patch_id+" "+.type]|join(",")')" = 'p1 patch_applied,p2 patch_applied,p3 patch_failed' ]
  [ "$(field '.results[1].meta.ts_check_out')" = bad ]
  jq -c '.[]' <<<"${events//p1/p4}" >"$state/lines"
  cgi POST /api/patches/events CONTENT_TYPE=application/x-ndjson <"$state/lines"
  [ "$(field .accepted)" = 1 ]
  cgi POST /api/patches/events <<<'[{"patch_id":"p9"},{"file":"x"}]'
  [ "$http_status" = 422 ]
  [ "$(field .at)" = /1/patch_id ]
}

@test "only a factory's messages are published" {
  cgi POST /api/events <<<'[{"type":"phase_generated"},{"type":"patch_applied","payload":{}}]'
  [ "$http_status" = 422 ]
  [ "$(field .at)" = /1/type ]
  cgi GET /api/events
  [ "$(field .head)" = 0 ]
}

@test "the stream as a list: filters, pages, its head" {
  for i in 1 2 3; do apply '[{"op":"append","file":"f","block":"x\n"}]' "\"orderId\":\"o$i\""; done
  cgi GET '/api/events?order_id=o2'
  [ "$(field '[.events[].seq]|tostring')" = '[3,4]' ]
  grep -q '^X-Head-Seq: 6' <<<"$http_headers"
  cgi GET '/api/events?type=patch_applied&limit=2'
  [ "$(field '[.events[].seq]|tostring')" = '[2,4]' ]
  cgi GET "/api/events?type=patch_applied&since=$(field .next)"
  [ "$(field '[.events[].seq]|tostring')" = '[6]' ]
  cgi GET '/api/events?since=-1'
  [ "$http_status" = 400 ]
  [ "$(field .at)" = '?since' ]
}

@test "the log by cursor is one snapshot: no row twice, none lost" {
  for i in 1 2 3 4 5; do apply '[{"op":"append","file":"f","block":"x\n"}]'; done
  seen=
  next=
  while :; do
    cgi GET "/api/patches/logs?limit=3${next:+&cursor=$next}"
    seen+=" $(field '[.results[].id]|join(" ")')"
    next=$(field '.pagination.next // empty')
    apply '[{"op":"append","file":"f","block":"new\n"}]'
    [ -n "$next" ] || break
  done
  [ "$seen" = ' 10 9 8 7 6 5 4 3 2 1' ] || { echo "$seen"; false; }
  cgi GET '/api/patches/logs?cursor=rubbish'
  [ "$http_status" = 400 ]
  cgi GET '/api/patches/logs?status=applied&count=exact&limit=1'
  [ "$(field .pagination.total)" -ge 5 ]
}

@test "the log's rows have the specified members" {
  cgi POST /api/patches/apply <<<"$batch"
  cgi GET '/api/patches/logs?task_id=t1&status=applied'
  [ "$(field '.results|length')" = 1 ]
  for member in id patch_id task_id file_path op ts_check_ok diff_path meta created_at; do
    [ "$(field ".results[0]|has(\"$member\")")" = true ]
  done
  cgi GET '/api/patches/logs?search=BECAUSE&file=ne'
  [ "$(field '[.results[].file_path]|unique|tostring')" = '["d/new"]' ]
}

@test "the log finds an operation by each of its files" {
  cgi POST /api/patches/apply <<<'{"patches":[{"op":"apply-patch","block":"*** Begin Patch\n*** Add File: p1\n+x\n*** Add File: sub/p2\n+y\n*** End Patch\n"},{"op":"create","file":"p3","block":"z\n"}]}'
  [ "$http_status" = 200 ]
  for file in p1 P2 sub/; do
    cgi GET "/api/patches/logs?status=applied&file=$file"
    [ "$(jq -c '[.results[] | [.op, .file_path]]' <<<"$body")" = '[["apply-patch","p1"]]' ] || { echo "$file: $body"; false; }
  done
  cgi GET "/api/patches/logs?status=applied&file=p3"
  [ "$(jq -r '.results[].op' <<<"$body")" = create ]
}

@test "a token with few scopes" {
  token=$(patchctl token new --name few --scopes patch:preview)
  cgi POST /api/patches/simulate <<<"$batch"
  [ "$http_status" = 200 ]
  apply '[{"op":"append","file":"f","block":"x\n"}]' '"dryRun":true'
  [ "$http_status" = 200 ]
  cgi POST /api/patches/apply <<<"$batch"
  [ "$http_status" = 403 ]
  [ "$(field .code)" = scope_missing ]
  cgi GET /api/patches/logs
  [ "$http_status" = 403 ]
}

@test "a batch that a crash left open is finished by whoever comes next" {
  printf 'old\n' >"$workspace/g"
  # stop at the first rename into place: the journal is written, nothing else
  strace -f -o /dev/null -e trace=renameat2 -e inject=renameat2:signal=SIGKILL:when=2 true 2>/dev/null ||
    skip "strace cannot inject here"
  for when in 1 2; do
    printf '{"patches":[{"op":"append","file":"f","block":"new\\n"},{"op":"append","file":"g","block":"new\\n"}]}' >"$state/b"
    printf 'one\n' >"$workspace/f"
    printf 'old\n' >"$workspace/g"
    env REQUEST_METHOD=POST REQUEST_URI=/api/patches/apply CONTENT_TYPE=application/json \
      CONTENT_LENGTH="$(stat -c %s "$state/b")" HTTP_AUTHORIZATION="Bearer $token" ASAN_OPTIONS=detect_leaks=0 \
      strace -f -o /dev/null -e inject=renameat2:signal=SIGKILL:when=$when \
      "$build/cgi-bin/patches.fcgi" <"$state/b" >/dev/null 2>&1 || true
    patchctl db check >/dev/null
    [ "$(cat "$workspace/f" "$workspace/g" | grep -c new)" = 2 ]
    [ -z "$(find "$workspace/.patchwarden" -type f ! -name .gitignore)" ]
  done
  cgi GET '/api/patches/logs?status=applied'
  [ "$(field '.results|length')" = 4 ]
  patchctl db verify
}

@test "health: the process, and all it needs" {
  cgi GET /healthz
  [ "$http_status" = 200 ]
  [ "$(field .ok)" = true ]
  cgi GET /readyz
  [ "$http_status" = 503 ]
  [ "$(field .code)" = not_ready ]
  mkfifo "$state/bell"
  cgi GET /readyz
  [ "$http_status" = 200 ]
  [ "$(field .head_seq)" = 0 ]
}

@test "a request leaks nothing (told by builds with --enable-asan)" {
  cgi POST /api/patches/apply PATCHWARDEN_SANDBOX=off ASAN_OPTIONS=detect_leaks=1 <<<"$batch"
  [ "$http_status" = 200 ]
  [ ! -s "$state/.errors" ]
  cgi GET /api/patches/logs PATCHWARDEN_SANDBOX=off ASAN_OPTIONS=detect_leaks=1
  [ "$http_status" = 200 ]
  [ ! -s "$state/.errors" ]
}
