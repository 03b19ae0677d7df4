# One-shot tickets for streams: who gets one, how many, and what is kept.
load ../lib/cgi

setup() { cgi_setup; }
teardown() { cgi_teardown; }

ticket() { cgi POST /api/stream/tickets "$@" </dev/null; }
sql() { sqlite3 -cmd '.timeout 5000' "$state/patchwarden.db" "PRAGMA foreign_keys = ON; $1" | tail -n 1; }
is() {	# is FILTER VALUE
  [ "$(field "$1")" = "$2" ] || { show; false; }
}
hash_of() { printf %s "$1" | sha256sum | cut -d' ' -f1; }

@test "a ticket is answered, with when it expires" {
  for sent in '' '{}' ' { } '; do
    cgi POST /api/stream/tickets < <(printf %s "$sent")
    [ "$http_status" = 200 ] || { show; false; }
    is .ok true
    is 'keys|tostring' '["expires","ok","ticket","ttl_s"]'
    is .ttl_s 30
    [[ $(field .ticket) =~ ^pwt_[A-Za-z0-9_-]{43}$ ]]
    [[ $(field .expires) =~ ^20[0-9-]+T[0-9:.]+Z$ ]]
    grep -q '^Cache-Control: no-store' <<<"$http_headers"
  done
  [ "$(sql 'SELECT count(DISTINCT hash) FROM stream_ticket')" = 3 ]
}

@test "without any body and type it is the same" {
  cgi POST /api/stream/tickets CONTENT_TYPE= CONTENT_LENGTH=0 </dev/null
  [ "$http_status" = 200 ] || { show; false; }
}

@test "the answer has the shape of its contract" {
  ticket
  patchctl contract schema StreamTicket >"$state/schema"
  patchctl contract schema StreamTicketRequest | jq -e '.properties == {} and .additionalProperties == false'
  jq -e --argjson answer "$body" '(.properties|keys) == ($answer|keys)
    and .additionalProperties == false
    and (.required - ($answer|keys)) == []' "$state/schema"
}

@test "the database has its hash, its token and its times, and nothing has its text" {
  ticket HTTP_IDEMPOTENCY_KEY=k1 PATCHWARDEN_LOG_LEVEL=debug
  text=$(field .ticket)
  [ "$(sql 'SELECT lower(hex(hash)) FROM stream_ticket')" = "$(hash_of "$text")" ]
  [ "$(sql 'SELECT token_id FROM stream_ticket')" = "$(cut -d_ -f2 <<<"$token")" ]
  [ "$(sql 'SELECT expires_at - created_at FROM stream_ticket')" = 30000 ]
  [ "$(sql "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', expires_at / 1000.0, 'unixepoch') FROM stream_ticket")" = "$(field .expires)" ]
  grep -q 'path=.*/api/stream/tickets' "$state/.errors" || { cat "$state/.errors"; false; }
  rm "$state/.answer"
  run grep -rF "${text#pwt_}" "$state"
  [ "$status" = 1 ] || { echo "$output"; false; }
}

@test "an Idempotency-Key brings no ticket again: nobody keeps it" {
  ticket HTTP_IDEMPOTENCY_KEY=k1
  first=$(field .ticket)
  ticket HTTP_IDEMPOTENCY_KEY=k1
  [ "$http_status" = 200 ]
  [ "$(field .ticket)" != "$first" ]
  [ "$(sql 'SELECT count(*) FROM idempotency')" = 0 ]
}

@test "the scope stream:read is enough, and is needed" {
  token=$(patchctl token new --name page --scopes stream:read) ticket
  [ "$http_status" = 200 ] || { show; false; }
  token=$(patchctl token new --name other --scopes 'log:read event:write patch:apply') ticket
  [ "$http_status" = 403 ]
  is .code scope_missing
  token=pw_00000000_wrong ticket
  [ "$http_status" = 401 ]
  id=$(cut -d_ -f2 <<<"$token")
  patchctl token revoke "$id"
  ticket
  [ "$http_status" = 401 ]
  [ "$(sql 'SELECT count(*) FROM stream_ticket')" = 1 ]
}

@test "bodies, parameters and methods that are not meant are refused by name" {
  cgi POST /api/stream/tickets <<<'{"ttl_s":60}'
  [ "$http_status" = 422 ]
  is .code unknown_member
  is .at /ttl_s
  cgi POST /api/stream/tickets <<<'[]'
  [ "$http_status" = 422 ]
  cgi POST /api/stream/tickets <<<'{'
  [ "$http_status" = 400 ]
  is .code bad_json
  cgi POST /api/stream/tickets CONTENT_TYPE=text/plain <<<'{}'
  [ "$http_status" = 415 ]
  cgi POST '/api/stream/tickets?ttl=60' <<<'{}'
  [ "$http_status" = 400 ]
  is .at '?ttl'
  cgi GET /api/stream/tickets
  [ "$http_status" = 405 ]
  grep -q '^Allow: POST, OPTIONS' <<<"$http_headers"
  [ "$(sql 'SELECT count(*) FROM stream_ticket')" = 0 ]
}

@test "PATCHWARDEN_TICKET_TTL says how long it is good, from 5 to 300 seconds" {
  for ttl in 5 300; do
    ticket PATCHWARDEN_TICKET_TTL=$ttl
    is .ttl_s $ttl
    [ "$(sql 'SELECT expires_at - created_at FROM stream_ticket ORDER BY id DESC LIMIT 1')" = ${ttl}000 ]
  done
  for ttl in 4 301 0 x; do
    PATCHWARDEN_TICKET_TTL=$ttl run patchctl config
    [ "$status" != 0 ] || { echo "$ttl: $output"; false; }
    [[ $output == *PATCHWARDEN_TICKET_TTL* ]]
  done
}

@test "expired tickets of everybody are removed when the next one is made" {
  ticket
  token=$(patchctl token new --name page --scopes stream:read) ticket
  ticket
  sql 'UPDATE stream_ticket SET expires_at = 1000 WHERE id < 3'
  ticket
  [ "$(sql 'SELECT group_concat(id) FROM stream_ticket')" = 3,4 ]
}

@test "a token has 1000 tickets that have not expired, then 429 until one has" {
  id=$(cut -d_ -f2 <<<"$token")
  now=$(date +%s)
  sql "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
    INSERT INTO stream_ticket (hash, token_id, created_at, expires_at)
    SELECT randomblob(32), '$id', 1, ($now + 200) * 1000 FROM n"
  ticket PATCHWARDEN_TICKET_TTL=300
  [ "$http_status" = 200 ] || { show; false; }
  ticket
  [ "$http_status" = 429 ] || { show; false; }
  is .code too_many_tickets
  is .retryable true
  after=$(sed -n 's/^Retry-After: //p' <<<"$http_headers")
  [ "$after" -gt 0 ]
  [ "$after" -le 200 ]
  [ "$(sql 'SELECT count(*) FROM stream_ticket')" = 1000 ]
  token=$(patchctl token new --name page --scopes stream:read) ticket
  [ "$http_status" = 200 ] || { show; false; }
  sql 'UPDATE stream_ticket SET expires_at = 1000 WHERE id = 7'
  ticket
  [ "$http_status" = 200 ] || { show; false; }
}

@test "a database that cannot be written gives no ticket" {
  exec 5>"$state/patchwarden.db-lock"
  flock 5
  ticket PATCHWARDEN_BUSY_MS=50
  exec 5>&-
  [ "$http_status" = 503 ] || { show; false; }
  grep -q '^Retry-After: ' <<<"$http_headers"
}
