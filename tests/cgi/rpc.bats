# JSON-RPC 2.0: the specification's own examples, and the verbs behind it.
load ../lib/cgi

setup() {
  cgi_setup
  printf 'one\n' >"$workspace/f"
}
teardown() { cgi_teardown; }

rpc() { cgi POST /api/rpc "${@:2}" <<<"$1"; }
batch='{"requester":"fab","patches":[{"op":"append","file":"f","block":"two\n"}]}'
call() { printf '{"jsonrpc":"2.0","id":%s,"method":"PatchOps.applyPatches","params":%s}' "$1" "$2"; }

@test "a batch is applied by its specified name, as the route would" {
  rpc "$(call 7 "$batch")"
  [ "$http_status" = 200 ]
  [ "$(field .jsonrpc)" = 2.0 ]
  [ "$(field .id)" = 7 ]
  [ "$(field .result.ok)" = true ]
  [ "$(field '.result.results[0].status')" = applied ]
  file_is f 'one\ntwo\n'
  rpc "$(call '"by place"' "[$batch]")"
  [ "$(field .id)" = "by place" ]
  file_is f 'one\ntwo\ntwo\n'
}

@test "a refused batch is an error whose data is the problem document with results" {
  rpc "$(call 1 '{"patches":[{"op":"replace-block","file":"f","start":9,"end":9,"block":"x"}]}')"
  [ "$http_status" = 200 ]
  [ "$(field .error.code)" = -32000 ]
  [ "$(field .error.data.code)" = out_of_range ]
  [ "$(field '.error.data.results[0].status')" = failed ]
  rpc "$(call 1 '{"patches":[{"op":"dance","file":"f"}],"color":1}')"
  [ "$(field .error.code)" = -32602 ]
  [ "$(field '.error.data.errors|length')" -ge 2 ]
}

@test "what the specification says of broken calls" {
  local -a rows=(
    '{"jsonrpc":"2.0","method":"foobar,"params":"bar"]|-32700|null'
    '{"jsonrpc":"2.0","method":1,"params":"bar","id":3}|-32600|3'
    '{"jsonrpc":"1.0","method":"x","id":3}|-32600|3'
    '{"jsonrpc":"2.0","method":"x","params":3,"id":"a"}|-32600|a'
    '{"jsonrpc":"2.0","method":"x","id":{}}|-32600|null'
    '{"jsonrpc":"2.0","method":"x","id":1,"extra":1}|-32600|1'
    '{"jsonrpc":"2.0","method":"foobar","id":"1"}|-32601|1'
    '[]|-32600|null'
    '7|-32600|null'
  )
  for row in "${rows[@]}"; do
    IFS='|' read -r text code id <<<"$row"
    rpc "$text"
    [ "$http_status" = 200 ]
    [ "$(field .error.code)" = "$code" ]
    [ "$(field .id)" = "$id" ]
  done
  rpc '[1,2]'
  [ "$(field '[.[].error.code]|tostring')" = '[-32600,-32600]' ]
}

@test "calls in an array are answered in an array; notifications are not" {
  rpc "[$(call 1 "$batch"),{\"jsonrpc\":\"2.0\",\"method\":\"PatchOps.applyPatches\",\"params\":$batch},{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"no\"}]"
  [ "$(field length)" = 2 ]
  [ "$(field '[.[].id]|tostring')" = '[1,2]' ]
  file_is f 'one\ntwo\ntwo\n'
  rpc "{\"jsonrpc\":\"2.0\",\"method\":\"PatchOps.applyPatches\",\"params\":$batch}"
  [ "$http_status" = 204 ]
  [ -z "$body" ]
  file_is f 'one\ntwo\ntwo\ntwo\n'
  calls=$(printf "%s," $(for i in $(seq 101); do echo '{"jsonrpc":"2.0","id":1,"method":"no"}'; done))
  rpc "[${calls%,}]"
  [ "$(field .error.code)" = -32600 ]
}

@test "each method asks for its own scope" {
  token=$(patchctl token new --name reader --scopes log:read)
  rpc "$(call 1 "$batch")"
  [ "$http_status" = 200 ]
  [ "$(field .error.data.code)" = scope_missing ]
  token=$(patchctl token new --name looker --scopes patch:preview)
  rpc "$(call 1 "$batch")"
  [ "$(field .error.data.code)" = scope_missing ]
  rpc "$(call 1 "${batch/\{/\{\"dryRun\":true,}")"
  [ "$(field '.result.results[0].status')" = planned ]
  file_is f 'one\n'
  token=
  rpc "$(call 1 "$batch")"
  [ "$http_status" = 401 ]
}

@test "an Idempotency-Key holds for each call of a body" {
  body2="[$(call 1 "$batch"),$(call 2 "$batch")]"
  rpc "$body2" HTTP_IDEMPOTENCY_KEY=k
  file_is f 'one\ntwo\ntwo\n'
  first=$(field '[.[].result.batch_id]|tostring')
  rpc "$body2" HTTP_IDEMPOTENCY_KEY=k
  [ "$(field '[.[].result.batch_id]|tostring')" = "$first" ]
  file_is f 'one\ntwo\ntwo\n'
}
