# Faults that earlier systems of this kind had; none may come back.
load ../lib/cgi

setup() { cgi_setup; }
teardown() { cgi_teardown; }
put() { printf "$2" >"$workspace/$1"; }

@test "a block without a final newline does not swallow the next line" {
  put f 'a\nb\nc\n'
  apply '[{"op":"replace-block","file":"f","start":2,"end":2,"block":"x"}]'
  [ "$http_status" = 200 ]
  file_is f 'a\nx\nc\n'
}

@test "blank lines inside and around a block stay" {
  put f 'a\nb\n'
  apply '[{"op":"insert-after","file":"f","line":1,"block":"\n\nx\n\ny\n\n"}]'
  [ "$http_status" = 200 ]
  file_is f 'a\n\n\nx\n\ny\n\nb\n'
}

@test "CRLF stays CRLF, and a block takes it" {
  put f 'a\r\nb\r\nc\r\n'
  apply '[{"op":"replace-block","file":"f","start":2,"end":2,"block":"x\ny\n"}]'
  [ "$http_status" = 200 ]
  file_is f 'a\r\nx\r\ny\r\nc\r\n'
}

@test "bytes that are no UTF-8 stay" {
  put f 'a\377\376\nb\n\200c\n'
  apply '[{"op":"replace-block","file":"f","start":2,"end":2,"block":"x\n"}]'
  [ "$http_status" = 200 ]
  file_is f 'a\377\376\nx\n\200c\n'
}

@test "the indentation of a block's first line stays" {
  put f 'a\nb\n'
  apply '[{"op":"replace-block","file":"f","start":1,"end":1,"block":"\t  x\n    y\n"}]'
  [ "$http_status" = 200 ]
  file_is f '\t  x\n    y\nb\n'
}

@test "start after end is refused" {
  put f 'a\nb\nc\n'
  apply '[{"op":"replace-block","file":"f","start":3,"end":2,"block":"x\n"}]'
  [ "$http_status" = 422 ]
  file_is f 'a\nb\nc\n'
}

@test "paths with .. and absolute paths are refused" {
  for path in ../x a/../../x /etc/x a/./b a//b .. . ''; do
    apply "[{\"op\":\"append\",\"file\":\"$path\",\"block\":\"x\"}]"
    [[ $http_status = 4?? ]] || { show; false; }
  done
  [ ! -e "$state/x" ]
  [ -z "$(ls "$workspace")" ]
}

@test "a batch with one wrong edit changes nothing" {
  put f 'a\n'
  before=$(tree_hash)
  apply '[{"op":"append","file":"f","block":"x\n"},{"op":"create","file":"n","block":"n\n"},{"op":"insert-after","file":"f","line":99,"block":"y\n"}]'
  [ "$http_status" = 422 ]
  [ "$(tree_hash)" = "$before" ]
  [ "$(field '.results | length')" = 3 ]
  [ "$(field '.results[0].status')" = not_applied ]
  [ "$(field '.at')" = /patches/2/line ]
}

@test "a missing file refuses the batch before anything is written" {
  put f 'a\n'
  before=$(tree_hash)
  apply '[{"op":"append","file":"f","block":"x\n"},{"op":"insert-after","file":"missing","line":1,"block":"y\n"}]'
  [ "$http_status" = 422 ]
  [ "$(field .code)" = file_missing ]
  [ "$(tree_hash)" = "$before" ]
}

@test "a dry run writes nothing and does not say applied" {
  put f 'a\n'
  before=$(tree_hash)
  apply '[{"op":"append","file":"f","block":"x\n"}]' '"dryRun":true'
  [ "$http_status" = 200 ]
  [ "$(field .dry_run)" = true ]
  [ "$(tree_hash)" = "$before" ]
  [[ $(field '.results[0].status') != applied ]]
  cgi GET '/api/patches/logs?status=applied'
  [ "$(field '.results | length')" = 0 ]
}

@test "failures are logged" {
  apply '[{"op":"insert-after","file":"missing","line":1,"block":"y\n"}]' '"reason":"why not"'
  [ "$http_status" = 422 ]
  cgi GET '/api/patches/logs?type=patch_failed'
  [ "$(field '.results | length')" = 1 ] || { show; false; }
  [ "$(field '.results[0].file_path')" = missing ]
}

@test "open space does not keep the lines that are replaced" {
  put f 'a\nold\nb\n'
  apply '[{"op":"replace-block","file":"f","start":2,"end":2,"block":"new\n","openSpace":true}]'
  [ "$http_status" = 200 ]
  file_is f 'a\nnew\n\n\n\nb\n'
}

@test "each diff is one that patch and git apply take" {
  put f 'a\nb\nc'
  put g ''
  cp -r "$workspace" "$state/old"
  apply '[{"op":"replace-block","file":"f","start":3,"end":3,"block":"x\ny"},{"op":"append","file":"g","block":"z"},{"op":"create","file":"d/n m","block":"n"},{"op":"prepend","file":"f","block":"first\n"}]'
  [ "$http_status" = 200 ] || { show; false; }
  ids=$(field '.results[].patch_id')
  for tool in 'patch -s -p1' 'git apply --unsafe-paths'; do
    rm -rf "$state/copy"
    cp -r "$state/old" "$state/copy"
    for id in $ids; do
      cgi GET "/api/patches/$id/diff"
      [ "$http_status" = 200 ]
      sed '1,/^\r\{0,1\}$/d' "$state/.answer" >"$state/one.diff"
      (cd "$state/copy" && $tool <"$state/one.diff") || { cat "$state/one.diff"; false; }
    done
    diff -r -x .patchwarden "$workspace" "$state/copy"
  done
}

@test "a range of time has its first day and its first millisecond" {
  apply '[{"op":"append","file":"f","block":"x\n"}]'
  cgi GET '/api/patches/logs'
  at=$(field '.results[0].created_at')
  day=${at%T*}
  cgi GET "/api/patches/logs?from=$day"
  [ "$(field '.results | length')" -ge 1 ] || { show; false; }
  cgi GET "/api/patches/logs?from=$at"
  [ "$(field '.results | length')" -ge 1 ] || { show; false; }
  cgi GET "/api/patches/logs?to=$at"
  [ "$(field "[.results[] | select(.created_at >= \"$at\")] | length")" = 0 ]
}

@test "% and _ in a search are no wildcards" {
  apply '[{"op":"append","file":"plain.txt","block":"x\n"}]'
  for sign in %25 _ p_ain %2A; do
    cgi GET "/api/patches/logs?file=$sign"
    [ "$http_status" = 200 ] && [ "$(field '.results | length')" = 0 ] || { show; false; }
  done
  cgi GET '/api/patches/logs?file=lain'
  [ "$(field '.results | length')" -ge 1 ]
}

@test "a token that nobody made is refused" {
  for wrong in '' x "pw_00000000_$(printf 'A%.0s' {1..43})" "${token%?}" "${token}x"; do
    cgi GET /api/patches/logs HTTP_AUTHORIZATION="Bearer $wrong"
    [ "$http_status" = 401 ] || { show; false; }
  done
  cgi GET /api/patches/logs HTTP_AUTHORIZATION="Basic $token"
  [ "$http_status" = 401 ]
}
