# Where log lines come from: each source gives every line once, goes on where it
# stopped, and tells what it left out.
load ../lib/cgi
load ../lib/github
load ../lib/cloud
# shellcheck source=contrib/lib.sh
. "$BATS_TEST_DIRNAME/../../contrib/lib.sh"

setup() {
  cgi_setup
  echo PATCHWARDEN_OPS_PATCHES=false >>"$state/patchwarden.conf"
}
teardown() {
  github_stop
  cloud_stop
  cgi_teardown
}
settings() { sed 's/^\(.\)/PATCHWARDEN_\1/' >>"$state/patchwarden.conf"; }

# read_from SOURCE: once; $body tells.
read_from() {
  body=$(ASAN_OPTIONS=detect_leaks=1 "$build/tests/lib/source_drive" "$1") || return 1
  printf '%s: %s\n' "$1" "$body"
}
sql() { sqlite3 "$state/patchwarden.db" "$1"; }
now_ms() { date +%s%3N; }

proxies() {
  cloud_start "$state/cloud"
  settings <<-END
	CORE_CLOUDFLARE_API=$cloud/core-cf
	CORE_CLOUDFLARE_TOKEN=$cloud_token
	CORE_GITHUB_API=$cloud/core-gh/
	CORE_GITHUB_TOKEN=$cloud_token
	END
}

@test "only what is configured is a source" {
  [ -z "$("$build/tests/lib/source_drive" rows)" ]
  cloud=http://127.0.0.1:9
  settings <<-END
	CORE_CLOUDFLARE_API=$cloud
	CORE_GITHUB_API=$cloud
	CLOUDFLARE_ACCOUNT=$cloud_account
	GITHUB_OWNER=acme
	GITHUB_REPO=app
	GITHUB_TOKEN=x
	OPS_FILES=a=/nowhere
	OPS_PATCHES=true
	END
  [ "$("$build/tests/lib/source_drive" rows | tr '\n' ' ')" = \
    "core-cloudflare core-github cloudflare github-actions files patches " ]
}

@test "the proxies are asked for a window of hours, and a line counts once" {
  proxies
  cloud_tell logs '{"core-cf":[
    {"worker":"api","level":"error","message":"boom 17","meta":{"a":1}},
    {"worker":"api","level":"error","message":"boom 17","meta":{"a":1}},
    {"worker":"web","level":"warning","message":"slow answer after 900 ms"},
    {"worker":"web","level":"info","message":"hello"}],
    "core-gh":[
    {"repo":"acme/app","run_id":77,"level":"error","message":"cannot find module x"},
    {"repo":"acme/app","run_id":"78","level":"error","message":"cannot find module x"}]}'
  read_from core-cloudflare
  [ "$(field .worker_logs)" = 3 ]
  [ "$(field .passed)" = 1 ]
  [ "$(field .notes)" = "" ]
  read_from core-github
  [ "$(field .build_logs)" = 2 ]
  [ "$(sql "SELECT group_concat(run_id, ' ') FROM (SELECT run_id FROM build_logs ORDER BY id)")" = "77 78" ]
  [ "$(sql "SELECT count FROM ops_issues WHERE worker = 'api'")" = 2 ]
  [ "$(jq -r 'select(.path == "/core-cf/v1/logs/workers").query' "$cloud_folder/journal")" = window=24h ]
  [ "$(jq -r 'select(.path == "/core-gh/v1/actions/runs/logs").query' "$cloud_folder/journal")" = window=24h ]
  # again: the window goes back to the last time, and an hour
  read_from core-cloudflare
  [ "$(field .repeated)" = 3 ]
  [ "$(field .worker_logs)" = 0 ]
  read_from core-github
  [ "$(field .repeated)" = 2 ]
  [ "$(jq -r '.query' "$cloud_folder/journal" | tail -n 1)" = window=2h ]
  [ "$(cloud_asked .complaint)" = 0 ]
}

@test "what is no line in a proxy's answer is passed over, and told" {
  proxies
  cloud_tell logs '{"core-cf":[
    {"worker":"api","level":"error","message":"right"},
    {"worker":"api","level":7,"message":"x"},
    {"level":"error","message":"y"},
    "z"]}'
  read_from core-cloudflare
  [ "$(field .worker_logs)" = 1 ]
  [[ $(field .notes) == *"3 lines that could not be read; the first: /logs/1/level: level must be a string"* ]]
}

@test "a proxy that is busy is asked again; other faults are told, without the token" {
  proxies
  cloud_tell logs '{"core-cf":[{"worker":"api","level":"error","message":"right"}]}'
  cloud_tell fault '{"path":"core-cf","do":"status","status":502}'
  cloud_tell fault '{"path":"core-cf","do":"status","status":429,"headers":{"Retry-After":"1"}}'
  read_from core-cloudflare
  [ "$(field .error)" = null ]
  [ "$(field .worker_logs)" = 1 ]
  [ "$(cloud_asked)" = 3 ]
  cloud_tell fault "{\"path\":\"core-cf\",\"do\":\"status\",\"status\":500,\"answer\":{\"error\":\"$cloud_token is bad\"}}"
  read_from core-cloudflare
  [ "$(field .error)" = "CORE_CLOUDFLARE_API answered 500" ]
  cloud_tell fault '{"path":"core-cf","do":"rubbish"}'
  read_from core-cloudflare
  [[ $(field .error) == *"text/html that is no JSON"* ]]
  cloud_tell fault '{"path":"core-cf","do":"truncated"}'
  read_from core-cloudflare
  [[ $(field .error) == *"no JSON"* ]]
  cloud_tell fault '{"path":"core-cf","do":"endless"}'
  read_from core-cloudflare
  [[ $(field .error) == *"more than"*"bytes"* ]]
  # a redirect is an answer like others: nobody follows it with a token
  asked=$(cloud_asked)
  cloud_tell fault "{\"path\":\"core-cf\",\"do\":\"redirect\",\"location\":\"$cloud/core-cf/v1/logs/workers\"}"
  read_from core-cloudflare
  [[ $(field .error) == *"answered 302"* ]]
  [ "$(cloud_asked)" = $((asked + 1)) ]
  [ "$(grep -ac "$cloud_token" "$state/patchwarden.db")" = 0 ]
  # the wrong token
  PATCHWARDEN_CORE_CLOUDFLARE_TOKEN=another-token read_from core-cloudflare
  [[ $(field .error) == *"answered 401: Invalid API token; its token is missing, wrong"* ]]
}

@test "a token may be in a file, which others may not read" {
  proxies
  cloud_tell logs '{"core-cf":[{"worker":"api","level":"error","message":"right"}]}'
  echo "$cloud_token" >"$state/token"
  chmod 600 "$state/token"
  settings <<<"CORE_CLOUDFLARE_TOKEN_FILE=$state/token"
  read_from core-cloudflare
  [[ $(field .error) == *"are both set"* ]]
  sed -i '/CORE_CLOUDFLARE_TOKEN=/d' "$state/patchwarden.conf"
  read_from core-cloudflare
  [ "$(field .worker_logs)" = 1 ]
  chmod 644 "$state/token"
  read_from core-cloudflare
  [ "$(field .error)" != null ]
  [[ $(field .error) == *"$state/token"* ]]
}

@test "plain http goes to this machine, elsewhere only when it is wanted" {
  settings <<<"CORE_CLOUDFLARE_API=http://logs.example.com"
  read_from core-cloudflare
  [[ $(field .error) == *https* ]]
}

@test "what sources left out is noted with the scan" {
  proxies
  settings <<<"OPS_FILES=app=$state/none.log"
  cloud_tell logs '{"core-cf":[{"worker":"api","level":"error","message":"right"},{"x":1}]}'
  patchctl scan --quiet
  [ "$(sql "SELECT status FROM ops_scans")" = done ]
  [[ $(sql "SELECT totals ->> 'notes' FROM ops_scans") == *"CORE_CLOUDFLARE_API gave 1 lines that could not be read; the first: /logs/1/"*"no file is called $state/none.log"* ]]
  # a source that fails is told, the others are read
  cloud_tell fault '{"path":"core-gh","do":"rubbish"}'
  cloud_tell logs '{"core-cf":[{"worker":"api","level":"error","message":"another"}]}'
  patchctl scan --quiet || true
  [ "$(sql "SELECT status FROM ops_scans ORDER BY id DESC LIMIT 1")" = partial ]
  [[ $(sql "SELECT error FROM ops_scans ORDER BY id DESC LIMIT 1") == "core-github: CORE_GITHUB_API answered 200"* ]]
  [ "$(sql "SELECT count(*) FROM worker_logs WHERE message = 'another'")" = 1 ]
}

# events N [FIRST]: of Cloudflare, the newest now.
events() {
  python3 - "$1" "$(now_ms)" >"$state/events.json" <<-'END'
	import json, sys
	n, now = int(sys.argv[1]), int(sys.argv[2])
	print(json.dumps([{
	    "timestamp": now - 1000 - i, "dataset": "cloudflare-workers",
	    "source": {"x": i},
	    "$metadata": {"id": "event-%06d" % i, "service": "api",
	                  "level": "error", "requestId": "r%d" % i,
	                  "message": "order %d failed" % i,
	                  "error": "TypeError: x is undefined",
	                  "errorTemplate": "TypeError: <x> is undefined",
	                  "fingerprint": "abc"},
	    "$workers": {"scriptName": "api", "outcome": "exception"}}
	    for i in range(n)] + [{
	    "timestamp": now - 500,
	    "$metadata": {"id": "calm", "service": "api", "level": "info",
	                  "message": "calm"}}]))
	END
  cloud_tell events "@$state/events.json"
}
cloudflare() {
  cloud_start "$state/cloud"
  settings <<-END
	CLOUDFLARE_API=$cloud/cf
	CLOUDFLARE_ACCOUNT=$cloud_account
	CLOUDFLARE_TOKEN=$cloud_token
	END
}

@test "events of Cloudflare come page by page, by their ids, and count once" {
  cloudflare
  events 1203
  read_from cloudflare
  [ "$(field .worker_logs)" = 1203 ]
  [ "$(field .passed)" = 0 ]
  [ "$(field .cursor)" = null ]
  [ "$(cloud_asked)" = 3 ]
  [ "$(sql "SELECT count(*), min(l.worker), min(i.error_type) FROM worker_logs l JOIN ops_issues i ON i.id = l.issue_id")" = "1203|api|TypeError" ]
  [ "$(sql "SELECT count(*) FROM ops_issues")" = 1 ]
  read_from cloudflare
  [ "$(field .repeated)" = 1203 ]
  [ "$(field .worker_logs)" = 0 ]
  [ "$(cloud_asked .complaint)" = 0 ]
}

@test "an event of Cloudflare without a message is what was logged, and one that comes late is seen" {
  cloudflare
  cloud_tell events "$(jq -cn --argjson now "$(now_ms)" '[
    {timestamp:($now - 5000),source:{order:17,state:"lost"},"$metadata":{id:"a",service:"api",level:"error"}},
    {timestamp:($now - 4000),source:"plain words","$metadata":{id:"b",service:"api",level:"error"}},
    {timestamp:($now - 3000),source:{},"$metadata":{id:"c",error:"RangeError: too far"},"$workers":{scriptName:"web",outcome:"exception"}}]')"
  read_from cloudflare
  [ "$(sql "SELECT group_concat(worker || ' ' || message, '; ') FROM (SELECT worker, message FROM worker_logs ORDER BY message)")" = \
    'web RangeError: too far; api plain words; api {"order":17,"state":"lost"}' ]
  [ "$(sql "SELECT error_type FROM ops_issues WHERE worker = 'web'")" = RangeError ]
  cloud_tell events "$(jq -cn --argjson now "$(now_ms)" '[
    {timestamp:($now - 300000),"$metadata":{id:"late",service:"api",level:"error",message:"five minutes ago"}}]')"
  read_from cloudflare
  [ "$(field .worker_logs)" = 1 ]
}

@test "a scan of Cloudflare that is killed at any moment gives each event once" {
  cloudflare
  events 4000
  rounds=12
  [ -z "${PATCHWARDEN_QUICK:-}" ] || rounds=4
  RANDOM=${PATCHWARDEN_SEED:-1}
  killed=0
  for ((i = 1; i <= rounds; i++)); do
    # the program itself: a function would be a shell that dies in its place
    "$build/src/patchctl/patchctl" scan --quiet >>"$state/scan.log" 2>&1 3>&- &
    scan=$!
    sleep "0.$((100 + RANDOM % 800))"
    ! kill -9 "$scan" 2>/dev/null || killed=$((killed + 1))
    wait "$scan" || true
  done
  echo "# $rounds scans, $killed killed, $(sql "SELECT count(*) FROM worker_logs") events by then" >&3
  patchctl scan --quiet
  [ "$(sql "SELECT count(*) FROM worker_logs")" = 4000 ]
  [ "$(sql "SELECT sum(count) FROM ops_issues")" = 4000 ]
  [ "$(sql "SELECT count(*) FROM ops_issues")" = 1 ]
}

@test "missed nights are caught up, as far as there is something" {
  proxies
  cloud_tell logs '{"core-cf":[{"worker":"api","level":"error","message":"right"}]}'
  patchctl scan --quiet
  sql "UPDATE ops_source SET covered_to = covered_to - 3 * 86400000"
  : >"$cloud_folder/journal"
  patchctl scan --quiet
  [ "$(jq -r 'select(.path | startswith("/core-cf")).query' "$cloud_folder/journal")" = window=74h ]
  sql "UPDATE ops_source SET covered_to = covered_to - 90 * 86400000"
  : >"$cloud_folder/journal"
  patchctl scan --quiet
  [ "$(jq -r 'select(.path | startswith("/core-cf")).query' "$cloud_folder/journal")" = window=168h ]
}

@test "Cloudflare's sampling and smaller pages are seen, lists without end are cut" {
  cloudflare
  events 230
  cloud_tell cf '{"abr_level":10,"max_rows":100}'
  read_from cloudflare
  [ "$(field .worker_logs)" = 230 ]
  [[ $(field .notes) == *"sample (abr_level 10)"* ]]
  cloud_tell cf '{"status":"STARTED"}'
  read_from cloudflare
  [[ $(field .error) == *"before the query was at its end"* ]]
  events 600
  cloud_tell cf '{"loop":true}'
  read_from cloudflare
  [[ $(field .error) == *"same page twice"* ]]
}

@test "a window of Cloudflare that broke off goes on where it stopped" {
  cloudflare
  events 1600
  cloud_tell fault '{"path":"telemetry","do":"status","status":403,"skip":2,"answer":{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}}'
  read_from cloudflare
  [[ $(field .error) == *"answered 403: Authentication error"* ]]
  [ "$(field .worker_logs)" = 1000 ]
  [ "$(field '.cursor | fromjson.offset')" = event-000999 ]
  : >"$cloud_folder/journal"
  read_from cloudflare
  [ "$(field .error)" = null ]
  [ "$(head -n 1 "$cloud_folder/journal" | jq -r '.body | fromjson.offset')" = event-000999 ]
  [ "$(sql "SELECT count(*) FROM worker_logs")" = 1600 ]
  [ "$(field .cursor)" = null ]
  # an offset that Cloudflare does not have any more is given up
  cloud_tell fault '{"path":"telemetry","do":"status","status":403,"skip":1,"answer":{}}'
  read_from cloudflare
  events 3
  read_from cloudflare
  [[ $(field .error) == *"no event has that id"* ]]
  read_from cloudflare
  [ "$(field .error)" = null ]
}

@test "a refusal with status 200 is one" {
  cloudflare
  cloud_tell fault '{"path":"telemetry","do":"status","status":200,"answer":{"success":false,"errors":[{"code":7003,"message":"Could not route"}]}}'
  read_from cloudflare
  [ "$(field .error)" = "Cloudflare answered 200: Could not route" ]
  cloud_tell fault '{"path":"telemetry","do":"status","status":200,"answer":{"result":{"events":{"events":[]}}}}'
  read_from cloudflare
  [[ $(field .error) == "Cloudflare answered 200"* ]]
  sed -i 's/^PATCHWARDEN_CLOUDFLARE_ACCOUNT=.*/PATCHWARDEN_CLOUDFLARE_ACCOUNT=abc/' "$state/patchwarden.conf"
  read_from cloudflare
  [[ $(field .error) == *"no account id"* ]]
}

actions() {
  github_start "$state/github"
  settings <<-END
	GITHUB_API=$github
	GITHUB_OWNER=acme
	GITHUB_REPO=app
	GITHUB_TOKEN=$github_token
	END
}
# run_seed RUN LOG: a failed run with a job of that log; a job is RUN * 10.
run_seed() {
  local made
  made=$(date -u -d '-1 hour' +%Y-%m-%dT%H:%M:%SZ)
  jq -n --argjson run "$1" --arg made "$made" --arg log "$2" '{repo:"acme/app",
    runs:[{id:$run,workflow_id:1,run_attempt:1,run_number:$run,name:"CI",
      path:".github/workflows/ci.yml",event:"push",head_branch:"main",
      head_sha:"aa",status:"completed",conclusion:"failure",
      html_url:"https://github.com/acme/app/actions/runs/1",
      created_at:$made,updated_at:$made}],
    jobs:[{id:($run*10),run_id:$run,run_attempt:1,name:"test",workflow_name:"CI",
      status:"completed",conclusion:"failure",html_url:"https://github.com/x",
      check_run_url:"https://api.github.com/repos/acme/app/check-runs/\($run*10)",
      started_at:$made,completed_at:$made,steps:[
        {number:1,name:"Set up job",status:"completed",conclusion:"success"},
        {number:2,name:"Run tests",status:"completed",conclusion:"failure"},
        {number:3,name:"Post",status:"completed",conclusion:"success"}]},
      {id:($run*10+1),run_id:$run,run_attempt:1,name:"lint",workflow_name:"CI",
      status:"completed",conclusion:"success",html_url:"https://github.com/x",
      check_run_url:"https://api.github.com/repos/acme/app/check-runs/9",
      started_at:$made,completed_at:$made,steps:[]}],
    logs:(if $log == "" then {} else {"\($run*10)":$log} end)}' |
    github_tell seed @-
}
t=2026-11-25T10:00:00.1234567Z
job_log() {	# RUN
  printf '%s\n' "$t ##[group]Run npm test" "$t [36;1mnpm test[0m" "$t ##[endgroup]" \
    "$t all is well so far" \
    "$t ##[error]AssertionError: expected $1 to equal 2" \
    "$t ##[warning]deprecated: use node 24" \
    "$t ##[error]Process completed with exit code 1."
}

@test "failed runs of Actions are read once, and every run of one defect is one issue" {
  actions
  for run in 1 2 3 4 5 6 7 8 9 10; do
    run_seed "$run" "$(job_log "$run")"
  done
  read_from github-actions
  [ "$(field .error)" = null ]
  [ "$(sql "SELECT count(*) FROM ops_issues WHERE level = 3")" = 1 ]
  [ "$(sql "SELECT runs || ' ' || count FROM ops_issues WHERE level = 3")" = "10 10" ]
  [ "$(sql "SELECT DISTINCT repo || ' ' || workflow || ' ' || job || ' ' || step FROM build_logs WHERE level = 'error'")" = "acme/app CI test Run tests" ]
  [ -z "$(sql "SELECT message FROM build_logs WHERE message LIKE '%exit code%'")" ]
  [ -z "$(sql "SELECT message FROM build_logs WHERE message LIKE '%##[%' OR message LIKE '2026-%'")" ]
  [ "$(github_asked '.path | endswith("/jobs/11/logs")')" = 0 ]
  [ "$(github_asked .complaint)" = 0 ]
  # what was read is not asked for again; a new run is
  : >"$github_folder/journal"
  run_seed 11 "$(job_log 11)"
  read_from github-actions
  [ "$(github_asked '.path | endswith("/logs")')" = 1 ]
  [ "$(sql "SELECT runs FROM ops_issues WHERE level = 3")" = 11 ]
}

@test "a log that is gone leaves what annotations tell, or the bare fact" {
  actions
  run_seed 1 ""
  run_seed 2 ""
  github_tell seed '{"repo":"acme/app","annotations":{"10":[{"path":"src/a.c","start_line":3,"end_line":3,"annotation_level":"failure","title":"","message":"undeclared x","raw_details":""},{"path":".github","start_line":1,"end_line":1,"annotation_level":"failure","title":"","message":"Process completed with exit code 1.","raw_details":""}]}}'
  read_from github-actions
  [ "$(field .error)" = null ]
  [[ $(field .notes) == *"no log of job 10 of acme/app"* ]]
  [ "$(sql "SELECT group_concat(message, '; ') FROM (SELECT message FROM build_logs ORDER BY message)")" = "src/a.c: undeclared x; the job ended as failure" ]
}

@test "a log that says only how the process ended says that" {
  actions
  run_seed 1 "$t ##[error]Process completed with exit code 2."
  read_from github-actions
  [ "$(sql "SELECT message FROM build_logs")" = "Process completed with exit code 2." ]
}

@test "of a huge log the end is read, and what GitHub refuses ends the source, not the runs before" {
  actions
  run_seed 1 "$(job_log 1)"
  { yes "$t filler of some length that says nothing at all" | head -n 100000; job_log 2; } >"$state/huge"
  jq -n --rawfile log "$state/huge" '{repo:"acme/app",logs:{"10":$log}}' |
    github_tell seed @-
  read_from github-actions
  [ "$(field .error)" = null ]
  [[ $(field .notes) == *"of the log of job 10 of acme/app the last"*"bytes were read"* ]]
  [ "$(sql "SELECT count(*) FROM build_logs WHERE message LIKE '%expected 2 to equal%'")" = 1 ]
  run_seed 2 "$(job_log 2)"
  run_seed 3 "$(job_log 3)"
  github_tell fault '{"do":"status","path":"/runs/2/jobs","status":502,"times":-1}'
  read_from github-actions
  [ "$(field .error)" != null ]
  github_tell calm '{}'
  read_from github-actions
  [ "$(field .error)" = null ]
  [ "$(sql "SELECT count(DISTINCT run_id) FROM build_logs")" = 3 ]
}

files() { settings <<<"OPS_FILES=$1"; }

@test "files: text, JSON and journal; what is new is read, an unfinished line waits" {
  files "app=$state/app.log, api=$state/*.json,unit=$state/journal.export"
  printf 'ERROR cannot open /a/b\nINFO fine\nERROR half a li' >"$state/app.log"
  printf '%s\n' '{"level":"error","message":"no such order 17","ts":"2026-11-25T10:00:00Z"}' '{"level":' '{"level":"error","message":"no such order 18","ts":"2026-11-25T10:00:01Z"}' >"$state/a.json"
  printf '__CURSOR=s=1\n__REALTIME_TIMESTAMP=1764064800000000\nPRIORITY=3\n_SYSTEMD_UNIT=web.service\nMESSAGE=disk is full\n\n__CURSOR=s=2\n__REALTIME_TIMESTAMP=1764064801000000\nPRIORITY=3\n' >"$state/journal.export"
  read_from files
  [ "$(field .error)" = null ]
  [ "$(sql "SELECT count(*) FROM worker_logs WHERE message LIKE '%cannot open%' AND worker = 'app'")" = 1 ]
  [ "$(sql "SELECT count(*) FROM worker_logs WHERE message LIKE '%half%'")" = 0 ]
  [ "$(sql "SELECT count(*) FROM worker_logs WHERE message LIKE 'no such order%' AND worker = 'api'")" = 2 ]
  [ "$(sql "SELECT count(*) FROM worker_logs WHERE message LIKE '%disk is full%'")" = 1 ]
  [[ $(field .notes) == *"1 lines that could not be read"* ]]
  before=$(sql "SELECT count(*) FROM worker_logs")
  read_from files
  [ "$(field .lines)" = 0 ]
  printf 'ne\n' >>"$state/app.log"
  printf 'MESSAGE=disk is full again\n\n' >>"$state/journal.export"
  read_from files
  [ "$(sql "SELECT count(*) FROM worker_logs WHERE message LIKE '%half a line'")" = 1 ]
  [ "$(sql "SELECT count(*) FROM worker_logs")" = $((before + 2)) ]
}

@test "files: the same text on two lines is two lines" {
  files "app=$state/app.log"
  printf 'ERROR no route\nERROR no route\n' >"$state/app.log"
  read_from files
  [ "$(field .worker_logs)" = 2 ]
  printf 'ERROR no route\n' >>"$state/app.log"
  read_from files
  [ "$(field .worker_logs)" = 1 ]
}

@test "files: one that was rotated is read to its end, and the new one from its start" {
  files "app=$state/app.log"
  printf 'ERROR one\n' >"$state/app.log"
  read_from files
  printf 'ERROR two\nERROR three without end' >>"$state/app.log"
  mv "$state/app.log" "$state/app.log.1"
  printf 'ERROR four\n' >"$state/app.log"
  read_from files
  [ "$(field .error)" = null ]
  [ "$(sql "SELECT group_concat(message, ', ') FROM (SELECT message FROM worker_logs ORDER BY id)")" = \
    "ERROR one, ERROR two, ERROR three without end, ERROR four" ]
  mv "$state/app.log.1" "$state/app.log.2"
  mv "$state/app.log" "$state/app.log.1"
  read_from files
  [[ $(field .notes) == *"no file is called"* ]]
  printf 'ERROR five\n' >"$state/app.log"
  read_from files
  [ "$(sql "SELECT count(*) FROM worker_logs")" = 5 ]
}

@test "files: one that was cut is read from its start, also when it has grown past the place" {
  files "app=$state/app.log"
  printf 'ERROR one\nERROR two\n' >"$state/app.log"
  read_from files
  printf 'ERROR new\n' >"$state/app.log"
  read_from files
  [[ $(field .notes) == *"was cut or written anew"* ]]
  [ "$(field .worker_logs)" = 1 ]
  printf 'ERROR a\nERROR b\nERROR c\nERROR d\n' >"$state/app.log"
  read_from files
  [ "$(field .worker_logs)" = 4 ]
}

@test "files: a line without end costs no more than its head, and the next is read" {
  files "app=$state/app.log"
  { printf 'ERROR '; head -c 9000000 /dev/zero | tr '\0' x; printf '\nERROR after\n'; } >"$state/app.log"
  read_from files
  [ "$(field .error)" = null ]
  [[ $(field .notes) == *"line of more than"* ]]
  [ "$(sql "SELECT count(*) FROM worker_logs WHERE message = 'ERROR after'")" = 1 ]
  [ "$(sql "SELECT count(*) FROM worker_logs WHERE message LIKE 'ERROR xx%'")" = 1 ]
  [ "$(sql "SELECT max(length(message)) < 20000 FROM worker_logs")" = 1 ]
  head -c 100000 /dev/urandom >>"$state/app.log"
  printf '\nERROR last\n' >>"$state/app.log"
  read_from files
  [ "$(field .error)" = null ]
  [ "$(sql "SELECT count(*) FROM worker_logs WHERE message = 'ERROR last'")" = 1 ]
}

@test "files: of a large one that is new the end is read" {
  files "app=$state/app.log"
  { echo 'ERROR long ago'; yes 'INFO filler filler filler filler filler' | head -n 500000; echo 'ERROR now'; } >"$state/app.log"
  read_from files
  [[ $(field .notes) == *"which is new here, the last"* ]]
  [ "$(sql "SELECT group_concat(message) FROM worker_logs")" = "ERROR now" ]
}

@test "files: what cannot be read is told, and the others are read" {
  [ "$(id -u)" != 0 ] || skip "root reads everything"
  files "app=$state/secret.log,other=$state/app.log"
  echo 'ERROR one' >"$state/app.log"
  echo 'ERROR two' >"$state/secret.log"
  chmod 0 "$state/secret.log"
  read_from files
  [[ $(field .error) == *"cannot read $state/secret.log"* ]]
  [ "$(field .worker_logs)" = 1 ]
}

@test "files: a setting that is none is told" {
  files "app=relative/path"
  read_from files
  [[ $(field .error) == *"SERVICE=/PATTERN was expected"* ]]
}

@test "patches that failed are lines of their requester" {
  settings <<<OPS_PATCHES=true
  apply '[{"op":"replace-block","file":"none.txt","start":1,"end":1,"block":"x"}]'
  [ "$http_status" = 422 ]
  apply '[{"op":"append","file":"a.txt","block":"x"}]'
  [ "$http_status" = 200 ]
  failed=$(sql "SELECT count(*) FROM event WHERE type = 'patch_failed'")
  [ "$failed" -gt 0 ]
  read_from patches
  [ "$(field .worker_logs)" = "$failed" ]
  [ "$(sql "SELECT worker FROM worker_logs LIMIT 1")" = test ]
  [ -n "$(sql "SELECT error_type FROM ops_issues LIMIT 1")" ]
  [ "$(field '.cursor | fromjson.seq')" -ge "$(sql "SELECT max(seq) FROM event WHERE type LIKE 'patch%'")" ]
  read_from patches
  [ "$(field .lines)" = 0 ]
  # a cursor of another database is none
  sql "UPDATE ops_source SET cursor = '{\"epoch\":\"another\",\"seq\":999}', covered_to = 0 WHERE name = 'patches'"
  read_from patches
  [ "$(field .repeated)" = "$failed" ]
}
