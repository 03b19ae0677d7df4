# patchctl: its commands, its exit status, what it says.
load ../lib/cgi

setup() { cgi_setup; }
teardown() { cgi_teardown; }

@test "help and version, everywhere" {
  run patchctl --help
  [ "$status" = 0 ]
  [[ $output == *"token new"* ]]
  run patchctl token new --help
  [ "$status" = 0 ]
  [[ $output == *"--scopes"* ]]
  run patchctl --version
  [ "$status" = 0 ]
}

@test "wrong usage is 2 and says what is right" {
  run patchctl
  [ "$status" = 2 ]
  run patchctl db frobnicate
  [ "$status" = 2 ]
  [[ $output == *"db migrate"* ]]
  run patchctl token new --nmae x
  [ "$status" = 2 ]
  [[ $output == *--nmae* ]]
  run patchctl --frob
  [ "$status" = 2 ]
}

@test "migrate: again is fine, dry-run writes nothing" {
  run patchctl db migrate --json
  [ "$status" = 0 ]
  [ "$(jq -r '.migrations[0].state' <<<"$output")" = applied ]
  rm "$state"/patchwarden.db*
  run patchctl db migrate --dry-run
  [ "$status" = 0 ]
  [[ $output == *pending* ]]
  [ ! -e "$state/patchwarden.db" ]
}

@test "a database that is newer is refused" {
  sqlite3 "$state/patchwarden.db" "INSERT INTO schema_migrations SELECT 999, '999_future', sha256, applied_at FROM schema_migrations LIMIT 1"
  run patchctl db migrate
  [ "$status" = 3 ]
  [[ $output == *"schema 999"* ]]
  run patchctl db verify
  [ "$status" = 3 ]
}

@test "verify finds a row that was changed" {
  echo a >"$workspace/f"
  apply '[{"op":"append","file":"f","block":"x\n"}]'
  patchctl db verify
  sqlite3 "$state/patchwarden.db" "UPDATE event SET payload = replace(payload, 'f', 'g') WHERE seq = 1"
  run patchctl db verify
  [ "$status" = 1 ]
  [[ $output == *"event 1"* ]]
}

@test "tokens: shown once, listed without secret, revoked, expired" {
  id=$(cut -d_ -f2 <<<"$token")
  secret=$(cut -d_ -f3- <<<"$token")	# may have _ in it
  [ "${#secret}" -gt 20 ]
  run patchctl token list
  [[ $output == *"$id"* ]]
  [[ $output != *"$secret"* ]]
  run grep -qF -e "$secret" "$state"/patchwarden.db*
  [ "$status" = 1 ]
  patchctl token revoke "$id"
  cgi GET /api/patches/logs
  [ "$http_status" = 401 ]
  run patchctl token revoke 00000000
  [ "$status" = 1 ]
  run patchctl token new --name x --scopes patch:everything
  [ "$status" = 1 ]
  [[ $output == *patch:everything* ]]
}

@test "config: values and where they came from; a wrong one names file and line" {
  run env PATCHWARDEN_BUSY_MS=77 "$build/src/patchctl/patchctl" --json config
  [ "$(jq -r '.settings[]|select(.key=="PATCHWARDEN_BUSY_MS")|.value+" "+.source' <<<"$output")" = '77 environment' ]
  [ "$(jq -r '.settings[]|select(.key=="PATCHWARDEN_DATABASE")|.source' <<<"$output")" = file ]
  [ "$(jq -r '.settings[]|select(.key=="PATCHWARDEN_HEARTBEAT_S")|.source' <<<"$output")" = default ]
  echo PATCHWARDEN_BUSY_MS=many >>"$PATCHWARDEN_CONFIG"
  run patchctl config
  [ "$status" = 3 ]
  [[ $output == *"patchwarden.conf:$(wc -l <"$PATCHWARDEN_CONFIG")"* ]]
  sed -i '$d' "$PATCHWARDEN_CONFIG"
  echo PATCHWARDEN_BUSY=5 >>"$PATCHWARDEN_CONFIG"
  run patchctl config
  [ "$status" = 3 ]
  [[ $output == *PATCHWARDEN_BUSY* ]]
}

@test "every setting stands in the manual" {
  for key in $(patchctl --json config | jq -r '.settings[].key'); do
    grep -q "$key" "$top/man/patchwarden.conf.5" || { echo "$key"; false; }
  done
}

@test "schemas are JSON Schema and take what the program takes" {
  for name in $(patchctl contract schema); do
    patchctl contract schema "$name" >"$state/schema"
    jq -e '."$schema" and .title' "$state/schema" >/dev/null
  done
  run patchctl contract schema Nothing
  [ "$status" = 2 ]
}

@test "completion knows the commands and their options" {
  patchctl completion bash >"$state/completion"
  complete_words() {
    bash -c 'source "$1"; COMP_WORDS=("${@:2}"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _patchctl; echo "${COMPREPLY[*]}"' \
      - "$state/completion" patchctl "$@"
  }
  [[ " $(complete_words '') " == *" token "* ]]
  [ "$(complete_words token n)" = new ]
  [[ " $(complete_words token new --s) " == *" --scopes "* ]]
  [ "$(complete_words db m)" = migrate ]
  [ "$(complete_words tail --si)" = "--since --silence" ]
  [ "$(complete_words tail --since e)" = earliest ]
  [ "$(complete_words tail --type patch_app)" = patch_applied ]
  [ "$(complete_words tail --color n)" = never ]
  [ -z "$(complete_words tail --order a)" ]
  [ "$(complete_words list --order a)" = asc ]
}
