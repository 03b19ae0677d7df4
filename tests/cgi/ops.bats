# ops.fcgi: lines are pushed, scans are run, issues are listed, claimed and
# mended.  What needs GitHub is in tests/e2e/ops.bats.
bats_require_minimum_version 1.5.0
load ../lib/cgi
# shellcheck source=contrib/lib.sh
. "$BATS_TEST_DIRNAME/../../contrib/lib.sh"

setup() {
  cgi_setup
  echo PATCHWARDEN_OPS_PATCHES=false >>"$state/patchwarden.conf"
  # a source that fails at once, without asking anybody
  broken="CORE_CLOUDFLARE_API=http://127.0.0.1:1
CORE_CLOUDFLARE_TOKEN_FILE=$state/none"
}
teardown() { cgi_teardown; }

settings() { sed 's/^\(.\)/PATCHWARDEN_\1/' >>"$state/patchwarden.conf"; }
sql() { sqlite3 "$state/patchwarden.db" "$1"; }
push() { cgi POST "/api/ops/logs${2:-}" "${@:3}" <<<"$1"; }
two='[{"worker":"shop","level":"error","message":"no stock for order 17","ts":1760000000000},
  {"worker":"shop","level":"fatal","message":"out of memory","ts":1760000000001}]'
verb() { cgi POST "/api/ops/issues/$1/$2" < <(printf %s "${3:-}"); }
as() {	# as SCOPES COMMAND...: with another token
  local token
  token=$(patchctl token new --name "of ${1%% *}" --scopes "$1")
  shift
  "$@"
}

@test "pushed lines become issues, and the same lines change nothing" {
  push "$two"
  [ "$http_status" = 200 ]
  [ "$(field '[.lines,.worker_logs,.build_logs,.repeated,.issues_opened,.refused]|tostring')" = '[2,2,0,0,2,0]' ]
  [ "$(field .format)" = json ]
  push "$two"
  [ "$(field '[.lines,.worker_logs,.repeated,.issues_opened]|tostring')" = '[2,0,2,0]' ]
  push '{"worker":"shop","level":"error","message":"no stock for order 99"}'
  [ "$(field '[.worker_logs,.issues_opened]|tostring')" = '[1,0]' ]
  cgi GET /api/ops/issues
  [ "$(field '.issues|length')" = 2 ]
  [ "$(field '[.issues[]|.count]|tostring')" = '[1,2]' ]
  [ "$(field '.issues[1]|[.kind,.status,.worker,.level]|join(" ")')" = "worker-log open shop error" ]
  [ "$(field .next)" = null ]
  cgi GET "/api/ops/issues/$(field '.issues[1].id')"
  [ "$(field .issue.count)" = 2 ]
  [ "$(field '[.lines[].message]|join("|")')" = "no stock for order 99|no stock for order 17" ]
  [ "$(field '.lines[1].ts')" = 2025-10-09T08:53:20.000Z ]
}

@test "each form is read as what it is" {
  push '{"worker":"a","level":"error","message":"one"}
{"worker":"b","level":"error","message":"two"}' '' CONTENT_TYPE=application/x-ndjson
  [ "$(field '[.format,.worker_logs]|tostring')" = '["ndjson",2]' ]
  push 'ERROR: three
ERROR: four' '?worker=c' CONTENT_TYPE=text/plain
  [ "$(field .format)" = text ]
  [ "$(field .lines)" = 2 ]
  [ "$(sql "SELECT DISTINCT worker FROM worker_logs WHERE message LIKE '%four%'")" = c ]
  printf '{"worker":"z","level":"error","message":"five"}\n' | gzip >"$state/body.gz"
  cgi POST /api/ops/logs HTTP_CONTENT_ENCODING=gzip <"$state/body.gz"
  [ "$(field '[.worker_logs,.issues_opened]|tostring')" = '[1,1]' ]
  printf '{"content":"tests"}' | gzip >"$state/test.txt.gz"
  cgi POST /api/ops/logs CONTENT_TYPE=application/octet-stream <"$state/test.txt.gz"
  [ "$http_status" = 200 ]
  [ "$(field .test)" = true ]
  [ "$(field .lines)" = 0 ]
  push '{"EventTimestampMs":1760000000000,"ScriptName":"edge","Outcome":"exception","Exceptions":[{"Name":"TypeError","Message":"x is undefined","TimestampMs":1760000000000}],"Logs":[]}' '?format=logpush'
  [ "$(field .worker_logs)" = 1 ]
  push x '?format=morse'
  [ "$http_status" = 415 ]
  [[ $(field .detail) == *ndjson* ]]
  push "$two" '' HTTP_CONTENT_ENCODING=br
  [ "$http_status" = 415 ]
  push "$two" '?colour=red'
  [ "$http_status" = 400 ]
  [ "$(field .at)" = '?colour' ]
}

@test "what lines do not say is taken from the query" {
  push '{"level":"error","message":"cannot find module left-pad"}' '?repo=acme/app&run_id=77&job=test&step=npm%20ci&source=hook'
  [ "$(field '[.worker_logs,.build_logs]|tostring')" = '[0,1]' ]
  [ "$(sql 'SELECT source, repo, run_id, job, step FROM build_logs')" = 'hook|acme/app|77|test|npm ci' ]
  cgi GET '/api/ops/issues?kind=build-log&repo=acme/app'
  [ "$(field '.issues|length')" = 1 ]
  [ "$(field '.issues[0].run_id')" = 77 ]
  cgi GET '/api/ops/issues?kind=worker-log'
  [ "$(field '.issues|length')" = 0 ]
}

@test "good lines are taken beside bad ones; a body of bad ones is refused with all faults" {
  push '[{"worker":"a","level":"error","message":"right"},{"worker":"a","level":true,"message":"x"},{"worker":5}]'
  [ "$http_status" = 200 ]
  [ "$(field .worker_logs)" = 1 ]
  [ "$(field .refused)" = 2 ]
  [ "$(field '.errors[0].at')" = /1/level ]
  push '[{"worker":"a","level":true,"message":"x"},{"worker":5}]'
  [ "$http_status" = 422 ]
  [ "$(field '.errors|length')" -ge 2 ]
  push '[{"worker":"a"'
  [ "$http_status" = 400 ]
  printf '\037\213\010\0\0\0\0\0broken' >"$state/bad.gz"
  cgi POST /api/ops/logs <"$state/bad.gz"
  [ "$http_status" = 422 ]
}

@test "no secret of a line is kept or answered" {
  secret=ghp_0123456789abcdefghijABCDEFGHIJ012345
  push "[{\"worker\":\"a\",\"level\":\"error\",\"message\":\"login with $secret failed\",\"meta\":{\"password\":\"hunter2hunter2\"}}]"
  [ "$(field .redacted)" -ge 1 ]
  cgi GET /api/ops/issues/1
  [[ $body == *"[redacted:"* ]]
  [[ $body != *"$secret"* ]]
  [[ $body != *hunter2* ]]
  sql .dump >"$state/dump"
  [ "$(grep -ce "$secret" -e hunter2 "$state/dump")" = 0 ]
}

@test "issues are filtered and walked page by page" {
  for i in alpha beta gamma delta epsilon; do
    push "{\"worker\":\"$i\",\"level\":\"error\",\"message\":\"$i $i is broken\"}"
  done
  cgi GET '/api/ops/issues?limit=2'
  [ "$(field '[.issues[].worker]|join(" ")')" = "epsilon delta" ]
  seen=2
  while [ "$(field .next)" != null ]; do
    link=$(sed -n 's/^Link: <\(.*\)>; rel="next"$/\1/p' <<<"$http_headers")
    [[ $link == '/api/ops/issues?limit=2&cursor='* ]]
    cgi GET "$link"
    seen=$((seen + $(field '.issues|length')))
  done
  [ "$seen" = 5 ]
  [[ $http_headers != *Link:* ]]
  [ "$(field '.issues[-1].worker')" = alpha ]
  cgi GET '/api/ops/issues?worker=gamma&status=open'
  [ "$(field '[.issues[].worker]|join(" ")')" = gamma ]
  for bad in 'limit=0' 'status=asleep' 'severity=9' 'cursor=x' 'cursor=-1' 'what=1' 'limit=1&limit=2'; do
    cgi GET "/api/ops/issues?$bad"
    [ "$http_status" = 400 ]
    [ "$(field .code)" = bad_query ]
  done
  for bad in 99 0 -1 x 99999999999999999999; do
    cgi GET "/api/ops/issues/$bad"
    [ "$http_status" = 404 ]
    verb "$bad" claim
    [ "$http_status" = 404 ]
  done
}

@test "an issue is claimed by one; the second is told who has it" {
  push "$two"
  verb 1 claim
  [ "$http_status" = 200 ]
  [ "$(field '[.ok,.id,.status,.claimed_by,.changed]|tostring')" = '[true,1,"in_progress","test",true]' ]
  verb 1 claim '{"by":"test"}'
  [ "$http_status" = 200 ]
  [ "$(field .changed)" = false ]
  verb 1 claim '{"by":"grace"}'
  [ "$http_status" = 409 ]
  [ "$(field .code)" = claimed ]
  [ "$(field .claimed_by)" = test ]
  [ "$(field .issue_status)" = in_progress ]
  verb 1 reopen
  [ "$(field '[.status,.claimed_by]|tostring')" = '["open",null]' ]
  verb 1 claim '{"by":"grace","note":"mine now"}'
  [ "$(field .claimed_by)" = grace ]
  cgi GET /api/ops/issues/1
  [ "$(field .issue.claimed_by)" = grace ]
  verb 1 claim '{"by":""}'
  [ "$http_status" = 422 ]
  verb 1 claim '{"who":"x"}'
  [ "$http_status" = 422 ]
  cgi POST /api/ops/issues/1/claim CONTENT_TYPE=text/plain <<<x
  [ "$http_status" = 415 ]
}

@test "of many that claim at once one gets it" {
  push "$two"
  for i in 1 2 3 4 5 6 7 8; do
    (cgi_name=$i; verb 1 claim "{\"by\":\"p$i\"}"
     echo "$http_status $(field '.claimed_by')" >"$state/claim.$i") 3>&- &
  done
  wait
  [ "$(cut -d' ' -f1 "$state"/claim.* | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = ' 1 200; 7 409;' ]
  [ "$(cut -d' ' -f2 "$state"/claim.* | sort -u | wc -l)" = 1 ]
}

@test "states follow each other, and lines that come later reopen what was mended" {
  push "$two"
  verb 1 triage
  [ "$(field .status)" = triaged ]
  verb 1 triage
  [ "$(field .changed)" = false ]
  verb 1 resolve '{"note":"stocked"}'
  [ "$(field .status)" = resolved ]
  verb 1 claim
  [ "$http_status" = 409 ]
  [ "$(field .code)" = wrong_state ]
  [ "$(field .issue_status)" = resolved ]
  push '{"worker":"shop","level":"error","message":"no stock for order 18"}'
  [ "$(field '[.issues_opened,.reopened]|tostring')" = '[0,1]' ]
  cgi GET /api/ops/issues/1
  [ "$(field '.issue|[.status,.regressions]|tostring')" = '["open",1]' ]
  verb 1 ignore
  [ "$(field .status)" = ignored ]
  push '{"worker":"shop","level":"error","message":"no stock for order 19"}'
  [ "$(field .reopened)" = 0 ]
  cgi GET '/api/events?type=ops_issue_opened,ops_issue_triaged,ops_issue_resolved,ops_issue_reopened'
  [ "$(field '[(.results // .events)[]|select(.payload.id == 1).type]|join(" ")')" = \
    "ops_issue_opened ops_issue_triaged ops_issue_resolved ops_issue_reopened ops_issue_resolved" ]
}

@test "people merge and split groups over HTTP, and it stays so" {
  push '[{"worker":"w","level":"error","message":"cache miss at shard alpha"},
    {"worker":"w","level":"error","message":"the lake of tea froze over last night again"}]'
  [ "$(field .issues_opened)" = 2 ]
  cgi POST /api/ops/issues/2/merge <<<'{"into":1}'
  [ "$http_status" = 200 ]
  again='{"worker":"w","level":"error","message":"the lake of tea froze over last night again","ts":%s}'
  push "$(printf "$again" 5)"
  [ "$(field .issues_opened)" = 0 ]
  before=$(sql 'SELECT count FROM ops_issues WHERE id = 1')
  [ "$before" -ge 2 ]
  cgi POST /api/ops/issues/1/split </dev/null
  [ "$http_status" = 200 ]
  push "$(printf "$again" 6)"
  [ "$(sql 'SELECT count FROM ops_issues WHERE id = 1')" = "$before" ]
  for bad in '1 {"into":1}' '1 {"into":99}' '99 {"into":1}' '1 {}' 'x {"into":1}'; do
    cgi POST "/api/ops/issues/${bad%% *}/merge" <<<"${bad#* }"
    [[ $http_status == 4* ]]
  done
  as ops:read cgi POST /api/ops/issues/1/merge <<<'{"into":2}'
  [ "$http_status" = 403 ]
}

@test "the sums tell how many there are, and how bad" {
  push "$two"
  verb 1 claim
  cgi GET /api/ops/summary
  [ "$http_status" = 200 ]
  [ "$(field '.totals|[.issues,.active]|tostring')" = '[2,2]' ]
  [ "$(field '[.breakdown[]|.status]|join(" ")')" = "open in_progress" ]
  [ "$(field '[.breakdown[]|.count]|add')" = 2 ]
  [ "$(field '[.by_severity[].count]|add')" = 2 ]
  cgi GET /api/ops/issues
  [ "$(field '.issues[1].severity')" = "$(cgi GET /api/ops/summary; field '.breakdown[]|select(.status == "in_progress").avg_sev')" ]
  verb 1 resolve
  cgi GET /api/ops/summary
  [ "$(field '.totals|[.issues,.active]|tostring')" = '[2,1]' ]
}

@test "a scan reads what is configured, and answers as specified" {
  printf '{"level":"error","message":"disk %s is full"}\n' 1 2 >"$state/app.log"
  settings <<<"OPS_FILES=app=$state/*.log"
  cgi POST /api/ops/scan </dev/null
  [ "$http_status" = 200 ]
  [ "$(field '[.ok,.scan_id,.worker_logs,.build_logs,.issues_opened]|tostring')" = '[true,1,2,0,1]' ]
  [ "$(field '.reviewed|type')" = number ]
  cgi POST /api/ops/scan <<<'{"scope":"full"}'
  [ "$(field '[.scan_id,.worker_logs,.issues_opened]|tostring')" = '[2,0,0]' ]
  cgi POST /api/ops/scan <<<'{"scope":"mars"}'
  [ "$http_status" = 422 ]
  [ "$(field .at)" = /scope ]
  cgi GET /api/ops/scans
  [ "$(field '[.scans[]|.id]|tostring')" = '[2,1]' ]
  [ "$(field '.scans[1]|[.status,.scope,.asked_by,.totals.worker_logs]|tostring')" = '["done","full","test",2]' ]
  cgi GET '/api/ops/scans?limit=1'
  [ "$(field .next)" = 2 ]
  cgi GET '/api/ops/scans?limit=1&cursor=2'
  [ "$(field '[.scans[].id]|tostring')" = '[1]' ]
  [ "$(field .next)" = null ]
  cgi GET /api/ops/scans/7
  [ "$http_status" = 404 ]
  cgi GET '/api/ops/scans?cursor=x'
  [ "$http_status" = 400 ]
}

scan_is() { cgi GET "$1"; [ "$(field .scan.status)" = "$2" ]; }

@test "with Prefer: respond-async the scan goes on by itself" {
  echo '{"level":"error","message":"disk a is full"}' >"$state/app.log"
  settings <<<"OPS_FILES=app=$state/*.log"
  cgi POST /api/ops/scan HTTP_PREFER=respond-async <<<'{}'
  [ "$http_status" = 202 ]
  [ "$(field '[.ok,.scan_id,.status]|tostring')" = '[true,1,"running"]' ]
  [[ $http_headers == *"Location: /api/ops/scans/1"* ]]
  [[ $http_headers == *"Preference-Applied: respond-async"* ]]
  wait_for 60 scan_is /api/ops/scans/1 done
  [ "$(field .scan.totals.worker_logs)" = 1 ]
}

@test "one scan at a time: the second is told which one runs" {
  exec 8>"$state/scan.lock"
  flock 8
  cgi POST /api/ops/scan </dev/null 8>&-
  [ "$http_status" = 503 ]
  sql "INSERT INTO ops_scans (id, scope, status, started_at, seen_at) VALUES (41, 'cicd', 'running', 1, 1)"
  for prefer in wait=1 respond-async; do
    cgi POST /api/ops/scan HTTP_PREFER=$prefer </dev/null 8>&-
    [ "$http_status" = 409 ]
    [ "$(field '[.code,.scan_id,.status]|tostring')" = '["busy",41,409]' ]
    [[ $http_headers != *Retry-After* ]]
  done
  cgi POST /api/rpc <<<'{"jsonrpc":"2.0","id":1,"method":"OpsScan.scan"}' 8>&-
  [ "$(field '.error.data|[.code,.scan_id]|tostring')" = '["busy",41]' ]
  exec 8>&-
  cgi POST /api/rpc <<<'{"jsonrpc":"2.0","id":1,"method":"OpsScan.scan","params":{"scope":"cicd"}}'
  [ "$(field '.result|[.ok,.scan_id]|tostring')" = '[true,42]' ]
  cgi GET /api/ops/scans/41
  [ "$(field .scan.status)" = died ]
}

@test "a source that fails is 502, with what was done" {
  echo '{"level":"error","message":"disk a is full"}' >"$state/app.log"
  settings <<-END
	OPS_FILES=app=$state/*.log
	$broken
	END
  cgi POST /api/ops/scan </dev/null
  [ "$http_status" = 502 ]
  [ "$(field .code)" = source_failed ]
  [[ $(field .detail) == *core-cloudflare* ]]
  [ "$(field '[.scan_id,.worker_logs,.issues_opened,.status]|tostring')" = '[1,1,1,502]' ]
  [ "$(field .scan_status)" = partial ]
  cgi GET /api/ops/scans/1
  [ "$(field .scan.status)" = partial ]
  cgi GET /api/ops/summary
  [ "$(field '.sources[]|select(.source == "core-cloudflare").error|length > 0')" = true ]
}

@test "an Idempotency-Key is done once" {
  cgi POST /api/ops/scan HTTP_IDEMPOTENCY_KEY=k </dev/null
  [ "$(field .scan_id)" = 1 ]
  cgi POST /api/ops/scan HTTP_IDEMPOTENCY_KEY=k </dev/null
  [ "$(field .scan_id)" = 1 ]
  [[ $http_headers == *Idempotency-Replayed* ]]
  cgi POST /api/ops/scan HTTP_IDEMPOTENCY_KEY=k <<<'{"scope":"cicd"}'
  [ "$http_status" = 422 ]
  [ "$(field .code)" = idempotency_mismatch ]
  push "$two"
  cgi POST /api/ops/issues/1/claim HTTP_IDEMPOTENCY_KEY=k </dev/null
  [ "$http_status" = 200 ]
  [ "$(field .changed)" = true ]
  verb 1 reopen
  cgi POST /api/ops/issues/1/claim HTTP_IDEMPOTENCY_KEY=k </dev/null
  [ "$(field .changed)" = true ]
  cgi GET /api/ops/issues/1
  [ "$(field .issue.status)" = open ]
  # a refusal is not kept
  verb 2 claim '{"by":"grace"}'
  cgi POST /api/ops/issues/2/claim HTTP_IDEMPOTENCY_KEY=r </dev/null
  [ "$http_status" = 409 ]
  verb 2 reopen
  cgi POST /api/ops/issues/2/claim HTTP_IDEMPOTENCY_KEY=r </dev/null
  [ "$http_status" = 200 ]
}

@test "each route asks for its scope" {
  push "$two"
  for route in 'POST scan' 'POST logs' 'POST issues/1/claim' 'POST issues/1/resolve' 'POST issues/1/reopen' 'POST issues/1/ignore' 'POST issues/1/triage'; do
    as 'ops:read log:read' cgi "${route% *}" "/api/ops/${route#* }" <<<'{}'
    [ "$http_status" = 403 ]
  done
  for route in issues issues/1 scans scans/1 summary; do
    as 'ops:write' cgi GET "/api/ops/$route"
    [ "$http_status" = 403 ]
    token=nothing cgi GET "/api/ops/$route"
    [ "$http_status" = 401 ]
  done
  for route in 'POST issues {"title":"t"}' 'POST issues/1/comments {"body":"b"}' 'PATCH issues/1 {"state":"closed"}'; do
    read -r method path text <<<"$route"
    as 'ops:read ops:write' cgi "$method" "/api/github/$path" <<<"$text"
    [ "$http_status" = 403 ]
  done
  as 'ops:write' cgi POST /api/rpc <<<'{"jsonrpc":"2.0","id":1,"method":"OpsScan.scan"}'
  [ "$(field .result.ok)" = true ]
  as 'ops:read' cgi POST /api/rpc <<<'{"jsonrpc":"2.0","id":1,"method":"OpsScan.scan"}'
  [ "$(field .error.data.code)" = scope_missing ]
  cgi DELETE /api/ops/issues/1
  [ "$http_status" = 405 ]
}

hook() {	# hook DELIVERY JSON [SECRET]
  local mac
  mac=$(printf %s "$2" | openssl dgst -sha256 -hmac "${3:-It is a secret}" | sed 's/.* //')
  printf %s "$2" >"$state/hook"
  cgi POST /api/github/webhook HTTP_AUTHORIZATION= HTTP_X_GITHUB_EVENT=issues \
    HTTP_X_GITHUB_DELIVERY="$1" HTTP_X_HUB_SIGNATURE_256="sha256=$mac" <"$state/hook"
}

@test "a webhook needs its signature, counts once, and keeps both sides in step" {
  push "$two"
  sql "UPDATE ops_issues SET target = 'acme/app', gh_issue_number = 7 WHERE id = 1"
  closed='{"action":"closed","issue":{"number":7,"state":"closed","state_reason":"completed"},"repository":{"full_name":"acme/app"},"sender":{"login":"grace"}}'
  hook d1 "$closed"
  [ "$http_status" = 503 ]
  settings <<<"GITHUB_WEBHOOK_SECRET=It is a secret"
  hook d1 "$closed" other
  [ "$http_status" = 401 ]
  cgi GET /api/ops/issues/1
  [ "$(field .issue.status)" = open ]
  hook d1 "$closed"
  [ "$http_status" = 200 ]
  [ "$(field .outcome)" = done ]
  cgi GET /api/ops/issues/1
  [ "$(field .issue.status)" = closed ]
  hook d1 "$closed"
  [ "$(field .outcome)" = repeated ]
  hook d2 '{"action":"edited","issue":{"number":7},"repository":{"full_name":"acme/app"}}'
  [ "$(field .outcome)" = ignored ]
  cgi POST /api/github/webhook HTTP_AUTHORIZATION= <<<"$closed"
  [[ $http_status == 4* ]]
  cgi POST /api/github/webhook CONTENT_TYPE=application/x-www-form-urlencoded <<<payload=x
  [ "$http_status" = 415 ]
}

@test "without GitHub the routes of GitHub say what is missing" {
  cgi GET /api/github/issues
  [ "$http_status" = 503 ]
  [[ $(field .detail) == *PATCHWARDEN_GITHUB_REPO* ]]
  settings <<-END
	GITHUB_OWNER=acme
	GITHUB_REPO=app
	END
  cgi GET /api/github/prs
  [ "$http_status" = 503 ]
  [[ $(field .detail) == *TOKEN* ]]
  cgi GET '/api/github/issues?repo=other/place'
  [ "$http_status" = 422 ]
  [[ $(field .detail) == *PATCHWARDEN_GITHUB_REPOS* ]]
  cgi GET '/api/github/issues?repo=../../etc'
  [ "$http_status" = 422 ]
  cgi GET '/api/github/issues?state=half'
  [ "$http_status" = 400 ]
  cgi POST /api/github/issues <<<'{"body":"no title"}'
  [ "$http_status" = 422 ]
  [ "$(field .at)" = /title ]
  cgi PATCH /api/github/issues/x <<<'{"state":"closed"}'
  [ "$http_status" = 404 ]
  cgi PATCH /api/github/issues/1 <<<'{"state":"gone"}'
  [ "$http_status" = 422 ]
}

@test "patchctl scan: files, what went wrong, and nothing when all is well" {
  printf '{"level":"error","message":"disk %s is full"}\n' 1 2 >"$state/app.log"
  run -0 patchctl scan --file "$state/app.log" --worker app
  [[ ${lines[0]} == "ndjson: 2 records" ]]
  [ "$(sql 'SELECT DISTINCT worker FROM worker_logs')" = app ]
  run -0 patchctl scan --file - --worker app --quiet <"$state/app.log"
  [ -z "$output" ]
  run -0 patchctl scan --json
  [ "$(jq -r '[.ok,.scan.status]|tostring' <<<"$output")" = '[true,"done"]' ]
  run -0 patchctl scan --quiet
  [ -z "$output" ]
  run -2 patchctl scan --worker app
  [[ $output == *--file* ]]
  run -2 patchctl scan --scope mars
  run -1 patchctl scan --file - --worker app <<<'[{"level":9}]'
  run -1 patchctl scan --file - --worker app <<<'[{"level":9},{"level":"error","message":"m"}]'
  [[ $output == *"1 records were left out"* ]]
  settings <<<"$broken"
  run -1 patchctl scan --quiet
  [[ $output == *"(full) is failed"* ]]
  [[ $output == *core-cloudflare* ]]
}

@test "patchctl scan --due: what was missed is made up for, and only that" {
  run -0 patchctl scan --due
  [[ $output == *"scan 1 (full) is done"* ]]
  run -0 patchctl scan --due
  [ -z "$output" ]
  [ "$(sql 'SELECT count(*) FROM ops_scans')" = 1 ]
  # the night before is another one
  sql "UPDATE ops_scans SET started_at = started_at - 86400000"
  run -0 patchctl scan --due --quiet
  [ -z "$output" ]
  [ "$(sql 'SELECT count(*) FROM ops_scans')" = 2 ]
  # one of another scope is none; one that died is made again
  sql "UPDATE ops_scans SET scope = 'cicd' WHERE id = 2"
  run -0 patchctl scan --due
  sql "UPDATE ops_scans SET status = 'died' WHERE id = 3"
  run -0 patchctl scan --due
  [ "$(sql 'SELECT count(*) FROM ops_scans')" = 4 ]
  # what fails is tried again, but not all day
  sql "UPDATE ops_scans SET status = 'failed' WHERE id >= 3"
  settings <<<"$broken"
  run -1 patchctl scan --due --quiet
  [[ $output == *failed* ]]
  run -0 patchctl scan --due --quiet
  [ "$(sql 'SELECT count(*) FROM ops_scans')" = 5 ]
  # somebody else is at it
  exec 8>"$state/scan.lock"
  flock 8
  run -3 patchctl scan 8>&-
  sql "DELETE FROM ops_scans"
  run -0 patchctl scan --due 8>&-
  [ -z "$output" ]
  exec 8>&-
}

@test "cron's line makes the scan that is due, as cron would run it, and says nothing" {
  line=$(sed -n 's/^\([0-9*/,-]\+ \)\{4\}[0-9*/,-]\+\tpatchwarden\t\(.* scan .*\)$/\2/p' "$top/contrib/cron.d/patchwarden")
  [ -n "$line" ]
  run -0 env -i PATH="$build/src/patchctl:/usr/bin:/bin" HOME="$state" \
    ASAN_OPTIONS="$ASAN_OPTIONS" PATCHWARDEN_CONFIG="$PATCHWARDEN_CONFIG" \
    setsid /bin/sh -c "$line" </dev/null
  [ -z "$output" ]
  [ "$(sql "SELECT scope || status FROM ops_scans")" = fulldone ]
}

@test "patchctl issues: list, show, and the verbs" {
  push "$two"
  run -0 patchctl issues
  [ "${#lines[@]}" = 2 ]
  [[ ${lines[1]} == *shop*"no stock"* ]]
  run -0 patchctl issues list --worker nobody
  [ -z "$output" ]
  run -0 patchctl issues list --limit 1
  [[ $output == *"--cursor 2"* ]]
  run -0 patchctl issues list --limit 1 --json
  [ "$(jq -r '[.next,.issues[0].id]|tostring' <<<"$output")" = '["2",2]' ]
  run -2 patchctl issues list --status asleep
  run -2 patchctl issues clame 1
  [[ $output == *claim* ]]
  run -0 patchctl issues claim 1 --by ada
  [ "$output" = "issue 1 is in_progress, claimed by ada" ]
  run -1 patchctl issues claim 1 --by grace
  [[ $output == *"ada has claimed issue 1"* ]]
  run -0 patchctl issues show 1
  [[ $output == *"claimed_by           ada"* ]]
  [[ $output == *"no stock for order 17"* ]]
  run -0 patchctl issues show 1 --json
  [ "$(jq -r '.lines[0].level' <<<"$output")" = error ]
  USER=eve run -0 patchctl issues triage 2 --json
  [ "$(jq -r '[.id,.status,.changed]|tostring' <<<"$output")" = '[2,"triaged",true]' ]
  run -0 patchctl issues resolve 1
  run -0 patchctl issues reopen 1
  run -0 patchctl issues ignore 1
  run -1 patchctl issues show 9
  run -2 patchctl issues show x
  run -3 patchctl issues send
  [[ $output == *"GitHub is not configured"* ]]
}
