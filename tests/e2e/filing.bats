# Issues on GitHub: one for each kind of error, whatever happens to the scans,
# to the answers, and to the lists; and both sides stay in step.
load ../lib/server
load ../lib/github

setup() {
  server_files
  github_start "$state/github"
  github_tell seed '{"repo":"acme/app"}'
  cat >>"$state/patchwarden.conf" <<-END
	PATCHWARDEN_GITHUB_API=$github
	PATCHWARDEN_GITHUB_OWNER=acme
	PATCHWARDEN_GITHUB_REPO=app
	PATCHWARDEN_GITHUB_TOKEN=$github_token
	PATCHWARDEN_GITHUB_WRITE_GAP_MS=0
	PATCHWARDEN_OPS_FILES=api=$state/api.log
	PATCHWARDEN_OPS_SETTLE_S=1
	END
  : >"$state/api.log"
}
teardown() {
  github_stop
  server_stop
}

# Lines of five defects, each told in other words by other requests.
defects=5
log_defects() {	# ROUND
  local i=$1
  cat >>"$state/api.log" <<-END
	{"level":"error","message":"TypeError: Cannot read properties of undefined (reading 'id$i')\n    at handler (/srv/app-$i/src/orders.js:$((10 + i)):7)\n    at run (/srv/app-$i/src/server.js:88:3)","ts":$((1760000000000 + i))}
	{"level":"error","message":"connection to 10.0.0.$((i % 250)):5432 refused after $((i * 7)) ms","ts":$((1760000000000 + i))}
	{"level":"error","message":"payment $((1000 + i)) of user-$i@example.com declined by the bank","ts":$((1760000000000 + i))}
	{"level":"fatal","message":"out of memory: killed process $((4000 + i)) (worker)","ts":$((1760000000000 + i))}
	{"level":"error","message":"cannot write /var/data/$i.tmp: No space left on device","ts":$((1760000000000 + i))}
	END
}
# Of twenty more kinds those that have come up by that round.
kinds=(alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon)
log_kinds() {	# ROUND HOW-MANY
  local k
  for k in "${kinds[@]:0:$2}"; do
    echo '{"level":"error","message":"the '"$k"' engine '"${k}x"' stalled at '"${k}y"' of '"${k}z"' for '"$1"' ms","ts":'$((1760000000000 + $1))'}' >>"$state/api.log"
  done
}
sql() { sqlite3 "$state/patchwarden.db" "$1"; }
marks() {	# of the issues there, by fingerprint
  github_state | jq -r '.["acme/app"].issues[].body' |
    grep -o 'patchwarden:fingerprint=[0-9a-f]*' | sort
}
sent_all() {
  patchctl scan --quiet || true
  [ "$(sql "SELECT count(*) FROM github_outbox WHERE state IN ('waiting', 'sent', 'unsure')")" = 0 ]
}

@test "a hundred scans, killed, with lost answers, failures and late lists: one issue for each defect" {
  rounds=100
  [ -z "${PATCHWARDEN_QUICK:-}" ] || rounds=20
  RANDOM=${PATCHWARDEN_SEED:-1}
  echo "PATCHWARDEN_OPS_PER_SCAN=100" >>"$state/patchwarden.conf"
  github_tell lag '{"lists":2}'
  github_tell storm '{"rate":0.5,"seed":'${PATCHWARDEN_SEED:-1}',"method":"POST","do":["status","status_after","close","close_after","truncated","short"],"with":{"status":502,"answer":{}}}'
  killed=0
  for ((i = 1; i <= rounds; i++)); do
    log_defects $((i % 40))
    log_kinds $((i % 40)) $((i * 20 / rounds))
    "$build/src/patchctl/patchctl" scan --quiet >>"$state/log/scan.log" 2>&1 3>&- &
    scan=$!
    if ((RANDOM % 3)); then
      sleep "0.$(printf %03d $((RANDOM % 250)))"
      ! kill -9 "$scan" 2>/dev/null || killed=$((killed + 1))
    fi
    wait "$scan" || true
  done
  github_tell calm '{}'
  sql "UPDATE github_outbox SET next_at = 0"
  wait_for 300 sent_all || { sql "SELECT * FROM github_outbox WHERE state <> 'done'"; false; }
  [ "$killed" -gt 0 ]
  echo "# $rounds scans, $killed killed, $(github_asked '.fault') faults, $(github_asked '.method == "POST" and (.path | endswith("/issues"))') requests for an issue" >&3
  [ "$(github_asked .fault)" -gt 0 ]
  # as many as there are defects, each once
  marks >"$state/marks"
  sql "SELECT id, severity, status, umbrella_id, gh_issue_number, title FROM ops_issues; SELECT * FROM github_outbox WHERE state <> 'done'"
  [ "$(wc -l <"$state/marks")" = $((defects + 20)) ]
  [ "$(sort -u "$state/marks" | wc -l)" = $((defects + 20)) ]
  [ "$(sql "SELECT count(*) FROM ops_issues")" = $((defects + 20)) ]
  [ "$(sql "SELECT count(*) FROM ops_issues WHERE gh_issue_number IS NULL")" = 0 ]
  [ -z "$(github_state | jq -r '.["acme/app"].comments[].body' | grep -o 'once=[0-9a-f]*' | sort | uniq -d)" ]
  # no line was counted twice or lost
  [ "$(sql "SELECT sum(count) FROM ops_issues")" = "$(sql "SELECT count(*) FROM worker_logs")" ]
  [ "$(sql "SELECT count(*) FROM worker_logs")" = "$(sort -u "$state/api.log" | wc -l)" ]
  patchctl db verify
}

@test "what another installation has filed already is adopted, not made again" {
  log_defects 1
  patchctl scan --quiet
  [ "$(marks | wc -l)" = $defects ]
  # one was closed there as not planned, one as done, before we knew of it
  number_of() { sql "SELECT gh_issue_number FROM ops_issues WHERE title LIKE '%$1%'"; }
  status_of() { sql "SELECT status FROM ops_issues WHERE title LIKE '%$1%'"; }
  github_tell set '{"repo":"acme/app","number":'"$(number_of memory)"',"state":"closed","state_reason":"not_planned"}'
  github_tell set '{"repo":"acme/app","number":'"$(number_of bank)"',"state":"closed","state_reason":"completed"}'
  rm "$state"/patchwarden.db*
  patchctl db migrate
  : >"$state/api.log"
  log_defects 2
  patchctl scan --quiet
  [ "$(marks | wc -l)" = $defects ]
  [ "$(sql "SELECT count(*) FROM ops_issues WHERE gh_issue_number IS NOT NULL")" = $defects ]
  [ "$(status_of memory)" = ignored ]
  [ "$(status_of bank)" = open ]
  there() { github_state | jq -r '.["acme/app"].issues[] | select(.number == '"$1"') | .state'; }
  [ "$(there "$(number_of memory)")" = closed ]
  [ "$(there "$(number_of bank)")" = open ]
  # nobody is told more of what is ignored
  comments=$(github_state | jq '.["acme/app"].comments | length')
  for i in {3..30}; do log_defects "$i"; done
  patchctl scan --quiet
  [ "$(status_of memory)" = ignored ]
  [ "$(sql "SELECT count FROM ops_issues WHERE title LIKE '%memory%'")" = 29 ]
  [ "$(sql "SELECT count(*) FROM github_outbox WHERE kind <> 'create' AND issue_id = (SELECT id FROM ops_issues WHERE title LIKE '%memory%')")" = 0 ]
  # of the others, once
  [ "$(github_state | jq '.["acme/app"].comments | length')" = $((comments + defects - 1)) ]
}

@test "the repository may be named with its owner" {
  sed -i '/GITHUB_OWNER/d; s|^PATCHWARDEN_GITHUB_REPO=.*|PATCHWARDEN_GITHUB_REPO=acme/app|' "$state/patchwarden.conf"
  log_kinds 1 1
  patchctl scan --quiet
  [ "$(marks | wc -l)" = 1 ]
  [ "$(sql "SELECT target FROM ops_issues")" = acme/app ]
  sed -i 's|^PATCHWARDEN_GITHUB_REPO=.*|PATCHWARDEN_GITHUB_REPO=acme/app/x|' "$state/patchwarden.conf"
  run patchctl scan
  [ "$status" = 3 ]
  [[ $output == *PATCHWARDEN_GITHUB_REPO* ]]
}

@test "a claim is told on GitHub, and resolving closes; lines of after that reopen the same issue" {
  log_defects 1
  patchctl scan --quiet
  id=$(sql "SELECT id FROM ops_issues WHERE title LIKE '%memory%'")
  number=$(sql "SELECT gh_issue_number FROM ops_issues WHERE id = $id")
  patchctl issues claim "$id" --by agent
  run patchctl issues claim "$id" --by other
  [ "$status" = 1 ]
  [[ $output = *agent* ]]
  patchctl issues send
  there() { github_state | jq -r ".[\"acme/app\"].issues[] | select(.number == $number) | $1"; }
  there '[.labels[]|if type == "object" then .name else . end]' | grep -q in_progress
  github_state | jq -r ".[\"acme/app\"].comments" | grep -q 'agent'
  patchctl issues resolve "$id" --by agent --note 'more memory'
  patchctl issues send
  [ "$(there .state)" = closed ]
  # old lines that come late are no regression
  log_defects 2
  patchctl scan --quiet
  [ "$(there .state)" = closed ]
  [ "$(sql "SELECT status FROM ops_issues WHERE id = $id")" = resolved ]
  # new ones are
  echo '{"level":"fatal","message":"out of memory: killed process 9 (worker)","ts":'"$(($(date +%s%3N) + 1000))"'}' >>"$state/api.log"
  patchctl scan --quiet
  [ "$(sql "SELECT status || regressions FROM ops_issues WHERE id = $id")" = open1 ]
  [ "$(there .state)" = open ]
  [ "$(marks | wc -l)" = $defects ]
}

@test "a storm becomes one issue; the next day's budget is its own" {
  echo "PATCHWARDEN_OPS_PER_SCAN=3" >>"$state/patchwarden.conf"
  log_kinds 1 12
  patchctl scan --quiet
  [ "$(marks | wc -l)" = 4 ]
  [ "$(sql "SELECT count(*) FROM ops_issues WHERE umbrella_id IS NOT NULL")" = 9 ]
  github_state | jq -r '.["acme/app"].comments' | grep -q '9 more kinds'
  patchctl scan --quiet
  [ "$(marks | wc -l)" = 4 ]
}

@test "secrets in logs are nowhere: not in the database, in issues, in answers" {
  secret=ghp_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789
  pass=hunter2hunter2hunter2
  echo '{"level":"error","message":"login with '"$secret"' failed: password='"$pass"'","meta":{"token":"'"$secret"'"},"worker":"w-'"$secret"'","ts":1760000000000}' >>"$state/api.log"
  patchctl scan --json >"$state/out" 2>&1
  patchctl issues --json >>"$state/out"
  [ "$(sql "SELECT count(*) FROM ops_issues")" = 1 ]
  github_state >>"$state/out"
  cat "$state"/github/journal "$state"/patchwarden.db* "$state"/log/* >>"$state/out"
  if grep -aq -e "$secret" -e "$pass" "$state/out"; then false; fi
  grep -aq redacted "$state/out"
  # our own credential is not stored either
  if grep -aq "$github_token" "$state"/patchwarden.db*; then false; fi
}

@test "what people know to be one is one, and what is grouped too widely comes apart" {
  log_kinds 1 2
  patchctl scan --quiet
  alpha=$(sql "SELECT id FROM ops_issues WHERE title LIKE '%alpha%'")
  beta=$(sql "SELECT id FROM ops_issues WHERE title LIKE '%beta%'")
  run patchctl issues merge "$alpha" "$alpha"
  [ "$status" = 1 ]
  patchctl issues merge "$beta" "$alpha" --by ann
  [ "$(sql "SELECT count FROM ops_issues WHERE id = $alpha")" = 2 ]
  run patchctl issues merge "$alpha" "$beta"
  [ "$status" = 1 ]
  patchctl issues send
  [ "$(github_state | jq -c '[.["acme/app"].issues[].state]|sort')" = '["closed","open"]' ]
  github_state | jq -r '.["acme/app"].comments[].body' | grep -q 'same defect as #'
  # lines to come are the other's, and reopen nothing
  log_kinds 2 2
  patchctl scan --quiet
  [ "$(sql "SELECT count FROM ops_issues WHERE id = $alpha")" = 4 ]
  [ "$(sql "SELECT status FROM ops_issues WHERE id = $beta")" = closed ]
  [ "$(sql "SELECT count(*) FROM ops_issues")" = 2 ]
  # two that differ in what the template does not tell
  for k in Mon Tue; do
    echo '{"level":"error","message":"the pump of house '$k'a has lost its pressure in '$k'b","ts":1760000000000}' >>"$state/api.log"
  done
  patchctl scan --quiet
  pump=$(sql "SELECT min(id) FROM ops_issues WHERE title LIKE '%pump%'")
  before=$(sql "SELECT count(*) FROM ops_issues WHERE title LIKE '%pump%'")
  patchctl issues split "$pump"
  for k in Mon Tue; do
    echo '{"level":"error","message":"the pump of house '$k'a has lost its pressure in '$k'b","ts":1760000000001}' >>"$state/api.log"
  done
  patchctl scan --quiet
  [ "$(sql "SELECT count(*) FROM ops_issues WHERE title LIKE '%pump%'")" = 2 ]
  echo "# grouped as $before before, as 2 when split" >&3
  # and what was merged is its own again
  patchctl issues split "$alpha"
  log_kinds 3 2
  patchctl scan --quiet
  [ "$(sql "SELECT status FROM ops_issues WHERE id = $beta")" = open ]
}
