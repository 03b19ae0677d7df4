# What GitHub is asked and what becomes of the answers, against a stand-in that
# remembers, lags, lies and hangs.
load ../lib/server
load ../lib/github

setup() {
  state=$(mktemp -d /tmp/pw.XXXXXX)
  github_start "$state/github"
  github_tell seed '{"repo":"o/r"}'
  unset GITHUB_OWNER GITHUB_REPO http_proxy https_proxy all_proxy
  export PATCHWARDEN_CONFIG=
  export PATCHWARDEN_GITHUB_API=$github
  export PATCHWARDEN_GITHUB_TOKEN=$github_token
  export PATCHWARDEN_GITHUB_WRITE_GAP_MS=0
}
teardown() {
  github_stop
  rm -rf "${state:?}"
}

# drive VERB ARGUMENT...: in o/r; sets output, status, outcome and said.
drive() {
  local verb=$1
  shift
  run "$build/tests/lib/github_drive" "$verb" o/r "$@"
  outcome=$(sed -n 's/^outcome=\([a-z]*\) .*/\1/p' <<<"$output")
  # No token is ever shown, whatever happens.
  [[ $output != *ghp_* ]]
  [[ $output != *ghs_* ]]
}
fault() { github_tell fault "$1"; }
is() {	# is OUTCOME TEXT...
  local want=$1 text
  shift
  [ "$outcome" = "$want" ] || { echo "not $want: $output"; return 1; }
  for text; do
    [[ $output == *"$text"* ]] || { echo "no $text: $output"; return 1; }
  done
}
# How long to wait for one that does not come; 0: the usual time.
answer_ms() { case $1 in hang* | slow) echo 1000 ;; *) echo 0 ;; esac; }
# How many issues of that title there are.
titled() { github_state | jq --arg t "$1" '[.[].issues[] | select(.title == $t)] | length'; }

@test "an issue is made, read, changed, found and closed" {
  drive create 'A title' 'Some *text*' bug agent
  is 'done' issue=1 state=open label=bug assignee=agent user=robot 'title=A title'
  drive issue 1
  is 'done' 'title=A title'
  drive update 1 closed not_planned 'Another title'
  is 'done'
  drive issue 1
  is 'done' state=closed reason=not_planned 'title=Another title'
  drive issues bug all
  is 'done' n=1 issue=1
  drive issues bug open
  is 'done' n=0
  drive update 1 open
  drive issue 1
  is 'done' state=open reason=reopened
  [ "$(github_asked '.complaint')" = 0 ]
  [ "$(github_asked '.agent | startswith("patchwarden/")')" = "$(github_asked)" ]
}

@test "comments, labels and who works on it" {
  drive create T B
  drive comment 1 'first
second line'
  is 'done' comment=1001 url=https://
  drive comments 1
  is 'done' user=robot body=first
  drive labels bug Patchwarden
  is 'done'
  drive labels BUG patchwarden new
  is 'done'
  [ "$(github_asked '.method == "POST" and .path == "/repos/o/r/labels"')" = 3 ]
  drive label 1 'in progress'
  drive label 1 bug
  drive assign 1 agent
  drive assign 1 nobody-we-know
  is 'done'
  drive issue 1
  is 'done' 'label=in progress' label=bug assignee=agent comments=1
  [[ $output != *nobody* ]]
  drive unlabel 1 'in progress'
  is 'done'
  drive unlabel 1 'in progress'
  is 'done'
  drive issue 1
  [[ $output != *'in progress'* ]]
  drive unlabel 99 bug
  is refused not_found
  [ "$(github_asked '.complaint')" = 0 ]
}

@test "a label that somebody makes at the same time is there, too" {
  fault '{"do":"status","status":422,"method":"POST","path":"labels$","answer":{"message":"Validation Failed","errors":[{"resource":"Label","code":"already_exists","field":"name"}]}}'
  drive labels bug
  is 'done'
  fault '{"do":"status","status":422,"method":"POST","path":"labels$","answer":{"message":"Validation Failed","errors":[{"resource":"Label","code":"invalid","field":"color"}]}}'
  drive labels bug
  is refused invalid 'color invalid'
}

@test "lists have all their pages, and issues are no pull requests" {
  github_tell seed "$(jq -nc '{repo: "o/r", issues: [range(250) | {title: "t\(.)", labels: ["l"]}],
    pulls: [range(120) | {title: "p\(.)", labels: ["l"], head: "h\(.)", draft: true}]}')"
  drive issues l
  is 'done' n=250 more=0
  [ "$(github_asked '.path == "/repos/o/r/issues"')" = 4 ]
  drive issues l open '' 30
  is 'done' n=30 more=1
  drive pulls
  [ "$(grep -c '^pull=' <<<"$output")" = 120 ]
  is 'done' 'head=h7 base=main draft=1'
  # An address of another host is not followed, whoever gives it.
  fault '{"do":"status_after","status":200,"answer":[],"headers":{"Link":"<http://127.0.0.1:9/x>; rel=\"next\""}}'
  drive issues
  is refused config 127.0.0.1:9
  fault "{\"do\":\"status_after\",\"status\":200,\"answer\":[],\"times\":-1,\"headers\":{\"Link\":\"<$github/x?page=1>; rel=\\\"next\\\"\"}}"
  drive issues
  is unsent 'does not end'
}

@test "each fault of a read changes nothing and says what it was" {
  drive create T B
  github_tell seed "$(jq -nc '{repo: "o/r", issues: [range(60) | {title: "t\(.)"}]}')"
  for do in close close_after hang hang_after status status_after truncated short long rubbish wrong slow endless; do
    fault "{\"do\":\"$do\",\"method\":\"GET\"}"
    DRIVE_ANSWER_MS=$(answer_ms $do) drive issues
    kind=unreachable
    [ $do != endless ] || kind=limit_exceeded
    is unsent $kind || { echo "$do"; false; }
    drive issue 1
    is 'done' title=T
  done
  fault '{"do":"redirect","location":"http://127.0.0.1:9/elsewhere"}'
  drive issue 1
  is refused upstream_refused 'leads elsewhere'
  [ "$(github_asked '.complaint')" = 0 ]
}

@test "after each fault of a write it is known whether it may have happened" {
  n=0
  for do in close close_after hang hang_after status status_after truncated short long rubbish wrong slow endless; do
    n=$((n + 1))
    fault "{\"do\":\"$do\",\"method\":\"POST\"}"
    DRIVE_ANSWER_MS=$(answer_ms $do) drive create "T$n" B
    is unknown || { echo "$do"; false; }
    # Once, whatever came of it; who gave up may have been faster.
    wait_for 60 eval '[ "$(github_asked ".method == \"POST\"")" -ge $n ]'
    [ "$(github_asked '.method == "POST"')" = $n ]
    case $do in
    close | hang | status) [ "$(titled "T$n")" = 0 ] ;;
    *) [ "$(titled "T$n")" = 1 ] ;;
    esac
  done
  PATCHWARDEN_GITHUB_API=http://127.0.0.1:1 drive create T0 B
  is unsent unreachable
}

@test "in a storm of faults each outcome says the truth" {
  github_tell storm '{"rate":0.6,"seed":7,"method":"POST","with":{"seconds":0.1},
    "do":["status","status_after","close","close_after","hang_after","truncated","short","rubbish","secondary"]}'
  seen=
  for i in $(seq 40); do
    drive create "S$i" B
    seen+=" $outcome"
    case $outcome in
    'done') want=1 ;;
    unsent | refused | limited) want=0 ;;
    unknown) want='[01]' ;;
    *) want= ;;
    esac
    [[ $(titled "S$i") =~ ^$want$ ]] || { echo "$output"; false; }
  done
  [[ $seen == *unknown* ]]
  [[ $seen == *limited* ]]
  github_tell calm '{}'
  drive create S B
  is 'done'
}

@test "a write is not sent again over a connection that turns out to be dead" {
  fault '{"do":"close_after","method":"POST","skip":1}'
  DRIVE_TIMES=2 drive create T B
  [ "$(grep -c '^outcome=done' <<<"$output")" = 1 ]
  [ "$(grep -c '^outcome=unknown' <<<"$output")" = 1 ]
  [ "$(titled T)" = 2 ]
  [ "$(github_asked '.method == "POST"')" = 2 ]
}

@test "what GitHub refuses is told in its own words, without our token" {
  drive issue 7
  is refused not_found 'Not Found' status=404
  drive create
  is refused 'needs a title'
  drive create "$(printf '%257s' x)" B
  is refused 'takes 256'
  drive create T "$(printf '%65537s' x)"
  is refused 'takes 65536'
  [ "$(github_asked '.method == "POST"')" = 0 ]
  drive update 7 open
  is refused not_found
  PATCHWARDEN_GITHUB_TOKEN=wrong drive create T B
  is refused upstream_refused 'Bad credentials' status=401
  fault "{\"do\":\"status\",\"status\":403,\"answer\":{\"message\":\"no, $github_token\\n\\u001b[1m\",\"errors\":[\"x\"]}}"
  drive create T B
  is refused upstream_refused 'no, [redacted]  [1m'
  fault '{"do":"status","status":410,"answer":{"message":"Issues are disabled for this repo"}}'
  drive create T B
  is refused 'Issues are disabled'
  fault '{"do":"status","status":307,"headers":{"Location":"https://other.example/"}}'
  drive create T B
  is refused 'leads elsewhere'
  for repo in o o/ /r o/r/x ../r o/.. 'o/r?x' 'o /r'; do
    run "$build/tests/lib/github_drive" issue "$repo" 1
    [ "$status" = 1 ]
    [[ $output == *outcome=refused* ]] || { echo "$output"; false; }
    [[ $output == *"is no repository"* ]] || { echo "$output"; false; }
  done
}

@test "a server that nobody vouches for is not told anything" {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$state/k" -out "$state/c" -days 2 \
    -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
  port=$(port_free)
  setpriv --pdeathsig KILL openssl s_server -accept "127.0.0.1:$port" -key "$state/k" -cert "$state/c" \
    -quiet 3>&- </dev/null >"$state/heard" 2>&1 &
  server=$!
  wait_for 30 port_taken "$port"
  PATCHWARDEN_GITHUB_API=https://127.0.0.1:$port drive create T B
  kill $server
  is unsent unreachable
  [[ $output == *certificate* ]]
  [ "$(grep -c 'POST /' "$state/heard")" = 0 ]
}

@test "limits are kept: what was said holds for all processes" {
  export DRIVE_GATE=$state/gate DRIVE_PATIENCE_MS=0
  fault '{"do":"secondary","retry_after":50}'
  drive create T B
  is limited status=403 upstream_limited 'secondary rate limit'
  [[ $output =~ wait_s=(49|50) ]]
  drive issue 1
  is limited status=0 'not to be asked'
  [ "$(github_asked)" = 1 ]
  rm "$state/gate"
  fault '{"do":"secondary","retry_after":null,"status":429}'
  drive create T B
  is limited wait_s=60
  rm "$state/gate"
  fault '{"do":"primary","reset_in":100}'
  drive issue 1
  is limited
  [[ $output =~ wait_s=(9[0-9]|10[01]) ]]
  drive issue 1
  is limited status=0
  # The last request of the hour is one; the next is not asked.
  rm "$state/gate"
  github_tell limits '{"remaining":1,"reset_in":500}'
  drive create T B
  is 'done'
  drive issue 1
  is limited status=0
}

@test "one write at a time and a pause after it, also among processes" {
  export DRIVE_GATE=$state/gate DRIVE_PATIENCE_MS=600000
  export PATCHWARDEN_GITHUB_WRITE_GAP_MS=150
  pids=()
  for i in 1 2 3 4 5 6; do
    "$build/tests/lib/github_drive" create o/r "T$i" B >"$state/said$i" 2>&1 3>&- &
    pids+=($!)
  done
  wait "${pids[@]}"
  [ "$(cat "$state"/said? | grep -c outcome=done)" = 6 ] || { cat "$state"/said?; false; }
  [ "$(github_asked '.method == "POST" and .busy > 0')" = 0 ]
  # A write is not over before it has begun: so far apart they begin.
  [ "$(jq -s '[.[] | select(.method == "POST") | .at] | sort | [.[1:], .[:-1]] | transpose | map(.[0] - .[1]) | min >= 149' \
    "$github_folder/journal")" = true ]
}

@test "what has not changed is not sent again, and what cannot be read is not kept" {
  export DRIVE_ETAGS=$state/etags
  mkdir "$DRIVE_ETAGS"
  github_tell seed "$(jq -nc '{repo: "o/r", issues: [range(150) | {title: "t\(.)", labels: ["l"]}]}')"
  drive issues l
  is 'done' n=150
  drive issues l
  is 'done' n=150
  [ "$(github_asked '.status == 304')" = 2 ]
  drive create new B l
  drive issues l
  is 'done' n=151
  # A broken answer with a tag is not what the next 304 stands for.
  rm "$DRIVE_ETAGS"/*
  fault '{"do":"truncated","method":"GET"}'
  drive issues l
  is unsent
  drive issues l
  is 'done' n=151
  for f in "$DRIVE_ETAGS"/*.body; do echo '[{"number":' >"$f"; done
  drive issues l
  is unsent 'cannot be understood'
  drive issues l
  drive issues l
  is 'done' n=151
}

@test "builds: runs, their jobs and steps, annotations" {
  github_tell seed '{"repo":"o/r",
    "runs":[{"id":11,"name":"CI","workflow_id":3,"run_attempt":2,"status":"completed","conclusion":"failure","event":"push","head_branch":"main",
      "created_at":"2026-11-24T10:00:00Z","updated_at":"2026-11-24T10:05:00Z","html_url":"https://x/"},
     {"id":12,"name":"CI","status":"completed","conclusion":"success","event":"push","head_branch":"main",
      "created_at":"2026-11-24T11:00:00Z","updated_at":"2026-11-24T11:05:00Z"},
     {"id":13,"name":"Old","status":"completed","conclusion":"failure","event":"push","head_branch":"main",
      "created_at":"2026-11-20T11:00:00Z","updated_at":"2026-11-20T11:05:00Z"}],
    "jobs":[{"id":21,"run_id":11,"name":"build","status":"completed","conclusion":"failure","check_run_url":"https://api.github.com/repos/o/r/check-runs/31",
      "steps":[{"number":1,"name":"make check","status":"completed","conclusion":"failure"}]}],
    "annotations":{"31":[{"path":"a.c","start_line":3,"end_line":3,"annotation_level":"failure","message":"it broke","title":null,"raw_details":null}]}}'
  drive runs failure "$(date -ud 2026-11-24 +%s000)"
  is 'done' 'run=11 name=CI conclusion=failure'
  [ "$(grep -c '^run=' <<<"$output")" = 1 ]
  drive runs failure "$(date -ud 2026-11-19 +%s000)" "$(date -ud 2026-11-21 +%s000)" main push
  is 'done' run=13
  [ "$(grep -c '^run=' <<<"$output")" = 1 ]
  drive jobs 11
  is 'done' 'job=21 check_run=31 name=build' 'step=make check conclusion=failure'
  drive annotations 31
  is 'done' 'level=failure path=a.c line=3 message=it broke'
  [ "$(github_asked '.complaint')" = 0 ]
}

@test "the log of a job comes from another host, which sees no credentials" {
  github_tell seed "$(jq -nc '{repo: "o/r", jobs: [{id: 21, run_id: 11}, {id: 22, run_id: 11}],
    logs: {"21": ([range(5000) | "line \(.)\n"] | add)}}')"
  drive log 21 1000000
  is 'done' cut=0
  [ "$(grep -c '^line ' <<<"$output")" = 5000 ]
  drive log 21 1000
  is 'done' cut=1
  lines=$(grep -c '^line ' <<<"$output")
  [ "$lines" = 99 ] || [ "$lines" = 100 ]
  [ "$(grep '^line ' <<<"$output" | tail -n 1)" = 'line 4999' ]
  [ "$(github_asked '.host == "blobs" and .auth != null')" = 0 ]
  [ "$(github_asked '.host == "blobs"')" = 2 ]
  drive log 22
  is refused status=410 expired
  drive log 23
  is refused status=404
  for do in close short status; do
    fault "{\"do\":\"$do\",\"path\":\"^/blobs/\"}"
    drive log 21
    is unsent || { echo "$do"; false; }
    [[ $output != *secret-signature* ]]
  done
  fault '{"do":"redirect","location":"http://elsewhere.example/log"}'
  drive log 21
  is unsent 'https is wanted'
  fault '{"do":"redirect","location":"ftp://elsewhere.example/log"}'
  drive log 21
  [ "$outcome" = unsent ]
  # What leads on from there is not followed.
  fault '{"do":"status_after","path":"^/blobs/","status":302,"headers":{"Location":"http://127.0.0.1:9/"}}'
  drive log 21
  is unsent 302
}

@test "an App signs, gets a token for one repository, and another when it ends" {
  openssl genrsa -out "$state/key.pem" 2048 2>/dev/null
  openssl rsa -in "$state/key.pem" -pubout -out "$github_folder/app.pub" 2>/dev/null
  chmod 600 "$state/key.pem"
  unset PATCHWARDEN_GITHUB_TOKEN
  export PATCHWARDEN_GITHUB_APP_ID=7 PATCHWARDEN_GITHUB_APP_KEY_FILE=$state/key.pem
  DRIVE_TIMES=3 drive create T B
  [ "$(grep -c '^outcome=done' <<<"$output")" = 3 ] || { echo "$output"; false; }
  [[ $output == *'user=robot[bot]'* ]]
  [ "$(github_asked '.path | endswith("access_tokens")')" = 1 ]
  [ "$(github_asked '.body == "{\"repositories\":[\"r\"]}"')" = 1 ]
  [ "$(github_asked '.path | endswith("/installation")')" = 1 ]
  # One that ends within five minutes is not used a second time.
  github_tell lag '{"token_s":200}'
  DRIVE_TIMES=2 PATCHWARDEN_GITHUB_INSTALLATION_ID=77 drive issue 1
  [ "$(github_asked '.path | endswith("access_tokens")')" = 3 ]
  [ "$(github_asked '.path | endswith("/installation")')" = 1 ]
  # One that was taken back is replaced, once.
  github_tell lag '{}'
  fault '{"do":"status","status":401,"path":"/issues","answer":{"message":"Bad credentials"}}'
  drive create T B
  is 'done'
  fault '{"do":"status","status":401,"path":"/issues","times":-1,"answer":{"message":"Bad credentials"}}'
  drive create T B
  is refused 'Bad credentials'
  PATCHWARDEN_GITHUB_APP_ID=8 drive issue 1
  is refused 'JSON web token'
  [ "$(github_asked '.complaint')" = 0 ]
}

@test "settings that contradict each other or show secrets are refused" {
  try() {
    run "$build/tests/lib/github_drive" issue o/r 1
    [ "$status" = 3 ] || { echo "$status $output"; return 1; }
    [[ $output == config:*"$1"* ]] || { echo "$output"; return 1; }
    [[ $output != *ghp_* ]]
  }
  echo "$github_token" >"$state/token"
  chmod 644 "$state/token"
  PATCHWARDEN_GITHUB_TOKEN_FILE=$state/token try 'both set'
  PATCHWARDEN_GITHUB_APP_ID=7 try 'go together'
  PATCHWARDEN_GITHUB_APP_ID=7 PATCHWARDEN_GITHUB_APP_KEY_FILE=$state/token try 'both set'
  PATCHWARDEN_GITHUB_API=https://user@host try GITHUB_API
  PATCHWARDEN_GITHUB_API=https://host/?x try GITHUB_API
  PATCHWARDEN_GITHUB_TOKEN=$'ghp_x\ny' try 'GITHUB_TOKEN'
  unset PATCHWARDEN_GITHUB_TOKEN
  PATCHWARDEN_GITHUB_TOKEN_FILE=$state/token try 0644
  PATCHWARDEN_GITHUB_TOKEN_FILE=$state/none try none
  chmod 640 "$state/token"
  PATCHWARDEN_GITHUB_APP_ID=7 PATCHWARDEN_GITHUB_APP_KEY_FILE=$state/token try 'no private key'
  PATCHWARDEN_GITHUB_TOKEN_FILE=$state/token drive create T B
  is 'done'
  PATCHWARDEN_GITHUB_TOKEN_FILE=$state/token PATCHWARDEN_GITHUB_API=http://github.example drive issue 1
  is refused 'by https only'
}

@test "an Enterprise server below a path is asked there" {
  github_stop
  rm -rf "$github_folder"
  github_start "$state/ghes" /api/v3
  github_tell seed "$(jq -nc '{repo: "o/r", issues: [range(130) | {title: "t\(.)"}]}')"
  PATCHWARDEN_GITHUB_API=$github/ drive issues
  is 'done' n=130
  [ "$(github_asked '.path == "/api/v3/repos/o/r/issues"')" = 2 ]
}

@test "a setting that others name, too, goes by that name; ours comes first" {
  local conf=$state/conf
  get() { "$build/src/patchctl/patchctl" config | sed -n "s/^PATCHWARDEN_$1=\(.*\)\t.*/\1/p"; }
  printf 'GITHUB_OWNER=filed\nGITHUB_REPO=r\nOTHER=x\n' >"$conf"
  export PATCHWARDEN_CONFIG=$conf
  [ "$(get GITHUB_OWNER)" = filed ]
  [ "$(GITHUB_OWNER=env get GITHUB_OWNER)" = env ]
  [ "$(GITHUB_OWNER=env PATCHWARDEN_GITHUB_OWNER=ours get GITHUB_OWNER)" = ours ]
  # What has no such name is not taken from others: they have tokens there.
  [ "$(env -u PATCHWARDEN_GITHUB_TOKEN GITHUB_TOKEN=x "$build/src/patchctl/patchctl" config | grep -c '^PATCHWARDEN_GITHUB_TOKEN=	')" = 1 ]
  [ "$(get GITHUB_TOKEN)" = '(not shown)' ]
}
