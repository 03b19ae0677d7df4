# Batches made against an older version of a file are carried forward, or told
# exactly what is in the way.
load ../lib/cgi

setup() {
	cgi_setup
	lines=$(printf '%s\\n' 1 2 3 4 5 6 7 8 9)
	printf "$lines" >"$workspace/f"
	base=$(sum f)
}
teardown() { cgi_teardown; }

sum() { sha256sum <"$workspace/$1" | cut -d' ' -f1; }
# edit OP MEMBERS: one operation on f as it is now; its id in $id.
edit() {
	apply "[{\"op\":\"$1\",\"file\":\"f\"${2:+,$2}}]"
	[ "$http_status" = 200 ] || { show; return 1; }
	id=$(field '.results[0].patch_id')
}
line() { edit replace-block "\"start\":$1,\"end\":${3:-$1},\"block\":\"$2\""; }
# old JSON-OF-PATCHES [MORE]: a batch made against $base.
old() { apply "$1" "\"base\":{\"f\":\"$base\"}${2:+,$2}"; }
old_line() { old "[{\"op\":\"replace-block\",\"file\":\"f\",\"start\":$1,\"end\":${3:-$1},\"block\":\"$2\"}]" "${4:-}"; }
is() { [ "$(field "$1")" = "$2" ] || { show; echo "$1: $(field "$1"), not $2" >&2; false; }; }
status() { [ "$http_status" = "$1" ] || { show; false; }; }

@test "the version of now needs no carrying, and says no shift" {
  old_line 5 'five\n'
  status 200
  is '.results[0] | has("shift")' false
  file_is f '1\n2\n3\n4\nfive\n6\n7\n8\n9\n'
}

@test "lines put in above shift the place" {
  line 1 'one\none and a half\none and three quarters\n'
  old_line 5 'five\n'
  status 200
  is '.results[0].shift' 2
  file_is f 'one\none and a half\none and three quarters\n2\n3\n4\nfive\n6\n7\n8\n9\n'
}

@test "lines taken out above shift it back" {
  line 1 '' 3
  old_line 5 'five\n'
  status 200
  is '.results[0].shift' -3
  file_is f '4\nfive\n6\n7\n8\n9\n'
}

@test "edits below leave the place, and say so" {
  line 8 'eight\neight and a half\n'
  old_line 5 'five\n'
  status 200
  is '.results[0].shift' 0
  file_is f '1\n2\n3\n4\nfive\n6\n7\neight\neight and a half\n9\n'
}

@test "many batches are carried through, one after the other" {
  for n in 1 2 3 4 5 6 7 8; do
    edit prepend "\"block\":\"new $n\\n\""
  done
  old_line 5 'five\n'
  status 200
  is '.results[0].shift' 8
  is "$(printf '.results[0].after_sha256')" "$(sum f)"
  [ "$(sed -n 13p "$workspace/f")" = five ]
}

@test "a batch of several operations is carried through, too" {
  apply '[{"op":"insert-before","file":"f","line":1,"block":"a\n"},{"op":"insert-before","file":"f","line":9,"block":"b\n"},{"op":"replace-block","file":"f","start":3,"end":3,"block":""}]'
  status 200
  old '[{"op":"replace-block","file":"f","start":2,"end":2,"block":"two\n"},{"op":"replace-block","file":"f","start":9,"end":9,"block":"nine\n"}]'
  status 200
  is '[.results[].shift] | join(" ")' '1 1'
  file_is f 'a\n1\ntwo\n4\n5\n6\n7\n8\nb\nnine\n'
}

@test "touched lines are a conflict that shows the text and names the patch" {
  edit prepend '"block":"0\n"'
  line 6 'five\n'
  culprit=$id
  edit prepend '"block":"-1\n"'
  before=$(tree_hash)
  old_line 5 'FIVE\n'
  status 409
  is .code span_conflict
  is '.results[0].code' span_conflict
  is '.results[0].conflict_patch_id' "$culprit"
  is '.results[0].current_sha256' "$(sum f)"
  [[ $(field '.results[0].current_text') == *$'\nfive\n'* ]] || { show; false; }
  [ "$(field '.results[0].current_text')" = "$(tail -n +"$(field '.results[0].current_line')" "$workspace/f" | head -n 7)" ] || { show; false; }
  is '.results[0].current_line' 4
  cgi GET /api/events
  is '[.events[].payload | has("current_line")] | [length > 0, any] | tostring' '[true,false]'
  [ "$(tree_hash)" = "$before" ]
}

@test "one touched operation refuses the whole batch" {
  line 5 'five\n'
  before=$(tree_hash)
  old '[{"op":"replace-block","file":"f","start":2,"end":2,"block":"two\n"},{"op":"replace-block","file":"f","start":5,"end":5,"block":"FIVE\n"}]'
  status 409
  is '.results[0].status' not_applied
  is '.results[1].code' span_conflict
  [ "$(tree_hash)" = "$before" ]
}

@test "without atomic, the untouched ones are carried and applied" {
  line 5 'five\nfive and a half\n'
  old '[{"op":"replace-block","file":"f","start":5,"end":5,"block":"FIVE\n"},{"op":"replace-block","file":"f","start":7,"end":7,"block":"seven\n"}]' '"atomic":false'
  is '.results[0].code' span_conflict
  is '.results[1].status' applied
  is '.results[1].shift' 1
  file_is f '1\n2\n3\n4\nfive\nfive and a half\n6\nseven\n8\n9\n'
}

@test "lines that were taken out are a conflict" {
  line 4 '' 6
  culprit=$id
  old_line 5 'FIVE\n'
  status 409
  is .code span_conflict
  is '.results[0].conflict_patch_id' "$culprit"
}

@test "a base that was never seen is stale, and says so" {
  base=$(printf x | sha256sum | cut -d' ' -f1)
  line 5 'five\n'
  old_line 1 'one\n'
  status 409
  is .code stale_base
  [[ $(field .detail) == *'none of the 1 recorded edits'* ]] || { show; false; }
  is '.results[0].current_sha256' "$(sum f)"
}

@test "a change behind our back since makes the base unknown, said so" {
  line 5 'five\n'
  echo more >>"$workspace/f"
  old_line 1 'one\n'
  status 409
  is .code stale_base
  [[ $(field .detail) == *"outside of Patchwarden since patch $id"* ]] || { show; false; }
}

@test "a change behind our back in between makes the base unknown, said so" {
  line 5 'five\n'
  first=$id
  echo more >>"$workspace/f"
  line 6 'six\n'
  old_line 1 'one\n'
  status 409
  is .code stale_base
  [[ $(field .detail) == *"outside of Patchwarden between the patches $first and $id"* ]] || { show; false; }
}

@test "a change behind our back before the base does not matter" {
  line 5 'five\n'
  echo more >>"$workspace/f"
  base=$(sum f)
  edit prepend '"block":"0\n"'
  old_line 6 'six\n'
  status 200
  is '.results[0].shift' 1
}

@test "a content that came back counts from its newest time" {
  line 5 'five\n'
  line 5 '5\n'
  [ "$(sum f)" = "$base" ]
  edit prepend '"block":"0\n"'
  old_line 5 'FIVE\n'
  status 200
  is '.results[0].shift' 1
  file_is f '0\n1\n2\n3\n4\nFIVE\n6\n7\n8\n9\n'
}

@test "a file that was removed and made again is no older version" {
  edit delete-file
  edit create "\"block\":\"$lines\""
  line 1 'one\n'
  old_line 5 'FIVE\n'
  status 200
  edit delete-file
  old_line 5 'five\n'
  [[ $http_status = 4?? ]] || { show; false; }
}

@test "batches that failed leave no version" {
  apply '[{"op":"replace-block","file":"f","start":5,"end":5,"block":"x\n"},{"op":"create","file":"f","block":""}]'
  [ "$http_status" != 200 ]
  line 1 'zero\none\n'
  old_line 5 'five\n'
  status 200
  is '.results[0].shift' 1
}

@test "a dry run against an older version shows the shift and writes nothing" {
  line 1 'one\none and a half\n'
  before=$(tree_hash)
  old_line 5 'five\n' 5 '"dryRun":true'
  status 200
  is '.results[0].status' planned
  is '.results[0].shift' 1
  [ "$(tree_hash)" = "$before" ]
}

@test "the shift is in the log, also one of -1" {
  line 1 '' 1
  old_line 5 'five\n'
  status 200
  cgi GET "/api/patches/logs?patch_id=$(field '.results[0].patch_id')&status=applied"
  is '.results[0].shift' -1
}
