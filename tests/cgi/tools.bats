# Functions for language models: their schemas, and what a call is refused for.
# Calls that reach GitHub are in tests/e2e/ops.bats.
load ../lib/cgi

setup() { cgi_setup; }
teardown() { cgi_teardown; }
call() { cgi POST "/api/tools/$1" <<<"$2"; }

@test "the tools are told as functions with strict schemas" {
  cgi GET /api/tools
  [ "$http_status" = 200 ]
  [ "$(field .ok)" = true ]
  [ "$(field '[.tools[].function.name]|join(" ")')" = "listIssues listPRs createIssue commentOnIssue closeIssue" ]
  [ "$(field '[.tools[]|.type == "function" and .function.strict]|all')" = true ]
  [ "$(field '[.tools[].function|(.description|length > 0) and (.name|test("^[A-Za-z0-9_-]{1,64}$"))]|all')" = true ]
  # strict: a root object, all members required, nothing else, known keywords
  [ "$(field '[.tools[].function.parameters|.type == "object" and .additionalProperties == false and (.required|sort) == (.properties|keys)]|all')" = true ]
  [ "$(field '[.tools[].function.parameters.properties[]|keys - ["type","enum","items","description"]|length]|add')" = 0 ]
  # what may be left out may be null, also among the values of an enum
  [ "$(field '.tools[2].function.parameters.properties|[.title.type,.body.type,.labels.type]|tostring')" = '["string",["string","null"],["array","null"]]' ]
  [ "$(field '.tools[0].function.parameters.properties.state.enum|tostring')" = '["open","closed","all",null]' ]
}

@test "arguments come as an object or as the text that a model gives" {
  # both reach the configuration, which has no GitHub
  for args in '{}' '{"repo":null,"state":"all","labels":null,"limit":5}' \
    '{"arguments":"{\"state\":\"all\"}"}' '{"arguments":""}'; do
    call listIssues "$args"
    [ "$http_status" = 503 ]
    [ "$(field .code)" = not_ready ]
  done
  call listIssues '{"state":"half"}'
  [ "$http_status" = 422 ]
  [ "$(field .at)" = /state ]
  call listIssues '{"arguments":"{\"state\":\"half\"}"}'
  [ "$(field .at)" = /state ]
  call listIssues '{"arguments":"{\"state\":"}'
  [ "$http_status" = 400 ]
  call listIssues '{"arguments":"{}","state":"all"}'
  [ "$http_status" = 422 ]
  [ "$(field .code)" = unknown_member ]
  call createIssue '{"body":"b"}'
  [ "$http_status" = 422 ]
  [ "$(field .at)" = /title ]
  call commentOnIssue '{"number":0,"body":""}'
  [ "$(field '.errors|length')" = 2 ]
  call closeIssue '{"number":"7"}'
  [ "$(field .at)" = /number ]
  call listIssues '[]'
  [ "$http_status" = 422 ]
  cgi POST /api/tools/listIssues CONTENT_TYPE=text/plain <<<'{}'
  [ "$http_status" = 415 ]
}

@test "an unknown tool is 404 and tells which there are" {
  call deleteEverything '{}'
  [ "$http_status" = 404 ]
  [[ $(field .detail) == *"listIssues, listPRs, createIssue, commentOnIssue, closeIssue"* ]]
  cgi GET /api/tools/listIssues
  [ "$http_status" = 405 ]
}

@test "each tool asks for its scope" {
  token=$(patchctl token new --name reader --scopes ops:read)
  call listIssues '{}'
  [ "$http_status" = 503 ]
  for tool in createIssue commentOnIssue closeIssue; do
    call $tool '{}'
    [ "$http_status" = 403 ]
    [ "$(field .code)" = scope_missing ]
  done
  token=$(patchctl token new --name writer --scopes github:write)
  call listPRs '{}'
  [ "$http_status" = 403 ]
  cgi GET /api/tools
  [ "$http_status" = 200 ]
  token=none
  cgi GET /api/tools
  [ "$http_status" = 401 ]
}
