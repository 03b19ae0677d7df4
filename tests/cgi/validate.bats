# Validators: real tools on the changed tree, before anybody sees it.
load ../lib/cgi

setup() {
	cgi_setup
	echo "PATCHWARDEN_POLICIES=default=$state/policy.json" >>"$PATCHWARDEN_CONFIG"
}
teardown() { cgi_teardown; }
put() { mkdir -p "$(dirname "$workspace/$1")" && printf "$2" >"$workspace/$1"; }
# policy VALIDATOR...: JSON objects.
policy() {
	local IFS=,
	printf '{"validators":[%s]}' "$*" >"$state/policy.json"
}
# own SCRIPT [MORE-MEMBERS]: a validator that is a shell script.
own() {
	jq -cn --arg s "$1" "{name:\"own\",globs:[\"**\"],command:[\"sh\",\"-c\",\$s,\"sh\"]${2:+,$2}}"
}
create() { apply "[{\"op\":\"create\",\"file\":\"$1\",\"block\":$(jq -Rs . <<<"$2")}]" "${3:-}"; }
events() { cgi GET "/api/patches/$1"; }

@test "a required validator that finds a fault refuses the batch" {
  policy '{"name":"sh"}'
  before=$(tree_hash)
  create bad.sh 'if true; then'
  show
  [ "$http_status" = 422 ]
  [ "$(tree_hash)" = "$before" ]
  [ "$(field .code)" = validator_failed ]
  [ "$(field .at)" = /patches/0 ]
  [[ $(field .detail) == sh:*bad.sh* ]]
  [ "$(field '.results[0].ts_check_ok')" = false ]
  [ "$(field '.validators[0].status')" = failed ]
  [ "$(field '.validators[0].new_diagnostics | length')" = 1 ]
}

@test "a required validator that is content lets it pass, and says so" {
  policy '{"name":"sh"}'
  create good.sh 'if true; then :; fi'
  show
  [ "$http_status" = 200 ]
  [ -f "$workspace/good.sh" ]
  [ "$(field '.results[0].ts_check_ok')" = true ]
  [ "$(field '.validators[0] | [.name, .rule, .ok, .status, .exit, .files[0]] | join(" ")')" = \
      'sh required true ok 0 good.sh' ]
}

@test "files that no validator is for are not looked at" {
  policy '{"name":"sh"}'
  create notes.txt 'if true; then'
  show
  [ "$http_status" = 200 ]
  [ "$(field '.results[0].ts_check_ok')" = null ]
  [ "$(field .validators)" = null ]
}

@test "an advisory validator notes its faults and lets the batch pass" {
  policy '{"name":"sh","rule":"advisory"}'
  create bad.sh 'if true; then'
  show
  [ "$http_status" = 200 ]
  [ -f "$workspace/bad.sh" ]
  [ "$(field '.results[0].ts_check_ok')" = false ]
}

@test "validate:false leaves out the advisory, never the required" {
  policy '{"name":"sh"}' '{"name":"json","rule":"advisory"}'
  create bad.json '{' '"validate":false'
  [ "$http_status" = 200 ]
  [ "$(field .validators)" = null ]
  create bad.sh 'if true; then' '"validate":false'
  [ "$http_status" = 422 ]
}

@test "the operation named is the first that touches a file at fault" {
  policy '{"name":"sh"}'
  apply '[{"op":"create","file":"a.sh","block":":\n"},{"op":"create","file":"b.sh","block":"fi\n"},{"op":"create","file":"c","block":"x\n"}]'
  show
  [ "$http_status" = 422 ]
  [ "$(field .at)" = /patches/1 ]
  [ "$(field '[.results[].status] | join(" ")')" = 'not_applied failed not_applied' ]
}

@test "events: requested, validated, applied, in this order" {
  policy '{"name":"sh"}'
  create good.sh ':'
  id=$(field '.results[0].patch_id')
  events "$id"
  show
  [ "$(field '[.events[].type] | join(" ")')" = 'patch_requested patch_validated patch_applied' ]
  [ "$(field '.events[1].payload | [.status, .ts_check_ok, .validators[0].name, .validators[0].status] | join(" ")')" = 'validated true sh ok' ]
}

@test "events of a refused batch: requested, validated, failed" {
  policy '{"name":"sh"}'
  create bad.sh 'fi'
  id=$(field '.results[0].patch_id')
  events "$id"
  show
  [ "$(field '[.events[].type] | join(" ")')" = 'patch_requested patch_validated patch_failed' ]
  [ "$(field '.events[1].payload.ts_check_ok')" = false ]
  [ "$(field '.events[2].payload.code')" = validator_failed ]
}

@test "NDJSON tells each verdict, then the events, then the answer" {
  policy '{"name":"sh"}'
  cgi POST /api/patches/apply HTTP_ACCEPT=application/x-ndjson <<<'{"requester":"test","patches":[{"op":"create","file":"a.sh","block":":\n"}]}'
  show
  [ "$(jq -r '.type // "answer"' <<<"$body" | tr '\n' ' ')" = \
      'validator patch_requested patch_validated patch_applied answer ' ]
}

@test "a dry run tells the verdicts and leaves no event" {
  policy '{"name":"sh"}'
  create bad.sh 'fi' '"dryRun":true'
  show
  [ "$http_status" = 422 ]
  [ "$(field .code)" = validator_failed ]
  [ "$(field '.validators[0].status')" = failed ]
  create good.sh ':' '"dryRun":true'
  [ "$http_status" = 200 ]
  [ "$(field '.validators[0].status')" = ok ]
  cgi GET '/api/events?since=0'
  [ "$(field '.events | length')" = 0 ]
  [ ! -e "$workspace/good.sh" ]
}

@test "faults that were there before do not fail a batch" {
  policy '{"name":"sh"}'
  put old.sh 'echo a\nfi\n'
  apply '[{"op":"prepend","file":"old.sh","block":"# more\n"}]'
  show
  [ "$http_status" = 200 ]
  [ "$(field '.validators[0].baseline')" = 'failed before too' ]
  [ "$(field '.results[0].ts_check_ok')" = true ]
}

@test "python3 -m py_compile" {
  policy '{"name":"py_compile"}'
  before=$(tree_hash)
  create bad.py 'def f(:'
  show
  [ "$http_status" = 422 ]
  [[ $(field .detail) == *bad.py*SyntaxError* ]]
  [ "$(tree_hash)" = "$before" ]
  create good.py 'def f(): pass'
  show
  [ "$http_status" = 200 ]
  [ "$(ls "$workspace")" = good.py ]
}

@test "cc -fsyntax-only sees the other files of the batch" {
  policy '{"name":"cc"}'
  apply '[{"op":"create","file":"src/a.c","block":"#include \"src/a.h\"\nint x = A;\n"}]'
  show
  [ "$http_status" = 422 ]
  [[ $(field .detail) == *a.h* ]]
  apply '[{"op":"create","file":"src/a.c","block":"#include \"src/a.h\"\nint x = A;\n"},{"op":"create","file":"src/a.h","block":"#define A 1\n"}]'
  show
  [ "$http_status" = 200 ]
  [ "$(field '.validators[0].status')" = ok ]
}

@test "cc: a fault that only moved is not new, another one is" {
  policy '{"name":"cc"}'
  put a.c 'int x = y;\n'
  apply '[{"op":"prepend","file":"a.c","block":"int z;\n"}]'
  show
  [ "$http_status" = 200 ]
  apply '[{"op":"append","file":"a.c","block":"int w = v;\n"}]'
  show
  [ "$http_status" = 422 ]
  [ "$(field '.validators[0].new_diagnostics | length')" = 1 ]
  [[ $(field .detail) == *"'v'"* || $(field .detail) == *‘v’* ]]
}

@test "json is read strictly, without a process" {
  policy '{"name":"json"}'
  create a.json '{"a":1,"a":2}'
  show
  [ "$http_status" = 422 ]
  [[ $(field .detail) == json:*a.json* ]]
  create a.json '{"a":1}'
  [ "$http_status" = 200 ]
  [ "$(field '.validators[0].isolation')" = null ]
}

@test "tsc, where it is installed" {
  command -v tsc >/dev/null || skip "tsc is not installed"
  policy '{"name":"tsc"}'
  put tsconfig.json '{"compilerOptions":{"strict":true}}'
  create a.ts 'const x: number = "a";'
  show
  [ "$http_status" = 422 ]
  [[ $(field .detail) == *a.ts* ]]
}

@test "a validator that loops is stopped: validator_timeout" {
  policy "$(own 'while :; do :; done' 'timeoutMs:300')"
  create f x
  show
  [ "$http_status" = 422 ]
  [ "$(field .code)" = validator_timeout ]
  [ "$(field '.validators[0].status')" = timeout ]
  [ "$(field .retryable)" = true ]
  [ ! -e "$workspace/f" ]
}

@test "a validator with too many processes is stopped" {
  policy "$(own '[ ! -e f ] || { for i in $(seq 50); do sleep 20 & done; wait; }' 'processes:8,timeoutMs:15000')"
  create f x
  show
  [ "$http_status" = 422 ]
  [ "$(field .code)" = validator_failed ]
}

@test "a validator with too much memory is stopped" {
  policy "$(own '[ ! -e f ] || exec python3 -c "x = bytearray(500 << 20); print(len(x))"' 'memoryMb:100')"
  create f x
  show
  [ "$http_status" = 422 ]
  [ "$(field .code)" = validator_failed ]
  [[ $(field '.validators[0] | (.reason // "") + (.output // "")') == *emory* ]]
}

@test "a validator has no network" {
  exec 7< <(exec python3 -u -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
print(s.getsockname()[1]); time.sleep(60)')
  listener=$!
  read -r port <&7
  ask="import socket; socket.create_connection(('127.0.0.1', $port)); print('connected')"
  outside=$(python3 -c "$ask")
  policy "$(jq -cn --arg s "$ask" '{name:"net",globs:["**"],command:["python3","-c",$s]}')"
  create f x
  kill "$listener"
  exec 7<&-
  show
  [ "$outside" = connected ]
  [ "$(field '.validators[0].exit')" = 1 ]
  [[ $(field '.validators[0].output') != *connected* ]]
}

@test "what a validator writes is gone, and .git is not there" {
  put .git/HEAD 'ref: x\n'
  put keep 'keep\n'
  policy "$(own 'echo x >keep; echo y >made; rm -f f; mkdir d; touch d/x; ls -A; exit 0')"
  create f x
  show
  [ "$http_status" = 200 ]
  [ "$(cat "$workspace/keep")" = keep ]
  [ ! -e "$workspace/made" ]
  [ ! -e "$workspace/d" ]
  [ -f "$workspace/f" ]
  [ "$(field '.validators[0].output')" = "$(printf 'd\nkeep\nmade\n')" ]
}

@test "10 MB of output are cut, and it says how much" {
  policy "$(own 'head -c 10000000 /dev/zero | tr "\\0" x; exit 0' 'outputBytes:1000')"
  create f x
  [ "$http_status" = 200 ]
  [ "$(field '.validators[0].output')" = "$(head -c 1000 /dev/zero | tr '\0' x)[9999000 more bytes cut]" ]
}

@test "a program that is not installed: required is an error, advisory is skipped" {
  policy '{"name":"own","globs":["**"],"command":["no-such-tool"]}'
  create f x
  show
  [ "$http_status" = 503 ]
  [[ $(field .detail) == *no-such-tool*"not installed"* ]]
  [ "$(field '.validators[0].status')" = error ]
  [ ! -e "$workspace/f" ]
  policy '{"name":"own","globs":["**"],"command":["no-such-tool"],"rule":"advisory"}'
  create f x
  show
  [ "$http_status" = 200 ]
  [ "$(field '.validators[0].status')" = skipped ]
  [ "$(field '.results[0].ts_check_ok')" = null ]
}

@test "with an Idempotency-Key, what the operator has mended is tried again" {
  batch='{"requester":"test","patches":[{"op":"create","file":"f","block":"x\n"}]}'
  policy '{"name":"own","globs":["**"],"command":["no-such-tool"]}'
  cgi POST /api/patches/apply HTTP_IDEMPOTENCY_KEY=k1 <<<"$batch"
  [ "$http_status" = 503 ]
  policy '{"name":"own","globs":["**"],"command":["true"]}'
  cgi POST /api/patches/apply HTTP_IDEMPOTENCY_KEY=k1 <<<"$batch"
  show
  [ "$http_status" = 200 ]
  [ -f "$workspace/f" ]
}

@test "a name that is neither preset nor command is the operator's fault: 503" {
  policy '{"name":"nonsense","globs":["**"]}'
  create f x
  show
  [ "$http_status" = 503 ]
  [[ $(field .detail) == *nonsense* ]]
  [ ! -e "$workspace/f" ]
}

@test "the database and the state are out of sight" {
  policy "$(own "ls $state/patchwarden.db $state/policy.json 2>&1; exit 0")"
  create f x
  show
  [ "$http_status" = 200 ]
  if [ "$(field '.validators[0].isolation')" = namespaces ]; then
    [[ $(field '.validators[0].output') == *'No such file'*'No such file'* ]]
  fi
}

@test "deleting a file asks validators of the whole tree, not those of files" {
  put a.sh 'fi\n'
  policy '{"name":"sh"}' "$(own '[ -e a.sh ] || { echo a.sh:1: gone; exit 1; }' 'rule:"advisory"')"
  apply '[{"op":"delete-file","file":"a.sh"}]'
  show
  [ "$http_status" = 200 ]
  [ "$(field '.validators | length')" = 1 ]
  [ "$(field '.results[0].ts_check_ok')" = false ]
}

@test "one that failed before and crashes now has not said the same" {
  put f 'old\n'
  policy "$(own 'grep -q crash f && kill -SEGV $$; echo f:1: old fault; exit 1')"
  apply '[{"op":"append","file":"f","block":"more\n"}]'
  show
  [ "$http_status" = 200 ]
  apply '[{"op":"append","file":"f","block":"crash\n"}]'
  show
  [ "$http_status" = 422 ]
  [ "$(field .code)" = validator_failed ]
  [ "$(field '.validators[0].baseline')" = 'failed before too' ]
}

@test "what is cut off its output is not taken for the same" {
  put f 'old\n'
  policy "$(own 'seq -f "f:%.0f: fault" 100000; cat f; exit 1')"
  apply '[{"op":"append","file":"f","block":"f:1: another fault\n"}]'
  show
  [ "$http_status" = 422 ]
  [[ $(field .detail) == *'too much to be compared'* ]]
}

@test "a file named like an option or a list of options is a file" {
  policy "$(own 'for f; do printf "%s\n" "$f"; done; exit 1' '"command":["sh","-c","printf \"%s\\n\" \"$@\"; exit 1","sh","{}..."]')"
  for f in -x @x; do
    create "$f" text
    show
    [ "$http_status" = 422 ]
    [ "$(field '.validators[0].new_diagnostics[0]')" = "./$f" ]
  done
}

@test "a workspace may be named by a link, wherever it leads" {
  put f 'old\n'
  place=$(mktemp -d /var/tmp/pw.XXXXXX)
  ln -s "$workspace" "$place/link"
  sed -i "s,^PATCHWARDEN_WORKSPACES=.*,PATCHWARDEN_WORKSPACES=default=$place/link," "$PATCHWARDEN_CONFIG"
  policy "$(own 'cat f; echo $PWD/f')"
  apply '[{"op":"append","file":"f","block":"new\n"}]'
  rm -r "$place"
  show
  [ "$http_status" = 200 ]
  [ "$(field '.validators[0].output')" = $'old\nnew\nf' ]
}

@test "a validator that cannot be watched is no fault of the batch" {
  strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
  policy "$(own true)"
  real=$build build=$state
  mkdir "$state/cgi-bin"
  for call in waitid wait4; do
    printf '#!/bin/sh\nexec strace -f -o /dev/null -e trace=%s -e inject=%s:error=EIO:when=1 "%s"\n' \
        $call $call "$real/cgi-bin/patches.fcgi" >"$state/cgi-bin/patches.fcgi"
    chmod +x "$state/cgi-bin/patches.fcgi"
    create "new.$call" text
    show
    [ "$http_status" = 503 ]
    [ "$(field '.validators[0].status')" = error ]
    [ ! -e "$workspace/new.$call" ]
  done
  build=$real
  create new text
  [ "$http_status" = 200 ]
}
