# Database and FIFO on a full disk, unwritable, missing, locked: a clear answer,
# nothing lost, recovery without hands.
load ../lib/server

setup() { server_start BUSY_MS=300; }
teardown() {
  [ -z "${mounted:-}" ] || umount -l "$mounted"
  server_stop
}
edit() { post /api/patches/apply "{\"patches\":[{\"op\":\"append\",\"file\":\"${2:-f}\",\"block\":\"$1\\n\"}]}"; }
# The tree's f has exactly these lines, and as many patches were applied to it.
agrees() {
  [ "$(cat "$workspace/f" 2>/dev/null)" = "$1" ] || { cat "$workspace/f"; return 1; }
  http GET '/api/patches/logs?type=patch_applied&file=f&limit=1000'
  [ "$(field '.results | length')" = "$(grep -c . <<<"$1")" ] || { show; return 1; }
}
restart() {
  stop_pid "$lighttpd_pid"
  lighttpd_start
}

@test "the database is locked by somebody: 503 and Retry-After, then as if nothing had been" {
  edit one
  exec 7>"$state/hold"
  sqlite3 "$state/patchwarden.db" <<<".timeout 5000
BEGIN IMMEDIATE;
.shell touch $state/held; while [ ! -e $state/go ]; do sleep 0.02; done
ROLLBACK;" 3>&- &
  holder=$!
  wait_for 10 test -e "$state/held"
  edit two
  [ "$http_status" = 503 ] && [ "$(field .code)" = busy ] && [ "$(field .retryable)" = true ] || { show; touch "$state/go"; false; }
  grep -qi '^retry-after:' <<<"$http_headers"
  touch "$state/go"
  wait $holder
  agrees one
  edit two
  [ "$http_status" = 200 ]
  agrees $'one\ntwo'
}

@test "the lock file is held: 503, then as if nothing had been" {
  edit one
  exec 7>>"$state/patchwarden.db-lock"
  flock 7
  edit two
  [ "$http_status" = 503 ] && [ "$(field .code)" = busy ] || { show; flock -u 7; false; }
  exec 7>&-
  edit two
  [ "$http_status" = 200 ]
  agrees $'one\ntwo'
}

@test "the database is missing: not ready, nothing is made in its place" {
  edit one
  stop_pid "$broadcastd_pid"
  stop_pid "$lighttpd_pid"
  mkdir "$state/aside"
  mv "$state"/patchwarden.db* "$state/aside"
  lighttpd_start
  http GET /readyz
  [ "$http_status" = 503 ] || { show; false; }
  edit two
  [ "$http_status" = 503 ] && [ "$(field .ok)" = false ] || { show; false; }
  [ ! -e "$state/patchwarden.db" ]
  [ "$(cat "$workspace/f")" = one ]
  mv "$state/aside"/* "$state"
  wait_for 5 curl -fsS "$url/readyz" || { http GET /readyz; show; false; }
  edit two
  [ "$http_status" = 200 ] || { show; false; }
  agrees $'one\ntwo'
}

@test "the database is rubbish: not ready, no crash" {
  stop_pid "$broadcastd_pid"
  stop_pid "$lighttpd_pid"
  mv "$state/patchwarden.db" "$state/good"
  rm -f "$state"/patchwarden.db-*
  head -c 20000 /dev/urandom >"$state/patchwarden.db"
  lighttpd_start
  http GET /readyz
  [ "$http_status" = 503 ] || { show; false; }
  edit two
  [ "$http_status" = 503 ] && [ ! -e "$workspace/f" ] || { show; false; }
  http GET /api/patches/logs
  [ "$http_status" = 503 ] || { show; false; }
}

@test "a database that is newer than the programs is refused by name" {
  sqlite3 "$state/patchwarden.db" "SELECT name FROM sqlite_schema WHERE name LIKE 'schema_migration%'" | grep -q . || skip "no table of migrations"
  table=$(sqlite3 "$state/patchwarden.db" "SELECT name FROM sqlite_schema WHERE type='table' AND name LIKE 'schema_migration%'")
  sqlite3 "$state/patchwarden.db" "CREATE TEMP TABLE t AS SELECT * FROM $table ORDER BY version DESC LIMIT 1; UPDATE t SET version=999, name='future'; INSERT INTO $table SELECT * FROM t;"
  restart
  http GET /readyz
  [ "$http_status" = 503 ] && [ "$(field .code)" = schema_newer ] || { show; false; }
  run patchctl db migrate
  [ "$status" != 0 ] && [[ $output == *999*Upgrade* ]] || { echo "$output"; false; }
}

@test "the FIFO is missing or no FIFO: batches still work, readyz tells" {
  stop_pid "$broadcastd_pid"
  rm -f "$state/run/bell"
  edit one
  [ "$http_status" = 200 ] || { show; false; }
  http GET /readyz
  [ "$http_status" = 503 ] || { show; false; }
  echo rubbish >"$state/run/bell"
  edit two
  [ "$http_status" = 200 ] || { show; false; }
  rm "$state/run/bell"
  broadcastd_start
  wait_for 5 curl -fsS "$url/readyz"
  agrees $'one\ntwo'
  out=$(curl -sSN -m 2 -H "Authorization: Bearer $token" "$url/sse?since=earliest&type=patch_applied" || true)
  [ "$(grep -c '^event: patch_applied' <<<"$out")" = 2 ] || { echo "$out"; false; }
}

@test "the FIFO is full and nobody reads: batches still work, nothing is lost" {
  kill -STOP "$broadcastd_pid"
  exec 7<>"$state/run/bell"
  dd if=/dev/zero of="$state/run/bell" bs=4096 count=600 oflag=nonblock 2>/dev/null || true
  exec 7>&-
  edit one
  [ "$http_status" = 200 ] || { kill -CONT "$broadcastd_pid"; show; false; }
  kill -CONT "$broadcastd_pid"
  out=$(curl -sSN -m 3 -H "Authorization: Bearer $token" "$url/sse?since=earliest&type=patch_applied" || true)
  [ "$(grep -c '^event: patch_applied' <<<"$out")" = 1 ] || { echo "$out"; false; }
}

@test "a full disk under the database: 507 or 503, the tree as before, then as if nothing had been" {
  [ "$(id -u)" = 0 ] || skip "needs root to mount a small disk"
  mkdir "$state/small"
  mount -t tmpfs -o size=3m small "$state/small" 2>/dev/null || skip "cannot mount here"
  mounted=$state/small
  stop_pid "$broadcastd_pid"
  stop_pid "$lighttpd_pid"
  sqlite3 "$state/patchwarden.db" 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
  cp "$state/patchwarden.db" "$state/small/"
  sed -i "s|^PATCHWARDEN_DATABASE=.*|PATCHWARDEN_DATABASE=$state/small/patchwarden.db|" "$state/patchwarden.conf"
  broadcastd_start
  lighttpd_start
  edit one
  [ "$http_status" = 200 ] || { show; false; }
  head -c 10m /dev/zero >"$state/small/filler" 2>/dev/null || true
  seen=0
  for i in 1 2 3 4 5 6; do
    printf '{"patches":[{"op":"append","file":"f","block":"big\\n"}],"meta":{"x":"%s"}}' \
      "$(head -c 60000 /dev/zero | tr '\0' x)" >"$state/big.json"
    http POST /api/patches/apply -H 'Content-Type: application/json' --data-binary @"$state/big.json"
    if [ "$http_status" != 200 ]; then
      seen=1
      [ "$http_status" = 507 ] || [ "$http_status" = 503 ] || { show; false; }
    fi
  done
  [ $seen = 1 ]
  rm "$state/small/filler"
  edit last
  [ "$http_status" = 200 ] || { show; false; }
  http GET '/api/patches/logs?type=patch_applied&file=f&limit=1000'
  [ "$(field '.results | length')" = "$(wc -l <"$workspace/f")" ] || { cat "$workspace/f"; show; false; }
  patchctl db verify
}

@test "a full disk under the workspace: 507, the tree as before, then as if nothing had been" {
  [ "$(id -u)" = 0 ] || skip "needs root to mount a small disk"
  mount -t tmpfs -o size=1m small "$workspace" 2>/dev/null || skip "cannot mount here"
  mounted=$workspace
  restart
  edit one
  [ "$http_status" = 200 ] || { show; false; }
  head -c 10m /dev/zero >"$workspace/filler" 2>/dev/null || true
  printf '{"patches":[{"op":"append","file":"f","block":"two\\n"},{"op":"create","file":"g","block":"%s"}]}' \
    "$(head -c 300000 /dev/zero | tr '\0' x)" >"$state/big.json"
  http POST /api/patches/apply -H 'Content-Type: application/json' --data-binary @"$state/big.json"
  [ "$http_status" = 507 ] && [ "$(field .code)" = disk_full ] || { show; false; }
  [ ! -e "$workspace/g" ]
  rm "$workspace/filler"
  agrees one
  edit two
  [ "$http_status" = 200 ]
  agrees $'one\ntwo'
  [ -z "$(find "$workspace/.patchwarden" -type f ! -name .gitignore)" ]
}

@test "an unwritable workspace is refused and told" {
  mkdir "$workspace/sub"
  echo x >"$workspace/sub/f"
  if [ "$(id -u)" = 0 ]; then
    mount --bind "$workspace/sub" "$workspace/sub" 2>/dev/null &&
      mount -o remount,ro,bind "$workspace/sub" 2>/dev/null || skip "cannot mount here"
    mounted=$workspace/sub
    restart
  else
    chmod 0500 "$workspace/sub"
  fi
  edit two sub/f
  [[ $http_status = [45]?? ]] && [ "$(cat "$workspace/sub/f")" = x ] || { show; false; }
  edit one
  [ "$http_status" = 200 ]
  agrees one
}
