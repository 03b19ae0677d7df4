# The hash chain and exports of it, checked with and without the database.
load ../lib/cgi

setup() {
  cgi_setup
  echo a >"$workspace/f"
  for i in 1 2 3 4; do
    apply "[{\"op\":\"append\",\"file\":\"f\",\"block\":\"é \\\"$i\\\"\\\\n\"}]" '"orderId":"o'$i'"'
    [ "$http_status" = 200 ] || { show; false; }
  done
  head=$(sql 'SELECT max(seq) FROM event')
  export_=$state/export
}
teardown() { cgi_teardown; }

sql() { sqlite3 "$state/patchwarden.db" "$1"; }
# The lines before the end, changed by sed, with an end that fits them again.
forge() {	# SED-SCRIPT
  sed '$d' "$export_" | sed "$1" >"$state/forged"
  tail -n 1 "$export_" | jq -c --arg sha "$(sha256sum <"$state/forged" | cut -d' ' -f1)" \
    --argjson rows "$(wc -l <"$state/forged")" '.sha256 = $sha | .rows = $rows' >>"$state/forged"
}
refused() {	# WORDS FILE
  run patchctl db verify --export "$2"
  [ "$status" = 1 ] || { echo "$output"; return 1; }
  [[ $output == *"$1"* ]] || { echo "not \"$1\": $output"; return 1; }
}
# The log and its end, as logs.fcgi writes them.
log_export() {
  printf '%s\n' '{"id":1,"file":"a"}' '{"id":2,"file":"b"}' >"$state/log.ndjson"
  printf '{"end":true,"rows":2,"sha256":"%s"}\n' \
    "$(sha256sum <"$state/log.ndjson" | cut -d' ' -f1)" >>"$state/log.ndjson"
  printf 'id,file,error\r\n1,a,"two\r\n#end,9,lines, ""quoted"""\r\n2,b,\r\n' >"$state/log.csv"
  printf '#end,2,%s\r\n' "$(sha256sum <"$state/log.csv" | cut -d' ' -f1)" >>"$state/log.csv"
}

@test "verify tells rows, bytes and speed; any number of threads" {
  run patchctl db verify --json
  [ "$status" = 0 ]
  [ "$(jq .events <<<"$output")" = "$head" ]
  [ "$(jq '.bytes > 1000 and .seconds > 0 and .mb_per_second > 0 and .sealed == 0' <<<"$output")" = true ]
  for n in 1 2 7; do
    patchctl db verify --jobs $n
  done
  for n in 0 65 x ''; do
    run patchctl db verify --jobs "$n"
    [ "$status" = 2 ] || { echo "$n: $output"; false; }
  done
}

@test "what is sealed is told and not missed" {
  sql "INSERT INTO event_seal SELECT 2, 1, hash, 2, 0 FROM event WHERE seq = 2;
    DELETE FROM event WHERE seq <= 2"
  run patchctl db verify
  [ "$status" = 0 ]
  [[ $output == "$((head - 2)) events, the hash chain holds; 2 more are sealed"* ]]
  sql "UPDATE event_seal SET last_hash = zeroblob(32)"
  run patchctl db verify
  [ "$status" = 1 ]
  [[ $output == *"event 3"* ]]
}

@test "an export is whole, chained, and what the database has" {
  patchctl db export --output "$export_"
  [ "$(wc -l <"$export_")" = $((head + 1)) ]
  [ ! -e "$export_.part" ]
  run patchctl db verify --export "$export_"
  [ "$status" = 0 ]
  [[ $output == *"the database has the same"* ]]
  patchctl db export | cmp - "$export_"
  patchctl db export | patchctl db verify --export -
  # by other means: the chain as event_store.h tells it
  /usr/bin/python3 - "$export_" <<'END'
import hashlib, json, sys
*lines, end = open(sys.argv[1], "rb").read().splitlines(keepends=True)
end = json.loads(end)
before = bytes.fromhex(end["before_hash"])
for line in lines:
    e = json.loads(line)
    text = b""
    for name in "seq type ts_ms payload batch_id patch_id order_id task_id requester workspace file op".split():
        v = e[name]
        if v is None:
            text += b"-,"
            continue
        v = str(v).encode()
        text += b"%d:%s," % (len(v), v)
    before = hashlib.sha256(before + text).digest()
    assert before.hex() == e["hash"], e["seq"]
assert before.hex() == end["last_hash"] and end["rows"] == len(lines)
assert hashlib.sha256(b"".join(lines)).hexdigest() == end["sha256"]
END
}

@test "a part of the chain, and none of it" {
  patchctl db export --from-seq 3 --to-seq 5 --output "$export_"
  [ "$(tail -n 1 "$export_" | jq -c '[.rows,.first_seq,.last_seq]')" = '[3,3,5]' ]
  patchctl db verify --export "$export_"
  [ "$(tail -n 1 "$export_" | jq -r .before_hash)" = "$(sql 'SELECT lower(hex(hash)) FROM event WHERE seq = 2')" ]
  patchctl db export --from-seq $((head + 1)) --output "$export_"
  patchctl db verify --export "$export_"
  [ "$(jq .rows "$export_")" = 0 ]
  run patchctl db export --from-seq 1 --to-seq $((head + 1)) --output "$state/none"
  [ "$status" = 1 ]
  [ ! -e "$state/none" ]
  [ ! -e "$state/none.part" ]
  run patchctl db export --from-seq x
  [ "$status" = 2 ]
  run patchctl db export out
  [ "$status" = 2 ]
}

@test "the first bad line is named" {
  patchctl db export --output "$export_"
  n=$(wc -l <"$export_")
  for line in 1 2 $((n - 1)); do
    forge "${line}s/\"requester\":\"test\"/\"requester\":\"tess\"/"
    refused "line $line " "$state/forged"
  done
  forge '3d'
  refused 'line 3 has not the seq' "$state/forged"
  forge '2s/"hash":"./"hash":"x/'
  refused 'line 2 is no event' "$state/forged"
  forge '2s/.*/nonsense/'
  refused 'line 2 is no event' "$state/forged"
  forge '1d'
  refused 'line 1 ' "$state/forged"
}

@test "what was cut off or added is noticed" {
  patchctl db export --output "$export_"
  n=$(wc -l <"$export_")
  head -n $((n - 1)) "$export_" >"$state/cut"
  refused 'cut off' "$state/cut"
  head -c 1000 "$export_" >"$state/cut"
  refused 'line' "$state/cut"
  : >"$state/cut"
  refused 'cut off' "$state/cut"
  { cat "$export_"; echo '{"seq":1}'; } >"$state/cut"
  refused "line $((n + 1)) stands behind the end" "$state/cut"
  sed '$s/"rows":[0-9]*/"rows":1/' "$export_" >"$state/cut"
  refused 'rows' "$state/cut"
  # the last events left out, the end made to fit
  forge "$((n - 1))d"
  refused 'does not tell the last event' "$state/forged"
}

@test "another database than the export's is noticed" {
  patchctl db export --output "$export_"
  sql "UPDATE event SET hash = zeroblob(32) WHERE seq = $head"
  refused 'the database has another event' "$export_"
  sql "DELETE FROM event WHERE seq = $head"
  refused 'restored since' "$export_"
  PATCHWARDEN_DATABASE=$state/none.db run patchctl db verify --export "$export_"
  [ "$status" = 0 ]
  [[ $output == *"not compared"* ]]
}

@test "an export outlives what the database seals" {
  patchctl db export --to-seq 2 --output "$export_"
  patchctl db export --to-seq 1 --output "$export_.1"
  sql "INSERT INTO event_seal SELECT 2, 1, hash, 2, 0 FROM event WHERE seq = 2;
    DELETE FROM event WHERE seq <= 2"
  run patchctl db verify --export "$export_"
  [[ $output == *"the database has the same"* ]]
  run patchctl db verify --export "$export_.1" --json
  [ "$(jq -r .database <<<"$output")" = gone ]
  patchctl db export --output "$export_"
  [ "$(tail -n 1 "$export_" | jq .first_seq)" = 3 ]
  patchctl db verify --export "$export_"
}

@test "a chain that is broken is not exported" {
  sql "UPDATE event SET op = 'x' WHERE seq = 3"
  run patchctl db export --output "$export_"
  [ "$status" = 1 ]
  [[ $output == *"event 3"* ]]
  [ ! -e "$export_" ]
}

@test "exports of the log are whole, or are refused" {
  log_export
  for f in log.ndjson log.csv; do
    run patchctl db verify --export "$state/$f" --json
    [ "$status" = 0 ] || { echo "$f: $output"; false; }
    [ "$(jq .rows <<<"$output")" = 2 ]
    sed '1,2s/\ba\b/Z/' "$state/$f" >"$state/bad"
    refused 'altered' "$state/bad"
    sed '$d' "$state/$f" >"$state/bad"
    refused 'cut off' "$state/bad"
    sed 2d "$state/$f" >"$state/bad"
    refused '' "$state/bad"
    cat "$state/$f" "$state/$f" >"$state/bad"
    refused 'behind the end' "$state/bad"
  done
  run patchctl db verify --export "$state/none"
  [ "$status" = 3 ]
}
