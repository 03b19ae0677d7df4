# Writers at full speed do not starve readers, nor readers the checkpoint.
load ../lib/server

teardown() { [ -z "${state:-}" ] || server_stop; }

# The database as the patch programs write it, with or without the daemon.
under_load() {
  local answer
  answer=$(python3 "$BATS_TEST_DIRNAME/load.py" "$url" "$token" "$state/patchwarden.db-wal" "${LOAD_SECONDS:-15}")
  echo "# $answer" >&3
  [ "$(jq '.failed|length' <<<"$answer")" = 0 ]
  [ "$(jq .written <<<"$answer")" -gt 0 ]
  [ "$(jq .read <<<"$answer")" -gt 0 ]
  # a reader that is never cut short waited less than its deadline
  [ "$(jq .slowest_ms <<<"$answer")" -lt 60000 ]
  # from 64 MiB on writers checkpoint by themselves, from 128 on they insist
  [ "$(jq .wal_bytes <<<"$answer")" -lt $((256 << 20)) ]
  [ "$(sqlite3 "$state/patchwarden.db" 'SELECT count(*) FROM patch_log')" = "$(jq .written <<<"$answer")" ]
  patchctl db verify
  patchctl db check
}

@test "four writers and four readers: nobody fails, the WAL stays bounded" {
  server_start SYNCHRONOUS=normal
  under_load
}

@test "the same without the broadcast daemon, which checkpoints otherwise" {
  server_files SYNCHRONOUS=normal
  lighttpd_start
  wait_for 10 curl -fsS -m 5 "$url/healthz"
  under_load
}
