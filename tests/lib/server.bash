# server.bash - a whole instance behind a real web server, for tests.
# shellcheck shell=bash disable=SC2034,SC2154
top=${abs_top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
build=${abs_top_builddir:-$top/build}
# shellcheck source=contrib/lib.sh
. "$top/contrib/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

# The leak checker reads /proc, which the sandbox forbids: who wants it sets
# ASAN_OPTIONS and starts with SANDBOX=off.
export ASAN_OPTIONS=detect_leaks=0

patchctl() { "$build/src/patchctl/patchctl" "$@"; }

# server_files: folder, workspace, database, token; more settings as arguments
# (KEY=VALUE without PATCHWARDEN_).
server_files() {
	local setting
	state=$(mktemp -d /tmp/pw.XXXXXX)
	workspace=$state/tree
	mkdir "$workspace"
	port=$(port_free)
	instance_config "$state" "$port" "$build" "default=$workspace" "$state/run"
	for setting; do
		echo "PATCHWARDEN_$setting" >>"$state/patchwarden.conf"
	done
	export PATCHWARDEN_CONFIG=$state/patchwarden.conf
	export PATCHWARDEN_PLANS=$state/plans
	patchctl db migrate >"$state/log/migrate.log"
	token=$(patchctl token new --name test --scopes admin)
	url=http://127.0.0.1:$port
	export PATCHWARDEN_URL=$url PATCHWARDEN_TOKEN=$token
}

# Everything a test starts is a child of it and dies with it; descriptor 3 is
# bats' own and must not stay open in daemons.
spawn() {	# spawn LOG COMMAND...: its pid in $spawned
	local log=$1
	shift
	setpriv --pdeathsig KILL "$@" 3>&- </dev/null >>"$state/log/$log" 2>&1 &
	spawned=$!
}

broadcastd_start() {
	spawn broadcastd.log "$build/src/broadcastd/broadcastd"
	broadcastd_pid=$spawned
	wait_for 10 test -S "$state/run/broadcast.sock"
}
lighttpd_start() {
	local tries
	for tries in 1 2 3 4 5; do
		spawn lighttpd.log "$(lighttpd_program)" -D -f "$state/lighttpd.conf"
		lighttpd_pid=$spawned
		wait_for 20 lighttpd_up_or_dead
		! not_running "$lighttpd_pid" || { port_again; continue; }
		return 0
	done
	return 1
}
lighttpd_up_or_dead() {
	not_running "$lighttpd_pid" || curl -fsS -m 5 "$url/healthz"
}
port_again() {	# somebody else has it now
	local old=$port
	port=$(port_free)
	sed -i "s/^server.port = $old\$/server.port = $port/" "$state/lighttpd.conf"
	url=http://127.0.0.1:$port
	export PATCHWARDEN_URL=$url
}
server_start() {
	server_files "$@"
	broadcastd_start
	lighttpd_start
	wait_for 10 curl -fsS -m 5 "$url/readyz" || {
		curl -sS "$url/readyz" >&2
		tail -n 5 "$state"/log/*.log >&2
		return 1
	}
}
server_stop() {
	local status=0
	stop_pid "${lighttpd_pid:-}"
	stop_pid "${broadcastd_pid:-}"
	stop_pid "${apache_pid:-}"
	stop_pid "${patches_pid:-}"
	stop_pid "${logs_pid:-}"
	stop_pid "${agent_pid:-}"
	stop_pid "${ops_pid:-}"
	stop_pid "${reports_pid:-}"
	stop_pid "${stats_pid:-}"
	# What the sanitizers say of any of them is a failure of the test.
	if grep -lE 'ERROR: (Address|Leak)Sanitizer|runtime error:' \
	    "$state"/log/*.log; then
		grep -hE -A 12 'ERROR: (Address|Leak)Sanitizer|runtime error:' \
		    "$state"/log/*.log | head -n 60
		status=1
	fi
	# Whatever they were asked, no big table was walked from end to end.
	python3 "$top/tests/lib/plans.py" "$state/plans" || status=1
	rm -rf "${state:?}"
	return $status
}

# http METHOD PATH [CURL-ARGUMENT...]: sets http_status, http_headers, body.
http() {
	local method=$1 path=$2
	shift 2
	[ "$method" != HEAD ] || set -- -I "$@"
	http_status=$(curl -sS -m 60 -X "$method" --path-as-is \
	    -H "Authorization: Bearer $token" -D "$state/.headers" \
	    -o "$state/.body" -w '%{http_code}' "$@" "$url$path")
	http_headers=$(tr -d '\r' <"$state/.headers")
	body=$(cat "$state/.body" 2>/dev/null)
}
post() {	# post PATH JSON [CURL-ARGUMENT...]
	local path=$1 json=$2
	shift 2
	http POST "$path" -H 'Content-Type: application/json' \
	    --data-binary "$json" "$@"
}
field() { jq -r "$1" <<<"$body"; }
show() {
	printf 'status %s\n%s\n' "$http_status" "$body" >&2
	tail -n 5 "$state"/log/*.log >&2
}
