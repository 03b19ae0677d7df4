# The chain of custody: what was told and what was done, in one line.
load ../lib/cgi

setup() {
  cgi_setup
  printf 'one\n' >"$workspace/f"
}
teardown() { cgi_teardown; }

say() { # TYPE ORDER [MORE]
  cgi POST /api/events <<<"{\"type\":\"$1\",\"payload\":{\"order_id\":\"$2\",\"factory\":\"fab\"${3:+,$3}}}"
  [ "$http_status" = 200 ]
}

@test "an order's trail has its messages and patches in the order of the stream, and nothing of others" {
  say phase_generating o1 '"message":"thinking"'
  apply '[{"op":"append","file":"f","block":"x"}]' '"orderId":"o1"'
  id=$(field '.results[0].patch_id')
  apply '[{"op":"append","file":"f","block":"y"}]' '"orderId":"o2"'
  say phase_implemented o1 "\"patch_id\":\"$id\""
  say phase_generated o2
  cgi GET "/api/patches?order_id=o1"
  [ "$http_status" = 200 ]
  [ "$(field '[.events[].type]|join(" ")')" = "phase_generating patch_requested patch_applied phase_implemented" ]
  [ "$(field '[.events[].seq]|. == sort')" = true ]
  [ "$(field .has_more)" = false ]
  [ "$(field .order_id)" = o1 ]
  cgi GET "/api/patches/$id"
  [ "$(field '[.events[].type]|join(" ")')" = "patch_requested patch_applied phase_implemented" ]
}

@test "a trail is walked by pages, each event once" {
  for i in 1 2 3; do
    say phase_generating o1
    apply '[{"op":"append","file":"f","block":"x"},{"op":"append","file":"f","block":"z"}]' '"orderId":"o1"'
  done
  cgi GET "/api/patches?order_id=o1&limit=1000"
  all=$(field '[.events[].seq]|join(" ")')
  [ "$(field '.events|length')" = 15 ]
  since=0 seen=
  while :; do
    cgi GET "/api/patches?limit=4&order_id=o1&since=$since"
    seen="$seen $(field '[.events[].seq]|join(" ")')"
    since=$(field .next)
    [ "$(field .has_more)" = true ] || break
    grep -q "^Link: </api/patches?limit=4&order_id=o1&since=$since>; rel=\"next\"" <<<"$http_headers"
  done
  [ "${seen# }" = "$all" ]
}

@test "what a factory said is kept beside its message, cut at a whole character" {
  say phase_generating o1 '"message":"thinking"'
  say phase_generated o1 '"phase":{"name":"core"}'
  say phase_generated o1
  say error o1 "\"error\":\"$(printf 'ä%.0s' $(seq 600))\""
  run sqlite3 "$state/patchwarden.db" "SELECT coalesce(message, '-'), length(message) FROM patch_custody ORDER BY id"
  [ "${lines[0]}" = "thinking|8" ]
  [ "${lines[1]}" = "core|4" ]
  [ "${lines[2]}" = "-|" ]
  [[ ${lines[3]} == *"ä|500" ]]
}

@test "an order that nobody knows is 404; without an order the parameter is named" {
  cgi GET "/api/patches?order_id=nobody"
  [ "$http_status" = 404 ]
  cgi GET /api/patches
  [ "$http_status" = 400 ]
  [ "$(field .at)" = "?order_id" ]
  cgi GET "/api/patches?order_id=x&color=red"
  [ "$http_status" = 400 ]
  [ "$(field .at)" = "?color" ]
}
