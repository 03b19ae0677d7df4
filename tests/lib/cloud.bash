# cloud.bash - the stand-ins for Cloudflare, the proxies of logs and a language
# model, for tests.
# shellcheck shell=bash disable=SC2034,SC2154

cloud_token='cloud-token-0123456789abcdef'
cloud_account=0123456789abcdef0123456789abcdef

# cloud_start FOLDER: $cloud is the address of all of them, $cloud_folder/journal
# what they were asked.
cloud_start() {
	cloud_folder=$1
	mkdir -p "$cloud_folder"
	setpriv --pdeathsig KILL python3 "$top/tests/lib/cloud_stub.py" \
	    "$cloud_folder" 3>&- </dev/null >>"$cloud_folder/stub.log" 2>&1 &
	cloud_pid=$!
	wait_for 60 test -s "$cloud_folder/port"
	cloud=http://127.0.0.1:$(cat "$cloud_folder/port")
}
cloud_stop() { stop_pid "${cloud_pid:-}"; }

# cloud_tell WHAT JSON: one of their control routes.
cloud_tell() {
	curl -fsS -m 60 -H 'Content-Type: application/json' \
	    --data-binary "$2" "$cloud/_/$1" >/dev/null
}
# cloud_asked [JQ-CONDITION]: how many requests were like that.
cloud_asked() {
	[ -e "$cloud_folder/journal" ] || { echo 0; return; }
	jq -s "map(select(${1:-true})) | length" "$cloud_folder/journal"
}
