# Delivery reports: made when there is news, kept, told in three forms.
load ../lib/cgi

setup() {
  cgi_setup
  printf 'one\ntwo\n' >"$workspace/f"
}
teardown() { cgi_teardown; }

sql() { sqlite3 "$state/patchwarden.db" "$1"; }
make_report() { cgi POST /api/delivery/reports <<<"{\"order_id\":\"$1\"}"; [ "$http_status" = 200 ]; }

# An order with something of everything.
fill() {
  apply '[{"op":"append","file":"f","block":"x\n","taskId":"t1"},{"op":"create","file":"d/g","block":"1\n2\n"}]' '"orderId":"o1","phase":"core"'
  id=$(field '.results[0].patch_id')
  apply '[{"op":"replace-block","file":"f","start":77,"end":77,"block":"x"},{"op":"append","file":"f","block":"y"}]' '"orderId":"o1"'
  cgi POST /api/patches/events <<<'[{"patch_id":"x1","type":"patch_failed","error":"late","order_id":"o1","requester":"fab"},{"patch_id":"x2","type":"patch_applied","order_id":"o1","requester":"fab","file":"z.c","lines_added":4,"lines_removed":1}]'
  cgi POST /api/events <<<'[{"type":"phase_generating","payload":{"order_id":"o1","message":"thinking"}},{"type":"phase_generated","payload":{"order_id":"o1"}}]'
  apply '[{"op":"append","file":"other","block":"x"}]' '"orderId":"o2"'
}

@test "a report has the numbers of its order, and only those" {
  fill
  make_report o1
  [ "$(field .generated)" = 1 ]
  [ "$(field '.report|[.order_id,.total_patches,.success_rate,.version]|tostring')" = '["o1",6,0.5,1]' ]
  json=$(field .report.report_json)
  [ "$(jq -c '.totals|[.total,.ok,.failed,.reverted]' <<<"$json")" = '[6,3,3,0]' ]
  [ "$(jq -c '.diffstat|[.files,.insertions,.deletions]' <<<"$json")" = '[3,7,1]' ]
  [ "$(jq -c '[.files[]|[.path,.total]]' <<<"$json")" = '[["d/g",1],["f",3],["z.c",1]]' ]
  [ "$(jq -c '[.failures[].error]|length' <<<"$json")" = 3 ]
  [ "$(jq -c '[.phases[]|[.event,.state]]' <<<"$json")" != '[]' ]
  [ "$(jq -r .as_of.seq <<<"$json")" = "$(sql "SELECT max(seq) FROM event WHERE order_id = 'o1' AND type <> 'report_generated'")" ]
  # the straightforward count of the events themselves
  [ "$(sql "SELECT count(DISTINCT patch_id) FROM event WHERE order_id = 'o1' AND type IN ('patch_applied', 'patch_failed')")" = 6 ]
}

@test "without news the same bytes and no row; with news a new version, the old one stays" {
  fill
  make_report o1
  first=$(field .report)
  make_report o1
  [ "$(field .generated)" = 0 ]
  [ "$(field .report)" = "$first" ]
  [ "$(sql 'SELECT count(*) FROM delivery_reports')" = 1 ]
  [ "$(sql "SELECT count(*) FROM event WHERE type = 'report_generated'")" = 1 ]
  cgi GET /api/delivery/reports/o1.md
  old=$body
  cgi POST "/api/patches/$id/revert" </dev/null
  make_report o1
  [ "$(field .report.version)" = 2 ]
  [ "$(field '.report.report_json' | jq .totals.reverted)" = 1 ]
  cgi GET '/api/delivery/reports/o1.md?version=1'
  [ "$body" = "$old" ]
  cgi GET /api/delivery/reports/o1/versions
  [ "$(field '[.versions[].version]|tostring')" = '[2,1]' ]
  run patchctl db check
  [ "$status" = 0 ]
  patchctl db check --rebuild >/dev/null
  make_report o1
  [ "$(field .generated)" = 0 ]
}

@test "an Idempotency-Key gets the first answer again, also when there is news" {
  fill
  cgi POST /api/delivery/reports HTTP_IDEMPOTENCY_KEY=k <<<'{"order_id":"o1"}'
  first=$body
  apply '[{"op":"append","file":"f","block":"x"}]' '"orderId":"o1"'
  cgi POST /api/delivery/reports HTTP_IDEMPOTENCY_KEY=k <<<'{"order_id":"o1"}'
  [ "$body" = "$first" ]
  [ "$(sql 'SELECT count(*) FROM delivery_reports')" = 1 ]
  cgi POST /api/delivery/reports HTTP_IDEMPOTENCY_KEY=k <<<'{"order_id":"o2"}'
  [ "$http_status" = 422 ]
}

@test "all orders that have news, until none has" {
  fill
  cgi POST /api/delivery/reports <<<'{}'
  [ "$(field '[.generated,.failed,.complete]|tostring')" = '[2,0,true]' ]
  cgi GET '/api/delivery/reports?generate=true'
  [ "$(field .generated)" = 0 ]
  apply '[{"op":"append","file":"other","block":"x"}]' '"orderId":"o2"'
  cgi GET '/api/delivery/reports?generate=true'
  [ "$(field .generated)" = 1 ]
  cgi GET '/api/delivery/reports?limit=1'
  [ "$(field '[.reports[].order_id]|tostring')" = '["o2"]' ]
  cgi GET '/api/delivery/reports'
  [ "$(field '[.reports[].order_id]|tostring')" = '["o2","o1"]' ]
  cgi GET '/api/delivery/reports?order_id=o1'
  [ "$(field .report.version)" = 1 ]
}

@test "Markdown, JSON and a page; by suffix, by Accept, and not again when it is there" {
  fill
  make_report o1
  cgi GET /api/delivery/reports/o1
  grep -q '^Content-Type: application/json' <<<"$http_headers"
  [ "$(field .order_id)" = o1 ]
  cgi GET /api/delivery/reports/o1 HTTP_ACCEPT=text/markdown
  grep -q '^Content-Type: text/markdown' <<<"$http_headers"
  [[ $body == '# '* ]]
  cgi GET /api/delivery/reports/o1.html
  grep -q '^Content-Type: text/html' <<<"$http_headers"
  grep -q "^Content-Security-Policy: default-src 'none'" <<<"$http_headers"
  [[ $body == '<!DOCTYPE html>'* ]]
  tag=$(sed -n 's/^ETag: //p' <<<"$http_headers")
  cgi GET /api/delivery/reports/o1.html HTTP_IF_NONE_MATCH="$tag"
  [ "$http_status" = 304 ]
  cgi GET /api/delivery/reports/o1.md HTTP_IF_NONE_MATCH="$tag"
  [ "$http_status" = 200 ]
}

@test "orders with names like files, slashes and hostile text" {
  for order in 'a.md' 'x/y' '<script>alert(1)</script>'; do
    apply '[{"op":"append","file":"f","block":"x"}]' "\"orderId\":$(jq -Rn --arg s "$order" '$s')"
    cgi POST /api/delivery/reports <<<"$(jq -n --arg s "$order" '{order_id: $s}')"
    [ "$(field .generated)" = 1 ]
    path=$(jq -rn --arg s "$order" '$s|@uri')
    cgi GET "/api/delivery/reports/$path"
    [ "$(field .order_id)" = "$order" ]
    cgi GET "/api/delivery/reports/$path.html"
    [ "$http_status" = 200 ]
    [[ $body != *'<script'* ]]
  done
}

@test "an order of messages alone has a report, too" {
  cgi POST /api/events <<<'{"type":"phase_generating","payload":{"order_id":"talk","message":"hm"}}'
  make_report talk
  [ "$(field '[.report.total_patches,.report.success_rate]|tostring')" = '[0,null]' ]
}

@test "who asks for what is not there, or may not" {
  cgi POST /api/delivery/reports <<<'{"order_id":"nobody"}'
  [ "$http_status" = 404 ]
  [ "$(sql 'SELECT count(*) FROM delivery_reports')" = 0 ]
  fill
  cgi GET '/api/delivery/reports?order_id=o1'
  [ "$http_status" = 404 ]
  [[ $(field .detail) == *POST* ]]
  while read -r query at; do
    cgi GET "/api/delivery/reports?$query"
    [ "$http_status" = 400 ]
    [ "$(field .at)" = "?$at" ]
  done <<'END'
limit=0 limit
limit=101 limit
color=1 color
generate=maybe generate
END
  make_report o1
  cgi GET '/api/delivery/reports/o1?version=7'
  [ "$http_status" = 404 ]
  token=$(patchctl token new --name reader --scopes report:read)
  cgi GET '/api/delivery/reports?generate=true'
  [ "$http_status" = 403 ]
  cgi POST /api/delivery/reports <<<'{}'
  [ "$http_status" = 403 ]
  cgi GET /api/delivery/reports
  [ "$http_status" = 200 ]
}

@test "eight at once make one version" {
  fill
  for i in 1 2 3 4 5 6 7 8; do
    printf '{"order_id":"o1"}' >"$state/body"
    env REQUEST_METHOD=POST REQUEST_URI=/api/delivery/reports QUERY_STRING= \
      GATEWAY_INTERFACE=CGI/1.1 SERVER_PROTOCOL=HTTP/1.1 SCRIPT_NAME=/api/delivery/reports \
      CONTENT_TYPE=application/json CONTENT_LENGTH=17 HTTP_AUTHORIZATION="Bearer $token" \
      "$build/cgi-bin/reports.fcgi" <"$state/body" >"$state/out$i" 2>"$state/err$i" &
  done
  wait
  [ "$(sql 'SELECT count(*) FROM delivery_reports')" = 1 ]
  [ "$(cat "$state"/out* | grep -c '"generated":1')" = 1 ]
}

@test "the same by JSON-RPC" {
  fill
  cgi POST /api/rpc <<<'{"jsonrpc":"2.0","id":1,"method":"DeliveryReports.getByOrder","params":{"orderId":"o1"}}'
  [ "$(field .error.data.code)" = not_found ]
  cgi POST /api/rpc <<<'{"jsonrpc":"2.0","id":1,"method":"DeliveryReports.generateAll"}'
  [ "$(field .result.generated)" = 2 ]
  cgi POST /api/rpc <<<'{"jsonrpc":"2.0","id":1,"method":"DeliveryReports.getRecent","params":{"limit":1}}'
  [ "$(field '.result.reports|length')" = 1 ]
  cgi POST /api/rpc <<<'{"jsonrpc":"2.0","id":1,"method":"DeliveryReports.getByOrder","params":{"order_id":"o1"}}'
  [ "$(field .result.report.total_patches)" = 6 ]
}
