# Taking patches back: one, a batch, an order, a task, what somebody did since.
load ../lib/cgi

setup() {
	cgi_setup
	lines=$(printf '%s\\n' 1 2 3 4 5 6 7 8 9)
}
teardown() { cgi_teardown; }

put() { printf "$2" >"$workspace/$1"; }
# patch OP FILE MEMBERS: one operation, applied; its id in $id and $batch.
edit() {
	apply "[{\"op\":\"$1\",\"file\":\"$2\"${3:+,$3}}]" "${4:-}"
	[ "$http_status" = 200 ] || { show; return 1; }
	id=$(field '.results[0].patch_id')
	batch=$(field .batch_id)
}
# line N TEXT [MORE]: replace line N of f.
line() { edit replace-block f "\"start\":$1,\"end\":$1,\"block\":\"$2\\n\"" "${3:-}"; }
revert() { cgi POST "/api/patches/$1/revert" "${@:3}" < <(printf %s "${2:-}"); }
revert_all() { cgi POST /api/patches/revert "${@:2}" <<<"$1"; }
is() { [ "$(field "$1")" = "$2" ] || { show; echo "$1: $(field "$1"), not $2" >&2; false; }; }
status() { [ "$http_status" = "$1" ] || { show; false; }; }
token_with() { token=$(patchctl token new --name "${2:-other}" --scopes "$1"); }

@test "a patch is taken back, byte for byte" {
  put f "$lines"
  before=$(tree_hash)
  line 5 five
  [ "$(tree_hash)" != "$before" ]
  revert "$id"
  status 200
  is .ok true
  is .dry_run false
  is '.results | length' 1
  is '.results[0].status' reverted
  is '.results[0].patch_id' "$id"
  [ "$(tree_hash)" = "$before" ]
}

@test "no body is needed, and one of another type is refused" {
  put f "$lines"
  line 5 five
  revert "$id" '' CONTENT_TYPE=
  status 200
  line 5 five
  revert "$id" '{}' CONTENT_TYPE=text/plain
  status 415
}

@test "CRLF, a byte order mark, no final newline, and bytes that are no UTF-8 come back" {
  put f 'a\r\nb\r\nc\r\n'; put g '\357\273\277a\nb\n'; put h 'a\nb'; put i 'a\377\nb\r\n\200'
  put j ''
  before=$(tree_hash)
  ops=
  for file in f g h i; do
    ops+="{\"op\":\"replace-block\",\"file\":\"$file\",\"start\":1,\"end\":1,\"block\":\"x\\ny\\n\"},"
    ops+="{\"op\":\"append\",\"file\":\"$file\",\"block\":\"end\"},"
    ops+="{\"op\":\"prepend\",\"file\":\"$file\",\"block\":\"start\\n\"},"
  done
  apply "[$ops{\"op\":\"append\",\"file\":\"j\",\"block\":\"x\"}]"
  status 200
  [ "$(tree_hash)" != "$before" ]
  revert_all "{\"batch_id\":\"$(field .batch_id)\"}"
  status 200
  is '.results | length' 13
  [ "$(tree_hash)" = "$before" ]
}

@test "edits above and below move the place of the revert" {
  put f "$lines"
  line 5 five
  first=$id
  line 1 'one\none and a half'
  edit append f '"block":"10\n"'
  edit replace-block f '"start":8,"end":9,"block":""'
  revert "$first"
  status 200
  file_is f 'one\none and a half\n2\n3\n4\n5\n6\n9\n10\n'
}

@test "later operations of the same batch are carried through" {
  put f "$lines"
  apply '[{"op":"replace-block","file":"f","start":2,"end":2,"block":"two\n"},{"op":"insert-before","file":"f","line":1,"block":"zero\n"},{"op":"replace-block","file":"f","start":9,"end":9,"block":""}]'
  status 200
  revert "$(field '.results[0].patch_id')"
  status 200
  file_is f 'zero\n1\n2\n3\n4\n5\n6\n7\n8\n'
}

@test "a later edit of the same lines is in the way, and named" {
  put f "$lines"
  line 5 five
  first=$id
  line 5 FIVE
  before=$(tree_hash)
  revert "$first"
  status 409
  is .code revert_conflict
  is '.results[0].status' failed
  is '.results[0].code' revert_conflict
  is '.results[0].patch_id' "$first"
  is '.results[0].file' f
  is '.results[0].conflict_patch_id' "$id"
  is '.results[0].current_text' "$(printf '2\n3\n4\nFIVE\n6\n7\n8\n')"
  is '.results[0].current_line' 2
  is '.results[0].current_sha256' "$(sha256sum <"$workspace/f" | cut -d' ' -f1)"
  [ "$(tree_hash)" = "$before" ]
}

@test "a conflict writes no event" {
  put f "$lines"
  line 5 five
  first=$id
  line 5 FIVE
  cgi GET /api/events; events=$(field '.events | length')
  revert "$first"
  status 409
  cgi GET /api/events
  is '.events | length' "$events"
}

@test "reverting the one in the way lets the older one be reverted" {
  put f "$lines"
  before=$(tree_hash)
  line 5 five
  first=$id
  line 5 FIVE
  revert "$id"
  status 200
  revert "$first"
  status 200
  [ "$(tree_hash)" = "$before" ]
}

@test "patches that edited each other's lines are reverted together" {
  put f "$lines"
  before=$(tree_hash)
  line 5 'five\nfive more' '"orderId":"o"'
  line 6 'six\nsix more' '"orderId":"o"'
  edit replace-block f '"start":5,"end":7,"block":"x\n"' '"orderId":"o"'
  revert_all '{"order_id":"o"}'
  status 200
  is '.results | length' 3
  [ "$(tree_hash)" = "$before" ]
}

@test "an edit of somebody else between two that are reverted stays" {
  put f "$lines"
  line 2 two '"orderId":"o"'
  line 5 five '"orderId":"other"'
  edit insert-after f '"line":2,"block":"two more\n"' '"orderId":"o"'
  line 10 nine '"orderId":"other"'
  revert_all '{"order_id":"o"}'
  status 200
  file_is f '1\n2\n3\n4\nfive\n6\n7\n8\nnine\n'
}

@test "all conflicts are listed, and those without are not applied" {
  put f "$lines"; put g "$lines"; put h "$lines"
  line 5 five '"orderId":"o"'
  edit replace-block g '"start":5,"end":5,"block":"five\n"' '"orderId":"o"'
  edit replace-block h '"start":5,"end":5,"block":"five\n"' '"orderId":"o"'
  line 5 FIVE
  edit replace-block g '"start":4,"end":6,"block":""'
  before=$(tree_hash)
  revert_all '{"order_id":"o"}'
  status 409
  is .code revert_conflict
  is '.errors | length' 2
  is '[.errors[].at] | sort | join(" ")' 'f g'
  is '[.results[] | select(.status == "failed") | .file] | sort | join(" ")' 'f g'
  is '[.results[] | select(.status == "not_applied") | .file] | join(" ")' h
  [ "$(tree_hash)" = "$before" ]
}

@test "a batch over several files is reverted as one" {
  put f "$lines"; put g "$lines"; mkdir "$workspace/d"
  before=$(tree_hash)
  apply '[{"op":"replace-block","file":"f","start":1,"end":2,"block":"x\n"},{"op":"append","file":"g","block":"10\n"},{"op":"create","file":"d/n","block":"new\n"},{"op":"replace-block","file":"f","start":9,"end":9,"block":"nine\n"}]'
  status 200
  revert_all "{\"batch_id\":\"$(field .batch_id)\"}"
  status 200
  is '.results | length' 4
  is '[.results[].status] | unique | join(" ")' reverted
  [ "$(tree_hash)" = "$before" ]
}

@test "a task is reverted, its neighbour stays" {
  put f "$lines"
  apply '[{"op":"replace-block","file":"f","start":2,"end":2,"block":"two\n","taskId":"t1"},{"op":"replace-block","file":"f","start":4,"end":4,"block":"four\n","taskId":"t2"},{"op":"replace-block","file":"f","start":6,"end":6,"block":"six\n","taskId":"t1"}]'
  status 200
  revert_all '{"task_id":"t1"}'
  status 200
  is '.results | length' 2
  is '[.results[].task_id] | unique | join(" ")' t1
  file_is f '1\n2\n3\nfour\n5\n6\n7\n8\n9\n'
}

@test "what a requester had applied since then is reverted" {
  put f "$lines"
  line 1 one
  since=$(field '.results[0].ts')
  until [ "$(date -u +%s%3N)" -gt "$(date -u -d "$since" +%s%3N)" ]; do :; done
  line 2 two
  since=$(field '.results[0].ts')
  cgi POST /api/patches/apply <<<'{"requester":"other","patches":[{"op":"replace-block","file":"f","start":3,"end":3,"block":"three\n"}]}'
  line 4 four
  revert_all "{\"requester\":\"test\",\"since\":\"$since\"}"
  status 200
  is '.results | length' 2
  is '.results[0].requester' test
  file_is f 'one\n2\nthree\n4\n5\n6\n7\n8\n9\n'
}

@test "what is reverted already is left out of an order" {
  put f "$lines"
  before=$(tree_hash)
  line 2 two '"orderId":"o"'
  first=$id
  line 4 four '"orderId":"o"'
  revert "$first"
  status 200
  revert_all '{"order_id":"o"}'
  status 200
  is '.results | length' 1
  is '.results[0].patch_id' "$id"
  [ "$(tree_hash)" = "$before" ]
}

@test "reverting twice says which batch did it, and when" {
  put f "$lines"
  line 5 five '"orderId":"o"'
  revert "$id"
  status 200
  by=$(field .batch_id)
  before=$(tree_hash)
  revert "$id"
  status 409
  is .code already_reverted
  [[ $(field .detail) == *"$by"*" at 20"*Z* ]] || { show; false; }
  revert_all '{"order_id":"o"}'
  status 409
  is .code already_reverted
  revert_all "{\"batch_id\":\"$batch\"}"
  status 409
  is .code already_reverted
  [ "$(tree_hash)" = "$before" ]
}

@test "a revert is reverted by its own id" {
  put f "$lines"
  line 5 five
  after=$(tree_hash)
  revert "$id"
  status 200
  again=$(field '.results[0].revert_id')
  revert "$again"
  status 200
  [ "$(tree_hash)" = "$after" ]
  revert "$again"
  status 409
  is .code already_reverted
}

@test "a file that was made is removed" {
  edit create d/new '"block":"a\nb\n"'
  revert "$id"
  status 200
  [ ! -e "$workspace/d/new" ]
  is '.results[0].after_sha256' null
}

@test "a file that was made and edited since is not removed" {
  edit append new '"block":"a\n"'
  first=$id
  edit append new '"block":"b\n"'
  revert "$first"
  status 409
  is .code revert_conflict
  is '.results[0].conflict_patch_id' "$id"
  file_is new 'a\nb\n'
}

@test "a file that was removed comes back with its bytes and its mode" {
  put f '#!/bin/sh\nexit\377 0'
  chmod 755 "$workspace/f"
  before=$(tree_hash)
  edit delete-file f
  [ ! -e "$workspace/f" ]
  revert "$id"
  status 200
  [ "$(tree_hash)" = "$before" ]
}

@test "a file that was removed does not come back over a new one" {
  put f 'a\n'
  edit delete-file f
  first=$id
  edit create f '"block":"b\n"'
  revert "$first"
  status 409
  is .code revert_conflict
  is '.results[0].conflict_patch_id' "$id"
  file_is f 'b\n'
}

@test "an edit of a file that was removed later is a conflict" {
  put f "$lines"
  line 5 five
  first=$id
  edit delete-file f
  revert "$first"
  status 409
  is .code revert_conflict
  is '.results[0].conflict_patch_id' "$id"
  [ ! -e "$workspace/f" ]
}

@test "edits of a file that was removed in the end come back with it" {
  put f "$lines"
  before=$(tree_hash)
  line 9 'nine' '"orderId":"o"'
  edit delete-file f '' '"orderId":"o"'
  edit create f '"block":"x\n"' '"orderId":"o"'
  edit append f '"block":"y\n"' '"orderId":"o"'
  revert_all '{"order_id":"o"}'
  status 200
  is '.results | length' 4
  [ "$(tree_hash)" = "$before" ]
}

@test "a file that was moved goes back" {
  put f "$lines"
  chmod 755 "$workspace/f"
  mkdir "$workspace/d"
  before=$(tree_hash)
  edit move f '"to":"d/g"'
  [ ! -e "$workspace/f" ]
  [ -x "$workspace/d/g" ]
  revert "$id"
  status 200
  [ "$(tree_hash)" = "$before" ]
}

@test "a move is not reverted when the file was edited since" {
  put f "$lines"
  edit move f '"to":"g"'
  first=$id
  edit append g '"block":"10\n"'
  revert "$first"
  status 409
  is '.results[0].file' g
  is '.results[0].conflict_patch_id' "$id"
  [ ! -e "$workspace/f" ]
}

@test "a mode that a diff changed is changed back" {
  put f 'a\n'
  before=$(tree_hash)
  edit unified-diff f '"block":"diff --git a/f b/f\nold mode 100644\nnew mode 100755\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n"'
  [ -x "$workspace/f" ]
  revert "$id"
  status 200
  [ "$(tree_hash)" = "$before" ]
}

@test "a patch of several files is reverted in all of them or in none" {
  put f 'a\n'; put g 'a\nb\n'
  before=$(tree_hash)
  apply '[{"op":"unified-diff","block":"--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+x\n--- a/g\n+++ b/g\n@@ -1,2 +1,2 @@\n-a\n+x\n b\n"}]'
  status 200
  id=$(field '.results[0].patch_id')
  first=$id
  edit replace-block g '"start":1,"end":1,"block":"y\n"'
  revert "$first"
  status 409
  is '[.results[].file] | join(" ")' g
  file_is f 'x\n'
  file_is g 'y\nb\n'
  revert "$id"
  status 200
  revert "$first"
  status 200
  [ "$(tree_hash)" = "$before" ]
}

@test "a change behind our back is said, and nothing is written" {
  put f "$lines"
  line 5 five
  put f '1\n2\n'
  revert "$id"
  status 409
  is .code stale_base
  [[ $(field .detail) == *"outside of Patchwarden since patch $id"* ]] || { show; false; }
  file_is f '1\n2\n'
}

@test "a file removed behind our back is said" {
  put f "$lines"
  line 5 five
  rm "$workspace/f"
  revert "$id"
  status 409
  is .code stale_base
  [ ! -e "$workspace/f" ]
}

@test "unknown ids are not found" {
  revert 0198c0de-0000-7000-8000-000000000000
  status 404
  is .code not_found
  for choice in '"batch_id":"x"' '"order_id":"x"' '"task_id":"x"' '"requester":"x","since":"2020-01-01"' '"order_id":"o","workspace":"nowhere"'; do
    revert_all "{$choice}"
    status 404
  done
}

@test "a patch that failed has nothing to take back" {
  apply '[{"op":"replace-block","file":"missing","start":1,"end":1,"block":"x\n"}]'
  status 422
  revert "$(field '.results[0].patch_id')"
  status 422
  is .code invalid
  [[ $(field .detail) == *'not applied here'* ]]
}

@test "exactly one choice must be given" {
  for body in '{}' '{"batch_id":"a","order_id":"b"}' '{"requester":"x"}' '{"since":"2020-01-01"}' \
      '{"task_id":"t","requester":"x","since":"2020-01-01"}' '{"batch_id":""}' '{"since":"soon","requester":"x"}' \
      '{"patch_id":"x"}' '[]' ''; do
    revert_all "$body"
    [[ $http_status = 4?? && $http_status != 404 ]] || { echo "$body" >&2; show; false; }
  done
  while read -r at body; do
    revert_all "$body"
    status 422
    is .code invalid
    is .at "$at"
  done <<'END'
/batch_id {}
/batch_id {"requester":"x"}
/since {"since":"2020-01-01"}
/order_id {"batch_id":"a","order_id":"b"}
/task_id {"batch_id":"a","order_id":"b","task_id":"t"}
/since {"task_id":"t","requester":"x","since":"2020-01-01"}
END
  revert x '{"batch_id":"a"}'
  status 422
  is .code unknown_member
}

@test "a dry run shows the diff and writes nothing" {
  put f "$lines"
  line 5 five
  before=$(tree_hash)
  cgi GET /api/events; events=$(field '.events | length')
  revert "$id" '{"dryRun":true}'
  status 200
  is .dry_run true
  is '.results[0].status' planned
  is '.results[0].patch_id' "$id"
  [[ $(field '.results[0].diff') == *'-five'*'+5'* ]] || { show; false; }
  [ "$(tree_hash)" = "$before" ]
  cgi GET /api/events
  is '.events | length' "$events"
  revert "$id"
  status 200
}

@test "the scope patch:revert is needed, patch:preview for a dry run" {
  put f "$lines"
  line 5 five
  token_with patch:apply
  revert "$id"
  status 403
  is .code scope_missing
  revert_all "{\"batch_id\":\"$batch\"}"
  status 403
  token_with patch:preview
  revert "$id" '{"dryRun":true}'
  status 200
  token_with log:read
  revert "$id" '{"dryRun":true}'
  status 403
  token_with patch:revert
  revert "$id"
  status 200
  token=none
  revert "$id"
  status 401
}

@test "the patch's own events tell who took it back, and by which edit" {
  put f "$lines"
  line 5 five '"orderId":"o"'
  token_with patch:revert,log:read janitor
  revert "$id" '{"reason":"does not build"}'
  status 200
  edit=$(field '.results[0].revert_id')
  cgi GET "/api/patches/$id"
  status 200
  is '[.events[].type] | join(" ")' 'patch_requested patch_applied patch_reverted'
  is '.events[2].payload.status' reverted
  is '.events[2].payload.revert_id' "$edit"
  is '.events[2].payload.requester' janitor
  is '.events[2].payload.reason' 'does not build'
  is '.events[2].payload.order_id' o
  is '.events[2].payload.diff_path' "/api/patches/$edit/diff"
  cgi GET "/api/patches/$edit"
  is '.events[0].type' patch_requested
  is '.events[0].payload.reverts' "$id"
}

@test "the diff of a revert takes the patch back" {
  put f "$lines"
  line 5 five
  cp "$workspace/f" "$state/f"
  revert "$id"
  cgi GET "/api/patches/$(field '.results[0].revert_id')/diff"
  status 200
  (cd "$state" && patch -p1 <<<"$body")
  cmp "$state/f" "$workspace/f"
}

@test "the log has the revert, and the failures of no revert" {
  put f "$lines"
  line 5 five
  revert "$id"
  edit=$(field '.results[0].revert_id')
  cgi GET '/api/patches/logs?status=reverted'
  status 200
  is '.results | length' 1
  is '.results[0].patch_id' "$id"
  is '.results[0].revert_id' "$edit"
  is '.results[0].op' revert
  cgi GET '/api/patches/logs?type=patch_failed'
  is '.results | length' 0
}

@test "the same key gives the same answer, and one revert" {
  put f "$lines"
  line 5 five
  revert "$id" '{"reason":"x"}' HTTP_IDEMPOTENCY_KEY=k1
  status 200
  first=$body
  revert "$id" '{"reason":"x"}' HTTP_IDEMPOTENCY_KEY=k1
  status 200
  [ "$body" = "$first" ]
  [[ $http_headers == *'Idempotency-Replayed: true'* ]]
  revert "$id" '{"reason":"y"}' HTTP_IDEMPOTENCY_KEY=k1
  status 422
  is .code idempotency_mismatch
}

@test "the key of a revert that met a conflict keeps that answer" {
  put f "$lines"
  line 5 five
  first=$id
  line 5 FIVE
  revert "$first" '{}' HTTP_IDEMPOTENCY_KEY=k1
  status 409
  answer=$body
  revert "$id"
  status 200
  revert "$first" '{}' HTTP_IDEMPOTENCY_KEY=k1
  status 409
  [ "$body" = "$answer" ]
}

@test "an edit that was made against the file before the revert is carried" {
  put f "$lines"
  line 5 'five\nfive more'
  base=$(sha256sum <"$workspace/f" | cut -d' ' -f1)
  revert "$id"
  status 200
  line 9 eight "\"base\":{\"f\":\"$base\"}"
  is '.results[0].shift' -1
  file_is f '1\n2\n3\n4\n5\n6\n7\neight\n9\n'
}

@test "the hash chain of the stream holds after reverts" {
  put f "$lines"
  line 5 five
  revert "$id"
  status 200
  patchctl db verify
}

# killed CALL WHEN URI BODY: a request whose program dies at that system call;
# fails when it lived to the end.
killed() {
  printf %s "$4" >"$state/b"
  ! env REQUEST_METHOD=POST REQUEST_URI="$3" CONTENT_TYPE=application/json \
    CONTENT_LENGTH="$(stat -c %s "$state/b")" HTTP_AUTHORIZATION="Bearer $token" \
    strace -f -o /dev/null -e inject="$1:signal=SIGKILL:when=$2" \
    "$build/cgi-bin/patches.fcgi" <"$state/b" >/dev/null 2>&1
}
can_kill() { ! strace -f -o /dev/null -e inject=close:signal=SIGKILL:when=1 true 2>/dev/null; }

@test "killed while it applies, the chain of versions holds and all of it can be taken back" {
  can_kill || skip "strace cannot inject here"
  kills=0
  for at in renameat2:1 renameat2:2 renameat2:3 renameat2:4 fdatasync:1 fdatasync:2 fsync:1 fsync:3 \
      pwrite64:2 pwrite64:9 pwrite64:17 pwrite64:25 pwrite64:33 pwrite64:41 unlinkat:1 unlinkat:2; do
    put f "$lines"; put g "$lines"
    before=$(tree_hash)
    base=$(sha256sum <"$workspace/f" | cut -d' ' -f1)
    killed "${at%:*}" "${at#*:}" /api/patches/apply "{\"orderId\":\"$at\",\"patches\":[{\"op\":\"prepend\",\"file\":\"f\",\"block\":\"a\\nb\\n\"},{\"op\":\"create\",\"file\":\"n\",\"block\":\"n\\n\"},{\"op\":\"append\",\"file\":\"g\",\"block\":\"x\\n\"}]}" &&
      kills=$((kills + 1))
    line 9 nine "\"orderId\":\"$at\",\"base\":{\"f\":\"$base\"}"
    shift=$(field '.results[0].shift // 0')
    [ "$(sed -n "$((9 + shift))p" "$workspace/f")" = nine ] || { echo "$at" >&2; show; false; }
    revert_all "{\"order_id\":\"$at\"}"
    status 200
    [ "$(tree_hash)" = "$before" ] || { echo "$at" >&2; false; }
  done
  echo "# killed $kills times"
  [ "$kills" -ge 6 ]
}

@test "killed while it reverts, the patch is reverted once in the end" {
  can_kill || skip "strace cannot inject here"
  kills=0
  for at in renameat2:1 renameat2:2 renameat2:3 fdatasync:1 fdatasync:2 fsync:1 \
      pwrite64:2 pwrite64:9 pwrite64:17 pwrite64:25 pwrite64:33 unlinkat:1; do
    put f "$lines"
    before=$(tree_hash)
    line 5 'five\nfive more'
    killed "${at%:*}" "${at#*:}" "/api/patches/$id/revert" '{}' && kills=$((kills + 1))
    revert "$id"
    [[ $http_status = 200 || $(field .code) = already_reverted ]] || { echo "$at" >&2; show; false; }
    [ "$(tree_hash)" = "$before" ] || { echo "$at" >&2; false; }
    cgi GET "/api/patches/$id"
    is '[.events[] | select(.type == "patch_reverted")] | length' 1
  done
  echo "# killed $kills times"
  [ "$kills" -ge 4 ]
  patchctl db verify
}

# failing WHEN URI BODY: a request in which that rename fails; its answer in
# $answer.
failing() {
  printf %s "$3" >"$state/b"
  answer=$(env REQUEST_METHOD=POST REQUEST_URI="$2" CONTENT_TYPE=application/json \
    CONTENT_LENGTH="$(stat -c %s "$state/b")" HTTP_AUTHORIZATION="Bearer $token" \
    strace -f -o /dev/null -e inject="renameat2:error=EIO:when=$1" \
    "$build/cgi-bin/patches.fcgi" <"$state/b" 2>/dev/null | sed '1,/^\r\{0,1\}$/d')
}

@test "a batch that failed in the middle left no version, and nothing to take back" {
  can_kill || skip "strace cannot inject here"
  put f "$lines"; put g "$lines"
  before=$(tree_hash)
  failing 2 /api/patches/apply '{"patches":[{"op":"append","file":"f","block":"x\n"},{"op":"append","file":"g","block":"x\n"}]}'
  [ "$(jq -r '.results[1].status' <<<"$answer")" = failed ] || { echo "$answer" >&2; false; }
  [ "$(tree_hash)" = "$before" ]
  revert "$(jq -r '.results[1].patch_id' <<<"$answer")"
  status 422
  revert_all "{\"batch_id\":$(jq .batch_id <<<"$answer")}"
  status 404
  base=$(sha256sum <"$workspace/f" | cut -d' ' -f1)
  edit prepend f '"block":"0\n"'
  line 9 nine "\"base\":{\"f\":\"$base\"}"
  is '.results[0].shift' 1
}

@test "a revert that failed in the middle is a failure of its own, and may be tried again" {
  can_kill || skip "strace cannot inject here"
  put f "$lines"; put g "$lines"
  before=$(tree_hash)
  apply '[{"op":"append","file":"f","block":"x\n"},{"op":"append","file":"g","block":"x\n"}]'
  batch=$(field .batch_id)
  id=$(field '.results[0].patch_id')
  failing 2 /api/patches/revert "{\"batch_id\":\"$batch\"}"
  [ "$(jq -r '[.results[].status] | unique | join(" ")' <<<"$answer")" = failed ] || { echo "$answer" >&2; false; }
  [ "$(jq -r '[.results[].reverts] | index("'"$id"'")' <<<"$answer")" = 1 ]
  cgi GET "/api/patches/$id"
  is '[.events[].type] | join(" ")' 'patch_requested patch_applied'
  cgi GET "/api/patches/$(jq -r '.results[1].patch_id' <<<"$answer")"
  is '[.events[].type] | join(" ")' 'patch_requested patch_failed'
  is '.events[1].payload.reverts' "$id"
  revert_all "{\"batch_id\":\"$batch\"}"
  status 200
  [ "$(tree_hash)" = "$before" ]
}

@test "a patch that another program applied is not said to have failed" {
  cgi POST /api/patches/events <<<'{"patch_id":"theirs","file":"f","op":"append","status":"applied","ts_check_ok":true,"meta":{}}'
  show
  revert theirs
  status 422
  is .code invalid
  [[ $(field .detail) == *'was applied elsewhere, or what it did is not kept any more'* ]]
}
