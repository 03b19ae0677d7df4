# What we send to GitHub, judged by its own description of its interface
# (tests/github/api.json), which prism serves with GitHub's own examples.
load ../lib/server
load ../lib/github

setup() {
  state=$(mktemp -d /tmp/pw.XXXXXX)
  mkdir "$state/log"
  export PATCHWARDEN_CONFIG= PATCHWARDEN_GITHUB_WRITE_GAP_MS=0
  export PATCHWARDEN_GITHUB_TOKEN=$github_token
  unset GITHUB_OWNER GITHUB_REPO
}
teardown() {
  stop_pid "${prism_pid:-}"
  github_stop
  rm -rf "${state:?}"
}

# prism from npm, once for all runs in this build.
prism_install() {
  local folder=$build/npm-prism
  command -v npm >/dev/null || skip "npm is not installed"
  mkdir -p "$folder"
  (
    flock 8
    [ ! -x "$folder/node_modules/.bin/prism" ] || exit 0
    cp "$top/tests/github/package.json" "$folder/"
    cd "$folder" && npm install --no-audit --no-fund --ignore-scripts
  ) 8>"$folder/lock" >"$folder/npm.log" 2>&1 || skip "npm cannot install prism: $(tail -n 1 "$folder/npm.log")"
}
prism_start() {
  local tries
  prism_install
  # An example leads to GitHub; nothing here leaves the machine.
  export https_proxy=http://127.0.0.1:1 no_proxy=127.0.0.1
  for tries in 1 2 3 4 5; do
    port=$(port_free)
    NO_COLOR=1 spawn prism.log "$build/npm-prism/node_modules/.bin/prism" mock -h 127.0.0.1 -p "$port" "$top/tests/github/api.json"
    prism_pid=$spawned
    wait_for 120 eval 'not_running $prism_pid || port_taken $port'
    ! not_running "$prism_pid" || continue
    export PATCHWARDEN_GITHUB_API=http://127.0.0.1:$port
    return 0
  done
  tail "$state/log/prism.log"
  return 1
}

# Every request that there is, in each of its forms.
ask_everything() {
  asked=0
  while IFS='|' read -r verb args; do
    local list=()
    IFS=, read -ra list <<<"$args"
    said=$("$build/tests/lib/github_drive" "$verb" o/r "${list[@]}" 2>&1) || true
    asked=$((asked + 1))
    "$1" "$verb|$args" "$said"
  done <<'END'
issues|
issues|bug,all,1795614517538
issue|1
create|A title
create|A title,A *body* with ünïcödé,bug,octocat
update|1,closed,not_planned
update|1,closed,completed
update|1,closed,duplicate
update|1,open,reopened
update|1,,,Another title
comment|1,Some text
comments|1
comments|1,1795614517538
labels|a-label-that-nobody-has
label|1,in progress
unlabel|1,in progress
assign|1,octocat
pulls|all
pulls|
runs|
runs|failure,1795000000000,1795614517538,main,push
runs|,1795000000000
runs|,,1795614517538
jobs|1
annotations|1
END
}
done_by() {
  grep -q '^outcome=done ' <<<"$2" || { echo "$1: $2"; return 1; }
}
any() { :; }

@test "GitHub's description takes every request, and its examples can be read" {
  prism_start
  ask_everything done_by
  [ "$asked" = 25 ]
  # The log of a job is elsewhere, where the proxy does not lead.
  run "$build/tests/lib/github_drive" log o/r 1
  [[ $output == *"outcome=unsent"*"no answer from https://"* ]] || [[ $output == *"no answer from https://"*"outcome=unsent"* ]]
  openssl genrsa -out "$state/key.pem" 2048 2>/dev/null
  chmod 600 "$state/key.pem"
  unset PATCHWARDEN_GITHUB_TOKEN
  PATCHWARDEN_GITHUB_APP_ID=7 PATCHWARDEN_GITHUB_APP_KEY_FILE=$state/key.pem \
    run "$build/tests/lib/github_drive" issue o/r 1
  [[ $output == *outcome=done* ]] || { echo "$output"; false; }
  run grep 'Violation: request' "$state/log/prism.log"
  [ "$status" = 1 ] || { echo "$output"; false; }
  [ "$(grep -ci 'post /app/installations/[0-9]*/access_tokens' "$state/log/prism.log")" -ge 1 ]
}

@test "what the description forbids is refused by it: the judge does judge" {
  prism_start
  for args in 'update o/r 1 nonsense' 'update o/r 1 closed nonsense'; do
    run "$build/tests/lib/github_drive" $args
    [[ $output == *outcome=refused* ]] || { echo "$args: $output"; false; }
  done
  grep -q 'Violation: request.body.state' "$state/log/prism.log"
  run curl -sS -m 60 -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' \
    -H 'Accept: application/vnd.github+json' -d '{"body":"no title"}' "$PATCHWARDEN_GITHUB_API/repos/o/r/issues"
  [ "$output" = 422 ]
  # A member that may be null is checked, too.
  run curl -sS -m 60 -X PATCH -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' \
    -H 'Accept: application/vnd.github+json' -d '{"body":7}' "$PATCHWARDEN_GITHUB_API/repos/o/r/issues/1"
  [ "$output" = 422 ]
}

@test "each route and each parameter that we use is in the description, and nothing else" {
  github_start "$state/github"
  github_tell seed '{"repo":"o/r","issues":[{"title":"t"}],"jobs":[{"id":1,"run_id":1}],"logs":{"1":"x"}}'
  export PATCHWARDEN_GITHUB_API=$github
  ask_everything any
  "$build/tests/lib/github_drive" log o/r 1
  openssl genrsa -out "$state/key.pem" 2048 2>/dev/null
  openssl rsa -in "$state/key.pem" -pubout -out "$github_folder/app.pub" 2>/dev/null
  chmod 600 "$state/key.pem"
  PATCHWARDEN_GITHUB_TOKEN='' PATCHWARDEN_GITHUB_APP_ID=7 PATCHWARDEN_GITHUB_APP_KEY_FILE=$state/key.pem \
    "$build/tests/lib/github_drive" issue o/r 1
  run python3 "$top/tests/github/declared.py" "$top/tests/github/api.json" "$github_folder/journal"
  [[ $output =~ ^[0-9]+\ requests,\ 18\ routes$ ]] || { echo "$output"; false; }
}
