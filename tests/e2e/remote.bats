# patchctl against a server: the same commands, the same exit statuses.
load ../lib/server

setup() {
  server_start
  cd "$state"
  printf 'a\nb\nc\n' >"$workspace/f"
}
teardown() {
  cd /
  server_stop
}
file_is() { printf "$2" | cmp - "$workspace/$1"; }

@test "an edit goes to the server named by --url, or by PATCHWARDEN_URL with --remote" {
  run patchctl replace-block --file f --start 2 --end 2 --block X --url "$url" --task-id T1
  [ "$status" = 0 ] && file_is f 'a\nX\nc\n' || { echo "$output"; false; }
  [[ $output =~ ^applied\ \ f\ \ replace-block\ \ \+1\ -1\ \ [0-9a-f-]{36}$ ]]
  echo d | patchctl append --file f --remote
  file_is f 'a\nX\nc\nd\n'
  [ ! -e .mission_control ]
  [ ! -e "$workspace/.mission_control" ]
}

@test "the token comes from a file, too; without a good one it is 1" {
  (umask 077 && echo "$PATCHWARDEN_TOKEN" >token)
  unset PATCHWARDEN_TOKEN
  patchctl append --file f --block d --url "$url/" --token-file token
  file_is f 'a\nb\nc\nd'
  run patchctl append --file f --block e --url "$url"
  [ "$status" = 1 ]
  [[ $output == *token* ]]
  PATCHWARDEN_TOKEN=pw_wrong run patchctl list --url "$url" --json
  [ "$status" = 1 ]
  [ "$(head -n 1 <<<"$output" | jq -r .code)" = unauthorized ]
  file_is f 'a\nb\nc\nd'
}

@test "a dry run is a simulation: the diff is that of the later edit" {
  patchctl append --file f --block $'d\n' --remote --dry-run >dry 2>said
  file_is f 'a\nb\nc\n'
  if grep -i applied dry said; then false; fi
  id=$(patchctl append --file f --block $'d\n' --remote --json | jq -r '.results[0].patch_id')
  patchctl diff "$id" --remote | cmp - dry
  patchctl diff "$id" --remote | (cd "$workspace" && patch -R -s -p1)
  file_is f 'a\nb\nc\n'
}

@test "apply and validate send a batch; a refused one says every fault" {
  batch='{"orderId":"O1","patches":[{"op":"append","file":"f","block":"d\n"},{"op":"create","file":"g","block":"1\n"}]}'
  run patchctl validate - --remote <<<"$batch"
  [ "$status" = 0 ] && [ ! -e "$workspace/g" ] || { echo "$output"; false; }
  run patchctl apply - --remote <<<"$batch"
  [ "$status" = 0 ] && [ "${#lines[@]}" = 2 ] && file_is g '1\n' || { echo "$output"; false; }
  run patchctl apply - --remote <<<"$batch"
  [ "$status" = 1 ] && [[ $output == *"not_applied  f"* ]] && [[ $output == *"exists"*"/patches/1/file"* ]] || { echo "$output"; false; }
  run patchctl apply - --remote --workspace other <<<"*** Begin Patch"$'\n*** Delete File: f\n*** End Patch'
  [ "$status" = 1 ] && [[ $output == *'no workspace "other"'* ]] || { echo "$output"; false; }
  run patchctl append --file ../x --block x --remote
  [ "$status" = 1 ]
  [[ $output == *"/patches/0/file"* ]]
  file_is f 'a\nb\nc\nd\n'
}

@test "a conflict shows what stands there now" {
  run patchctl replace-block --file f --start 2 --end 2 --block x --expect other --remote
  [ "$status" = 1 ] && [[ $output == *"     2  | b"* ]] || { echo "$output"; false; }
}

@test "bytes that are no text are refused before they are sent" {
  run patchctl append --file f --block $'\351' --remote
  [ "$status" = 1 ]
  [[ $output == *UTF-8* ]]
  file_is f 'a\nb\nc\n'
}

@test "list and show read the server's log" {
  for i in 1 2 3; do patchctl append --file "f$i" --block x --task-id "T$i" --remote >said; done
  run patchctl list --remote --status applied
  [ "$status" = 0 ] && [ "${#lines[@]}" = 3 ] && [[ ${lines[0]} == *"  applied  f3  append  +1 -0  "* ]] || { echo "$output"; false; }
  run patchctl list --remote --task-id T2 --order asc --json
  [ "$(jq -r '.results | map(.type) | join(" ")' <<<"$output")" = "patch_requested patch_applied" ]
  patchctl list --remote --status applied --limit 2 --count exact >rows 2>said
  [ "$(wc -l <rows)" = 2 ]
  grep -qx 'patchctl: 3 in all' said
  [ "$(patchctl list --remote --search '%' --json | jq '.results | length')" = 0 ]
  run patchctl list --remote --cursor nonsense
  [ "$status" = 2 ]
  id=$(patchctl list --remote --limit 1 --json | jq -r '.results[0].patch_id')
  run patchctl show "$id" --remote
  [ "$status" = 0 ] && [[ $output == *requested*T3*applied* ]] || { echo "$output"; false; }
  [ "$(patchctl show "$id" --remote --json | jq -r .patch_id)" = "$id" ]
  for what in show diff; do
    run patchctl $what nobody/../x --remote
    [ "$status" = 1 ] || { echo "$what $status $output"; false; }
  done
}

@test "revert takes a patch back there, once" {
  id=$(patchctl replace-block --file f --start 2 --end 2 --block X --remote --json | jq -r '.results[0].patch_id')
  run patchctl revert "$id" --remote --dry-run
  [ "$status" = 0 ] && file_is f 'a\nX\nc\n' || { echo "$output"; false; }
  run patchctl revert "$id" --remote --reason oops
  [ "$status" = 0 ] && file_is f 'a\nb\nc\n' || { echo "$output"; false; }
  run patchctl revert "$id" --remote
  [ "$status" = 1 ]
  file_is f 'a\nb\nc\n'
}

@test "revert takes the patches of an order back, and a requester's since a time" {
  begun=$(date +%s%3N)
  printf 'a\n' >"$workspace/many"
  patchctl append --remote --file many --block $'b\n' --order-id order-1
  patchctl append --remote --file many --block $'c\n' --order-id order-1 --requester someone
  run patchctl revert --remote --order-id order-1 --dry-run
  [ "$status" = 0 ]
  file_is many 'a\nb\nc\n'
  patchctl revert --remote --requester someone --since "$begun"
  file_is many 'a\nb\n'
  patchctl revert --remote --order-id order-1
  file_is many 'a\n'
  run patchctl revert --remote --order-id order-1
  [ "$status" = 1 ]
  run patchctl revert --remote
  [ "$status" = 2 ]
  run patchctl revert --remote some-id --order-id order-1
  [ "$status" = 2 ]
  run patchctl revert --order-id order-1
  [ "$status" = 2 ]
}

@test "resolve and bridge ask the server" {
  printf 'x\n// ###FINAL_MILE_PROMPT__CART###\nold\n// ###END_CART###\n' >"$workspace/m"
  run patchctl resolve m --marker CART --remote
  [ "$status" = 0 ] && [ "$output" = m:3-3 ] || { echo "$output"; false; }
  run patchctl resolve m --marker NONE --remote
  [ "$status" = 1 ]
  phase='{"files":[{"filePath":"new.txt","fileContents":"1\n","filePurpose":"x"}],"deploymentNeeded":false,"commands":[]}'
  patchctl bridge - --remote <<<"$phase" >batch
  patchctl apply batch --remote && file_is new.txt '1\n'
  rm "$workspace/new.txt"
  run patchctl bridge - --remote --apply <<<"$phase"
  [ "$status" = 0 ] && file_is new.txt '1\n' || { echo "$output"; false; }
}

@test "on a terminal each operation is said when it is done, once" {
  command -v script >/dev/null || skip "script is not installed"
  echo '{"patches":[{"op":"append","file":"f","block":"d\n"},{"op":"create","file":"g","block":"1\n"}]}' >batch
  run script -qec "NO_COLOR=1 $build/src/patchctl/patchctl apply batch --remote" /dev/null </dev/null
  [ "$(tr -d '\r' <<<"$output" | cut -d ' ' -f 1-3)" = $'applied  f\napplied  g' ] || { echo "$output"; false; }
  run script -qec "NO_COLOR=1 $build/src/patchctl/patchctl apply batch --remote" /dev/null </dev/null
  [[ $output == *exists* ]] || { echo "$output"; false; }
}

@test "no server, no answer of ours, a redirect: 3" {
  dead=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print("http://127.0.0.1:%d" % s.getsockname()[1])')
  for command in 'append --file f --block x' list 'show x' 'resolve f --anchor a'; do
    run patchctl $command --url "$dead"
    [ "$status" = 3 ] && [[ $output == *"$dead"* ]] || { echo "$command: $status $output"; false; }
  done
  run patchctl list --url "$dead" --json
  [ "$(head -n 1 <<<"$output" | jq -r .code)" = unreachable ]
  for answer in 302 500; do
    mkdir "orch$answer"
    echo $answer >"orch$answer/status"
    /usr/bin/python3 "$top/tests/lib/receiver.py" "orch$answer" 3>&- &
    receiver=$!
    wait_for 10 test -s "orch$answer/port"
    run patchctl append --file f --block x --url "http://127.0.0.1:$(cat "orch$answer/port")"
    kill $receiver
    [ "$status" = 3 ] || { echo "$answer: $status $output"; false; }
  done
}

@test "events of a tree here come to the server, each once, in order" {
  mkdir here
  export ORCHESTRATOR_TOKEN=$PATCHWARDEN_TOKEN
  for i in 1 2 3; do
    ORCHESTRATOR_URL=http://127.0.0.1:1 patchctl append --file x --block "$i" --root here --task-id "T$i" --order-id local 2>said
  done
  ORCHESTRATOR_URL=$url run patchctl append --file x --block 4 --root here --task-id T4 --order-id local
  [ "$status" = 0 ] && [[ $output != *queued* ]] || { echo "$output"; false; }
  ORCHESTRATOR_URL=$url patchctl notify "$(jq -r .patch_id here/.mission_control/patch_log.jsonl | head -n 1)" --root here
  [ "$(patchctl list --remote --order-id local --order asc --json | jq -r '.results | map(.task_id + " " + .status) | join(",")')" = \
    "T1 applied,T2 applied,T3 applied,T4 applied" ]
}

@test "the examples of patchctl(1) run as they are written" {
  mkdir -p repo/src other/src repo/.mission_control
  cd repo
  git init -q .
  printf '%s\n' 'let a;' '// ###FINAL_MILE_PROMPT__CART###' 'let b;' 'let c;' '// ###END_CART###' >src/app.ts
  cp src/app.ts "$workspace/app.ts"
  git add -A
  git -c user.name=x -c user.email=x@x commit -qm 1
  git clone -q . ../other2
  rm -r ../other
  mv ../other2 ../other
  printf 'let B;\n' >new.ts
  printf 'src/app.ts\n<<<<<<< SEARCH\nlet a;\n=======\nlet A;\n>>>>>>> REPLACE\n' >answer.txt
  echo '{"files":[{"filePath":"n.txt","fileContents":"1\n","filePurpose":"x"}],"deploymentNeeded":false,"commands":[]}' >phase.json
  echo '{"patches":[{"op":"append","file":"app.ts","block":"x\n"}]}' >batch.json
  echo '{"tasks":[{"uuid":"T7","file":"src/app.ts","status":"open"}]}' >.mission_control/tasks.json
  awk '/^\.Sh / { inside = /EXAMPLES/ } /^\.Bd/ { block = inside; next } /^\.Ed/ { block = 0 } block' \
    "$top/src/patchctl/patchctl.1" | sed 's/\\e/\\/g' >../examples
  [ "$(grep -c patchctl ../examples)" -ge 15 ]
  PATH=$build/src/patchctl:$PATH bash -euo pipefail ../examples >../said 2>&1 || { cat ../said; false; }
  [ "$(cat src/app.ts)" = "$(printf '%s\n' 'let a;' '// ###FINAL_MILE_PROMPT__CART###' 'let B;' '// ###END_CART###' 'export {};')" ]
  [ "$(cat n.txt)" = 1 ]
}

@test "sums and reports are those of the server" {
  unset PATCHWARDEN_CONFIG
  patchctl append --file f --block d --url "$url" --order-id o1
  [ "$(patchctl --json stats --url "$url" | jq .totals.ok)" = 1 ]
  run patchctl trends --group order --url "$url"
  [ "$status" = 0 ]
  [[ $output == *o1* ]]
  run patchctl report o1 --url "$url"
  [ "$status" = 1 ]
  run patchctl report o1 --url "$url" --generate
  [ "$status" = 0 ]
  [[ ${lines[0]} == '# '* ]]
  patchctl report o1 --url "$url" --format html --output page.html
  grep -q '<!DOCTYPE html>' page.html
  [ "$(patchctl report --all --url "$url" | jq .complete)" = true ]
  [ "$(patchctl report --list --url "$url" | jq -r '.reports[0].order_id')" = o1 ]
}

# A server of https, whose certificate a CA of our own has signed.
tls_start() {
  [ -n "$(find /usr/lib/lighttpd /usr/lib64/lighttpd /usr/local/lib/lighttpd -name mod_openssl.so 2>/dev/null)" ] ||
    skip "lighttpd has no mod_openssl (on Debian: lighttpd-mod-openssl)"
  command -v openssl >/dev/null || skip "openssl is not installed"
  {
    for name in ca other; do
      openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$name" -days 30 -keyout $name.key -out $name.pem
    done
    openssl req -newkey rsa:2048 -nodes -subj /CN=server -keyout server.key -out server.csr
    printf 'subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' >extensions
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 \
      -extfile extensions -out server.pem
  } >openssl.log 2>&1 || { cat openssl.log; false; }
  tls_port=$(port_free)
  cat >>lighttpd.conf <<END
server.modules += ( "mod_openssl" )
\$SERVER["socket"] == "127.0.0.1:$tls_port" {
	ssl.engine = "enable"
	ssl.pemfile = "$state/server.pem"
	ssl.privkey = "$state/server.key"
}
END
  stop_pid "$lighttpd_pid"
  lighttpd_start
  safe_url=https://127.0.0.1:$tls_port
}

@test "a server of https is asked when its CA is known, and refused when not" {
  tls_start
  export CURL_CA_BUNDLE=$state/ca.pem
  patchctl append --file f --block d --url "$safe_url"
  file_is f 'a\nb\nc\nd'
  run timeout 120 "$build/src/patchctl/patchctl" tail --url "$safe_url" --since earliest --count 2 --json
  [ "$status" = 0 ] || { echo "$output"; false; }
  [ "$(jq -rs 'map(.type) | join(" ")' <<<"$output")" = 'patch_requested patch_applied' ]
  CURL_CA_BUNDLE=$state/other.pem run timeout 120 "$build/src/patchctl/patchctl" tail --url "$safe_url" --since earliest --count 2
  echo "$output"
  # at once: to ask again would not help
  [ "$status" != 0 ] && [ "$status" != 124 ] || false
  [[ $output == *"$safe_url"*'cannot be trusted'*certificate* ]]
  CURL_CA_BUNDLE=$state/none.pem run timeout 120 "$build/src/patchctl/patchctl" tail --url "$safe_url"
  echo "$output"
  [ "$status" != 0 ] && [ "$status" != 124 ] || false
  [[ $output == *none.pem* ]]
  unset CURL_CA_BUNDLE
  run patchctl append --file f --block e --url "$safe_url"
  echo "$output"
  [ "$status" != 0 ]
  [[ $output == *certificate* ]]
  file_is f 'a\nb\nc\nd'
}
