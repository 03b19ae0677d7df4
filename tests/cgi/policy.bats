# A real policy file before the programs: what is refused, told, and written.
load ../lib/cgi

setup() {
  cgi_setup
  mkdir "$state/policies" "$workspace/src" "$workspace/secrets"
  seq 10 >"$workspace/src/f"
  echo key >"$workspace/secrets/key"
  echo "PATCHWARDEN_POLICIES=default=$state/policies/p.json" >>"$PATCHWARDEN_CONFIG"
  mkfifo "$state/bell"
}
teardown() { cgi_teardown; }

policy() { cat >"$state/policies/p.json"; }
codes() { jq -r '(.errors // [.])|[.[].code]|join(" ")' <<<"$body"; }
line() { printf '{"op":"replace-block","file":"%s","start":%s,"end":%s,"block":"new\\n"%s}' "$1" "$2" "${4:-$2}" "${3:+,\"taskId\":\"$3\"}"; }

@test "without a rule against it a batch is applied" {
  policy <<<'{"deny":["secrets/**"]}'
  apply "[$(line src/f 2)]"
  [ "$http_status" = 200 ]
  [ "$(sed -n 2p "$workspace/src/f")" = new ]
}

@test "a denied path is refused with its rule and nothing is written" {
  policy <<<'{"deny":["*.x","secrets/**"]}'
  apply "[$(line src/f 2),$(line secrets/key 1)]"
  [ "$http_status" = 403 ]
  [ "$(field .code)" = path_denied ]
  [ "$(field .at)" = /patches/1/file ]
  [[ $(field .detail) == 'policy rule deny[1] "secrets/**": '* ]]
  [ "$(field '.results[0].status')" = not_applied ]
  [ "$(cat "$workspace/secrets/key")" = key ]
  [ "$(sed -n 2p "$workspace/src/f")" = 2 ]
}

@test "the log says which rule refused a patch" {
  policy <<<'{"deny":["secrets/**"]}'
  apply "[$(line secrets/key 1)]"
  cgi GET "/api/patches/$(field '.results[0].patch_id')"
  [[ $body == *'"code":"path_denied"'* ]]
  [[ $body == *'policy rule deny[0]'* ]]
}

@test "in a batch that is not atomic only what is denied fails" {
  policy <<<'{"deny":["secrets/**"]}'
  apply "[$(line src/f 2),$(line secrets/key 1)]" '"atomic":false'
  [ "$(field '.results|map(.status)|join(" ")')" = "applied failed" ]
  [ "$(sed -n 2p "$workspace/src/f")" = new ]
  [ "$(cat "$workspace/secrets/key")" = key ]
}

@test "a dry run tells every verdict at once" {
  policy <<<'{"deny":["secrets/**"],"operations":["replace-block"],"maxFiles":1}'
  for f in secrets/other src/g; do echo >"$workspace/$f"; done
  cgi POST /api/patches/simulate <<<'{"requester":"test","patches":[
    {"op":"delete-file","file":"secrets/key"},
    {"op":"replace-block","file":"src/f","start":1,"end":1,"block":"x\n"},
    {"op":"replace-block","file":"secrets/other","start":1,"end":1,"block":"x\n"},
    {"op":"replace-block","file":"src/g","start":1,"end":1,"block":"x\n"}]}'
  [ "$http_status" = 403 ]
  [ "$(codes)" = "op_denied path_denied path_denied policy_denied" ]
  [ "$(field '.results[1].status')" = not_applied ]
}

@test "maxima hold for the batch as a whole" {
  policy <<<'{"maxLines":4,"maxDeletedPercent":50}'
  apply "[$(line src/f 1),$(line src/f 3)]"
  [ "$http_status" = 200 ]
  apply "[$(line src/f 4),$(line src/f 5),$(line src/f 6)]"
  [ "$http_status" = 403 ]
  [ "$(field .code)" = policy_denied ]
  [ "$(field .at)" = /patches/2 ]
  [[ $(field .detail) == 'policy rule maxLines 4: '* ]]
  apply '[{"op":"delete-file","file":"src/f"}]'
  [ "$(codes)" = "policy_denied policy_denied" ]
}

@test "a move needs both names, and is no deletion" {
  policy <<<'{"deny":["secrets/**"],"maxLines":0,"maxDeletedPercent":0}'
  apply '[{"op":"move","file":"src/f","to":"secrets/f"}]'
  [ "$http_status" = 403 ]
  [ "$(field .at)" = /patches/0/to ]
  [ -f "$workspace/src/f" ]
  apply '[{"op":"move","file":"src/f","to":"src/g"}]'
  [ "$http_status" = 200 ]
  [ -f "$workspace/src/g" ]
}

@test "every file of a diff is judged, and the text of a denied one is not shown" {
  policy <<<'{"deny":["secrets/**"]}'
  diff='--- a/src/f\n+++ b/src/f\n@@ -1,2 +1,2 @@\n-1\n+one\n 2\n--- a/secrets/key\n+++ b/secrets/key\n@@ -1 +1 @@\n-key\n+KEY\n'
  apply "[{\"op\":\"unified-diff\",\"block\":\"$diff\"}]"
  [ "$http_status" = 403 ]
  [ "$(field .code)" = path_denied ]
  apply '[{"op":"search-replace","file":"secrets/key","search":"nope","replace":"x"}]'
  [ "$http_status" = 403 ]
  [ "$(field .code)" = path_denied ]
  [ "$(field '.results[0].current_text')" = null ]
}

@test "a denied file is not read into one that may be edited" {
  policy <<<'{"deny":["secrets/**"]}'
  for block in key none; do
    cgi POST /api/patches/simulate <<<"{\"patches\":[{\"op\":\"append\",\"file\":\"src/f\",\"blockFile\":\"secrets/$block\"}]}"
    [ "$http_status" = 403 ]
    [ "$(codes)" = path_denied ]
    [ "$(field .at)" = /patches/0/blockFile ]
    [ "$(field '.results[0].diff // ""')" = "" ]
  done
}

@test "nothing tells what is in a denied file" {
  policy <<<'{"deny":["secrets/**"]}'
  for text in key other; do
    diff="--- a/src/f\n+++ b/src/f\n@@ -1,2 +1,2 @@\n-1\n+one\n 2\n--- a/secrets/key\n+++ b/secrets/key\n@@ -1 +1 @@\n-$text\n+KEY\n"
    for op in "\"unified-diff\",\"block\":\"$diff\"" \
        "\"search-replace\",\"file\":\"secrets/key\",\"search\":\"$text\",\"replace\":\"x\"" \
        "\"replace-block\",\"file\":\"secrets/key\",\"start\":1,\"end\":1,\"block\":\"x\",\"expect\":\"$text\""; do
      cgi POST /api/patches/simulate <<<"{\"patches\":[{\"op\":$op}]}"
      [ "$http_status" = 403 ]
      [ "$(codes)" = path_denied ]
      jq -S 'del(.. | .patch_id?, .batch_id?, .ts?, .duration_ms?, .request_id?)' <<<"$body" >"$state/told.$text.${op:1:4}"
    done
  done
  for op in unif sear repl; do
    cmp "$state/told.key.$op" "$state/told.other.$op"
  done
}

@test "an operation that meets the text of a denied file does not show it" {
  policy <<<'{"deny":["secrets/**"]}'
  for first in '"move","file":"secrets/key","to":"src/g"' '"append","file":"src/g","blockFile":"secrets/key"'; do
    cgi POST /api/patches/simulate <<<"{\"coordinates\":\"sequential\",\"patches\":[{\"op\":$first},
      {\"op\":\"replace-block\",\"file\":\"src/g\",\"start\":1,\"end\":1,\"block\":\"x\",\"expect\":\"?\"}]}"
    show
    [ "$http_status" = 403 ]
    [ "$(codes)" = path_denied ]
    [ "$(field '.results[1].status')" = not_applied ]
    [ "$(field '.results[1].current_text')" = null ]
  done
}

@test "guarded regions keep their bytes" {
  hash=$(printf 'keep\n' | sha256sum)
  printf 'a\n// @hash:%s START:g\nkeep\n// END:g\nb\n# PROTECTED-BEGIN\np\n# PROTECTED-END\n' "${hash:0:16}" >"$workspace/g"
  cp "$workspace/g" "$state/before"
  policy <<<'{}'
  for n in 2 3 4 6 7 8; do
    apply "[$(line g $n)]"
    [ "$http_status" = 403 ]
    [ "$(field .code)" = guard_region ]
  done
  apply '[{"op":"delete-file","file":"g"}]'
  [ "$http_status" = 403 ]
  [ "$(field .code)" = guard_region ]
  apply '[{"op":"move","file":"g","to":"h"}]'
  [ "$http_status" = 403 ]
  [ "$(field .code)" = guard_region ]
  apply '[{"op":"search-replace","file":"g","search":"keep","replace":"kept"}]'
  [ "$(field .code)" = guard_region ]
  cmp "$workspace/g" "$state/before"
  apply "[$(line g 1),$(line g 5),{\"op\":\"append\",\"file\":\"g\",\"block\":\"z\\n\"}]"
  [ "$http_status" = 200 ]
}

@test "behind an open last guard text may be put in" {
  printf '# PROTECTED-BEGIN\np\n# PROTECTED-END' >"$workspace/g"
  policy <<<'{}'
  apply '[{"op":"append","file":"g","block":"z\n"}]'
  [ "$http_status" = 200 ]
  [ "$(tail -n1 "$workspace/g")" = z ]
}

@test "what becomes possible when others are refused is judged, too" {
  printf 'a\n# PROTECTED-BEGIN\np\n# PROTECTED-END\nb\n' >"$workspace/g"
  cp "$workspace/g" "$state/before"
  policy <<<'{}'
  many="$(line g 3)"
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do many+=",$(line g 3)"; done
  apply "[$many]" '"atomic":false'
  [ "$(field '[.results[].status]|unique|join(" ")')" = failed ]
  cmp "$workspace/g" "$state/before"
  apply "[$(line g 3),$(line g 2 '' 3),$(line g 5)]" '"atomic":false'
  [ "$(field '[.results[].status]|join(" ")')" = "failed failed applied" ]
  [ "$(field '[.results[].code]|join(" ")')" = "guard_region guard_region " ]
}

@test "with guards switched off they are text like any other" {
  printf '# PROTECTED-BEGIN\np\n# PROTECTED-END\n' >"$workspace/g"
  policy <<<'{"guards":false}'
  apply "[$(line g 2)]"
  [ "$http_status" = 200 ]
}

tasks() { mkdir -p "$workspace/.mission_control"; cat >"$workspace/.mission_control/tasks.json"; }

@test "each operation needs a task that allows its lines" {
  policy <<<'{"tasks":".mission_control/tasks.json"}'
  apply "[$(line src/f 3 t)]"
  [ "$http_status" = 403 ]
  [ "$(field .at)" = /patches/0/taskId ]
  tasks <<<'{"tasks":[{"uuid":"t","status":"open","allowed_spans":[{"file":"src/f","start":3,"end":4},{"file":"new","start":1,"end":1}]},{"uuid":"d","status":"done","allowed_spans":[{"file":"src/f","start":1,"end":10}]}]}'
  apply "[$(line src/f 3)]"
  [ "$http_status" = 403 ]
  [ "$(field .code)" = policy_denied ]
  apply "[$(line src/f 3 d)]"
  [ "$http_status" = 403 ]
  [ "$(field .code)" = policy_denied ]
  apply "[$(line src/f 5 t)]"
  [ "$http_status" = 403 ]
  [ "$(field .code)" = span_denied ]
  [[ $(field .detail) == 'policy rule tasks: task "t" does not allow line 5 of src/f; '*'allows lines 3 to 4' ]]
  apply "[$(line src/f 3 t 4)]"
  [ "$http_status" = 200 ]
  apply '[{"op":"create","file":"new","block":"x\n","taskId":"t"},{"op":"create","file":"other","block":"x\n","taskId":"t"}]'
  [ "$http_status" = 403 ]
  [ "$(field .at)" = /patches/1 ]
}

@test "tasks side by side do not get in each other's way" {
  policy <<<'{"tasks":".mission_control/tasks.json"}'
  tasks <<<'{"tasks":[{"uuid":"t","allowed_spans":[{"file":"src/f","start":3,"end":3}]},{"uuid":"u","allowed_spans":[{"file":"src/f","start":2,"end":2}]},{"uuid":"v","allowed_spans":[{"file":"src/f","start":4,"end":4}]}]}'
  for block in 'n\n' ''; do
    for op in '"u","op":"replace-block","start":2,"end":2' '"u","op":"insert-after","line":2' \
        '"v","op":"replace-block","start":4,"end":4' '"v","op":"insert-before","line":4'; do
      cgi POST /api/patches/simulate <<<"{\"patches\":[
        {\"op\":\"replace-block\",\"file\":\"src/f\",\"start\":3,\"end\":3,\"block\":\"$block\",\"taskId\":\"t\"},
        {\"file\":\"src/f\",\"block\":\"n\\n\",\"taskId\":$op}]}"
      [ "$http_status" = 200 ]
    done
  done
}

@test "a span with a hash of another version does not let anything pass" {
  policy <<<'{"tasks":".mission_control/tasks.json"}'
  tasks <<<"{\"tasks\":[{\"uuid\":\"t\",\"allowed_spans\":[{\"file\":\"src/f\",\"start\":3,\"end\":4,\"sha256\":\"$(sha256sum <"$workspace/src/f" | cut -d' ' -f1)\"}]}]}"
  apply "[$(line src/f 3 t)]"
  [ "$http_status" = 200 ]
  echo behind our back >>"$workspace/src/f"
  apply "[$(line src/f 3 t)]"
  [ "$http_status" = 403 ]
  [ "$(field .code)" = span_denied ]
}

@test "the file of tasks cannot be edited, in no way" {
  policy <<<'{"tasks":".mission_control/tasks.json"}'
  tasks <<<'{"tasks":[{"uuid":"t","allowed_spans":[{"file":".mission_control/tasks.json","start":1,"end":9},{"file":"src/f","start":1,"end":10}]}]}'
  before=$(cat "$workspace/.mission_control/tasks.json")
  for op in "$(line .mission_control/tasks.json 1 t)" \
      '{"op":"delete-file","file":".mission_control/tasks.json","taskId":"t"}' \
      '{"op":"move","file":"src/f","to":".mission_control/tasks.json","taskId":"t"}' \
      '{"op":"create","file":".mission_control/notes","block":"x","taskId":"t"}' \
      '{"op":"create","file":".Mission_Control/tasks.json","block":"x","taskId":"t"}'; do
    apply "[$op]"
    [[ $(codes) == *path_denied* ]]
  done
  [ "$(cat "$workspace/.mission_control/tasks.json")" = "$before" ]
}

@test "a tasks.json that cannot be understood stops writes, and is worth a retry" {
  policy <<<'{"tasks":".mission_control/tasks.json"}'
  tasks <<<'{"tasks":['
  apply "[$(line src/f 3 t)]"
  [ "$http_status" = 503 ]
  [ "$(field .retryable)" = true ]
}

@test "a policy that cannot be used stops every write, never lets it pass" {
  for text in '{' '{"denny":["x"]}' '{"deny":["/x"]}' ''; do
    policy <<<"$text"
    apply "[$(line src/f 2)]"
    [ "$http_status" = 503 ]
    [[ $body != *"$state"* ]]
    grep -q "p.json" "$state/.errors"
    cgi POST /api/patches/simulate <<<"{\"patches\":[$(line src/f 2)]}"
    [ "$http_status" = 503 ]
    cgi GET /readyz
    [ "$http_status" = 503 ]
    [[ $(field .at) == *p.json* ]]
  done
  rm "$state/policies/p.json"
  apply "[$(line src/f 2)]"
  [ "$http_status" = 503 ]
  [ "$(sed -n 2p "$workspace/src/f")" = 2 ]
  policy <<<'{}'
  cgi GET /readyz
  [ "$http_status" = 200 ]
  apply "[$(line src/f 2)]"
  [ "$http_status" = 200 ]
}

@test "a policy within a workspace is refused" {
  sed -i "s,^PATCHWARDEN_POLICIES=.*,PATCHWARDEN_POLICIES=default=$workspace/p.json," "$PATCHWARDEN_CONFIG"
  echo '{}' >"$workspace/p.json"
  apply "[$(line src/f 2)]"
  [ "$http_status" = 503 ]
  cgi GET /readyz
  [ "$http_status" = 503 ]
  [[ $(field .detail) == *'lies in the workspace "default"'* ]]
}

@test "a policy for a workspace that does not exist is told at the start" {
  sed -i 's,^PATCHWARDEN_POLICIES=default,PATCHWARDEN_POLICIES=defualt,' "$PATCHWARDEN_CONFIG"
  run patchctl config
  [ "$status" != 0 ]
  [[ $output == *'"defualt"'* ]]
}

@test "the example of the manual is a policy" {
  sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/p' "$top/man/patchwarden.policy.5" | sed -n '/^\.Bd/,/^\.Ed/p' | grep -v '^\.' | policy
  jq -e .tasks "$state/policies/p.json"
  cgi GET /readyz
  [ "$http_status" = 200 ]
}

@test "the hash of a guard is made as the manual says" {
  policy <<<'{}'
  printf 'a\n// @hash:%064d START:name\nx\ny\n// END:name\n' 0 >"$workspace/g"
  hash=$(cd "$workspace" && sed -n '/START:name/,/END:name/p' g | sed '1d;$d' | sha256sum | cut -d' ' -f1)
  apply "[$(line g 3)]"
  [[ $(field .detail) == *"is broken already"*"${hash:0:16}"* ]]
  sed -i "s/@hash:0*/@hash:$hash/" "$workspace/g"
  apply "[$(line g 3)]"
  [[ $(field .detail) == *"may not be changed" ]]
}

@test "spans without a hash follow the lines as batches move them" {
  policy <<<'{"tasks":".mission_control/tasks.json"}'
  tasks <<<'{"tasks":[{"uuid":"t","allowed_spans":[{"file":"src/f","start":5,"end":6}]},{"uuid":"u","allowed_spans":[{"file":"src/f","start":1,"end":2}]}]}'
  apply '[{"op":"replace-block","file":"src/f","start":5,"end":5,"block":"5a\n5b\n5c\n","taskId":"t"}]'
  [ "$http_status" = 200 ]
  apply '[{"op":"insert-before","file":"src/f","line":1,"block":"0\n","taskId":"u"}]'
  [ "$http_status" = 200 ]
  # 5 to 6 are 6 to 9 by now
  apply "[$(line src/f 9 t)]"
  [ "$http_status" = 200 ]
  apply "[$(line src/f 6 t)]"
  [ "$http_status" = 200 ]
  apply "[$(line src/f 5 t)]"
  [ "$http_status" = 403 ]
  [[ $(field .detail) == *'allows lines 6 to 9' ]]
  apply "[$(line src/f 10 t)]"
  [ "$http_status" = 403 ]
}

@test "a revert does not show the text of a file that is denied by now" {
  policy <<<'{}'
  apply "[$(line src/f 2)]"
  id=$(field '.results[0].patch_id')
  sed -i '2s/.*/a secret/' "$workspace/src/f"
  cgi POST "/api/patches/$id/revert" <<<'{}'
  [ "$http_status" = 409 ]
  [ "$(field '.results[0].current_sha256')" != null ]
  apply "[{\"op\":\"append\",\"file\":\"src/g\",\"block\":\"1\\n\"}]"
  id2=$(field '.results[0].patch_id')
  apply "[$(line src/g 1)]"
  cgi POST "/api/patches/$id2/revert" <<<'{}'
  [[ $(field '.results[0].current_text') == *new* ]]
  policy <<<'{"deny":["src/**"]}'
  for which in "$id" "$id2"; do
    cgi POST "/api/patches/$which/revert" <<<'{}'
    show
    [ "$http_status" = 409 ]
    [ "$(field '.results[0]|[.current_text,.current_sha256,.current_line]|tostring')" = '[null,null,null]' ]
  done
}

@test "a phase or a review that names a denied file is refused as a whole" {
  policy <<<'{"deny":["secrets/**"]}'
  for uri in bridge 'bridge?apply=true'; do
    cgi POST "/api/patches/$uri" <<<'{"files":[{"filePath":"src/g","filePurpose":"","fileContents":"x"},{"filePath":"secrets/key","filePurpose":"","fileContents":"x"}]}'
    show
    [ "$http_status" = 403 ]
    [ "$(field .code)" = path_denied ]
    [[ $(field .at) == secrets/key || $uri == *apply* ]]
    [[ $body != *"$(sha256sum <"$workspace/secrets/key" | cut -d' ' -f1)"* ]]
  done
  cgi POST /api/patches/review <<<'{"dependenciesNotMet":[],"issuesFound":true,"frontendIssues":[],"backendIssues":[],"filesToFix":[],"commands":[],"fixes":[{"filePath":"secrets/key","filePurpose":"","fileContents":"x"}]}'
  [ "$http_status" = 403 ]
  [ ! -e "$workspace/src/g" ]
  rm "$state/policies/p.json"
  cgi POST /api/patches/bridge <<<'{"files":[{"filePath":"src/g","filePurpose":"","fileContents":"x"}]}'
  [ "$http_status" = 503 ]
}
