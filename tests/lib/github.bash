# github.bash - the stand-in for GitHub, for tests.
# shellcheck shell=bash disable=SC2034,SC2154

github_token=ghp_0123456789abcdefghijABCDEFGHIJ012345

# github_start FOLDER [PREFIX]: $github is its address, $github_folder/journal
# what it was asked.
github_start() {
	github_folder=$1
	mkdir -p "$github_folder"
	setpriv --pdeathsig KILL python3 "$top/tests/lib/github_stub.py" \
	    "$github_folder" "${2:-}" 3>&- </dev/null \
	    >>"$github_folder/stub.log" 2>&1 &
	github_pid=$!
	wait_for 60 test -s "$github_folder/port"
	github_root=http://127.0.0.1:$(cat "$github_folder/port")
	github=$github_root${2:-}
}
github_stop() { stop_pid "${github_pid:-}"; }

# github_tell WHAT JSON: one of its control routes.
github_tell() {
	curl -fsS -m 60 -H 'Content-Type: application/json' \
	    --data-binary "$2" "$github_root/_/$1"
}
github_state() { curl -fsS -m 60 "$github_root/_/state"; }

# github_asked [JQ-CONDITION]: how many requests were like that.
github_asked() {
	[ -e "$github_folder/journal" ] || { echo 0; return; }
	jq -s "map(select(${1:-true})) | length" "$github_folder/journal"
}
