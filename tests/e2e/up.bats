# contrib/up: starts, can be used, ends, leaves nothing behind.
top=${abs_top_srcdir:-$(cd "$BATS_TEST_DIRNAME/../.." && pwd)}

setup() {
  data=$(mktemp -d /tmp/pw-up.XXXXXX)
  export PATCHWARDEN_BUILD=${abs_top_builddir:-$top/build}
}
teardown() {
  "$top/contrib/up" --data "$data/a" --stop 3>&-
  "$top/contrib/up" --data "$data/b" --stop 3>&-
  rm -rf "$data"
}
up() { "$top/contrib/up" "$@" 3>&-; }

@test "two instances side by side, each with its own address, token and trees" {
  mkdir "$data/tree"
  chmod 0777 "$data" "$data/tree"
  run up --data "$data/a" --port 0 --workspace "default=$data/tree" --detach
  [ "$status" = 0 ] || { echo "$output"; false; }
  run up --data "$data/b" --port 0 --detach
  [ "$status" = 0 ] || { echo "$output"; false; }
  first=$(. "$data/a/env" && echo "$PATCHWARDEN_URL")
  [ "$first" != "$(. "$data/b/env" && echo "$PATCHWARDEN_URL")" ]
  [ "$(stat -c %a "$data/a/env")" = 600 ]
  . "$data/a/env"
  curl -fsS -H "Authorization: Bearer $PATCHWARDEN_TOKEN" \
    -H 'Content-Type: application/json' "$PATCHWARDEN_URL/api/patches/apply" \
    -d '{"patches":[{"op":"append","file":"x","block":"y\n"}]}'
  [ "$(cat "$data/tree/x")" = y ]
  [ "$(cat "$data/b/demo/hello.txt")" = "Hello, Patchwarden." ]
}

@test "the line it prints works when pasted" {
  run up --data "$data/a" --port 0 --detach
  [ "$status" = 0 ] || { echo "$output"; false; }
  line=$(sed -n 's/^  try *//p' <<<"$output")
  run bash -c "$line"
  [[ $output == *'"ok":true'* ]] || { echo "$line"; echo "$output"; false; }
}

@test "a policy holds; one that allows nothing of the demo lets it come up" {
  mkdir "$data/p"
  chmod 0755 "$data" "$data/p"
  echo '{"allow":["src/**"]}' >"$data/p/policy.json"
  run up --data "$data/a" --port 0 --policy "default=$data/p/policy.json" --detach
  [ "$status" = 0 ] || { echo "$output"; false; }
  line=$(sed -n 's/^  try *//p' <<<"$output")
  run bash -c "$line"
  [[ $output == *'"code":"path_denied"'*'src/**'* ]] || { echo "$line"; echo "$output"; false; }
  run up --data "$data/b" --policy default=/none
  [ "$status" = 2 ]
}

@test "a second start is quick, keeps the token, and takes the next port" {
  up --data "$data/a" --port 0 --detach
  . "$data/a/env"
  port=${PATCHWARDEN_URL##*:} token=$PATCHWARDEN_TOKEN
  run up --data "$data/a" --detach
  [ "$status" = 1 ]
  [[ $output == *already* ]]
  up --data "$data/a" --stop
  from=$(date +%s%N)
  run up --data "$data/a" --port "$port" --detach
  [ "$status" = 0 ] || { echo "$output"; false; }
  ms=$((($(date +%s%N) - from) / 1000000))
  echo "second start: $ms ms"
  [ $ms -lt 3000 ]
  . "$data/a/env"
  [ "$PATCHWARDEN_TOKEN" = "$token" ]
  run up --data "$data/b" --port "$port" --detach
  [ "$status" = 0 ] || { echo "$output"; false; }
  [ "$(. "$data/b/env" && echo "$PATCHWARDEN_URL")" != "$PATCHWARDEN_URL" ]
}

@test "nothing is left behind: by --stop, by TERM, by kill -9" {
  mine() { pgrep -f "$data/a/|^$PATCHWARDEN_BUILD.*$data" || true; }
  for signal in stop TERM KILL; do
    up --data "$data/a" --port 0 --detach
    [ -n "$(pgrep -f "$data/a/lighttpd.conf")" ]
    pid=$(cat "$data/a/up.pid")
    children=$(pgrep -P "$pid"; pgrep -P "$(pgrep -f "$data/a/lighttpd.conf" | head -n 1)")
    case $signal in
    stop) up --data "$data/a" --stop ;;
    *) kill -$signal "$pid" ;;
    esac
    for i in {1..100}; do
      left=
      for p in $children; do
        case $(ps -o stat= -p "$p" 2>/dev/null) in '' | Z*) ;; *) left+=" $p" ;; esac
      done
      [ -n "$left" ] || break
      sleep 0.1
    done
    [ -z "$left" ] || { ps -f -p ${left# }; false; }
  done
}

@test "with a policy a tree is governed from the start" {
  mkdir "$data/tree"
  chmod 0777 "$data" "$data/tree"
  echo '{"deny":["x"]}' >"$data/policy.json"
  chmod 0644 "$data/policy.json"
  run up --data "$data/a" --port 0 --workspace "default=$data/tree" --policy "default=$data/policy.json" --detach
  [ "$status" = 0 ] || { echo "$output"; false; }
  . "$data/a/env"
  post() {
    curl -sS -o "$data/answer" -w '%{http_code}' -H "Authorization: Bearer $PATCHWARDEN_TOKEN" \
      -H 'Content-Type: application/json' "$PATCHWARDEN_URL/api/patches/apply" \
      -d "{\"patches\":[{\"op\":\"append\",\"file\":\"$1\",\"block\":\"y\n\"}]}"
  }
  [ "$(post x)" = 403 ]
  [ "$(post y)" = 200 ]
  run up --policy default=/none
  [ "$status" = 2 ]
}

@test "HOME may be unset, and wrong options are told" {
  run env -u HOME -u XDG_STATE_HOME "$top/contrib/up" --nonsense
  [ "$status" = 2 ]
  run env -u HOME "$top/contrib/up" --data "$data/a" --port 0 --check
  [ "$status" = 0 ] || { echo "$output"; false; }
  run up --port x
  [ "$status" = 2 ]
  run up --workspace nonsense
  [ "$status" = 2 ]
}
