# patchctl stats, trends and report: what the routes tell, on the command line.
load ../lib/cgi

setup() {
  cgi_setup
  printf 'one\n' >"$workspace/f"
  apply '[{"op":"append","file":"f","block":"x"},{"op":"create","file":"g","block":"y"}]' '"orderId":"o1","phase":"core"'
  apply '[{"op":"create","file":"g","block":"y"}]' '"orderId":"o1"'
}
teardown() { cgi_teardown; }

@test "stats tell what the route tells" {
  run patchctl --json stats
  [ "$status" = 0 ]
  [ "$(jq -c '[.totals.total,.totals.ok,.totals.failed]' <<<"$output")" = '[3,2,1]' ]
  run patchctl stats
  [ "$status" = 0 ]
  [[ ${lines[0]} == *"total 3"*"ok 2"*"failed 1"* ]]
  [[ $output == *append* ]]
  run patchctl stats --from nonsense
  [ "$status" = 2 ]
  run patchctl stats --tz Mars/Olympus
  [ "$status" = 2 ]
}

@test "trends by each group" {
  for group in weekly daily hourly phase factory order task; do
    run patchctl trends --group "$group"
    [ "$status" = 0 ]
  done
  run patchctl trends --group order
  [[ $output == *o1*3*2*1* ]]
  run patchctl trends --group never
  [ "$status" = 2 ]
}

@test "a report is made, kept, printed and listed" {
  run patchctl report o1
  [ "$status" = 1 ]
  [[ $output == *--generate* ]]
  run patchctl report o1 --generate
  [ "$status" = 0 ]
  [[ ${lines[0]} == '# '* ]]
  patchctl report o1 --format html --output "$state/r.html"
  head -n 1 "$state/r.html" | grep -q '<!DOCTYPE html>'
  [ "$(patchctl report o1 --format json | jq .totals.total)" = 3 ]
  run patchctl report --list
  [[ $output == *"2 of     3 ok"*o1* ]]
  run patchctl --json report --all
  [ "$(jq -c '[.generated,.failed]' <<<"$output")" = '[0,0]' ]
  run patchctl report o1 --format pdf
  [ "$status" = 2 ]
  run patchctl report o1 --version 9
  [ "$status" = 1 ]
}
