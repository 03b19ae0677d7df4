# patchctl without server, database or configuration: edits of a tree here.
load ../lib/cgi

setup() {
  unset PATCHWARDEN_CONFIG PATCHWARDEN_URL PATCHWARDEN_TOKEN
  unset ORCHESTRATOR_URL ORCHESTRATOR_TOKEN
  state=$(mktemp -d /tmp/pw.XXXXXX)
  workspace=$state/tree
  mkdir "$workspace"
  cd "$workspace"
  git init -q .
  printf 'a\nb\nc\n' >f
}
teardown() {
  if [ -n "${receiver:-}" ]; then
    kill "$receiver" 2>/dev/null || true
    wait "$receiver" 2>/dev/null || true
  fi
  cd /
  rm -rf "${state:?}"
}

log=.mission_control/patch_log.jsonl
# last FILTER: of the last event of the log.
last() { tail -n 1 "$workspace/$log" | jq -r "$1"; }
# What the tree has, without what patchctl keeps.
files_hash() {
  (cd "$workspace" && find . \( -path ./.git -o -path ./.mission_control -o -path ./.patchwarden \) -prune \
    -o -print0 | sort -z | while IFS= read -r -d '' file; do
      stat -c '%N %a %F' "$file"
      [ -d "$file" ] || [ "$file" = . ] || sha256sum "$file"
    done) | grep -v "^'\\.'" | sha256sum
}
receiver_start() {
  mkdir "$state/orch"
  /usr/bin/python3 "$top/tests/lib/receiver.py" "$state/orch" 3>&- &
  receiver=$!
  while [ ! -s "$state/orch/port" ]; do sleep 0.02; done
  export ORCHESTRATOR_URL=http://127.0.0.1:$(cat "$state/orch/port")
}
dead_url() {	# nobody listens on a port that has just been given back
  /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print("http://127.0.0.1:%d" % s.getsockname()[1])'
}

@test "replace-block replaces the lines, inclusive" {
  run patchctl replace-block --file f --start 2 --end 3 --block $'X\nY\n'
  [ "$status" = 0 ]
  file_is f 'a\nX\nY\n'
  [[ $output =~ ^applied\ \ f\ \ replace-block\ \ \+2\ -2\ \ [0-9a-f-]{36}$ ]]
}

@test "insert-before and insert-after put the block where they say" {
  patchctl insert-before --file f --line 1 --block $'0\n'
  patchctl insert-after --file f --line 4 --block z
  file_is f '0\na\nb\nc\nz'
}

@test "append and prepend make the file when it is missing" {
  patchctl append --file new/deep/x --block $'1\n'
  patchctl append --file new/deep/x --block $'2\n'
  patchctl prepend --file new/deep/x --block $'0\n'
  file_is new/deep/x '0\n1\n2\n'
  patchctl prepend --file y --block $'0\n'
  file_is y '0\n'
}

@test "create makes a file with its mode, and refuses one that exists" {
  patchctl create --file bin/run --mode 755 --block $'#!/bin/sh\n'
  [ "$(stat -c %a bin/run)" = 755 ]
  file_is bin/run '#!/bin/sh\n'
  run patchctl create --file bin/run --block x
  [ "$status" = 1 ]
  [[ $output == *exists* ]]
  file_is bin/run '#!/bin/sh\n'
  run patchctl create --file z --mode 999 --block x
  [ "$status" = 2 ]
  [[ $output == *octal* ]]
  [ ! -e z ]
}

@test "delete-file removes the file" {
  patchctl delete-file --file f
  [ ! -e f ]
  [ "$(last .status)" = applied ]
  run patchctl delete-file --file f
  [ "$status" = 1 ]
  [ "$(last .code)" = file_missing ]
}

@test "delete-block removes the lines" {
  patchctl delete-block --file f --start 1 --end 2 </dev/null
  file_is f 'c\n'
}

@test "write-file replaces all of a file" {
  patchctl write-file --file f --base-sha256 "$(sha256sum f | cut -d ' ' -f 1)" --block $'a\nB\nc\n'
  file_is f 'a\nB\nc\n'
  run patchctl write-file --file f --base-sha256 "$(printf '%064d' 0)" --block x
  [ "$status" = 1 ]
  file_is f 'a\nB\nc\n'
}

@test "move gives a file another name" {
  patchctl move --file f --to dir/g
  [ ! -e f ]
  file_is dir/g 'a\nb\nc\n'
}

@test "search-replace wants one match, or is told which" {
  printf 'x\ny\nx\n' >g
  run patchctl search-replace --file g --search x --replace z
  [ "$status" = 1 ]
  [ "$(last .code)" = match_ambiguous ]
  file_is g 'x\ny\nx\n'
  patchctl search-replace --file g --search x --replace z --occurrence all
  file_is g 'z\ny\nz\n'
}

@test "unified-diff and apply-patch take a patch text from the standard input" {
  printf -- '--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n' | patchctl unified-diff
  file_is f 'a\nB\nc\n'
  printf '*** Begin Patch\n*** Update File: f\n@@\n a\n-B\n+b\n*** End Patch\n' | patchctl apply-patch
  file_is f 'a\nb\nc\n'
}

@test "each operation of the contract is a command with usage, help and example" {
  local ops op
  ops=$(PATCHWARDEN_CONFIG=/dev/null patchctl contract schema PatchBatch |
    jq -r '[.. | objects | .op?.const // empty] | unique[]')
  [ "$(wc -w <<<"$ops")" -ge 13 ]
  for op in $ops; do
    patchctl --help | grep -q "^  $op " || { echo "no $op in the usage"; false; }
    run patchctl "$op" --help
    [ "$status" = 0 ] && [[ $output == *"Example:"*"patchctl $op"* ]] || { echo "$op: $output"; false; }
  done
}

@test "the block comes from a file, from anywhere" {
  printf 'X\n' >"$state/block"
  cd "$state"
  patchctl replace-block --root tree --file f --start 1 --end 1 --block-file block
  file_is f 'X\nb\nc\n'
}

@test "the block comes from the standard input, byte for byte" {
  printf 'one\n\n\ttwo \351\n\n' | patchctl append --file f
  file_is f 'a\nb\nc\none\n\n\ttwo \351\n\n'
}

@test "an empty block is a block; two blocks are wrong usage" {
  patchctl replace-block --file f --start 1 --end 1 --block ''
  file_is f 'b\nc\n'
  run patchctl append --file f --block x --block-file y
  [ "$status" = 2 ]
  file_is f 'b\nc\n'
}

@test "a block file that is missing is 3, and nothing is done" {
  run patchctl append --file f --block-file nowhere
  [ "$status" = 3 ]
  [[ $output == *nowhere* ]]
  [ ! -e .mission_control ]
}

@test "the tree is the git work tree around, from any folder of it" {
  mkdir -p sub/deep
  cd sub/deep
  patchctl append --file f --block $'d\n'
  file_is f 'a\nb\nc\nd\n'
  [ ! -e .mission_control ]
  [ -d "$workspace/.mission_control" ]
}

@test "a linked work tree has a .git file and is a tree of its own" {
  mkdir linked
  echo 'gitdir: /nowhere' >linked/.git
  cd linked
  patchctl append --file x --block $'1\n'
  file_is linked/x '1\n'
}

@test "without git the tree is the current folder; --root is any" {
  mkdir "$state/plain" "$state/plain/sub"
  cd "$state/plain/sub"
  patchctl append --file x --block $'1\n'
  printf '1\n' | cmp - "$state/plain/sub/x"
  patchctl append --file x --block $'2\n' --root ..
  printf '2\n' | cmp - "$state/plain/x"
  run patchctl append --file x --block y --root nowhere
  [ "$status" = 3 ]
  [[ $output == *nowhere* ]]
}

@test "no configuration file is asked for, a broken one that was named is 3" {
  PATCHWARDEN_CONFIG=/nonexistent run patchctl append --file f --block x
  [ "$status" = 3 ]
  file_is f 'a\nb\nc\n'
  PATCHWARDEN_OPEN_SPACE_PADDING=1 patchctl prepend --file f --block 0 --open-space
  file_is f '0\n\na\nb\nc\n'
}

@test "a dry run prints the diff, writes nothing, and says nothing of applied" {
  before=$(find . | sort; files_hash)
  patchctl replace-block --file f --start 2 --end 2 --block X --dry-run >"$state/diff" 2>"$state/said"
  [ "$(find . | sort; files_hash)" = "$before" ]
  if grep -i applied "$state/diff" "$state/said"; then false; fi
  git apply --check "$state/diff"
  run patchctl append --file f --block X --dry-run --json
  [ "$status" = 0 ]
  [ "$(jq -r '.dry_run, .results[0].status, (.results[0].diff | length > 0)' <<<"$output")" = $'true\nplanned\ntrue' ]
}

@test "a dry run that would be refused is 1 and says nothing of applied" {
  run patchctl replace-block --file f --start 9 --end 9 --block X --dry-run
  [ "$status" = 1 ]
  [[ $output != *[Aa]pplied* ]]
  [ ! -e .mission_control ]
}

@test "the log has a line for what was asked and one for what became of it" {
  patchctl append --file f --block $'d\n' --task-id T1 --order-id O1 --requester me \
    --reason why --branch main --meta '{"k":[1]}'
  [ "$(wc -l <$log)" = 2 ]
  jq -e . $log >/dev/null
  [ "$(head -n 1 $log | jq -r '.type, .status')" = $'patch_requested\nrequested' ]
  [ "$(jq -rs 'map(.patch_id) | unique | length' $log)" = 1 ]
  [ "$(last '.type, .file, .op, .task_id, .order_id, .requester, .reason, .branch, .meta.k[0], .lines_added, .lines_removed')" = \
    $'patch_applied\nf\nappend\nT1\nO1\nme\nwhy\nmain\n1\n1\n0' ]
  for member in patch_id file op task_id ts_check_ok diff_path meta ts; do
    [ "$(last "has(\"$member\")")" = true ]
  done
  [ "$(last .after_sha256)" = "$(sha256sum f | cut -d ' ' -f 1)" ]
}

@test "the stored diffs lead from tree to tree, by patch and by git apply" {
  git add f && git -c user.name=x -c user.email=x@x commit -qm 1
  git clone -q . "$state/by-patch" && git clone -q . "$state/by-git"
  patchctl replace-block --file f --start 2 --end 2 --block 'no end'
  patchctl create --file 'sp ace/x' --block $'1\n'
  patchctl prepend --file f --block $'0\n'
  patchctl append --file f --block 'no newline'
  for diff in $(jq -r 'select(.type == "patch_applied").diff_path' $log); do
    patch -s -d "$state/by-patch" -p1 <"$diff"
    git -C "$state/by-git" apply <"$diff"
  done
  for copy in by-patch by-git; do
    diff -r -x .git -x .mission_control -x .patchwarden . "$state/$copy"
  done
}

@test "what patchctl keeps is not seen by git, the tasks are" {
  git add f && git -c user.name=x -c user.email=x@x commit -qm 1
  patchctl append --file f --block $'d\n'
  [ "$(git status --porcelain)" = " M f" ]
  echo '{"tasks":[]}' >.mission_control/tasks.json
  [[ $(git status --porcelain) == *".mission_control/"* ]]
}

@test "refused edits leave the tree and are logged as patch_failed" {
  before=$(files_hash)
  while IFS='|' read -r code arguments; do
    eval "run patchctl $arguments"
    [ "$status" = 1 ] || { echo "$status: $arguments"; false; }
    [ "$(last '.type, .code')" = "patch_failed"$'\n'"$code" ] || { echo "$arguments: $(last .)"; false; }
    [ "$(files_hash)" = "$before" ] || { echo "$arguments wrote"; false; }
  done <<'END'
out_of_range|replace-block --file f --start 4 --end 4 --block x
out_of_range|replace-block --file f --start 3 --end 2 --block x
out_of_range|insert-before --file f --line 9 --block x
file_missing|replace-block --file nowhere --start 1 --end 1 --block x
path_escape|append --file ../x --block x
path_escape|append --file /tmp/x --block x
path_denied|append --file .git/config --block x
path_denied|append --file .mission_control/tasks.json --block x
path_denied|create --file .MISSION_control/x --block x
stale_base|replace-block --file f --start 1 --end 1 --block x --expect other
END
  [ ! -e "$state/x" ]
  [ "$(jq -s 'map(select(.type == "patch_failed")) | length' $log)" = 10 ]
}

@test "a conflict shows the text that stands there now" {
  run patchctl replace-block --file f --start 2 --end 2 --block x --expect other
  [ "$status" = 1 ]
  [[ $output == *"| b"* ]]
  [[ $output == *"/patches/0/expect"* ]]
}

@test "wrong usage is 2 and writes nothing" {
  while read -r arguments; do
    eval "run patchctl $arguments </dev/null"
    [ "$status" = 2 ] || { echo "$status: $arguments: $output"; false; }
  done <<'END'
replace-block --file f --start one --end 1 --block x
replace-block --file f --start 0 --end 1 --block x
append --block x
append --file f --block x --frob
append --file f --block
append --file f --block x more
append --file f --block x --open-space=yes
append --file f --block x --meta '[]'
append --file f --block x --meta '{'
append --file f --block x --eol lf
append --file f --block x --token-file t
append --file f --block x --root . --url http://127.0.0.1:1
append --file f --block x --url ftp://x
append --file f --block x --remote
apply
list --limit 0
list --order up
show
revert
resolve --file f --marker X
bridge f
list-tasks --url http://127.0.0.1:1
END
  [ ! -e .mission_control ]
  file_is f 'a\nb\nc\n'
}

@test "what is nearly a command or an option is told" {
  run patchctl replace-blok --file f
  [ "$status" = 2 ]
  [[ $output == *"patchctl replace-block --file"* ]]
  run patchctl db
  [ "$status" = 2 ]
  [[ $output == *"db is one of"*"patchctl db migrate"* ]]
  run patchctl append --file f --block x --requster me
  [ "$status" = 2 ]
  [[ $output == *"is --requester meant?"* ]]
  [[ $output == *"append --help"* ]]
  run patchctl append --file f --block x --frobnicate
  [ "$status" = 2 ]
  [[ $output != *meant* ]]
}

@test "apply takes a batch, all or nothing over all files" {
  printf '{"orderId":"O","patches":[{"op":"append","file":"f","block":"d\\n"},{"op":"create","file":"g","block":"1\\n"}]}' >"$state/b"
  run patchctl apply "$state/b" --requester me
  [ "$status" = 0 ]
  [ "${#lines[@]}" = 2 ]
  file_is f 'a\nb\nc\nd\n' && file_is g '1\n'
  [ "$(last '.order_id, .requester')" = $'O\nme' ]
  before=$(files_hash)
  run patchctl apply "$state/b" --json
  [ "$status" = 1 ]
  [ "$(files_hash)" = "$before" ]
  [ "$(jq -r '.code, .results[0].status, .results[1].status' <<<"$output")" = $'exists\nnot_applied\nfailed' ]
}

@test "a batch in parts applies what can be, and is 1" {
  run patchctl apply - <<<'{"atomic":false,"patches":[{"op":"append","file":"f","block":"d\n"},{"op":"append","file":"../x","block":"x"}]}'
  [ "$status" = 1 ]
  file_is f 'a\nb\nc\nd\n'
  [ "$(jq -r 'select(.type != "patch_requested").status' $log | paste -sd ' ')" = "applied failed" ]
}

@test "apply reads the standard input, and names every fault of a batch" {
  echo '{"patches":[{"op":"append","file":"f","block":"d\n"}]}' | patchctl apply -
  file_is f 'a\nb\nc\nd\n'
  run patchctl apply - <<<'{"patches":[{"op":"append","fil":"f"},{"op":"frob","file":"f"}],"x":1}'
  [ "$status" = 1 ]
  [[ $output == *"/patches/0/fil"* ]]
  [[ $output == *"/patches/1/op"* ]]
  [[ $output == *"/x"* ]]
  run patchctl apply - <<<'{"patches":'
  [ "$status" = 2 ]
  run patchctl apply - <<<'hello'
  [ "$status" = 1 ]
  [[ $output == *SEARCH/REPLACE* ]]
}

@test "apply sees which dialect a text is in" {
  printf 'The change:\n\nf\n<<<<<<< SEARCH\nb\n=======\nB\n>>>>>>> REPLACE\n' | patchctl apply -
  file_is f 'a\nB\nc\n'
  printf 'diff --git a/f b/f\n--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-B\n+b\n c\n' | patchctl apply -
  file_is f 'a\nb\nc\n'
  printf '*** Begin Patch\n*** Add File: g\n+1\n*** End Patch\n' | patchctl apply -
  file_is g '1\n'
}

@test "validate tells all faults and writes nothing" {
  run patchctl validate - <<<'{"patches":[{"op":"append","file":"f","block":"d\n"}]}'
  [ "$status" = 0 ]
  [[ $output != *[Aa]pplied* ]]
  run patchctl validate - <<<'{"patches":[{"op":"insert-before","file":"f","line":9,"block":"d"},{"op":"append","file":"../x","block":""}]}'
  [ "$status" = 1 ]
  [[ $output == *"/patches/0/line"* ]]
  [[ $output == *"/patches/1/file"* ]]
  [ ! -e .mission_control ]
  file_is f 'a\nb\nc\n'
}

@test "list: newest first, filters, pages, --json as the server has it" {
  for i in 1 2 3; do patchctl append --file "f$i" --block x --task-id "T$i" >"$state/said"; done
  run patchctl append --file ../x --block x
  run patchctl list --status typo
  [ "$status" = 2 ] && [[ $output == *"one of requested, applied"* ]] || { echo "$output"; false; }
  [ "$(patchctl list --status failed --json | jq -c '[.results[].status]')" = '["failed"]' ]
  run patchctl list --status applied
  [ "$status" = 0 ]
  [ "${#lines[@]}" = 3 ]
  [[ ${lines[0]} == *"  f3  append  "* ]]
  run patchctl list --task-id T2 --order asc
  [ "${#lines[@]}" = 2 ]
  [[ ${lines[0]} == *requested* ]]
  run patchctl list --search '%' --json
  [ "$(jq '.results | length' <<<"$output")" = 0 ]
  run patchctl list --json --limit 2 --offset 1 --count exact --file f
  [ "$(jq -r '.ok, (.results | length), .results[0].file_path, .pagination.has_more, .pagination.total' <<<"$output")" = $'true\n2\nf3\ntrue\n6' ]
  run patchctl list --from 2001-01-01 --to 2001-01-02
  [ "$status" = 0 ]
  [ -z "$output" ]
}

@test "list of a tree without a log is empty, lines of others are passed over" {
  run patchctl list
  [ "$status" = 0 ]
  [ -z "$output" ]
  [ ! -e .mission_control ]
  mkdir .mission_control
  printf 'not JSON\n{"patch_id":"old","file":"g","op":"append","status":"applied","ts_check_out":""}\n{"patch_id":"torn' >$log
  run patchctl list
  [ "${#lines[@]}" = 1 ]
  [[ $output == *"applied  g  append"* ]]
  patchctl append --file f --block x
  [ "$(wc -l <$log)" = 4 ]
  [ "$(last .type)" = patch_applied ]
  if grep -q torn $log; then false; fi
}

@test "show has all that happened to a patch, diff its diff" {
  patchctl append --file f --block $'d\n' --reason because
  id=$(last .patch_id)
  run patchctl show "$id"
  [ "$status" = 0 ]
  [[ $output == *requested* ]]
  [[ $output == *because* ]]
  run patchctl show "$id" --json
  [ "$(jq -r '.patch_id, (.events | map(.type) | join(" "))' <<<"$output")" = "$id"$'\n'"patch_requested patch_applied" ]
  patchctl diff "$id" | cmp - ".mission_control/patches/$id.diff"
  [ "$(patchctl diff "$id" --json | jq -r .diff)" = "$(cat ".mission_control/patches/$id.diff")" ]
  for what in show diff revert; do
    run patchctl $what 019ac5b2-5f0e-7cc2-8b6a-3d1f0a2b4c5d
    [ "$status" = 1 ] || { echo "$what: $status"; false; }
  done
  run patchctl diff ../tasks
  [ "$status" = 1 ]
}

@test "revert takes a patch back through later edits, once" {
  seq 1 30 >f
  patchctl replace-block --file f --start 20 --end 20 --block $'X\nY\n'
  id=$(last .patch_id)
  patchctl prepend --file f --block $'0\n'
  run patchctl revert "$id" --dry-run
  [ "$status" = 0 ]
  [[ $output == *"-X"* ]]
  grep -q '^X$' f
  run patchctl revert "$id" --reason oops --requester me
  [ "$status" = 0 ]
  [[ $output == "reverted  f  "* ]]
  seq 0 30 | cmp - f
  [ "$(last '.type, .patch_id, .reason, .requester')" = $'patch_reverted\n'"$id"$'\noops\nme' ]
  patchctl diff "$(last .revert_id)" | cmp - "$(last .diff_path)"
  patchctl diff "$(last .revert_id)" | git apply -R --check
  run patchctl revert "$id"
  [ "$status" = 1 ]
  [[ $output == *"was reverted at"* ]]
  seq 0 30 | cmp - f
}

@test "revert brings back what was removed, and removes what was made" {
  chmod 755 f
  patchctl create --file g --block 'no newline'
  made=$(last .patch_id)
  patchctl delete-file --file f
  gone=$(last .patch_id)
  patchctl revert "$made" && patchctl revert "$gone"
  [ ! -e g ]
  file_is f 'a\nb\nc\n' && [ "$(stat -c %a f)" = 755 ]
}

@test "revert of a patch over several files: made, changed, moved, removed" {
  printf '1\n2\n' >g
  printf 'gone\n' >'h h'
  printf 'x\n' >run
  before=$(files_hash)
  printf '*** Begin Patch\n*** Add File: new/n\n+n\n*** Update File: f\n@@\n-b\n+B\n*** Update File: g\n*** Move to: moved/g\n@@\n 1\n-2\n+3\n*** Delete File: h h\n*** End Patch\n' |
    patchctl apply-patch
  [ ! -e g ]
  [ ! -e 'h h' ]
  file_is moved/g '1\n3\n'
  id=$(last .patch_id)
  [ "$(last '.files | length')" -ge 4 ]
  [ "$(patchctl list --file moved/ --status applied | wc -l)" = 1 ]
  patchctl revert "$id"
  rmdir new moved 2>/dev/null || true
  [ "$(files_hash)" = "$before" ]
  printf 'diff --git a/run b/run\nold mode 100644\nnew mode 100755\n' | patchctl apply -
  [ "$(stat -c %a run)" = 755 ]
  patchctl revert "$(last .patch_id)"
  [ "$(files_hash)" = "$before" ]
  patchctl move --file g --to deep/er/g
  patchctl revert "$(last .patch_id)"
  rmdir -p deep/er 2>/dev/null || true
  [ "$(files_hash)" = "$before" ]
}

@test "revert with a later edit in the way is 1 and says what; nothing is done" {
  patchctl replace-block --file f --start 2 --end 2 --block X
  id=$(last .patch_id)
  patchctl replace-block --file f --start 2 --end 2 --block Z
  before=$(files_hash; cat $log)
  run patchctl revert "$id" --json
  [ "$status" = 1 ]
  [ "$(jq -r .code <<<"$output")" = revert_conflict ]
  [ "$(files_hash; cat $log)" = "$before" ]
}

@test "a patch that failed cannot be taken back" {
  run patchctl append --file ../x --block x
  run patchctl revert "$(last .patch_id)"
  [ "$status" = 1 ]
  [[ $output == *"was not applied"* ]]
}

@test "list-tasks prints the tasks of tasks.json" {
  run patchctl list-tasks
  [ "$status" = 1 ]
  [[ $output == *tasks.json* ]]
  mkdir .mission_control
  printf '{"tasks":[{"uuid":"T1","file":"f","placeholder":"p","instruction":"do it\\nwell","status":"open","allowed_spans":[{"file":"f","start":1,"end":2}],"more":1}]}' >.mission_control/tasks.json
  run patchctl list-tasks
  [ "$status" = 0 ]
  [ "$output" = "T1  open  f 1-2  do it" ]
  run patchctl list-tasks --json
  [ "$(jq -r '.ok, .tasks[0].uuid, .tasks[0].allowed_spans[0].end' <<<"$output")" = $'true\nT1\n2' ]
  echo '{"tasks":[{"file":"f"}]}' >.mission_control/tasks.json
  run patchctl list-tasks
  [ "$status" = 1 ]
  [[ $output == *"tasks.json /tasks/0/uuid"* ]]
}

@test "an event is posted after success, with the token; a failure posts none" {
  receiver_start
  ORCHESTRATOR_TOKEN=secret patchctl append --file f --block x
  [ "$(wc -l <"$state/orch/got")" = 1 ]
  [ "$(cut -f 1,2 "$state/orch/got")" = $'/api/patches/events\tBearer secret' ]
  [ "$(cut -f 3 "$state/orch/got")" = "$(tail -n 1 $log)" ]
  run patchctl append --file ../x --block x
  run patchctl append --file f --block x --dry-run
  [ "$(wc -l <"$state/orch/got")" = 1 ]
  [ ! -e .mission_control/queue.jsonl ]
}

@test "an address with a path is taken as it is" {
  receiver_start
  ORCHESTRATOR_URL=$ORCHESTRATOR_URL/hook patchctl append --file f --block x
  [ "$(cut -f 1,2 "$state/orch/got")" = $'/hook\t-' ]
}

@test "a post that fails is queued and said; then all come in order, once each" {
  for i in 1 2 3; do
    ORCHESTRATOR_URL=$(dead_url) run patchctl append --file f --block "$i" --task-id "T$i"
    [ "$status" = 0 ] && [[ $output == *"$i event"*queued* ]] || { echo "$output"; false; }
  done
  [ "$(wc -l <.mission_control/queue.jsonl)" = 3 ]
  receiver_start
  run patchctl append --file f --block 4 --task-id T4
  [ "$status" = 0 ]
  [[ $output != *queued* ]]
  [ "$(cut -f 3 "$state/orch/got" | jq -r .task_id | paste -sd ' ')" = "T1 T2 T3 T4" ]
  [ ! -e .mission_control/queue.jsonl ]
}

@test "an orchestrator that is busy or hangs up gets it later" {
  receiver_start
  echo 503 >"$state/orch/status"
  run patchctl append --file f --block 1 --task-id T1
  [ "$status" = 0 ]
  [[ $output == *"wait 7 s"* ]]
  echo close >"$state/orch/status"
  run patchctl append --file f --block 2 --task-id T2
  [ "$status" = 0 ]
  [[ $output == *"2 events are queued"* ]]
  rm "$state/orch/status"
  patchctl append --file f --block 3 --task-id T3
  [ "$(cut -f 3 "$state/orch/got" | jq -r .task_id | paste -sd ' ')" = "T1 T2 T3" ]
}

@test "an event that is refused for good holds up no other" {
  receiver_start
  echo 422 >"$state/orch/status"
  run patchctl append --file f --block 1 --task-id T1
  [ "$status" = 0 ]
  [[ $output == *refused* ]]
  rm "$state/orch/status"
  patchctl append --file f --block 2 --task-id T2
  [ "$(cut -f 3 "$state/orch/got" | jq -r .task_id)" = T2 ]
  [ "$(jq -r .task_id .mission_control/refused.jsonl)" = T1 ]
}

@test "notify sends an event again" {
  patchctl append --file f --block x
  id=$(last .patch_id)
  run patchctl notify "$id"
  [ "$status" = 2 ]
  [[ $output == *ORCHESTRATOR_URL* ]]
  ORCHESTRATOR_URL=$(dead_url) run patchctl notify "$id"
  [ "$status" = 3 ]
  receiver_start
  patchctl notify "$id" && patchctl notify "$id"
  [ "$(cut -f 3 "$state/orch/got" | jq -r .patch_id | sort -u)" = "$id" ]
  [ "$(wc -l <"$state/orch/got")" = 2 ]
}

@test "sixteen at once: every edit is there, once, and the log agrees" {
  pids=()
  for i in $(seq 16); do
    patchctl append --file f --block "line $i"$'\n' >"$state/said$i" 2>&1 3>&- &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid"; done
  { printf 'a\nb\nc\n'; seq -f 'line %g' 16; } | sort | cmp - <(sort f)
  [ "$(jq -r 'select(.type == "patch_applied").patch_id' $log | sort -u | wc -l)" = 16 ]
}

# A tree for one try, and what it is.
crash_tree() {
  rm -rf f n h again .mission_control .patchwarden
  printf 'a\nb\nc\n' >f
  echo h >h
}
# How often the program makes that system call for a batch of three files.
crash_calls() {
  crash_tree
  strace -qq -o "$state/trace" -e trace="$1" "$build/src/patchctl/patchctl" apply "$state/batch" >"$state/said"
  wc -l <"$state/trace"
}
# crash CALL N ACTION: that batch, with something done to the N-th such call.
# The next command must find the tree old or new, and the log agreeing.
crash() {
  local old applied code=0
  crash_tree
  old=$(files_hash)
  strace -qq -o /dev/null -e trace="$1" -e inject="$1":"$3":when="$2" \
    "$build/src/patchctl/patchctl" apply "$state/batch" >"$state/said" 2>&1 || code=$?
  output=$(patchctl list --json 2>"$state/said2") || { cat "$state/said2"; exit 1; }
  applied=$(jq '[.results[] | select(.status == "applied")] | length' <<<"$output")
  if [ "$(files_hash)" = "$old" ]; then
    [ "$applied" = 0 ] && [ $code != 0 ] || { echo "$*: the tree is old ($code, $applied)"; cat "$state/said"; exit 1; }
  else
    [ "$(cat f n/g)" = $'a\nb\nc\nd\n1' ] && [ ! -e h ] && [ "$applied" = 3 ] ||
      { echo "$*: neither old nor new ($code, $applied)"; cat "$state/said"; exit 1; }
  fi
  [ ! -e .mission_control/journal.jsonl ] || { echo "$*: a journal is left"; exit 1; }
  patchctl append --file again --block x >"$state/said" || { cat "$state/said"; exit 1; }
  [ "$(ls -A .patchwarden)" = .gitignore ] || { echo "$*"; ls -A .patchwarden; exit 1; }
}
crash_all() {	# crash_all ACTION CALL...: each of those calls, one after the other
  local action=$1 call n calls points=0
  shift
  command -v strace >/dev/null || skip "strace is not installed"
  strace -qq -o /dev/null true 2>/dev/null || skip "nothing may be traced here"
  printf '{"patches":[{"op":"append","file":"f","block":"d\\n"},{"op":"create","file":"n/g","block":"1\\n"},{"op":"delete-file","file":"h"}]}' >"$state/batch"
  for call; do
    calls=$(crash_calls "$call")
    for ((n = 1; n <= calls; n++)); do
      crash "$call" $n "$action"
      points=$((points + 1))
    done
  done
  echo "# $points points tried" >&3
  [ $points -ge 20 ]
}

@test "killed at any sync, rename or removal: the next command finishes or undoes it" {
  crash_all signal=KILL fsync renameat2 renameat unlinkat 2>"$state/killed"
}

@test "no space at any write, sync or rename: old or new, and the next edit works" {
  crash_all error=ENOSPC write fsync renameat2 renameat
}

@test "no descriptor at any open: old or new, and the next edit works" {
  crash_all error=EMFILE openat openat2
}

@test "an edit under somebody's lock waits for it" {
  patchctl append --file f --block x
  exec 7>>.mission_control/lock
  flock 7
  patchctl append --file f --block y >"$state/said" 2>&1 3>&- 7>&- &
  pid=$!
  if grep -q y f; then false; fi
  flock -u 7
  wait $pid
  grep -q y f
}

@test "links in place of what patchctl keeps are not followed" {
  mkdir "$state/elsewhere"
  ln -s "$state/elsewhere" .mission_control
  run patchctl append --file f --block x
  [ "$status" = 3 ]
  file_is f 'a\nb\nc\n' && [ -z "$(ls -A "$state/elsewhere")" ]
  rm .mission_control
  mkdir .mission_control
  ln -s "$state/elsewhere" .mission_control/patches
  run patchctl append --file f --block x
  [ "$status" = 3 ]
  file_is f 'a\nb\nc\n' && [ -z "$(ls -A "$state/elsewhere")" ]
}

@test "pipes in place of what patchctl keeps hold up nobody" {
  mkdir .mission_control
  mkfifo $log
  for command in 'append --file f --block x' list; do
    run timeout 20 "$build/src/patchctl/patchctl" $command
    [ "$status" = 3 ] && file_is f 'a\nb\nc\n' || { echo "$status $output"; false; }
  done
}

@test "colours, and ? for controls, on a terminal only; none with NO_COLOR" {
  command -v script >/dev/null || skip "script is not installed"
  printf '\033[2Jx\n' >g
  pty() { TERM=xterm script -qec "$build/src/patchctl/patchctl $*" /dev/null </dev/null 3>&- | tr -d '\r'; }
  run pty append --file g --block y --dry-run
  [[ $output == *$'\033[32m+y'* ]]
  [[ $output != *$'\033[2J'* ]]
  NO_COLOR=1 run pty append --file g --block y --dry-run
  [[ $output != *$'\033'* ]]
  [[ $output == *"+y"* ]]
  patchctl append --file g --block y --dry-run 2>"$state/said" | grep -qF $'\033[2Jx'
}

@test "completion knows every command, its options, and completes files" {
  patchctl completion bash >"$state/completion"
  words() {
    bash -c 'source "$1"; COMP_WORDS=("${@:2}"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _patchctl; echo "${COMPREPLY[*]}"' \
      - "$state/completion" patchctl "$@"
  }
  for command in $(patchctl --help | sed -n 's/^  \([a-z-]*\) .*/\1/p' | sort -u); do
    [[ " $(words '') " == *" $command "* ]] || { echo "$command"; false; }
  done
  [[ " $(words replace-block --) " == *" --start "* ]]
  [[ " $(words replace-block --) " == *" --block-file "* ]]
  [[ " $(words list --o) " == *" --offset "* ]]
  [[ " $(words list-tasks --) " != *" --offset "* ]]
  [[ " $(words append --file f --b) " == *" --block "* ]]
  touch some-file
  [ "$(words append --file some)" = some-file ]
  [ "$(words apply some)" = some-file ]
  [ "$(words append --eol k)" = keep ]
  [ -z "$(words append --requester '')" ]
  [[ " $(words append --dry-run '') " == *" --block "* ]]
}

@test "a task that the tree knows keeps its edits within its spans" {
  mkdir .mission_control
  echo '{"tasks":[{"uuid":"t1","file":"f","status":"open","allowed_spans":[{"file":"f","start":2,"end":2}]}]}' >.mission_control/tasks.json
  patchctl replace-block --file f --start 2 --end 2 --block $'B\n' --task-id t1
  file_is f 'a\nB\nc\n'
  run patchctl replace-block --file f --start 3 --end 3 --block $'C\n' --task-id t1
  [ "$status" = 1 ]
  [[ $output == *'task "t1" does not allow line 3'* ]]
  run patchctl replace-block --file f --start 2 --end 2 --block $'C\n' --task-id t9
  [ "$status" = 1 ]
  file_is f 'a\nB\nc\n'
  patchctl replace-block --file f --start 3 --end 3 --block $'C\n'
  file_is f 'a\nB\nC\n'
  # one that has no spans may go anywhere
  echo '{"tasks":[{"uuid":"t2","file":"f","status":"open"}]}' >.mission_control/tasks.json
  patchctl replace-block --file f --start 1 --end 1 --block $'A\n' --task-id t2
  file_is f 'A\nB\nC\n'
}

@test "a protected region is not edited" {
  printf '1\n# PROTECTED-BEGIN\n2\n# PROTECTED-END\n3\n' >g
  run patchctl replace-block --file g --start 3 --end 3 --block $'x\n'
  [ "$status" = 1 ]
  [[ $output == *guard* ]]
  patchctl replace-block --file g --start 5 --end 5 --block $'x\n'
  file_is g '1\n# PROTECTED-BEGIN\n2\n# PROTECTED-END\nx\n'
}

@test "list tells when a server had no time for all of the log" {
  receiver_start
  echo '{"ok":true,"results":[],"pagination":{"has_more":true,"complete":false,"next":"c2.9.8.0","total":null,"total_reason":"deadline"}}' >"$state/orch/answer"
  run patchctl list --search x --count exact --url "$ORCHESTRATOR_URL"
  [ "$status" = 0 ]
  [[ $output == *'no time to count them all'* ]]
  [[ $output == *'--cursor c2.9.8.0 goes on'* ]]
}
