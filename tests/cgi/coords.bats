# Where a marker, an anchor or a pattern stands: over HTTP and by patchctl.
load ../lib/cgi

setup() {
  cgi_setup
  printf '%s\n' 'int a;' '// ###FINAL_MILE_PROMPT__BODY###' 'int b;' \
    'int c;' '// ###END_BODY###' '<!-- <<<BEGIN:x>>> -->' \
    '<!-- <<<END:x>>> -->' '/* ###FINAL_MILE_PROMPT__ALONE### */' \
    'int d;' >"$workspace/f.c"
}
teardown() { cgi_teardown; }

resolve() { cgi POST /api/coords/resolve <<<"$1"; }

@test "the lines between markers, with the version of the file" {
  resolve '{"file":"f.c","marker":"BODY"}'
  [ "$http_status" = 200 ]
  [ "$(field '[.ok,.mode,.span.start,.span.end,.ambiguous,.lines]|tostring')" = \
    '[true,"existing",3,4,false,9]' ]
  [ "$(field .sha256)" = "$(sha256sum <"$workspace/f.c" | cut -d' ' -f1)" ]
  [ "$(field '.hits[0].outer|[.start,.end]|tostring')" = '[2,5]' ]
  resolve '{"file":"f.c","marker":"BODY","includeMarkers":true}'
  [ "$(field '.span|[.start,.end]|tostring')" = '[2,5]' ]
  resolve '{"file":"f.c","marker":"BODY","mode":"insert"}'
  [ "$(field '[.insertBeforeLine,has("span")]|tostring')" = '[5,false]' ]
}

@test "what it says is what apply takes" {
  resolve '{"file":"f.c","marker":"BODY"}'
  apply "[{\"op\":\"replace-block\",\"file\":\"f.c\",\"start\":$(field .span.start),\"end\":$(field .span.end),\"block\":\"new\n\"}]" \
    "\"base\":{\"f.c\":\"$(field .sha256)\"}"
  [ "$http_status" = 200 ]
  resolve '{"file":"f.c","beginId":"x"}'
  apply "[{\"op\":\"insert-before\",\"file\":\"f.c\",\"line\":$(field .insertBeforeLine),\"block\":\"in\n\"}]"
  [ "$http_status" = 200 ]
  [ "$(sed -n '3p;6p' "$workspace/f.c" | tr '\n' ' ')" = 'new in ' ]
}

@test "a marker alone is its own line, not the next one" {
  resolve '{"file":"f.c","marker":"ALONE"}'
  [ "$(field '.span|[.start,.end]|tostring')" = '[8,8]' ]
}

@test "an empty block is a place to insert" {
  resolve '{"file":"f.c","beginId":"x"}'
  [ "$(field '[.mode,.insertBeforeLine,has("span")]|tostring')" = '["existing",7,false]' ]
  resolve '{"file":"f.c","beginId":"x","mode":"span"}'
  [ "$http_status" = 422 ]
  [ "$(field '[.code,.at]|tostring')" = '["out_of_range","/mode"]' ]
}

@test "a missing file is new" {
  resolve '{"file":"none.c","anchor":"x"}'
  [ "$http_status" = 200 ]
  [ "$(field '[.mode,.sha256,.hits,has("span"),has("insertBeforeLine")]|tostring')" = \
    '["new",null,[],false,false]' ]
}

@test "every hit is told, and that there are several" {
  resolve '{"file":"f.c","anchor":"int"}'
  [ "$(field '[.span.start,.ambiguous,([.hits[].span.start]|tostring)]|tostring')" = \
    '[1,true,"[1,3,4,9]"]' ]
  resolve '{"file":"f.c","pattern":"^int [cd];$"}'
  [ "$(field '[.hits[].span.start]|tostring')" = '[4,9]' ]
}

@test "what is not there is 422 and says what was looked for" {
  for member in marker anchor pattern beginId; do
    resolve "{\"file\":\"f.c\",\"$member\":\"NOWHERE\"}"
    [ "$http_status" = 422 ]
    [ "$(field .code)" = anchor_missing ]
    [ "$(field .at)" = "/$member" ]
    [[ $(field .detail) == *NOWHERE* ]]
  done
}

@test "wrong questions are refused, each by its member" {
  while IFS='|' read -r json status at; do
    resolve "$json"
    [ "$http_status" = "$status" ] && [ "$(field .at)" = "$at" ] || { show; false; }
  done <<-'END'
	{"file":"f.c"}|422|/beginId
	{"anchor":"int"}|422|/file
	{"file":"f.c","anchor":"int","marker":"BODY"}|422|/marker
	{"file":"f.c","anchor":"int","endId":"x"}|422|/endId
	{"file":"f.c","anchor":"int","mode":"other"}|422|/mode
	{"file":"f.c","anchor":"int","start":1}|422|/start
	{"file":"../f.c","anchor":"int"}|400|/file
	{"file":".git/config","anchor":"int"}|403|/file
	{"file":"f.c","anchor":"int","workspace":"other"}|404|/workspace
	{"file":"f.c","pattern":"int ("}|422|/pattern
	END
  cgi GET /api/coords/resolve
  [ "$http_status" = 405 ]
  cgi POST '/api/coords/resolve?file=f.c' <<<'{}'
  [ "$http_status" = 400 ]
}

@test "an expression that explodes ends by its limit" {
  echo 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' >"$workspace/f.c"
  for pattern in '(a+)+$' '(a|aa)+$' '^(\\w+\\s?)*$'; do
    resolve "{\"file\":\"f.c\",\"pattern\":\"$pattern\"}"
    [ "$http_status" = 422 ] && [ "$(field .code)" = limit_exceeded ] || { show; false; }
  done
}

@test "log:read is enough, and needed" {
  token=$(patchctl token new --name reader --scopes log:read)
  resolve '{"file":"f.c","marker":"BODY"}'
  [ "$http_status" = 200 ]
  token=$(patchctl token new --name writer --scopes event:write)
  resolve '{"file":"f.c","marker":"BODY"}'
  [ "$http_status" = 403 ]
}

@test "links and devices are not followed" {
  ln -s /etc/hosts "$workspace/link"
  mkfifo "$workspace/pipe"
  for name in link pipe; do
    resolve "{\"file\":\"$name\",\"anchor\":\"localhost\"}"
    [ "$http_status" -ge 400 ]
    [ "$http_status" -lt 500 ]
    [ "$(field .at)" = /file ]
  done
}

@test "patchctl resolve needs no database and no server" {
  rm "$state"/patchwarden.db*
  run patchctl resolve f.c --marker BODY --root "$workspace"
  [ "$status" = 0 ]
  [ "$output" = 'f.c:3-4' ]
  run patchctl resolve f.c --marker=BODY --include-markers --root "$workspace"
  [ "$output" = 'f.c:2-5' ]
  run patchctl resolve f.c --begin x --root "$workspace"
  [ "$output" = 'f.c: before 7' ]
  run patchctl resolve f.c --begin x --end y --root "$workspace"
  [ "$output" = 'f.c:6-6' ]
  run patchctl resolve f.c --pattern '^int' --root "$workspace"
  [ "$output" = $'f.c:1-1\nf.c:3-3\nf.c:4-4\nf.c:9-9' ]
  run patchctl resolve none --anchor x --root "$workspace"
  [ "$status" = 0 ]
  [ "$output" = 'none is new' ]
  [ "$(patchctl resolve f.c --anchor 'int d' --json --root "$workspace" | jq -c .span)" = '{"start":9,"end":9}' ]
  [ ! -e "$state/patchwarden.db" ]
}

@test "patchctl resolve: the root is the top of the work tree, or here" {
  mkdir -p "$workspace/deep/er" "$workspace/.git"
  cd "$workspace/deep/er"
  [ "$(patchctl resolve f.c --marker BODY)" = f.c:3-4 ]
  rmdir "$workspace/.git"
  echo gitdir: elsewhere >"$workspace/.git"
  [ "$(patchctl resolve f.c --marker BODY)" = f.c:3-4 ]
  rm "$workspace/.git"
  cp "$workspace/f.c" .
  [ "$(patchctl resolve f.c --marker BODY)" = f.c:3-4 ]
}

@test "patchctl resolve: its exit status" {
  run patchctl resolve f.c --marker NONE --root "$workspace"
  [ "$status" = 1 ]
  [[ $output == *NONE* ]]
  run patchctl resolve f.c --root "$workspace"
  [ "$status" = 1 ]
  run patchctl resolve ../f.c --anchor x --root "$workspace"
  [ "$status" = 1 ]
  run patchctl resolve --marker BODY --root "$workspace"
  [ "$status" = 2 ]
  run patchctl resolve f.c --marker BODY --root "$state/none"
  [ "$status" = 3 ]
}
