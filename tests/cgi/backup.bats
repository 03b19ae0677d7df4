# A backup is the database of one moment; a restore gives the old or the new.
load ../lib/cgi

setup() {
  cgi_setup
  db=$state/patchwarden.db
  echo a >"$workspace/f"
  edits 3
}
teardown() { cgi_teardown; }

sql() { sqlite3 "$db" "$1"; }
edits() {
  local i
  for ((i = 0; i < $1; i++)); do
    apply '[{"op":"append","file":"f","block":"x\n"}]'
    [ "$http_status" = 200 ] || { show; return 1; }
  done
}
epoch() { sql "SELECT value FROM property WHERE key = 'epoch'"; }
head_seq() { sql 'SELECT max(seq) FROM event'; }
# Beside the database: what this test has not made itself.
beside() { (cd "$state" && ls -d patchwarden.db*) | tr '\n' ' '; }

@test "a backup is one file, checked, that reads as the database did" {
  n=$(head_seq)
  run patchctl db backup "$state/b" --json
  [ "$status" = 0 ] || { echo "$output"; false; }
  [ "$(jq .last_seq <<<"$output")" = "$n" ]
  [ "$(stat -c %a "$state/b")" = 660 ]
  [ "$(cd "$state" && echo b*)" = "b bell" ] || [ "$(cd "$state" && echo b*)" = b ]
  [ "$(sqlite3 "$state/b" 'PRAGMA journal_mode')" = delete ]
  diff <(sqlite3 "$db" .dump) <(sqlite3 "$state/b" .dump)
  PATCHWARDEN_DATABASE=$state/b patchctl db verify
  [ "$(cd "$state" && ls | grep -c '^b-\|part')" = 0 ]
}

@test "a backup overwrites nothing unless it is told to, and never the database" {
  echo precious >"$state/b"
  run patchctl db backup "$state/b"
  [ "$status" = 1 ]
  [[ $output == *--force* ]]
  [ "$(cat "$state/b")" = precious ]
  patchctl db backup "$state/b" --force
  PATCHWARDEN_DATABASE=$state/b patchctl db verify
  for own in "$db" "$db-wal" "$db-lock"; do
    run patchctl db backup "$own" --force
    [ "$status" = 1 ] || { echo "$own: $output"; false; }
  done
  mkdir "$state/d"
  run patchctl db backup "$state/d" --force
  [ "$status" = 1 ]
  run patchctl db backup "$state/none/b"
  [ "$status" = 3 ]
  echo wal >"$state/c-wal"
  run patchctl db backup "$state/c"
  [ "$status" = 1 ]
  [ ! -e "$state/c" ]
  patchctl db verify
}

@test "a database that is not migrated yet can be backed up, and is migrated when it is restored" {
  unmigrate 30
  run patchctl db verify
  [ "$status" = 3 ]
  patchctl db backup "$state/b"
  run patchctl db restore "$state/b" --json
  [ "$status" = 0 ] || { echo "$output"; false; }
  [ "$(jq .migrated <<<"$output")" = true ]
  patchctl db verify
}

@test "a restore has the backup's events, a new epoch, and keeps what was" {
  patchctl db backup "$state/b"
  n=$(head_seq)
  old=$(epoch)
  edits 2
  m=$(head_seq)
  run patchctl db restore "$state/b" --json
  [ "$status" = 0 ] || { echo "$output"; false; }
  kept=$(jq -r .kept <<<"$output")
  [ "$(head_seq)" = "$n" ]
  [ "$(epoch)" != "$old" ]
  [ "$(epoch)" = "$(jq -r .epoch <<<"$output")" ]
  [ "$(sql "SELECT value FROM property WHERE key = 'genesis'")" = \
    "$(sqlite3 "$state/b" "SELECT value FROM property WHERE key = 'genesis'")" ]
  [ "$(sqlite3 "$kept" 'SELECT max(seq) FROM event')" = "$m" ]
  [[ $kept == "$db.before-restore-2"* ]]
  [ "$(sql 'PRAGMA journal_mode')" = wal ]
  [ "$(stat -c %a "$db")" = 660 ]
  patchctl db verify
  patchctl db check
  edits 1
  [ "$(head_seq)" -gt "$n" ]
  # and back again, twice within a second
  patchctl db restore "$kept"
  [ "$(head_seq)" = "$m" ]
  patchctl db restore "$state/b"
  [ "$(head_seq)" = "$n" ]
  [ "$(cd "$state" && ls -d patchwarden.db.before-restore-*Z | wc -l)" = 3 ]
}

@test "what cannot be a database any more is not restored" {
  patchctl db backup "$state/b"
  n=$(head_seq) e=$(epoch)
  refuse() {	# STATUS WORDS
    run patchctl db restore "$state/bad"
    [ "$status" = "$1" ] || { echo "$output"; return 1; }
    [[ $output == *"$2"* ]] || { echo "not \"$2\": $output"; return 1; }
    [ "$(head_seq) $(epoch)" = "$n $e" ] || { echo "$2: changed"; return 1; }
    [[ $(beside) != *restor* ]] || { beside; return 1; }
  }
  refuse 3 'there is no'
  echo text >"$state/bad"
  refuse 3 'not a database'
  head -c 20000 "$state/b" >"$state/bad"
  refuse 3 ''
  rm "$state/bad"
  sqlite3 "$state/bad" 'CREATE TABLE t (x)'
  refuse 3 'no database of Patchwarden'
  cp "$state/b" "$state/bad"
  sqlite3 "$state/bad" "INSERT INTO schema_migrations VALUES (999, '999_x', '', 0)"
  refuse 3 'schema 999'
  cp "$state/b" "$state/bad"
  sqlite3 "$state/bad" "UPDATE event SET op = 'x' WHERE seq = 2"
  refuse 1 'event 2'
  run patchctl db restore "$db"
  [ "$status" = 1 ]
  patchctl db restore "$state/bad" --no-verify
  [ "$(epoch)" != "$e" ]
  run patchctl db verify
  [ "$status" = 1 ]
}

@test "a database that is lost or broken is replaced" {
  patchctl db backup "$state/b"
  n=$(head_seq)
  rm "$db"*
  run patchctl db restore "$state/b" --json
  [ "$status" = 0 ] || { echo "$output"; false; }
  [ "$(jq .kept <<<"$output")" = null ]
  [ "$(head_seq)" = "$n" ]
  edits 1
  echo broken >"$db"
  echo also >"$db-wal"
  run patchctl db restore "$state/b"
  [ "$status" = 0 ] || { echo "$output"; false; }
  [[ $output == *"cannot be used"* ]]
  [ "$(head_seq)" = "$n" ]
  [ "$(cat "$db".before-restore-*Z)" = broken ]
  [ "$(cat "$db".before-restore-*Z-wal)" = also ]
  patchctl db verify
  edits 1
}

# A reader in another process: what it sees is one snapshot until it ends.
reader_begin() {
  mkfifo "$state/ask" "$state/answer"
  sqlite3 "$db" <"$state/ask" >"$state/answer" 3>&- &
  reader=$!
  exec 7>"$state/ask" 8<"$state/answer"
  echo 'BEGIN; SELECT max(seq) FROM event;' >&7
  read -r -t 60 seen <&8
}
reader_end() {
  exec 7>&- 8<&-
  wait "$reader"
}

@test "what is kept has its WAL, also beneath somebody who reads it" {
  patchctl db backup "$state/b"
  reader_begin
  first=$seen
  edits 2
  m=$(head_seq)
  [ "$(stat -c %s "$db-wal")" -gt 0 ]
  run patchctl db restore "$state/b"
  [ "$status" = 0 ] || { echo "$output"; false; }
  kept=$(ls "$db".before-restore-*Z)
  [[ $output == *"$kept-wal belongs to it"* ]] || { echo "$output"; false; }
  echo 'SELECT max(seq) FROM event;' >&7
  read -r -t 60 seen <&8
  [ "$seen" = "$first" ]
  [ "$(sqlite3 "$kept" 'SELECT max(seq) FROM event')" = "$m" ]
  reader_end
  # alone it is enough, when nobody was in the way
  edits 2
  m=$(head_seq)
  run patchctl db restore "$state/b" --json
  [ "$(jq .note <<<"$output")" = null ] || { echo "$output"; false; }
  cp "$(jq -r .kept <<<"$output")" "$state/alone"
  [ "$(sqlite3 "$state/alone" 'SELECT max(seq) FROM event')" = "$m" ]
  patchctl db verify
}

@test "a restore waits for nobody who is at work" {
  patchctl db backup "$state/b"
  e=$(epoch)
  for lock in "$state/locks/default.lock" "$db-lock"; do
    PATCHWARDEN_BUSY_MS=100 run flock "$lock" "$build/src/patchctl/patchctl" db restore "$state/b"
    [ "$status" != 0 ] || { echo "$lock"; false; }
    [[ $output == *"$lock"* ]] || { echo "$output"; false; }
    [ "$(epoch)" = "$e" ]
    [[ $(beside) != *restor* ]] || { beside; false; }
  done
  patchctl db restore "$state/b"
}

@test "an open batch in the backup is settled when that is restored" {
  patchctl db backup "$state/b"
  id=00000000-0000-7000-8000-000000000001
  sqlite3 "$state/b" "INSERT INTO patch_batch (id, workspace, ops, state, created_at)
    VALUES ('$id', 'default', 1, 'open', 0)"
  patchctl db restore "$state/b"
  [ "$(sql "SELECT state FROM patch_batch WHERE id = '$id'")" != open ]
  patchctl db check
}

# Where the call stands that is killed is told by what is there afterwards.
killed() {	# CALL N COMMAND...: false when there were fewer calls
  local call=$1 n=$2
  shift 2
  strace -f -qq -o /dev/null -e "trace=$call" -e "inject=$call:signal=KILL:when=$n" "$@" \
    >"$state/killed" 2>&1
  [ $? = 137 ]
}
@test "SIGKILL at each step: the old database or the new one, and no other's WAL" {
  command -v strace >/dev/null || skip "no strace"
  strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
  patchctl db backup "$state/b"
  edits 2
  mkdir "$state/pristine"
  cp -a "$db"* "$state/pristine"
  old="$(head_seq) $(epoch)" points=0 before=0 after=0
  for call in rename,renameat2 unlink fsync utimensat flock ftruncate fchmod pwrite64; do
    # of the hundreds of writes, some
    step=1
    [ $call != pwrite64 ] || step=13
    for ((i = 1; ; i += step)); do
      rm -f "$db"*
      cp -a "$state/pristine/." "$state"
      killed "$call" $i "$build/src/patchctl/patchctl" db restore "$state/b" || break
      points=$((points + 1))
      patchctl db verify >"$state/said" 2>&1 || { echo "$call $i"; cat "$state/said"; beside; false; }
      now="$(head_seq) $(epoch)"
      if [ "$now" = "$old" ]; then
        before=$((before + 1))
        [ "$(ls "$db".before-restore-* 2>/dev/null | wc -l)" = 0 ] || { echo "$call $i"; beside; false; }
      else
        after=$((after + 1))
        kept=$(ls "$db".before-restore-*Z)
        [ "$(sqlite3 "$kept" 'SELECT max(seq) FROM event')" = "${old%% *}" ] || { echo "$call $i"; beside; false; }
        [ ! -e "$db.restored" ]
      fi
      edits 1 || { echo "$call $i"; false; }
      patchctl db check >/dev/null
      # what was left does not stop the next one
      [ $((i % 3)) != 0 ] || patchctl db restore "$state/b" >/dev/null || { echo "$call $i"; false; }
    done
  done
  echo "# $points points, $before old, $after new" >&3
  [ $points -gt 20 ]
  [ $before -gt 5 ]
  [ $after -gt 3 ]
}

@test "SIGKILL at each step of a backup: none or a whole one" {
  command -v strace >/dev/null || skip "no strace"
  strace -o /dev/null true 2>/dev/null || skip "strace may not trace here"
  points=0
  for call in rename,renameat2 fsync unlink ftruncate pwrite64; do
    for ((i = 1; i < 40; i++)); do
      rm -f "$state/b"
      killed "$call" $i "$build/src/patchctl/patchctl" db backup "$state/b" || break
      points=$((points + 1))
      [ ! -e "$state/b" ] || PATCHWARDEN_DATABASE=$state/b patchctl db verify >/dev/null
      patchctl db backup "$state/b" --force >/dev/null
      [ "$(cd "$state" && ls | grep -c 'part')" = 0 ] || { ls "$state"; false; }
    done
  done
  [ $points -gt 10 ]
  patchctl db verify
}
