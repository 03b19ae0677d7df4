# A factory's output becomes a batch, which apply takes as it is.
load ../lib/cgi

setup() {
  cgi_setup
  printf 'a\n// ###FINAL_MILE_PROMPT__BODY###\nold\n// ###END_BODY###\nz\n' >"$workspace/marked.ts"
  printf 'one\ntwo\nthree\n' >"$workspace/plain.ts"
}
teardown() { cgi_teardown; }

phase='{"files":[
  {"filePath":"src/new.ts","fileContents":"hi\n","filePurpose":"greets"},
  {"filePath":"marked.ts","fileContents":"new\n","filePurpose":""},
  {"filePath":"plain.ts","fileContents":"one\nTWO\nthree\n","filePurpose":""}],
  "deploymentNeeded":true,"commands":["npm install"]}'
review='{"dependenciesNotMet":[],"issuesFound":true,"frontendIssues":[],"backendIssues":["slow"],
  "filesToFix":[{"filePath":"plain.ts","issues":["i1"],"require_code_changes":true},
    {"filePath":"other.ts","issues":["i2"],"require_code_changes":true}],"commands":[],
  "fixes":[{"filePath":"plain.ts","fileContents":"one\n2\nthree\n","filePurpose":""}],
  "patches":[{"op":"append","file":"marked.ts","block":"end\n"}]}'

applied() {
  file_is src/new.ts 'hi\n' && file_is plain.ts 'one\nTWO\nthree\n' &&
    file_is marked.ts 'a\n// ###FINAL_MILE_PROMPT__BODY###\nnew\n// ###END_BODY###\nz\n'
}

@test "a phase becomes a batch, and nothing is written" {
  before=$(tree_hash)
  cgi POST /api/patches/bridge <<<"$phase"
  [ "$http_status" = 200 ]
  [ "$(field .ok)" = true ]
  [ "$(field '[.batch.patches[].op]|tostring')" = '["create","replace-block","write-file"]' ]
  [ "$(field '.batch|[.requester,.reason]|tostring')" = '["factory-agent","phase-implementation"]' ]
  [ "$(field '.batch.patches[1]|[.start,.end,.block]|tostring')" = '[3,3,"new\n"]' ]
  [ "$(field '.batch.base["marked.ts"]')" = "$(sha256sum <"$workspace/marked.ts" | cut -d' ' -f1)" ]
  [ "$(field '.batch.patches[2].baseSha256')" = "$(sha256sum <"$workspace/plain.ts" | cut -d' ' -f1)" ]
  [ "$(field '.batch.meta.commands[0]')" = 'npm install' ]
  [ "$(field '.batch.patches[0].meta.purpose')" = greets ]
  [ "$(tree_hash)" = "$before" ]
  cgi GET /api/events
  [ "$(field .head)" = 0 ]
}

@test "the batch is taken by apply as it is" {
  cgi POST /api/patches/bridge <<<"$phase"
  field .batch >"$state/batch"
  cgi POST /api/patches/apply <"$state/batch"
  [ "$http_status" = 200 ] || { show; false; }
  applied
  [ "$(field '[.results[]|.requester,.status]|unique|tostring')" = '["applied","factory-agent"]' ]
}

@test "a whole file is recorded as what changed in it" {
  cgi POST '/api/patches/bridge?apply=true' <<<"$phase"
  [ "$http_status" = 200 ]
  [ "$(field '.results[2]|[.lines_added,.lines_removed]|tostring')" = '[1,1]' ]
}

@test "apply=true applies, once for an Idempotency-Key" {
  for i in 1 2; do
    cgi POST '/api/patches/bridge?apply=true' HTTP_IDEMPOTENCY_KEY=k1 <<<"$phase"
    [ "$http_status" = 200 ] || { show; false; }
    [ "$(field '.results|length')" = 3 ]
    applied
  done
  cgi GET /api/events
  [ "$(field .head)" = 6 ]
}

@test "ids and names travel with the batch" {
  cgi POST /api/patches/bridge <<<"$(jq '. + {orderId:"o1",taskId:"t1",phase:"core",requester:"me",reason:"so",model:"m"}' <<<"$phase")"
  [ "$(field '.batch|[.orderId,.phase,.requester,.reason,.model]|tostring')" = '["o1","core","me","so","m"]' ]
  [ "$(field '[.batch.patches[].taskId]|unique|tostring')" = '["t1"]' ]
}

@test "what changed meanwhile is not overwritten" {
  cgi POST /api/patches/bridge <<<"$phase"
  field .batch >"$state/batch"
  echo four >>"$workspace/plain.ts"
  cgi POST /api/patches/apply <"$state/batch"
  [ "$http_status" = 409 ]
  [ "$(field .code)" = stale_base ]
  [ ! -e "$workspace/src/new.ts" ]
}

@test "a diff of a phase is applied as one" {
  cgi POST '/api/patches/bridge?apply=true' <<'END'
{"files":[{"filePath":"plain.ts","format":"unified_diff","filePurpose":"",
  "fileContents":"--- a/plain.ts\n+++ b/plain.ts\n@@ -1,3 +1,3 @@\n one\n-two\n+zwei\n three\n"}]}
END
  [ "$http_status" = 200 ] || { show; false; }
  file_is plain.ts 'one\nzwei\nthree\n'
}

@test "a review becomes a batch of its fixes, and tells what has none" {
  cgi POST /api/patches/review <<<"$review"
  [ "$http_status" = 200 ]
  [ "$(field '.batch|[.requester,.reason]|tostring')" = '["lint-specialist","code-review-fixes"]' ]
  [ "$(field '[.batch.patches[].op]|tostring')" = '["append","write-file"]' ]
  [ "$(field '.batch.patches[1].meta.issues|tostring')" = '["i1"]' ]
  [ "$(field '.batch.meta.backendIssues|tostring')" = '["slow"]' ]
  [ "$(field '.unfixed|tostring')" = '["other.ts"]' ]
  field .batch >"$state/batch"
  cgi POST /api/patches/apply <"$state/batch"
  [ "$http_status" = 200 ] || { show; false; }
  file_is plain.ts 'one\n2\nthree\n'
}

@test "a review is applied at once" {
  cgi POST '/api/patches/review?apply=true' <<<"$review"
  [ "$http_status" = 200 ] || { show; false; }
  file_is plain.ts 'one\n2\nthree\n'
  [ "$(tail -n1 "$workspace/marked.ts")" = end ]
}

@test "patch:preview may look, patch:apply may apply" {
  token=$(patchctl token new --name preview --scopes patch:preview)
  before=$(tree_hash)
  for route in bridge review; do
    input=$phase
    [ $route = bridge ] || input=$review
    cgi POST /api/patches/$route <<<"$input"
    [ "$http_status" = 200 ]
    cgi POST "/api/patches/$route?apply=true" <<<"$input"
    [ "$http_status" = 403 ]
    [ "$(field .code)" = scope_missing ]
  done
  cgi POST '/api/patches/bridge?apply=true' <<<"$(jq '.dryRun=true' <<<"$phase")"
  [ "$http_status" = 200 ] && [ "$(field .dry_run)" = true ] || { show; false; }
  [ "$(tree_hash)" = "$before" ]
  token=$(patchctl token new --name reader --scopes log:read)
  cgi POST /api/patches/bridge <<<"$phase"
  [ "$http_status" = 403 ]
}

@test "wrong outputs are refused by member, and nothing is written" {
  before=$(tree_hash)
  while IFS='|' read -r route json status at; do
    cgi POST "/api/patches/$route" <<<"$json"
    [ "$http_status" = "$status" ] && [ "$(field .at)" = "$at" ] || { show; false; }
  done <<-'END'
	bridge|{}|422|/files
	bridge|{"files":[]}|422|/files
	bridge?apply=true|{"files":[{"filePath":"../x","fileContents":""}]}|400|/files/0/filePath
	bridge|{"files":[{"filePath":".git/x","fileContents":""}]}|403|/files/0/filePath
	bridge|{"files":[{"filePath":"x","fileContents":1}]}|422|/files/0/fileContents
	bridge|{"files":[{"filePath":"x","fileContents":""},{"filePath":"x","fileContents":""}]}|422|/files/1/filePath
	bridge|{"files":[{"filePath":"x","fileContents":""}],"workspace":"w"}|404|/workspace
	bridge|{"files":[{"filePath":"x","fileContents":"","purpose":""}]}|422|/files/0/purpose
	bridge?aply=true|{"files":[{"filePath":"x","fileContents":""}]}|400|?aply
	review|{"issuesFound":true}|422|/fixes
	review|{"fixes":[{"filePath":"/x","fileContents":""}]}|400|/fixes/0/filePath
	review|{"patches":[{"op":"fly","file":"x"}]}|422|/patches/0/op
	END
  [ "$(tree_hash)" = "$before" ]
}

@test "patchctl bridge prints the batch that the route answers" {
  cgi POST /api/patches/bridge <<<"$phase"
  patchctl bridge - --root "$workspace" <<<"$phase" >"$state/batch"
  [ "$(jq -S . "$state/batch")" = "$(field .batch | jq -S .)" ]
  cgi POST /api/patches/apply <"$state/batch"
  [ "$http_status" = 200 ] || { show; false; }
  applied
}

@test "patchctl bridge: files, reviews, its exit status" {
  echo "$review" >"$state/review"
  patchctl bridge --review "$state/review" --root "$workspace" >"$state/batch" 2>"$state/said"
  [ "$(jq -r .requester "$state/batch")" = lint-specialist ]
  grep -q other.ts "$state/said"
  run patchctl bridge "$state/review" --root "$workspace"
  [ "$status" = 1 ]
  run patchctl bridge "$state/nothing" --root "$workspace"
  [ "$status" = 3 ]
  run patchctl bridge --root "$workspace"
  [ "$status" = 2 ]
  run patchctl bridge - --root "$workspace" <<<'{"files":'
  [ "$status" = 2 ]
}
