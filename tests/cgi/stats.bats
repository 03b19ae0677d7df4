# Statistics and trends, as clients see them; the sums are proved by test_stats.
load ../lib/cgi

setup() {
  cgi_setup
  printf 'one\n' >"$workspace/f"
}
teardown() { cgi_teardown; }

# tell N TYPE TIME [MORE]: an event of a producer elsewhere.
tell() {
  cgi POST /api/patches/events <<<"{\"patch_id\":\"p$1\",\"type\":\"patch_$2\",\"file\":\"f\",\"op\":\"append\",\"ts\":\"$3\"${4:+,$4}}"
  [ "$http_status" = 200 ]
}

@test "a patch that was applied is in today's numbers" {
  apply '[{"op":"append","file":"f","block":"x"},{"op":"prepend","file":"f","block":"y"}]' '"phase":"core","orderId":"o1"'
  apply '[{"op":"replace-block","file":"f","start":99,"end":99,"block":"x"},{"op":"append","file":"f","block":"z"}]' '"orderId":"o1"'
  [ "$http_status" != 200 ]
  cgi GET /api/patches/stats
  [ "$http_status" = 200 ]
  [ "$(field '.totals|[.total,.ok,.failed,.success_rate]|tostring')" = '[4,2,2,0.5]' ]
  [ "$(field '.byOp|map(.op+" "+(.count|tostring))|join(",")')" = 'append 2,prepend 1,replace-block 1' ]
  [ "$(field '.byOp|map(.pct)|add')" = 100 ]
  [ "$(field '.byFactory[0]|[.factory,.total,.success,.success_rate]|tostring')" = '["test",4,2,0.5]' ]
  [ "$(field '.errors|length')" = 1 ]
  [ "$(field '.errors[0].occurrences')" = 1 ]
  [ "$(field '.by_phase|map([.phase,.total])|tostring')" = '[[null,2],["core",2]]' ]
  [ "$(field '.latency.count')" = 2 ]
  [ "$(field '.daily|map(.total)|add')" = 4 ]
  [ "$(field '.previous.totals.total')" = 0 ]
  [ "$(field '.previous.delta.total')" = 4 ]
}

@test "the first and the last millisecond of a range are exact" {
  tell 1 applied 2026-11-01T00:00:00.000Z
  tell 2 applied 2026-11-01T23:59:59.999Z
  tell 3 failed 2026-11-02T00:00:00.000Z
  for range in '2026-11-01&to=2026-11-02 2' '2026-11-01T00:00:00.001Z&to=2026-11-02 1' \
    '2026-11-01&to=2026-11-02T00:00:00.001Z 3' '2026-11-01&to=2026-11-01T23:59:59.999Z 1'; do
    cgi GET "/api/patches/stats?from=${range% *}"
    [ "$(field .totals.total)" = "${range#* }" ]
  done
}

@test "a patch counts once, by its last outcome; a revert stands beside" {
  tell 1 failed 2026-11-01T10:00:00Z
  tell 1 applied 2026-11-02T10:00:00Z
  tell 2 applied 2026-11-02T11:00:00Z '"ts_check_ok":false'
  tell 3 applied 2026-11-02T11:00:00Z
  tell 3 reverted 2026-11-03T11:00:00Z
  cgi GET '/api/patches/stats?from=2026-11-01&to=2026-11-04'
  [ "$(field '[.totals.total,.totals.ok,.totals.failed,.reverted]|tostring')" = '[3,2,1,1]' ]
  [ "$(field '.daily|map([.day,.total])|tostring')" = '[["2026-11-01",0],["2026-11-02",3],["2026-11-03",0]]' ]
}

@test "days and weeks begin where the zone says" {
  tell 1 applied 2026-11-22T23:30:00Z
  cgi GET '/api/patches/stats?from=2026-11-20&to=2026-11-26&tz=Europe/Berlin'
  [ "$(field '.daily[]|select(.total==1).day')" = 2026-11-23 ]
  cgi GET '/api/patches/trends?from=2026-11-09&to=2026-11-30&group=weekly'
  [ "$(field '.results|map(.week+" "+(.total|tostring))|join(",")')" = '2026-W46 0,2026-W47 1,2026-W48 0' ]
  cgi GET '/api/patches/trends?from=2026-11-09&to=2026-11-30&group=weekly&tz=Asia/Kolkata'
  [ "$(field '.results[]|select(.total==1).week')" = 2026-W48 ]
  cgi GET '/api/patches/stats?tz=Mars/Olympus'
  [ "$http_status" = 400 ]
  [ "$(field .at)" = '?tz' ]
}

@test "orders are walked by pages, the last active first" {
  for i in 1 2 3 4 5; do
    tell $i applied "2026-11-0${i}T10:00:00Z" "\"order_id\":\"o$i\""
  done
  tell 6 failed 2026-11-05T12:00:00Z '"order_id":"o2"'
  path='/api/patches/trends?group=order&from=2026-11-01&to=2026-12-01&limit=2'
  cgi GET "$path"
  [ "$(field '.results|map(.order_id)|join(",")')" = o2,o5 ]
  [ "$(field '.results[0]|[.total,.ok,.first_patch,.last_patch]|tostring')" = '[2,1,"2026-11-02T10:00:00.000Z","2026-11-05T12:00:00.000Z"]' ]
  grep -q '^Link: <.*cursor=.*>; rel="next"' <<<"$http_headers"
  all=
  while next=$(field .pagination.next); [ "$next" != null ]; do
    cgi GET "$path&cursor=$next"
    all="$all $(field '.results|map(.order_id)|join(" ")')"
  done
  [ "$all" = " o4 o3 o1" ]
}

@test "who has the answer already gets a 304, until there is news" {
  apply '[{"op":"append","file":"f","block":"x"}]'
  cgi GET '/api/patches/stats?from=2026-01-01&to=2030-01-01'
  tag=$(sed -n 's/^ETag: //p' <<<"$http_headers")
  [ -n "$tag" ]
  cgi GET '/api/patches/stats?from=2026-01-01&to=2030-01-01' HTTP_IF_NONE_MATCH="$tag"
  [ "$http_status" = 304 ]
  [ -z "$body" ]
  cgi GET '/api/patches/stats?from=2026-01-02&to=2030-01-01' HTTP_IF_NONE_MATCH="$tag"
  [ "$http_status" = 200 ]
  apply '[{"op":"append","file":"f","block":"x"}]'
  cgi GET '/api/patches/stats?from=2026-01-01&to=2030-01-01' HTTP_IF_NONE_MATCH="$tag"
  [ "$http_status" = 200 ]
}

@test "wrong parameters are named" {
  while read -r query at; do
    cgi GET "/api/patches/$query"
    [ "$http_status" = 400 ]
    [ "$(field .at)" = "?$at" ]
    [ -n "$(field .detail)" ]
  done <<'END'
stats?color=1 color
stats?from=yesterday from
stats?from=2026-11-02&to=2026-11-01 from
stats?from=2026-11-02&to=2026-11-02 from
stats?from=1990-01-01&to=2026-11-02 from
stats?tz=../etc/passwd tz
stats?tz=Europe tz
stats?group=daily group
trends?group=yearly group
trends?group=hourly&from=2025-01-01&to=2026-01-01 from
trends?group=daily&limit=3 limit
trends?group=order&limit=0 limit
trends?group=order&limit=1001 limit
trends?group=order&requester=x requester
trends?group=order&cursor=nonsense cursor
trends?group=weekly&cursor=t1.5.0.1.2.3 cursor
stats?requester=a&requester=b requester
END
}

@test "an empty log has answers, too" {
  cgi GET /api/patches/stats
  [ "$(field '[.totals.total,.totals.success_rate]|tostring')" = '[0,null]' ]
  [ "$(field '.daily|length')" -ge 7 ]
  [ "$(field '[.byFactory,.byOp,.errors,.by_phase]|map(length)|add')" = 0 ]
  for group in weekly daily hourly phase factory order task; do
    cgi GET "/api/patches/trends?group=$group"
    [ "$http_status" = 200 ]
    [ "$(field .group)" = "$group" ]
  done
  cgi HEAD /api/patches/stats
  [ "$http_status" = 200 ]
  [ -z "$body" ]
}
