# Trees that were made to harm: refused or served within the limits, and never
# a byte outside of the root.
load ../lib/cgi

setup() {
  cgi_setup
  outside=$state/outside
  mkdir "$outside"
  echo secret >"$outside/f"
  echo secret >"$outside/only"
}
teardown() {
  [ -z "${swapper:-}" ] || kill "$swapper" 2>/dev/null || true
  [ -z "${grower:-}" ] || kill "$grower" 2>/dev/null || true
  cgi_teardown
}
# What stands outside, with its times: reading may not be told, writing is.
outside_hash() {
  (cd "$outside" && find . -printf '%P %y %m %n %s %T@\n' | sort && cat f only) | sha256sum
}
# In a limit that is generous, but is one.
timely() {
  local before=$SECONDS
  "$@"
  [ $((SECONDS - before)) -lt 20 ] || { echo "took $((SECONDS - before)) s"; return 1; }
}
refused() {	# STATUS CODE
  [ "$http_status" = "$1" ] && [ "$(field .code)" = "$2" ] || { show; return 1; }
}
swap() {	# A B: until swap_end
  /usr/bin/python3 "$BATS_TEST_DIRNAME/swap.py" "$1" "$2" >"$state/swaps" 3>&- &
  swapper=$!
}
swap_end() {
  kill "$swapper"
  wait "$swapper"
  swapper=
  [ "$(cat "$state/swaps")" -gt 100 ]
}

@test "a folder and a link to the outside change places while batches run: nothing outside changes" {
  rounds=300
  [ -z "${PATCHWARDEN_QUICK:-}" ] || rounds=60
  mkdir "$workspace/d"
  echo here >"$workspace/d/f"
  ln -s "$outside" "$workspace/e"
  before=$(outside_hash)
  swap "$workspace/d" "$workspace/e"
  served=0 refused=0
  for ((i = 0; i < rounds || (served == 0 && i < 20 * rounds); i++)); do
    case $((i % 4)) in
    0) apply '[{"op":"append","file":"d/f","block":"x\n"}]' ;;
    1) apply '[{"op":"create","file":"d/n'$i'","block":"x\n"},{"op":"append","file":"g","block":"x\n"}]' ;;
    2) apply '[{"op":"create","file":"d/deep'$i'/n","block":"x\n"}]' ;;
    3) apply '[{"op":"delete-file","file":"d/n'$((i - 2))'"}]' ;;
    esac
    case $http_status in
    200) served=$((served + 1)) ;;
    4?? | 503) refused=$((refused + 1)) ;;
    *) show; false ;;
    esac
    [[ $body != *secret* ]] || { show; false; }
  done
  swap_end
  [ "$(outside_hash)" = "$before" ] || { ls -lR "$outside"; false; }
  echo "# $rounds batches, $served served, $refused refused, $(cat "$state/swaps") exchanges" >&3
  [ $served -gt 0 ]
  [ $refused -gt 0 ]
  # what is in the tree is what the log says; once more now that all is quiet,
  # since it may be that none of the batches with g was served
  apply '[{"op":"append","file":"g","block":"x\n"}]'
  [ "$http_status" = 200 ] || { show; false; }
  cgi GET '/api/patches/logs?type=patch_applied&file=g&limit=1000'
  [ "$(field '.results | length')" = "$(wc -l <"$workspace/g")" ] || { show; false; }
  cgi GET /api/events
  [ -z "$(find "$workspace/.patchwarden" -type f ! -name .gitignore)" ]
  patchctl db verify
}

@test "a file and a link to the outside change places while batches run: nothing outside changes or is read" {
  rounds=200
  [ -z "${PATCHWARDEN_QUICK:-}" ] || rounds=40
  echo here >"$workspace/f"
  ln -s "$outside/f" "$workspace/l"
  before=$(outside_hash)
  swap "$workspace/f" "$workspace/l"
  for ((i = 0; i < rounds; i++)); do
    if ((i % 2)); then
      apply '[{"op":"append","file":"f","block":"x\n"}]'
    else
      cgi GET /api/files/f
    fi
    [[ $http_status = 200 || $http_status = 4?? || $http_status = 503 ]] || { show; false; }
    [[ $body != *secret* ]] || { show; false; }
  done
  swap_end
  [ "$(outside_hash)" = "$before" ]
}

@test "the staging folder is a link, a file, a FIFO: refused, nothing outside changes" {
  before=$(outside_hash)
  rm -rf "$workspace/.patchwarden"
  ln -s "$outside" "$workspace/.patchwarden"
  apply '[{"op":"append","file":"f","block":"x\n"}]'
  [[ $http_status = [45]?? ]] && [ ! -e "$workspace/f" ] || { show; false; }
  [ "$(outside_hash)" = "$before" ]
  rm "$workspace/.patchwarden"
  mkfifo "$workspace/.patchwarden"
  timely apply '[{"op":"append","file":"f","block":"x\n"}]'
  [[ $http_status = [45]?? ]] && [ ! -e "$workspace/f" ] || { show; false; }
  rm "$workspace/.patchwarden"
  : >"$workspace/.patchwarden"
  apply '[{"op":"append","file":"f","block":"x\n"}]'
  [[ $http_status = [45]?? ]] && [ ! -e "$workspace/f" ] || { show; false; }
  rm "$workspace/.patchwarden"
  apply '[{"op":"append","file":"f","block":"x\n"}]'
  [ "$http_status" = 200 ]
  file_is f 'x\n'
}

@test "links in every place of the path" {
  mkdir -p "$workspace/a/b"
  ln -s "$outside" "$workspace/out"
  ln -s ../../outside "$workspace/a/out"
  ln -s "$outside/f" "$workspace/a/b/f"
  ln -s "$outside/missing" "$workspace/dangling"
  ln -s loop "$workspace/loop"
  ln -s . "$workspace/self"
  ln -s /proc/self/root "$workspace/magic"
  before=$(outside_hash)
  for path in out/f out/new a/out/f a/b/f dangling loop loop/x self/f magic/etc/passwd; do
    for op in '"op":"append"' '"op":"create"' '"op":"prepend"'; do
      apply "[{$op,\"file\":\"$path\",\"block\":\"x\\n\"}]"
      refused 400 path_escape || { echo "$path $op"; false; }
    done
    apply "[{\"op\":\"delete-file\",\"file\":\"$path\"}]"
    refused 400 path_escape || { echo "$path"; false; }
    apply "[{\"op\":\"append\",\"file\":\"n\",\"blockFile\":\"$path\"}]"
    refused 400 path_escape || { echo "$path"; false; }
    cgi GET "/api/files/$path"
    refused 400 path_escape || { echo "$path"; false; }
  done
  [ "$(outside_hash)" = "$before" ]
  [ ! -e "$outside/missing" ]
  [ ! -e "$workspace/n" ]
}

@test "hard links, FIFOs, sockets and devices: told at once" {
  ln "$outside/f" "$workspace/hard"
  echo x >"$workspace/one"
  ln "$workspace/one" "$workspace/two"
  mkfifo "$workspace/fifo"
  /usr/bin/python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$workspace/socket"
  names='hard one two fifo socket'
  if mknod "$workspace/null" c 1 3 2>/dev/null; then names="$names null"; fi
  before=$(outside_hash)
  for path in $names; do
    for op in '"op":"append","block":"x"' '"op":"delete-file"' '"op":"replace-block","start":1,"end":1,"block":""'; do
      timely apply "[{$op,\"file\":\"$path\"}]"
      refused 403 path_denied || { echo "$path $op"; false; }
    done
    timely apply "[{\"op\":\"append\",\"file\":\"n\",\"blockFile\":\"$path\"}]"
    refused 403 path_denied || { echo "$path"; false; }
    timely cgi GET "/api/files/$path"
    refused 403 path_denied || { echo "$path"; false; }
  done
  [ "$(outside_hash)" = "$before" ]
  [ -p "$workspace/fifo" ]
  [ -S "$workspace/socket" ]
  [ "$(stat -c %h "$workspace/one")" = 2 ]
}

@test "every way to write .git" {
  mkdir -p "$workspace/.git/hooks" "$workspace/sub/.git"
  before=$(tree_hash)
  for path in .git .git/config .git/hooks/pre-commit .GIT/config .Git/config .gIT sub/.git/config \
      sub/.GiT/x git~1/config GIT~1/config Git~1 new/.git/config .git/.git/x; do
    for op in append create; do
      apply "[{\"op\":\"$op\",\"file\":\"$path\",\"block\":\"x\"}]"
      refused 403 path_denied || { echo "$path"; false; }
    done
    cgi GET "/api/files/$path"
    refused 403 path_denied || { echo "$path"; false; }
  done
  # what NTFS and HFS+ take for .git: other names
  for path in '.git ' '.git.' '.git...' '.git::$INDEX_ALLOCATION' $'.g\u200cit' $'\u200d.git' $'.git\ufeff'; do
    apply "[{\"op\":\"create\",\"file\":$(jq -Rn --arg p "$path/config" '$p'),\"block\":\"x\"}]"
    refused 403 path_denied || { echo "$path"; false; }
  done
  [ "$(tree_hash)" = "$before" ]
  apply '[{"op":"create","file":".gitignore","block":"x"},{"op":"create","file":".github/w","block":"x"},{"op":"create","file":"x.git/y","block":"x"},{"op":"create","file":".gitea","block":"x"}]'
  [ "$http_status" = 200 ] || { show; false; }
}

@test "names in upper and lower case are different files, each its own" {
  echo lower >"$workspace/name"
  apply '[{"op":"create","file":"NAME","block":"upper\n"},{"op":"append","file":"name","block":"x\n"},{"op":"create","file":"Dir/a","block":"1\n"},{"op":"create","file":"dir/a","block":"2\n"}]'
  [ "$http_status" = 200 ] || { show; false; }
  file_is NAME 'upper\n' && file_is name 'lower\nx\n' && file_is Dir/a '1\n' && file_is dir/a '2\n'
  # composed and decomposed letters are too
  apply '[{"op":"create","file":"\u00e9","block":"1\n"},{"op":"create","file":"e\u0301","block":"2\n"}]'
  [ "$http_status" = 200 ]
  file_is $'\u00e9' '1\n' && file_is $'e\u0301' '2\n'
}

@test "names with quotes, blanks, signs and 255 bytes: the diff is one that patch and git take" {
  long=$(printf 'n%.0s' {1..255})
  wide=$(printf '\303\251%.0s' {1..127})
  mkdir "$state/copy"
  git init -q "$state/git"
  for name in 'a b' "it's" 'q"uote' ' lead' 'trail ' '-rf' '*' '$(x)' '`x`' ';x' 'a&b' 'x|y' \
      '#x' '~' '~x' 'a:b' '%2e%2e' 'e=mc' '{a,b}' $'\u202egnp' "$long" "$wide" "d/$long"; do
    text=$(jq -Rn --arg p "$name" '$p')
    apply "[{\"op\":\"create\",\"file\":$text,\"block\":\"one\\ntwo\\n\"}]"
    [ "$http_status" = 200 ] && [ "$(field '.results[0].file')" = "$name" ] || { echo "$name"; show; false; }
    file_is "$name" 'one\ntwo\n'
    first=$(field '.results[0].patch_id')
    apply "[{\"op\":\"replace-block\",\"file\":$text,\"start\":2,\"end\":2,\"block\":\"2\\n\"}]"
    [ "$http_status" = 200 ] || { echo "$name"; show; false; }
    for id in "$first" "$(field '.results[0].patch_id')"; do
      cgi GET "/api/patches/$id/diff"
      [ "$http_status" = 200 ]
      sed '1,/^\r\{0,1\}$/d' "$state/.answer" >"$state/one.diff"
      # patch makes a name longer for its own temporary file
      [ ${#name} -gt 100 ] ||
        (cd "$state/copy" && patch -s -p1 <"$state/one.diff") || { echo "$name"; cat "$state/one.diff"; false; }
      (cd "$state/git" && git apply --whitespace=nowarn "$state/one.diff") || { echo "$name"; cat "$state/one.diff"; false; }
    done
  done
  diff -r -x .patchwarden -x 'nnn*' -x d -x "$wide" "$workspace" "$state/copy"
  diff -r -x .patchwarden -x .git "$workspace" "$state/git"
}

@test "names that are too long, empty or have control characters" {
  before=$(tree_hash)
  long=$(printf 'n%.0s' {1..256})
  deep=$(printf 'd/%.0s' {1..512})
  for name in "$long" "d/$long" "${deep}x" '' / // a//b /a a/ . ./a a/. .. a/.. $'a\nb' $'a\tb' $'\e[31m' \
      $'a\x7f' $'\u0085' 'a\b' 'C:\x'; do
    apply "[{\"op\":\"create\",\"file\":$(jq -Rn --arg p "$name" '$p'),\"block\":\"x\"}]"
    [[ $http_status = 4?? ]] && [ "$(tree_hash)" = "$before" ] || { echo "$name"; show; false; }
  done
  apply '[{"op":"create","file":"a\u0000b","block":"x"}]'
  [[ $http_status = 4?? ]]
  [ "$(tree_hash)" = "$before" ]
}

@test "a path of 1024 bytes" {
  path=$(printf 'd%.0s' {1..200})
  path=$path/$path/$path/$path/$path
  path=$path/$(printf 'f%.0s' {1..19})
  [ ${#path} = 1024 ]
  apply "[{\"op\":\"create\",\"file\":\"$path\",\"block\":\"x\\n\"}]"
  [ "$http_status" = 200 ] && file_is "$path" 'x\n' || { show; false; }
  apply "[{\"op\":\"delete-file\",\"file\":\"$path\"}]"
  [ "$http_status" = 200 ] || { show; false; }
  apply "[{\"op\":\"create\",\"file\":\"${path}f\",\"block\":\"x\\n\"}]"
  refused 422 invalid
}

@test "a folder in the place of a file, a file in the place of a folder" {
  mkdir -p "$workspace/folder/sub"
  echo x >"$workspace/file"
  before=$(tree_hash)
  for op in '"op":"append","block":"x"' '"op":"delete-file"' '"op":"create","block":"x"'; do
    apply "[{$op,\"file\":\"folder\"}]"
    [[ $http_status = 4?? ]] && [ "$(tree_hash)" = "$before" ] || { show; false; }
    apply "[{$op,\"file\":\"file/x\"}]"
    [[ $http_status = 4?? ]] && [ "$(tree_hash)" = "$before" ] || { show; false; }
  done
  apply '[{"op":"create","file":"n","block":"x"},{"op":"create","file":"n/x","block":"x"}]'
  [[ $http_status = 4?? ]] && [ "$(tree_hash)" = "$before" ] || { show; false; }
  apply '[{"op":"append","file":"n","blockFile":"folder"}]'
  [[ $http_status = 4?? ]] && [ "$(tree_hash)" = "$before" ] || { show; false; }
}

@test "a folder that may not be written, a file that may not be read" {
  mkdir "$workspace/closed"
  echo x >"$workspace/closed/f"
  echo x >"$workspace/unreadable"
  chmod 0500 "$workspace/closed"
  chmod 0 "$workspace/unreadable"
  as=()
  if [ "$(id -u)" = 0 ]; then	# root may do anything
    chown -R nobody "$state"
    chmod 0755 "$state"
    setpriv --reuid nobody --regid nogroup --clear-groups test -x "$build/cgi-bin/patches.fcgi" ||
      skip "nobody cannot reach the programs"
    as=(setpriv --reuid nobody --regid nogroup --clear-groups)
  fi
  before=$(tree_hash)
  for patches in '[{"op":"append","file":"closed/f","block":"x"}]' \
      '[{"op":"create","file":"closed/n","block":"x"}]' \
      '[{"op":"create","file":"closed/d/n","block":"x"}]' \
      '[{"op":"delete-file","file":"closed/f"}]' \
      '[{"op":"append","file":"unreadable","block":"x"}]' \
      '[{"op":"create","file":"n","block":"x"},{"op":"append","file":"closed/f","block":"x"}]'; do
    printf '{"patches":%s}' "$patches" >"$state/.body"
    env REQUEST_METHOD=POST REQUEST_URI=/api/patches/apply GATEWAY_INTERFACE=CGI/1.1 \
      SERVER_PROTOCOL=HTTP/1.1 SCRIPT_NAME=/api/patches/apply CONTENT_TYPE=application/json \
      CONTENT_LENGTH="$(stat -c %s "$state/.body")" HTTP_AUTHORIZATION="Bearer $token" \
      "${as[@]}" "$build/cgi-bin/patches.fcgi" <"$state/.body" >"$state/.answer" 2>"$state/.errors"
    http_status=$(sed -n 's/^Status: \([0-9]*\).*/\1/p' "$state/.answer")
    body=$(sed '1,/^\r\{0,1\}$/d' "$state/.answer")
    refused 403 path_denied || { echo "$patches"; false; }
    [ "$(tree_hash)" = "$before" ]
  done
  chmod 0700 "$workspace/closed"
}

@test "a file that grows while it is read: a whole version or busy, never a torn one" {
  rounds=60
  [ -z "${PATCHWARDEN_QUICK:-}" ] || rounds=20
  echo start >"$workspace/grows"
  /usr/bin/python3 -c 'import os, sys
fd = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
n = 0
while os.fstat(fd).st_size < 1 << 20:
    os.write(fd, b"a line of 24 bytes %4d\n" % (n % 10000))
    n += 1
    if n % 50 == 0:
        os.ftruncate(fd, 6)' "$workspace/grows" 3>&- &
  grower=$!
  for ((i = 0; i < rounds; i++)); do
    timely cgi GET /api/files/grows
    case $http_status in
    200) [ "$(field .sha256)" = "$(jq -j .content <<<"$body" | sha256sum | cut -c1-64)" ]
      [[ $(field .content) == start* ]] || { show; false; } ;;
    503) [ "$(field .code)" = busy ] ;;
    *) show; false ;;
    esac
  done
  kill $grower
  grower=
}

@test "a file of a million lines, edited at both ends and in the middle" {
  seq 1000000 >"$workspace/big"
  apply '[{"op":"replace-block","file":"big","start":1,"end":1,"block":"first\n"},{"op":"replace-block","file":"big","start":500000,"end":500001,"block":"mid\n"},{"op":"replace-block","file":"big","start":1000000,"end":1000000,"block":"last\n"},{"op":"append","file":"big","block":"more\n"}]'
  [ "$http_status" = 200 ] || { show; false; }
  { echo first; seq 2 499999; echo mid; seq 500002 999999; echo last; echo more; } | cmp - "$workspace/big"
  apply '[{"op":"insert-before","file":"big","line":1000001,"block":"x\n"}]'
  [ "$http_status" = 422 ] && [ "$(field .code)" = out_of_range ] || { show; false; }
}

@test "a file of 100 MB is refused, one at the limit is served" {
  truncate -s 100M "$workspace/huge"
  before=$(stat -c '%i %s %Y' "$workspace/huge")
  for op in '"op":"append","block":"x"' '"op":"delete-file"'; do
    timely apply "[{$op,\"file\":\"huge\"}]"
    refused 422 limit_exceeded
  done
  timely cgi GET /api/files/huge
  refused 422 limit_exceeded
  [ "$(stat -c '%i %s %Y' "$workspace/huge")" = "$before" ]
  # the highest that may be set is 64 MB
  export PATCHWARDEN_FILE_BYTES=67108864
  apply '[{"op":"append","file":"huge","block":"x"}]'
  refused 422 limit_exceeded
  yes 'a line of 32 bytes, and no more' | head -c 67108800 >"$workspace/most"
  sum=$(sha256sum <"$workspace/most")
  apply "[{\"op\":\"append\",\"file\":\"most\",\"block\":\"$(printf 'x%.0s' {1..65})\"}]"
  refused 422 limit_exceeded
  [ "$(sha256sum <"$workspace/most")" = "$sum" ]
  apply '[{"op":"replace-block","file":"most","start":1,"end":1,"block":"short\n"}]'
  [ "$http_status" = 200 ] || { show; false; }
  cmp <(echo short; yes 'a line of 32 bytes, and no more' | head -c 67108768) "$workspace/most"
}
